"""What a check finds: how often it looked, what it let pass for a stated reason, and what is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.simulator.history import Evidence


class Look(StrEnum):
    """One thing that was looked at: it holds, or is one of the stated exceptions."""

    HOLDS = "holds"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class Broken:
    """`nth` is the client's place in the caseload, 0 where it concerns none; `what` says what is wrong in few words."""

    nth: int
    at: datetime
    what: str


Finding = Look | Broken
Check = Callable[[Evidence], Iterator[Finding]]


@dataclass
class Verdict:
    """Of one check over all that was looked at."""

    name: str
    says: str
    looked: int = 0
    excused: int = 0
    broken: list[Broken] = field(default_factory=list)

    def take(self, findings: Iterable[Finding]) -> Verdict:
        for finding in findings:
            self.looked += 1
            if isinstance(finding, Broken):
                self.broken.append(finding)
            elif finding is Look.EXCUSED:
                self.excused += 1
        return self
