"""What one county has decided: its name, its hours, its limits. Read from the county file at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of local wall time, `opens` included and `closes` excluded."""

    opens: time
    closes: time

    def holds(self, at: time) -> bool:
        return self.opens <= at < self.closes


WEEKDAYS = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Caps:
    """The most unprompted texts a client gets (domain guide 3.8). Replies to the client do not count."""

    a_day: int = 1
    a_week: int = 4
    a_month: int = 12


@dataclass(frozen=True, slots=True)
class County:
    """County settings, with the defaults of domain guide 11. Days count from Monday = 0; hours are local wall time."""

    name: str
    program: str
    phone: str
    zone: ZoneInfo
    languages: tuple[str, ...] = ("en", "es")
    send_hours: Hours = field(default=Hours(time(9), time(20)))
    legal_hours: Hours = field(default=Hours(time(8), time(21)))
    send_days: frozenset[int] = WEEKDAYS
    office_hours: Hours = field(default=Hours(time(8), time(17)))
    office_days: frozenset[int] = WEEKDAYS
    holidays: frozenset[date] = frozenset()
    caps: Caps = field(default=Caps())
    asks_for_support: bool = True
    drafts_allowed: bool = False
    flow_parked_after: timedelta = timedelta(hours=72)
    rest_weeks: int = 2
    hooks: Mapping[str, str] = field(default_factory=dict)
