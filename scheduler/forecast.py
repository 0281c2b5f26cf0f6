"""When texts will have left, at the pace that a sender was granted: a US number sends 50,000 texts in half a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Wave:
    """So many segments that are wanted from this moment (aware) on."""

    at: datetime
    segments: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """`clears_at` is when the last of them has left. The wave of `worst_at` waits `longest`, to its last segment."""

    clears_at: datetime
    longest: timedelta
    worst_at: datetime


def forecast(waves: Sequence[Wave], a_second: float, now: datetime) -> Forecast:
    """What was wanted before `now` waits already. Who comes first goes first; answers, which overtake, are few."""
    clears_at = worst_at = now
    longest = timedelta(0)
    for wave in sorted(waves, key=lambda wave: wave.at):
        wanted_at = max(wave.at, now)
        clears_at = max(clears_at, wanted_at) + timedelta(seconds=wave.segments / a_second)
        if clears_at - wanted_at > longest:
            longest, worst_at = clears_at - wanted_at, wanted_at
    return Forecast(clears_at, longest, worst_at)
