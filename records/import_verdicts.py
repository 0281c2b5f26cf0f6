"""What an import makes of one row of a list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    ENDED = "ended"
    SAME = "same"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Judged:
    """`reasons` are the fields that changed, or why a row is bad. They repeat no number and no name."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


SAME = Judged(Verdict.SAME)


def bad(*reasons: str) -> Judged:
    return Judged(Verdict.BAD, reasons)
