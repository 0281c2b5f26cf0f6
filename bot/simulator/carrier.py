"""A carrier to virtual phones, which fails as carriers do. What it was given is the proof of what left."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from records.outbox import Claimed
from scheduler.channel import Accepted, NotSent, Outcome, Refused, Sighting, Sought, Unknown

ARRIVES_AT = 30
"""The second of the minute at which the provider reports what has arrived."""

OPTED_OUT = 21610
DEAD = 30005
"""No such number any more: reported after the text was accepted."""
UNREACHABLE = 30003

LOST_IN_PASSING = 0.002
NOT_SENT = 0.004


@dataclass(frozen=True, slots=True)
class Handed:
    """A text that left us. `attempt` sorts by the time of its claim."""

    at: datetime
    attempt: str
    message: str
    number: str
    body: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the provider calls back with. `arrived` is the text that is on the phone now, if it is."""

    at: datetime
    attempt: str
    status: str
    provider_id: str
    error_code: int | None
    number: str
    arrived: str | None


@dataclass
class Carrier:
    """`dead` are numbers that ended, each from a moment on; `bad` those with days of no reception."""

    chance: random.Random
    dead: dict[str, datetime] = field(default_factory=dict)
    bad: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    handed: list[Handed] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def hear_keyword(self, number: str, *, stops: bool) -> None:
        """The provider has taken a STOP or a START from this phone by itself, and blocks or opens the number."""
        if stops:
            self.blocked.add(number)
        else:
            self.blocked.discard(number)

    def take(self, text: Claimed, now: datetime) -> Outcome:
        """Try once. What is accepted has left, whatever becomes of it."""
        luck = self.chance.random()
        if text.number in self.blocked:
            return Refused(OPTED_OUT)
        if luck < NOT_SENT:
            return NotSent()
        self.handed.append(Handed(now, text.attempt_id, text.message_id, text.number, text.body))
        if luck < NOT_SENT + LOST_IN_PASSING:
            return Unknown()
        provider_id = _named(text.attempt_id)
        self.reports.append(self._report(text, provider_id, now))
        return Accepted(provider_id)

    def find(self, text: Sought) -> Sequence[Sighting]:
        """All that was handed over is in the list."""
        return [
            Sighting(_named(one.attempt), "sent", None, one.at)
            for one in self.handed
            if (one.number, one.body) == (text.to, text.body) and one.at >= text.since
        ]

    def due_reports(self) -> Iterator[Report]:
        """Those not given yet."""
        reports, self.reports = self.reports, []
        yield from reports

    def _report(self, text: Claimed, provider_id: str, now: datetime) -> Report:
        code = self._fails(text.number, now)
        status = "undelivered" if code else "delivered"
        arrived = None if code else text.body
        return Report(_arrival(now), text.attempt_id, status, provider_id, code, text.number, arrived)

    def _fails(self, number: str, now: datetime) -> int | None:
        if number in self.dead and now >= self.dead[number]:
            return DEAD
        begins, ends = self.bad.get(number, (now, now))
        return UNREACHABLE if begins <= now < ends else None


def _named(attempt_id: str) -> str:
    """The provider's own id."""
    return f"SM{attempt_id}"


def _arrival(now: datetime) -> datetime:
    """At least two seconds later."""
    at = now.replace(second=ARRIVES_AT, microsecond=0)
    return at if at - now > timedelta(seconds=1) else at + timedelta(minutes=1)
