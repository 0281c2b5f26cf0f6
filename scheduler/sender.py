"""What hands texts to the provider: claims them, sends them, records what came of it. Never lost, never twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar, assert_never

import structlog
from sqlalchemy import Connection

from conversations.segments import size
from records import consent, outbox, states
from records.delivery_trouble import Trouble
from records.errors import StorageError
from records.outbox import Claimed

T = TypeVar("T")
log = structlog.get_logger()

LONGEST_USE = timedelta(hours=10)
"""Providers keep a text in their own queue no longer."""

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
"""Seconds to wait after the first text in a row that could not be handed over, and after many."""

ACCOUNT_REFUSED = 20003
"""The provider does not know us: nothing was sent, and no text would be until somebody mends the account."""

HOUSEKEEPING = 30.0
ABANDONED = timedelta(minutes=2)
"""A claim this old has lost its process: no hand-over takes so long."""

UNKNOWN_FOR = timedelta(minutes=5)
"""So long a text of which nobody knows whether it left holds back the later ones to its number."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to hand over. `attempt` is our own id of this try; `useful_for` is in seconds, 1 to 36,000."""

    attempt: str
    to: str
    body: str
    useful_for: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it, under its own id. `delivered` if it is known already to have arrived."""

    provider_id: str
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will not send it, and never would."""

    code: int | None


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not leave and may be tried again; `retry_after` in seconds, where the provider said so."""

    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have left or not. Trying again could text somebody twice."""


Outcome = Accepted | Refused | NotSent | Unknown


class Channel(Protocol):
    """A way out to phones. `send` tries once, within ABANDONED, and tells apart what came of it."""

    async def send(self, text: Outgoing) -> Outcome: ...


class Transactions(Protocol):
    """What the sender needs of the `records.writer.Writer`."""

    def listen(self, listener: Callable[[], None]) -> None: ...

    async def run(self, do: Callable[[Connection], T]) -> T: ...

    async def settle(self, do: Callable[[Connection], Trouble | None]) -> None: ...


