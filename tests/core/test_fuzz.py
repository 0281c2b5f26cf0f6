"""Whatever is texted, whatever was asked: nothing fails, all is quick, and nobody is left without an answer.

    MILEPOST_FUZZ=200000 pytest tests/core/test_fuzz.py -s

makes so many texts, and prints what was seen of them.
"""

from __future__ import annotations

import os
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

import pytest

from bot.decider import Decider
from conversations.effects import Effect, PlanNudge
from conversations.events import Event, FellDue, Said
from conversations.nudges import NudgeKind
from conversations.shared_phone import Held
from conversations.situation import Consent, Mode, Situation, Talk
from tests.core.desk import in_mode, with_consent
from tests.core.fuzzing import (
    Failure,
    afterwards,
    answer_is_due,
    any_moment,
    any_phone,
    any_said,
    any_situation,
    is_answered,
    where,
)
from tests.core.people import COUNTY, JOINED, LANGUAGES, NOW

T = TypeVar("T")
TEXTS = int(os.environ.get("MILEPOST_FUZZ", "3000"))
SEED = 3
SHARED = 0.15
"""The share of texts from a phone that several people use."""

QUICK = 0.05
"""Seconds of work that one text may take."""

DECIDER = Decider(COUNTY, LANGUAGES)


@dataclass
class Seen:
    """What came of the texts."""

    texts: int = 0
    failures: list[Failure] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    last: float = 0.0
    slow: int = 0
    came_to: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        case = 0
        while self.texts < TEXTS:
            chance = Random(f"{SEED}:{case}")
            talks = self.shared_phone if chance.random() < SHARED else self.conversation
            talks(case, chance, any_moment(chance))
            case += 1

    def conversation(self, case: int, chance: Random, now: datetime) -> None:
        """Up to three texts of one client, each in the situation that the one before has left."""
        situation = any_situation(chance, now)
        for _ in range(chance.randint(1, 3)):
            left = self.text(case, situation, any_said(chance), now)
            if left is None:
                return
            situation, now = left, now + timedelta(seconds=chance.choice([5, 90, 4000]))

    def text(self, case: int, situation: Situation, said: Said, now: datetime) -> Situation | None:
        self.texts += 1
        return self.event(case, situation, said, said, now)

    def event(self, case: int, situation: Situation, event: Event, said: Said, now: datetime) -> Situation | None:
        """The situation afterwards; None if this went wrong. Words that wait for more are waited for."""
        effects = self.timed(case, situation, said.text, lambda: DECIDER.decide(situation, event, now))
        if effects is None:
            return None
        left = self.tried(case, situation, said.text, lambda: afterwards(situation, effects, now))
        due, answered = answer_is_due(situation, said, effects, now), is_answered(effects)
        self.came_to["answered" if answered else "due" if due else "none due"] += 1
        if due and not answered:
            self.failures.append(Failure(case, "no answer", said.text, where(situation)))
        wait = next((e for e in effects if isinstance(e, PlanNudge) and e.kind is NudgeKind.BREATH), None)
        if left is None or wait is None:
            return left
        self.came_to["waits for more"] += 1
        whole = FellDue(NudgeKind.BREATH, words=wait.words)
        return self.event(case, left, whole, Said(wait.words, is_whole=True), wait.due_at)

    def shared_phone(self, case: int, chance: Random, now: datetime) -> None:
        """Each text is somebody's, or is held and asked about, or is not for those who are here."""
        phone, said = any_phone(chance, now), any_said(chance)
        first = phone.people[0]
        self.texts += 1
        routing = self.timed(case, first, said.text, lambda: DECIDER.route(phone, Held("m", said), now))
        if routing is None:
            return
        self.came_to["routed"] += 1
        if not routing.gives and not any(is_answered(effects) for _client, effects in routing.says):
            self.failures.append(Failure(case, "nobody's, and nobody asked", said.text, where(first)))
        people = {one.client.id: one for one in phone.people}
        theirs: dict[str, list[Said]] = {}
        for client, held in routing.gives:
            theirs.setdefault(client, []).append(held.said)
        for client, texts in theirs.items():
            whole = replace(texts[-1], text="\n".join(text.text for text in texts))
            self.event(case, people[client], whole, whole, now)

    def timed(self, case: int, situation: Situation, text: str, do: Callable[[], T]) -> T | None:
        """What it gives. The time of the quickest of a few tries counts: the others met something else on the way."""
        result, took = self.tried(case, situation, text, do), self.last
        for _ in range(4):
            if took > QUICK:
                self.tried(case, situation, text, do)
                took = min(took, self.last)
        self.times.append(took)
        self.slow += took > QUICK
        return result

    def tried(self, case: int, situation: Situation, text: str, do: Callable[[], T]) -> T | None:
        began = time.thread_time()
        try:
            return do()
        except Exception as error:  # noqa: BLE001  that is what is looked for
            frame = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__} {error} at {frame.filename.rpartition('/')[2]}:{frame.lineno}"
            self.failures.append(Failure(case, what, text, where(situation)))
            return None
        finally:
            self.last = time.thread_time() - began

    def __str__(self) -> str:
        times = sorted(self.times)
        share = {part: f"{times[int(len(times) * part)] * 1000:.2f} ms" for part in (0.5, 0.99, 0.9999)}
        came_to = ", ".join(f"{what} {number}" for what, number in self.came_to.most_common())
        return (
            f"{self.texts} texts: {came_to}; {share}, longest {times[-1] * 1000:.1f} ms, {self.slow} slow; "
            f"{len(self.failures)} failures"
        )


@pytest.mark.timeout(0 if TEXTS > 3000 else 60)
def test_any_text_in_any_situation_is_decided_and_answered_where_an_answer_is_due() -> None:
    seen = Seen()
    seen.run()
    print(seen, *seen.failures[:60], sep="\n    ")
    assert not seen.failures


@pytest.mark.parametrize(
    "text", ["remind me at 5" + " ." * 1500, "remind me " + "🎉 " * 1500 + "at 5", "remind me " + "a 5 b " * 260]
)
def test_a_text_that_goes_on_and_on_is_answered(text: str) -> None:
    """Several texts of one breath are one text, however long."""
    assert is_answered(DECIDER.decide(JOINED, Said(text, is_whole=True), NOW))


ASKED = Talk("goal_setting", "where", NOW - timedelta(hours=1), {"goal": "a job", "step": "call"})


@pytest.mark.parametrize(
    ("situation", "said", "due"),
    [
        (JOINED, Said("hello"), True),
        (replace(JOINED, talk=ASKED), Said("hello"), True),
        (with_consent(JOINED, Consent.REVOKED), Said("STOP"), False),
        (with_consent(JOINED, Consent.RENEW_DUE), Said("hello"), True),
        (with_consent(JOINED, Consent.INVITED), Said("hello"), False),
        (in_mode(JOINED, Mode.HUMAN), Said("hello"), False),
        (JOINED, Said("STOP", is_answered=True), False),
        (JOINED, Said("[Auto-Reply] I am not available"), False),
        (JOINED, Said("i want to die"), True),
        (replace(JOINED, warned_at=NOW - timedelta(minutes=10)), Said("we have no food"), False),
    ],
)
def test_when_an_answer_is_due(situation: Situation, said: Said, due: bool) -> None:  # noqa: FBT001
    nothing: Sequence[Effect] = ()
    assert answer_is_due(situation, said, nothing, NOW) is due
