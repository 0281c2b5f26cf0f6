"""When a person is there, and by when one acts. The county works Monday to Friday, 8:00 to 17:00, in Los Angeles."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.county import County, Hours
from conversations.effects import Level
from conversations.office_hours import due, is_open, working_time_after, works_on

ZONE = ZoneInfo("America/Los_Angeles")
COUNTY = County("Example County", "Goal Line", "707-555-0134", ZONE, holidays=frozenset({date(2027, 3, 3)}))
MONDAY, TUESDAY, WEDNESDAY, FRIDAY, SATURDAY = (date(2027, 3, day) for day in (1, 2, 3, 5, 6))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


@pytest.mark.parametrize(
    ("when", "open_then"),
    [
        (at(MONDAY, 7, 59), False),
        (at(MONDAY, 8), True),
        (at(MONDAY, 16, 59), True),
        (at(MONDAY, 17), False),
        (at(SATURDAY, 10), False),
        (at(WEDNESDAY, 10), False),
    ],
)
def test_the_office_is_open_from_its_first_minute_to_its_last(when: datetime, open_then: bool) -> None:  # noqa: FBT001
    assert is_open(when, COUNTY) is open_then


def test_the_same_moment_in_another_zone_is_the_same_office_hour() -> None:
    tokyo = at(MONDAY, 16).astimezone(ZoneInfo("Asia/Tokyo"))
    assert tokyo.date() == TUESDAY
    assert is_open(tokyo, COUNTY)


def test_a_holiday_is_no_working_day() -> None:
    assert works_on(TUESDAY, COUNTY)
    assert not works_on(WEDNESDAY, COUNTY)


@pytest.mark.parametrize(
    ("level", "now", "then"),
    [
        (Level.U0, at(MONDAY, 10), at(MONDAY, 10, 15)),
        (Level.U0, at(SATURDAY, 3), at(date(2027, 3, 8), 8, 15)),
        (Level.U1, at(MONDAY, 10), at(MONDAY, 12)),
        (Level.U1, at(MONDAY, 15), at(MONDAY, 17)),
        (Level.U1, at(MONDAY, 16), at(TUESDAY, 9)),
        (Level.U1, at(MONDAY, 6), at(MONDAY, 10)),
        (Level.U1, at(TUESDAY, 20), at(date(2027, 3, 4), 10)),
        (Level.U2, at(MONDAY, 10), at(TUESDAY, 17)),
        (Level.U2, at(TUESDAY, 10), at(date(2027, 3, 4), 17)),
        (Level.U2, at(FRIDAY, 10), at(date(2027, 3, 8), 17)),
        (Level.U3, at(MONDAY, 10), at(FRIDAY, 17)),
        (Level.U3, at(SATURDAY, 10), at(date(2027, 3, 10), 17)),
    ],
)
def test_a_first_human_action_is_due_in_working_time(level: Level, now: datetime, then: datetime) -> None:
    assert due(level, now, COUNTY) == then


def test_a_span_longer_than_a_day_runs_over_several() -> None:
    assert working_time_after(at(MONDAY, 16), timedelta(hours=11), COUNTY) == at(date(2027, 3, 4), 9)


def test_working_time_is_counted_right_on_the_day_the_clocks_change() -> None:
    """On Sunday 14 March 2027 the clocks jump from 2:00 to 3:00; this county works on Sundays from midnight."""
    nights = replace(COUNTY, office_days=frozenset(range(7)), office_hours=Hours(time(0), time(17)))
    sunday = date(2027, 3, 14)
    due_at = working_time_after(at(sunday, 1), timedelta(hours=2), nights)
    assert due_at == at(sunday, 4)
    assert due_at.astimezone(UTC) - at(sunday, 1).astimezone(UTC) == timedelta(hours=2)