class Pace:
    """How fast texts may leave: so many segments a second, and never more than one second's worth at once.

    `clock` gives seconds that never go back.
    """

    def __init__(self, a_second: float, clock: Callable[[], float]) -> None:
        self._a_second = a_second
        self._clock = clock
        self._most = max(1.0, a_second)
        self._left = self._most
        self._at = clock()

    def room(self) -> int:
        """How many segments may leave now. A long text may overdraw it; the next ones wait for that."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._a_second)
        self._at = now
        return max(0, int(self._left))

    def spend(self, segments: int) -> None:
        self._left -= segments

    def wait(self) -> float:
        """Seconds until there is room again."""
        return max(0.0, (1.0 - self._left) / self._a_second)


class Sender:
    """Sends what is due. `start` it in a running event loop; `close` lets what is under way come to its end.

    Woken by every commit, and by a slow poll (`poll`, in seconds) for what other processes wrote or what becomes due.
    `pace` is in segments a second: a US long code sends one. Answers are claimed before unprompted texts, so that they
    overtake; texts to one number keep their order. `now` gives the aware moment in UTC, `chance` a number from 0 to 1.
    """

    def __init__(
        self,
        transactions: Transactions,
        channel: Channel,
        now: Callable[[], datetime],
        *,
        pace: float = 1.0,
        in_flight: int = 20,
        poll: float = 1.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._transactions = transactions
        self._channel = channel
        self._now = now
        self._a_second = pace
        self._most = in_flight
        self._poll = poll
        self._chance = chance
        self._under_way: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._paused_until = 0.0
        self._kept_house_at: float | None = None
        self._own_claim = False
        self._claimed_at = 0.0
        self._closing = asyncio.Event()
        self._wakes = asyncio.Event()
        self._working: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pace = Pace(self._a_second, self._loop.time)
        self._transactions.listen(self._committed)
        self._working = self._loop.create_task(self._work(), name="sender")

    async def close(self) -> None:
        """Claim no more; wait until what is under way has been sent and recorded. Safe to call twice."""
        self._closing.set()
        self._wakes.set()
        if self._working:
            await self._working
        await asyncio.gather(*self._under_way)

    def _committed(self) -> None:
        """Called on the writer's thread. A claim of our own is no news, and would have us claim for ever."""
        if self._own_claim:
            self._own_claim = False
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._wakes.set)

    async def _work(self) -> None:
        while not self._closing.is_set():
            self._wakes.clear()
            try:
                pause = await self._round()
            except StorageError:
                log.warning("sender_without_database")
                pause = self._poll
            except Exception:
                log.exception("sender_round_failed")
                pause = self._poll
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wakes.wait(), pause)

    async def _round(self) -> float:
        """Claim and set off as many texts as there is room for; gives the seconds to wait unless something happens."""
        await self._keep_house()
        paused = self._paused_until - self._loop.time()
        if paused > 0:
            return min(paused, self._poll)
        room = min(self._most - len(self._under_way), self._pace.room())
        claimed = await self._claim(room) if room else []
        for text in claimed:
            self._pace.spend(size(text.body).segments)
            task = self._loop.create_task(self._hand_over(text, self._claimed_at))
            self._under_way.add(task)
            task.add_done_callback(self._done)
        if len(claimed) < room:
            return self._poll
        return min(self._poll, self._pace.wait()) if len(self._under_way) < self._most else self._poll

    async def _claim(self, most: int) -> list[Claimed]:
        def claim(connection: Connection) -> list[Claimed]:
            claimed = outbox.claim(connection, self._now(), most)
            self._claimed_at = time.monotonic()
            self._own_claim = True
            return claimed

        try:
            return await self._transactions.run(claim)
        finally:
            self._own_claim = False

    async def _keep_house(self) -> None:
        now = self._loop.time()
        if self._kept_house_at is not None and now - self._kept_house_at < HOUSEKEEPING:
            return
        await self._transactions.run(lambda connection: outbox.unknown_after_crash(connection, self._now(), ABANDONED))
        await self._transactions.run(lambda connection: outbox.park_unknown(connection, self._now(), UNKNOWN_FOR))
        self._kept_house_at = now

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._wakes.set()

    async def _hand_over(self, text: Claimed, claimed_at: float) -> None:
        if not await self._may_begin(text, claimed_at):
            return
        left = min(text.expires_at - self._now(), LONGEST_USE)
        outgoing = Outgoing(text.attempt_id, text.number, text.body, max(1, int(left.total_seconds())))
        try:
            outcome = await self._channel.send(outgoing)
        except Exception:
            log.exception("channel_failed", attempt=text.attempt_id)
            outcome = Unknown()
        await self._record(text, outcome)

    async def _may_begin(self, text: Claimed, looked_at: float) -> bool:
        """Whether the client's consent still holds: it was looked at so lately that no stop came since, or is again.

        `looked_at` is in seconds of `time.monotonic`. Without a database nothing begins.
        """

        def look(connection: Connection) -> tuple[bool, float]:
            may = outbox.may_begin(connection, text.attempt_id, self._now())
            return may, time.monotonic()

        may = True
        while may and time.monotonic() - looked_at > consent.RIGHT_TO_BEGIN.total_seconds():
            try:
                may, looked_at = await self._transactions.run(look)
            except StorageError:
                log.warning("claim_waits_for_database", attempt=text.attempt_id)
                if self._closing.is_set():
                    return False
                await self._a_while()
        return may

    async def _a_while(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), self._poll)

    async def _record(self, text: Claimed, outcome: Outcome) -> None:
        """Store what came of it. Without a database try again until there is one; at the end the claim tells of it."""
        record = self._recording(text, outcome)
        while not await self._recorded(text, record) and not self._closing.is_set():
            await self._a_while()

    async def _recorded(self, text: Claimed, record: Callable[[Connection], Trouble | None]) -> bool:
        """Whether there is nothing left to try."""
        try:
            await self._transactions.settle(record)
        except StorageError:
            log.warning("outcome_waits_for_database", attempt=text.attempt_id)
            return False
        except Exception:
            log.exception("outcome_not_recorded", attempt=text.attempt_id)
        return True

    def _recording(self, text: Claimed, outcome: Outcome) -> Callable[[Connection], Trouble | None]:
        now, attempt = self._now(), text.attempt_id
        match outcome:
            case Accepted():
                self._failures = 0
                return partial(_accepted, attempt=attempt, outcome=outcome, now=now)
            case Refused(code=code) if code == ACCOUNT_REFUSED:
                log.error("account_refused", code=code)
                again = self._try_again(text, now, LONGEST_PAUSE)
                return lambda connection: outbox.outcome(
                    connection, attempt, states.Outcome.NOT_SENT, now, error_code=code, retry_at=again, reason="account"
                )
            case Refused(code=code):
                log.warning("text_refused", attempt=attempt, code=code)
                self._failures = 0
                return lambda connection: outbox.outcome(
                    connection, attempt, states.Outcome.REFUSED, now, error_code=code, reason=f"error {code}"
                )
            case NotSent(retry_after=retry_after):
                again = self._try_again(text, now, retry_after)
                return lambda connection: outbox.outcome(
                    connection, attempt, states.Outcome.NOT_SENT, now, retry_at=again, reason="not sent"
                )
            case Unknown():
                log.warning("outcome_unknown", attempt=attempt)
                return lambda connection: outbox.outcome(
                    connection, attempt, states.Outcome.UNKNOWN, now, reason="no clear answer"
                )
            case _:
                assert_never(outcome)

    def _try_again(self, text: Claimed, now: datetime, told: float | None) -> datetime:
        """When to try this text again. The provider is down or busy, so for a while no other text is claimed either."""
        self._failures += 1
        self._paused_until = max(self._paused_until, self._loop.time() + self._spread(self._failures, told))
        return now + timedelta(seconds=self._spread(text.tries, told))

    def _spread(self, times: int, told: float | None) -> float:
        """Seconds to wait, spread by chance: what we were told and up to half as much again, or longer each time."""
        if told is not None:
            return told * (1 + self._chance() / 2)
        pause: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(times - 1, 10))
        return pause * (0.5 + self._chance() / 2)


def _accepted(connection: Connection, attempt: str, outcome: Accepted, now: datetime) -> Trouble | None:
    outbox.outcome(connection, attempt, states.Outcome.ACCEPTED, now, provider_id=outcome.provider_id)
    if outcome.delivered:
        outbox.fold_status(connection, attempt, "delivered", outcome.provider_id, None, now)
    return None
