"""Visits as a calendar file for staff (iCalendar, RFC 5545). Of a client it holds the first name alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from conversations.labels import label
from conversations.visits import Visit, VisitStatus

LASTS = timedelta(hours=1)
"""Nobody enters how long a visit lasts."""

LONGEST = 40
BY_PHONE = "By phone"

STATUS = {
    VisitStatus.PLANNED: "TENTATIVE",
    VisitStatus.CONFIRMED: "CONFIRMED",
    VisitStatus.ATTENDED: "CONFIRMED",
    VisitStatus.MISSED: "CANCELLED",
    VisitStatus.ENDED_BY_CLIENT: "CANCELLED",
    VisitStatus.ENDED_BY_OFFICE: "CANCELLED",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A visit and what its row knows beside it; `changed_at` is aware, `version` counts the changes."""

    client_id: str
    first_name: str
    visit: Visit
    version: int
    changed_at: datetime


def calendar_file(entries: Iterable[Entry], zone: ZoneInfo) -> bytes:
    """One visit or several as an .ics file, in the hours of this zone.

    A visit keeps its UID when it changes and its SEQUENCE grows, so that a calendar that reads the file again moves it.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415  slow to load

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Milepost//Visits//EN")
    calendar.add("method", "PUBLISH")
    for entry in entries:
        event = Event()
        for name, value in _properties(entry, zone).items():
            event.add(name, value)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _properties(entry: Entry, zone: ZoneInfo) -> Mapping[str, object]:
    visit = entry.visit
    return {
        "uid": f"visit-{entry.client_id}-{visit.number}@milepost",
        "sequence": entry.version,
        "dtstamp": entry.changed_at.astimezone(UTC),
        "dtstart": visit.starts_at.astimezone(zone),
        "duration": LASTS,
        "summary": label(entry.first_name, LONGEST),
        "location": BY_PHONE if visit.by_phone else label(visit.place, LONGEST),
        "status": STATUS[visit.status],
        "class": "PRIVATE",
    }
