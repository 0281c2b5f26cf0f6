from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bot.calendar_file import STATUS, Entry, calendar_file
from conversations.visits import Visit, VisitStatus

ZONE = ZoneInfo("America/Los_Angeles")
VISIT = Visit(3, datetime(2027, 3, 4, 18, 0, tzinfo=UTC), "Ana", "Koster office", "your ID", leaves_at="9:15am")
ENTRY = Entry("c1", "Maria", VISIT, 2, datetime(2027, 3, 1, 17, 30, tzinfo=UTC))


def events(*entries: Entry) -> Sequence[Any]:
    return Calendar.from_ical(calendar_file(entries, ZONE)).events


def test_a_visit_is_an_event_at_its_hour_on_the_wall() -> None:
    (event,) = events(ENTRY)
    assert event.start == datetime(2027, 3, 4, 10, 0, tzinfo=ZONE)
    assert event.end - event.start == timedelta(hours=1)
    assert (str(event["summary"]), str(event["location"]), str(event["class"])) == ("Maria", "Koster office", "PRIVATE")


def test_it_holds_the_first_name_and_the_place_and_nothing_else_of_the_client() -> None:
    (event,) = events(ENTRY)
    assert set(event) == {
        "UID",
        "SEQUENCE",
        "DTSTAMP",
        "DTSTART",
        "DURATION",
        "SUMMARY",
        "LOCATION",
        "STATUS",
        "CLASS",
    }


def test_a_visit_that_is_moved_stays_the_same_event_with_a_higher_sequence() -> None:
    moved = replace(ENTRY, visit=replace(VISIT, starts_at=VISIT.starts_at + timedelta(days=1)), version=3)
    (before,), (after,) = events(ENTRY), events(moved)
    assert before["uid"] == after["uid"]
    assert (int(before["sequence"]), int(after["sequence"])) == (2, 3)


def test_visits_of_one_client_and_of_several_are_told_apart() -> None:
    several = events(ENTRY, replace(ENTRY, visit=replace(VISIT, number=4)), replace(ENTRY, client_id="c2"))
    assert len({str(event["uid"]) for event in several}) == 3


@pytest.mark.parametrize("status", VisitStatus)
def test_every_status_of_a_visit_is_one_of_an_event(status: VisitStatus) -> None:
    (event,) = events(replace(ENTRY, visit=replace(VISIT, status=status)))
    assert str(event["status"]) == STATUS[status]


def test_a_visit_by_phone_names_no_place() -> None:
    (event,) = events(replace(ENTRY, visit=replace(VISIT, by_phone=True)))
    assert str(event["location"]) == "By phone"


@pytest.mark.parametrize("hour", [18, 19])
def test_the_hour_is_right_on_the_day_the_clocks_change(hour: int) -> None:
    at = datetime(2027, 3, 14, hour, 0, tzinfo=UTC)
    (event,) = events(replace(ENTRY, visit=replace(VISIT, starts_at=at)))
    assert event.start.astimezone(UTC) == at
    assert event.start.hour == hour - 7


def test_the_file_describes_its_zone() -> None:
    assert b"BEGIN:VTIMEZONE\r\nTZID:America/Los_Angeles" in calendar_file([ENTRY], ZONE)


@pytest.mark.parametrize("name", ["Mar;ia, BEGIN:VEVENT", "Maria\r\nLOCATION:here", "=cmd()"])
def test_what_people_typed_adds_no_line(name: str) -> None:
    (event,) = events(replace(ENTRY, first_name=name))
    assert str(event["summary"]).split() == name.split()
    assert str(event["location"]) == "Koster office"


def test_a_calendar_without_visits_is_a_calendar() -> None:
    assert events() == []
