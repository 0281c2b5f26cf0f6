"""A roadmap: a goal some months ahead, why it is worth it, and the marks on the way there (domain guide 2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RoadmapStatus(StrEnum):
    ACTIVE = "active"
    REACHED = "reached"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Roadmap:
    """All in the client's own words. `number` counts from 1 within the client; the first of `marks` is the nearest.

    `reached` counts what the client has achieved of the way: the marks, and the goal at its end.
    """

    number: int
    goal: str
    why: str = ""
    marks: tuple[str, ...] = ()
    reached: int = 0
    status: RoadmapStatus = RoadmapStatus.ACTIVE

    @property
    def way(self) -> tuple[str, ...]:
        return (*self.marks, self.goal)
