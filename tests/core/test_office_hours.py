"""When a person is there, and by when one acts. The county works Monday to Friday, 8:00 to 17:00, in Los Angeles."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.county import County, Hours
from conversations.escalations import Level
from conversations.office_hours import (
    due,
    half_time,
    is_open,
    quarters,
    same_span_again,
    working_time_after,
    working_time_between,
    works_on,
)

ZONE = ZoneInfo("America/Los_Angeles")
COUNTY = County("Example County", "Goal Line", "707-555-0134", ZONE, holidays=frozenset({date(2027, 3, 3)}))
ON_CALL = replace(COUNTY, on_call=True)
EVERY_NIGHT = replace(COUNTY, office_days=frozenset(range(7)), office_hours=Hours(time(0), time(17)))
MONDAY, TUESDAY, WEDNESDAY, FRIDAY, SATURDAY = (date(2027, 3, day) for day in (1, 2, 3, 5, 6))
CLOCKS_FORWARD, CLOCKS_BACK = date(2027, 3, 14), date(2027, 11, 7)


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
        (Level.U0, at(TUESDAY, 16, 50), at(date(2027, 3, 4), 8, 5)),
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


def test_where_somebody_is_on_call_danger_is_due_by_the_wall_clock() -> None:
    assert due(Level.U0, at(SATURDAY, 3), ON_CALL) == at(SATURDAY, 3, 15)
    assert due(Level.U1, at(SATURDAY, 3), ON_CALL) == due(Level.U1, at(SATURDAY, 3), COUNTY)


@pytest.mark.parametrize(
    ("level", "opened_at", "then"),
    [
        (Level.U0, at(FRIDAY, 16, 40), at(date(2027, 3, 8), 8, 10)),
        (Level.U1, at(TUESDAY, 14), at(date(2027, 3, 4), 9)),
        (Level.U1, at(FRIDAY, 13), at(FRIDAY, 17)),
        (Level.U2, at(MONDAY, 10), at(date(2027, 3, 5), 15)),
        (Level.U3, at(SATURDAY, 10), at(date(2027, 3, 15), 17)),
    ],
)
def test_the_same_span_again_is_working_time_over_a_weekend_and_a_holiday(
    level: Level, opened_at: datetime, then: datetime
) -> None:
    due_at = due(level, opened_at, COUNTY)
    assert same_span_again(level, opened_at, due_at, due_at, COUNTY) == then


def test_half_of_the_time_for_today_is_one_working_hour() -> None:
    assert half_time(at(FRIDAY, 16, 30), COUNTY) == at(date(2027, 3, 8), 8, 30)


def test_the_quarters_that_a_danger_has_waited_are_working_time_unless_somebody_is_on_call() -> None:
    waited = at(FRIDAY, 16, 40), at(date(2027, 3, 8), 8, 10)
    assert quarters(*waited, COUNTY) == 2
    assert quarters(at(SATURDAY, 3), at(SATURDAY, 4, 1), ON_CALL) == 4


def test_a_span_longer_than_a_day_runs_over_several() -> None:
    assert working_time_after(at(MONDAY, 16), timedelta(hours=11), COUNTY) == at(date(2027, 3, 4), 9)


@pytest.mark.parametrize(
    ("day", "span", "then"), [(CLOCKS_FORWARD, 2, 4), (CLOCKS_BACK, 2, 2)], ids=["forward", "back"]
)
def test_working_time_is_counted_right_on_the_day_the_clocks_change(day: date, span: int, then: int) -> None:
    """The county works from midnight here. In March an hour is left out from 2:00 on; in November one is twice."""
    due_at = working_time_after(at(day, 1), timedelta(hours=span), EVERY_NIGHT)
    assert due_at == at(day, then)
    assert due_at.astimezone(UTC) - at(day, 1).astimezone(UTC) == timedelta(hours=span)


def test_an_hour_that_comes_twice_is_open_only_before_the_office_has_closed() -> None:
    early = replace(EVERY_NIGHT, office_hours=Hours(time(0), time(1, 30)))
    assert is_open(at(CLOCKS_BACK, 1, 15), early)
    assert not is_open(at(CLOCKS_BACK, 1, 15).replace(fold=1), early)


moments = st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001  with a zone
spans = st.timedeltas(timedelta(0), timedelta(hours=40))
counties = st.sampled_from([COUNTY, EVERY_NIGHT, replace(COUNTY, office_hours=Hours(time(22), time(23, 59)))])


@given(counties, moments, spans)
def test_so_much_working_time_later_so_much_working_time_has_passed(
    county: County, now: datetime, span: timedelta
) -> None:
    assert working_time_between(now, working_time_after(now, span, county), county) == span


@given(counties, moments, spans, spans)
def test_two_spans_one_after_the_other_are_their_sum(
    county: County, now: datetime, one: timedelta, other: timedelta
) -> None:
    first = working_time_after(now, one, county)
    then = working_time_after(first, other, county)
    assert working_time_between(now, then, county) == one + other
    assert first <= then


@given(st.sampled_from(Level), counties, moments)
def test_nothing_is_due_before_it_happened_or_while_nobody_is_there(
    level: Level, county: County, now: datetime
) -> None:
    due_at = due(level, now, county)
    assert due_at > now
    assert is_open(due_at - timedelta(microseconds=1), county)


@given(counties, moments)
def test_what_is_graver_is_due_sooner(county: County, now: datetime) -> None:
    in_order = [due(level, now, county).astimezone(UTC) for level in Level]
    assert in_order[:2] == sorted(in_order[:2])
    assert in_order[2:] == sorted(in_order[2:])


@given(moments, moments)
def test_no_working_time_lies_between_a_moment_and_one_before_it(now: datetime, then: datetime) -> None:
    assert working_time_between(max(now, then), min(now, then), COUNTY) == timedelta(0)
