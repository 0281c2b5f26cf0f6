"""When what comes again comes next, on the wall and over changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import repeats

ZONE = ZoneInfo("America/Los_Angeles")
AT_NINE = datetime(2026, 3, 2, 9, tzinfo=ZONE)  # a Monday


def following(often: str, after: datetime, at: datetime = AT_NINE) -> str:
    return repeats.next_after(at, often, ZONE, after).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("often", "after", "comes"),
    [
        ("daily", AT_NINE, "2026-03-03T09:00-08:00"),
        ("daily", AT_NINE - timedelta(minutes=1), "2026-03-02T09:00-08:00"),
        ("weekdays", datetime(2026, 3, 6, 9, tzinfo=ZONE), "2026-03-09T09:00-07:00"),
        ("weekly:0", AT_NINE, "2026-03-09T09:00-07:00"),
        ("weekly:1,3", AT_NINE, "2026-03-03T09:00-08:00"),
        ("weekly:1,3", datetime(2026, 3, 3, 9, tzinfo=ZONE), "2026-03-05T09:00-08:00"),
        ("monthly:15", AT_NINE, "2026-03-15T09:00-07:00"),
        ("monthly:31", datetime(2026, 3, 31, 9, tzinfo=ZONE), "2026-04-30T09:00-07:00"),
        ("monthly:29", datetime(2027, 1, 29, 9, tzinfo=ZONE), "2027-02-28T09:00-08:00"),
    ],
)
def test_the_next_time_is_on_the_next_such_day(often: str, after: datetime, comes: str) -> None:
    assert following(often, after) == comes


def test_nine_in_the_morning_stays_nine_when_the_clocks_change() -> None:
    assert following("daily", datetime(2026, 3, 7, 9, tzinfo=ZONE)) == "2026-03-08T09:00-07:00"
    assert following("daily", datetime(2026, 10, 31, 9, tzinfo=ZONE)) == "2026-11-01T09:00-08:00"


def test_a_day_that_leaves_the_hour_out_is_passed_over_and_the_hour_stays() -> None:
    at = datetime(2026, 3, 7, 2, 30, tzinfo=ZONE)
    assert following("daily", at, at) == "2026-03-09T02:30-07:00"
    assert following("weekly:6", at, at) == "2026-03-15T02:30-07:00"


def test_of_an_hour_that_a_day_has_twice_the_first_comes_and_the_second_does_not() -> None:
    at = datetime(2026, 10, 31, 1, 30, tzinfo=ZONE)
    assert following("daily", at, at) == "2026-11-01T01:30-07:00"
    first = datetime(2026, 11, 1, 1, 30, tzinfo=ZONE)
    assert following("daily", first, first) == "2026-11-02T01:30-08:00"


def test_what_comes_once_has_no_next_time() -> None:
    with pytest.raises(ValueError, match="never comes again"):
        repeats.next_after(AT_NINE, "", ZONE, AT_NINE)


@pytest.mark.parametrize(
    ("often", "settled"),
    [("weekly", "weekly:1"), ("monthly", "monthly:3"), ("daily", "daily"), ("weekly:4", "weekly:4")],
)
def test_weekly_and_monthly_go_by_the_day_of_the_first_time(often: str, settled: str) -> None:
    assert repeats.settled(often, date(2026, 3, 3)) == settled


@pytest.mark.parametrize(
    ("days", "often"), [(range(7), "daily"), (range(5), "weekdays"), ({3, 1}, "weekly:1,3"), ({6}, "weekly:6")]
)
def test_days_are_stored_in_their_order(days: set[int], often: str) -> None:
    assert repeats.on(set(days)) == often
    assert repeats.weekdays(often) == tuple(sorted(days))
    assert repeats.day_of_month(often) is None


@given(
    st.sampled_from(["daily", "weekdays", "weekly:2", "weekly:0,6", "monthly:1", "monthly:31"]),
    st.integers(0, 4 * 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.integers(0, 24 * 60 - 1),
)
def test_the_next_time_is_later_and_shows_the_same_hour(often: str, after: datetime, minute: int) -> None:
    at = datetime(2026, 1, 5, minute // 60, minute % 60, tzinfo=ZONE)
    moment = repeats.next_after(at, often, ZONE, after)
    assert after < moment.astimezone(UTC) <= after + timedelta(days=63)
    assert (moment.hour, moment.minute) == (at.hour, at.minute)
