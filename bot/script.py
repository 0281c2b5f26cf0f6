"""A conversation written down as it looks on a phone: who said what, and when on the client's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

US = "US"
NOON = 12
WIDTH_OF_TIME = 20
WIDTH_OF_NAME = 7


@dataclass(frozen=True, slots=True)
class Spoken:
    """One text. `who` is US or the client's first name; `at` is aware."""

    at: datetime
    who: str
    text: str


def written(spoken: Spoken, zone: ZoneInfo) -> str:
    """Like "Mon Mar 2 9:00am   US     How did it go?". A text's later lines stand under its first."""
    margin = f"{clock_time(spoken.at, zone):<{WIDTH_OF_TIME}}{spoken.who.upper():<{WIDTH_OF_NAME}}"
    return margin + f"\n{' ' * len(margin)}".join(spoken.text.splitlines() or [""])


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """Like "Mon Mar 2 9:00am"."""
    local = at.astimezone(zone)
    half = "am" if local.hour < NOON else "pm"
    return f"{local:%a %b} {local.day} {local.hour % NOON or NOON}:{local:%M}{half}"
