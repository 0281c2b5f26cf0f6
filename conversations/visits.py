"""Visits: a time and place at which client and worker meet, and how one lives (domain guide 3.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class VisitStatus(StrEnum):
    """Where a visit stands. One that is moved is planned anew under its number."""

    PLANNED = "planned"
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    MISSED = "missed"
    ENDED_BY_CLIENT = "ended_by_client"
    ENDED_BY_OFFICE = "ended_by_office"


class VisitEvent(StrEnum):
    """What can happen to a visit."""

    ENTERED = "entered"
    CONFIRMED = "confirmed"
    LEAVE_PLANNED = "leave_planned"
    MOVED = "moved"
    ATTENDED = "attended"
    MISSED = "missed"
    ENDED_BY_CLIENT = "ended_by_client"
    ENDED_BY_OFFICE = "ended_by_office"


LONGEST = 20
"""So many letters of a place, or of what to bring, fit into a text."""

FARTHEST = timedelta(days=366)
"""So far ahead staff may enter a visit."""

AHEAD = frozenset({VisitStatus.PLANNED, VisitStatus.CONFIRMED})
MOVABLE = AHEAD | {VisitStatus.MISSED}


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit of one client; `number` counts from 1 within the client.

    `starts_at` is aware (UTC). `worker` is the first name of whom they meet, `place` a short label the client knows,
    `bring` what to have along ("your ID"), `leaves_at` the hour at which the client plans to leave ("9:15am").
    """

    number: int
    starts_at: datetime
    worker: str
    place: str
    bring: str = ""
    by_phone: bool = False
    status: VisitStatus = VisitStatus.PLANNED
    leaves_at: str = ""


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time that the client's worker offers and that nobody else holds. `starts_at` is aware (UTC)."""

    id: str
    starts_at: datetime
