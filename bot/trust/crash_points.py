"""Named places at which a process under test dies, as by a power cut; and its journal of what began and was committed.

The house has no hook for it. Its own functions are wrapped here, from outside and only in a process that the suite has
started: each notes what the transaction under way is for, and the driver's commit is where it ends, before or after.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import partial, wraps
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from bot.channels.twilio import TwilioChannel
from bot.settings import Settings
from records import outbox, turns, unknowns
from scheduler.channel import Outcome, Outgoing, Sighting, Sought

Anything = Callable[..., Any]


class CrashPoint(StrEnum):
    """Where it ends. AFTER a commit is before anybody hears of it."""

    BEFORE_CLAIM = "before a claim is committed"
    AFTER_CLAIM = "after a claim is committed"
    BEFORE_POST = "before the text is handed over"
    TAKEN = "after the provider took it, before its answer"
    AFTER_ANSWER = "after the answer, before it is stored"
    BEFORE_OUTCOME = "before the answer is committed"
    AFTER_OUTCOME = "after the answer is committed"
    BEFORE_TURN = "before a client's turn is committed"
    AFTER_TURN = "after a client's turn is committed, before its webhook's answer"
    BEFORE_DUE = "before what fell due is committed"
    AFTER_DUE = "after what fell due is committed"
    BEFORE_REPORT = "before a report is committed"
    AFTER_REPORT = "after a report is committed"
    AFTER_LOOK = "after a look at the provider's list"
    BEFORE_FOUND = "before what a look found is committed"
    AFTER_FOUND = "after what a look found is committed"


AT_THE_PROVIDER = frozenset({CrashPoint.TAKEN})
"""Where only the provider can tell that the moment has come."""

_BEFORE = {
    "claim": CrashPoint.BEFORE_CLAIM,
    "outcome": CrashPoint.BEFORE_OUTCOME,
    "turn": CrashPoint.BEFORE_TURN,
    "due": CrashPoint.BEFORE_DUE,
    "report": CrashPoint.BEFORE_REPORT,
    "found": CrashPoint.BEFORE_FOUND,
}
_AFTER = {
    "claim": CrashPoint.AFTER_CLAIM,
    "outcome": CrashPoint.AFTER_OUTCOME,
    "turn": CrashPoint.AFTER_TURN,
    "due": CrashPoint.AFTER_DUE,
    "report": CrashPoint.AFTER_REPORT,
    "found": CrashPoint.AFTER_FOUND,
}


class Journal:
    """Lines of "begun ATTEMPT SECONDS" and "turn NUMBER SECONDS", by `time.monotonic`, which all processes share."""

    def __init__(self, file: str) -> None:
        self._open = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if file else None

    def note(self, what: str, which: Iterable[str]) -> None:
        if self._open is None:
            return
        at = time.monotonic()
        os.write(self._open, "".join(f"{what} {one} {at!r}\n" for one in which).encode())


def read_journal(file: Path) -> list[tuple[str, str, float]]:
    lines = (line.split() for line in file.read_text(encoding="ascii").splitlines())
    return [(what, which, float(at)) for what, which, at in lines]


class Fate:
    """Ends the processes of a house at `point`, the `nth` time that one comes there; never without a point."""

    def __init__(self, point: str, nth: int, last_words: Callable[[], None]) -> None:
        self._point = point
        self._left = nth
        self._last_words = last_words
        self._lock = threading.Lock()

    def comes_to(self, point: CrashPoint) -> None:
        if point != self._point:
            return
        with self._lock:
            self._left -= 1
            if not self._left:
                self._last_words()
                os.killpg(0, signal.SIGKILL)
                threading.Event().wait()  # it dies before this ends


class Transaction(threading.local):
    """What the transaction under way on this thread is for, and whom its turns are of."""

    def __init__(self) -> None:
        self.does: set[str] = set()
        self.numbers: list[str] = []

    def ended(self) -> None:
        self.does.clear()
        self.numbers.clear()


def watch_transactions(fate: Fate, journal: Journal) -> None:
    """From now on every commit of this process is a place where it may end, and turns are noted in the journal."""
    under_way = Transaction()

    def note(wrapped: Anything, does: str, counts: Callable[[Any], object]) -> Anything:
        @wraps(wrapped)
        def noting(*given: Any, **named: Any) -> Any:  # noqa: ANN401  what the wrapped one takes and gives
            result = wrapped(*given, **named)
            if counts(result):
                under_way.does.add(does)
            return result

        return noting

    def always(_result: object) -> bool:
        return True

    replace_name(outbox, "claim", partial(note, does="claim", counts=lambda claims: claims.texts))
    replace_name(outbox, "outcome", partial(note, does="outcome", counts=always))
    replace_name(outbox, "fold_status", partial(note, does="report", counts=always))
    replace_name(unknowns, "looked", partial(note, does="found", counts=always))
    replace_name(turns.Turns, "due", partial(note, does="due", counts=bool))
    replace_name(turns.Turns, "texts", partial(_noting_numbers, under_way=under_way))
    replace_name(DefaultDialect, "do_commit", partial(_ending_at, under_way=under_way, fate=fate, journal=journal))
    replace_name(DefaultDialect, "do_rollback", partial(_forgetting, under_way=under_way))


def replace_name(owner: object, name: str, wrap: Callable[[Any], Any]) -> None:
    """The name now leads to its own wrapping. Raises AttributeError if the house has it no longer."""
    setattr(owner, name, wrap(getattr(owner, name)))


def _noting_numbers(texts: Anything, under_way: Transaction) -> Anything:
    @wraps(texts)
    def noting(self: object, connection: object, inbounds: Sequence[Any], *rest: Any) -> Any:  # noqa: ANN401  as above
        result = texts(self, connection, inbounds, *rest)
        under_way.does.add("turn")
        under_way.numbers.extend(inbound.number for inbound in inbounds)
        return result

    return noting


def _ending_at(commit: Anything, under_way: Transaction, fate: Fate, journal: Journal) -> Anything:
    @wraps(commit)
    def ending(*given: Any) -> None:  # noqa: ANN401  as above
        for does in under_way.does:
            fate.comes_to(_BEFORE[does])
        commit(*given)
        journal.note("turn", under_way.numbers)
        for does in under_way.does:
            fate.comes_to(_AFTER[does])
        under_way.ended()

    return ending


def _forgetting(rollback: Anything, under_way: Transaction) -> Anything:
    @wraps(rollback)
    def forgetting(*given: Any) -> None:  # noqa: ANN401  as above
        under_way.ended()
        rollback(*given)

    return forgetting


class WatchedChannel(TwilioChannel):
    """The house's own channel, at whose door the process may end."""

    def __init__(self, settings: Settings, patience: timedelta, fate: Fate, journal: Journal) -> None:
        super().__init__(settings, patience)
        self._fate = fate
        self._journal = journal

    async def send(self, text: Outgoing) -> Outcome:
        self._journal.note("begun", [text.attempt])
        self._fate.comes_to(CrashPoint.BEFORE_POST)
        outcome = await super().send(text)
        self._fate.comes_to(CrashPoint.AFTER_ANSWER)
        return outcome

    async def find(self, text: Sought) -> Sequence[Sighting]:
        found = await super().find(text)
        self._fate.comes_to(CrashPoint.AFTER_LOOK)
        return found
