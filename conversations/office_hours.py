"""When a person is there: the county's office hours, and by when the first human action is due (domain guide 7.1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import assert_never

from conversations.county import County
from conversations.effects import Level

QUARTER = timedelta(minutes=15)
TWO_HOURS = timedelta(hours=2)


def is_open(at: datetime, county: County) -> bool:
    """Is somebody in the office at this moment? `at` is aware, in any zone."""
    local = at.astimezone(county.zone)
    return works_on(local.date(), county) and county.office_hours.holds(local.time())


def works_on(day: date, county: County) -> bool:
    return day.weekday() in county.office_days and day not in county.holidays


def due(level: Level, now: datetime, county: County) -> datetime:
    """When the first human action is due, in the county's zone.

    U0: 15 working minutes; U1: 2 working hours; U2: the end of the next working day; U3: the end of the third.
    """
    match level:
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


def working_time_after(now: datetime, span: timedelta, county: County) -> datetime:
    """`now` plus a span of office hours."""
    opens, closes = _office_day(max(now, _next_opening(now, county)), county)
    begins = max(now.astimezone(county.zone), opens)
    left = closes.timestamp() - begins.timestamp()
    if span.total_seconds() <= left:
        return datetime.fromtimestamp(begins.timestamp() + span.total_seconds(), county.zone)
    return working_time_after(closes, timedelta(seconds=span.total_seconds() - left), county)


def end_of_working_day(now: datetime, nth: int, county: County) -> datetime:
    """The close of the nth working day after today."""
    day = now.astimezone(county.zone).date()
    while nth:
        day += timedelta(days=1)
        nth -= works_on(day, county)
    return datetime.combine(day, county.office_hours.closes, county.zone)


def _next_opening(now: datetime, county: County) -> datetime:
    """The opening of the office day that `now` lies in, or else of the next one."""
    day = now.astimezone(county.zone).date()
    if works_on(day, county) and now < datetime.combine(day, county.office_hours.closes, county.zone):
        return datetime.combine(day, county.office_hours.opens, county.zone)
    day += timedelta(days=1)
    while not works_on(day, county):
        day += timedelta(days=1)
    return datetime.combine(day, county.office_hours.opens, county.zone)


def _office_day(at: datetime, county: County) -> tuple[datetime, datetime]:
    day = at.astimezone(county.zone).date()
    hours = county.office_hours
    return datetime.combine(day, hours.opens, county.zone), datetime.combine(day, hours.closes, county.zone)
