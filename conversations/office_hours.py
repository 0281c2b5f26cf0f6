"""When a person is there: the county's office hours, and by when the first human action is due (domain guide 7.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import assert_never

from conversations.county import County
from conversations.escalations import Level

DAY = timedelta(days=1)
NO_TIME = timedelta(0)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
TWO_HOURS = timedelta(hours=2)


def is_open(at: datetime, county: County) -> bool:
    """Is somebody in the office at this moment? `at` is aware, in any zone."""
    day = at.astimezone(county.zone).date()
    opens, closes = _office_hours(day, county)
    return works_on(day, county) and opens <= at.astimezone(UTC) < closes


def works_on(day: date, county: County) -> bool:
    return day.weekday() in county.office_days and day not in county.holidays


def due(level: Level, now: datetime, county: County) -> datetime:
    """When the first human action is due, in the county's zone.

    U0: 15 minutes, of working time unless somebody is on call; U1: 2 working hours; U2: the end of the next working
    day; U3: the end of the third.
    """
    match level:
        case Level.U0 if county.on_call:
            return (now.astimezone(UTC) + QUARTER).astimezone(county.zone)
        case Level.U0:
            return working_time_after(now, QUARTER, county)
        case Level.U1:
            return working_time_after(now, TWO_HOURS, county)
        case Level.U2:
            return end_of_working_day(now, 1, county)
        case Level.U3:
            return end_of_working_day(now, 3, county)
        case _:
            assert_never(level)


def half_time(now: datetime, county: County) -> datetime:
    """When half of the time for a U1 is over, in the county's zone: then the team looks as well."""
    return working_time_after(now, HOUR, county)


def same_span_again(level: Level, opened_at: datetime, due_at: datetime, since: datetime, county: County) -> datetime:
    """After `since` as much time as there was for the first human action, in the county's zone (domain guide 7.3).

    U2 and U3 had the working time from `opened_at` to `due_at`.
    """
    match level:
        case Level.U0 | Level.U1:
            return due(level, since, county)
        case Level.U2 | Level.U3:
            return working_time_after(since, working_time_between(opened_at, due_at, county), county)
        case _:
            assert_never(level)


def quarters(opened_at: datetime, at: datetime, county: County) -> int:
    """How many times 15 minutes a U0 has waited: of working time, or by the wall clock where somebody is on call."""
    waited = at - opened_at if county.on_call else working_time_between(opened_at, at, county)
    return waited // QUARTER


def working_time_after(now: datetime, span: timedelta, county: County) -> datetime:
    """`now` plus a span of office hours, in the county's zone. A span that ends with a day ends at its close."""
    at, left, day = now.astimezone(UTC), span, now.astimezone(county.zone).date()
    while True:
        opens, closes = _working_hours(day, county)
        begins = max(at, opens)
        if begins < closes and left <= closes - begins:
            return (begins + left).astimezone(county.zone)
        left -= max(closes - begins, NO_TIME)
        day += DAY


def working_time_between(start: datetime, end: datetime, county: County) -> timedelta:
    """How much of the time from `start` to `end` lies in office hours; none if `end` is not later."""
    from_, until = start.astimezone(UTC), end.astimezone(UTC)
    day, last = start.astimezone(county.zone).date(), end.astimezone(county.zone).date()
    total = NO_TIME
    while day <= last:
        opens, closes = _working_hours(day, county)
        total += max(min(until, closes) - max(from_, opens), NO_TIME)
        day += DAY
    return total


def end_of_working_day(now: datetime, nth: int, county: County) -> datetime:
    """The close of the nth working day after today."""
    day = now.astimezone(county.zone).date()
    while nth:
        day += DAY
        nth -= works_on(day, county)
    return datetime.combine(day, county.office_hours.closes, county.zone)


def _working_hours(day: date, county: County) -> tuple[datetime, datetime]:
    """As `_office_hours`; a day off closes as it opens."""
    opens, closes = _office_hours(day, county)
    return opens, closes if works_on(day, county) else opens


def _office_hours(day: date, county: County) -> tuple[datetime, datetime]:
    """Opening and close in UTC, where no hour comes twice and none is left out."""
    hours = county.office_hours
    opens = datetime.combine(day, hours.opens, county.zone)
    closes = datetime.combine(day, hours.closes, county.zone)
    return opens.astimezone(UTC), closes.astimezone(UTC)
