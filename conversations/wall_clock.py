"""From what a clock on the wall shows to the one moment it means, exact over daylight saving."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=4096)
def at_wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment when a clock in `zone` shows `at` on that day, as an aware datetime in `zone`.

    An hour that a spring night leaves out comes later by the gap. Of an hour that an autumn night has twice, the first
    counts.
    """
    shown = datetime.combine(day, at.replace(fold=0), zone)
    return shown.astimezone(UTC).astimezone(zone)
