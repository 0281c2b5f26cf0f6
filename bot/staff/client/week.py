"""What a client hears of Milepost in the coming week, day by day, and what did not go out lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from conversations.visits import AHEAD
from records.staff_reads import NOT_HEARD, Planned
from records.visits import ClientVisit

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Due:
    """Something at a moment (UTC): a nudge, or a visit (`kind` is "visit")."""

    at: datetime
    kind: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the client's calendar on which something is due."""

    day: date
    due: tuple[Due, ...]


def week_of(planned: Sequence[Planned], visits: Sequence[ClientVisit], zone: ZoneInfo, now: datetime) -> Sequence[Day]:
    """From now until the same hour a week on; days on which nothing is due are left out."""
    texts = [Due(one.due_at, one.kind, one.reason) for one in planned if one.kind not in NOT_HEARD]
    met = [Due(one.visit.starts_at, "visit") for one in visits if one.visit.status in AHEAD]
    due = sorted((one for one in (*texts, *met) if one.at < now + A_WEEK), key=lambda one: one.at)
    days: dict[date, list[Due]] = {}
    for one in due:
        days.setdefault(max(one.at, now).astimezone(zone).date(), []).append(one)
    return [Day(day, tuple(those)) for day, those in days.items()]
