"""How often a client's own reminder comes, in stored form, and when it comes next (domain guide 3.7).

"" is once, "daily", "weekdays", weekdays from Monday = 0 ("weekly:0", "weekly:1,3"), a day of the month ("monthly:15").
"weekly" and "monthly" alone wait for a day. "two_weeks" is every second week on the day of its first time.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from conversations.wall_clock import at_wall

DAILY = "daily"
WEEKDAYS = "weekdays"
WEEKLY = "weekly"
MONTHLY = "monthly"
TWO_WEEKS = "two_weeks"

EVERY_DAY = frozenset(range(7))
MONDAY_TO_FRIDAY = frozenset(range(5))

A_QUARTER = range(100)
"""Days to look ahead: a month's last day that clocks leave the hour out on, and the next one, are among them."""


def on(days: Collection[int]) -> str:
    """The stored form for these weekdays, Monday = 0."""
    if set(days) >= EVERY_DAY:
        return DAILY
    return WEEKDAYS if set(days) == MONDAY_TO_FRIDAY else f"{WEEKLY}:{','.join(map(str, sorted(days)))}"


def settled(repeats: str, day: date) -> str:
    """The stored form once the day of its first time is known: "weekly" on a Tuesday is "weekly:1"."""
    if repeats == WEEKLY:
        return on({day.weekday()})
    return f"{MONTHLY}:{day.day}" if repeats == MONTHLY else repeats


def weekdays(repeats: str) -> tuple[int, ...]:
    """The weekdays on which it comes, in their order; none for what does not go by the week."""
    if repeats in {DAILY, WEEKDAYS}:
        return tuple(sorted(EVERY_DAY if repeats == DAILY else MONDAY_TO_FRIDAY))
    unit, _colon, listed = repeats.partition(":")
    return tuple(map(int, listed.split(","))) if unit == WEEKLY and listed else ()


def day_of_month(repeats: str) -> int | None:
    unit, _colon, day = repeats.partition(":")
    return int(day) if unit == MONTHLY and day else None


def next_after(at: datetime, repeats: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The next time after `after` at the hour that a clock in `zone` shows `at`, as an aware datetime in `zone`.

    A day on which the clocks leave that hour out is passed over, as RFC 5545 has it (3.3.10); of an hour that a day has
    twice the first counts. The 31st is the last day of a shorter month. Raises ValueError for what never repeats.
    """
    if repeats == TWO_WEEKS:
        return _every_second_week(at, zone, after)
    local = at.astimezone(zone)
    shown = local.time().replace(fold=0)
    first = after.astimezone(zone).date()
    for day in (first + timedelta(days=ahead) for ahead in A_QUARTER):
        moment = at_wall(day, shown, zone)
        is_left_out = moment.time().replace(fold=0) != shown
        if _is_on(repeats, day) and not is_left_out and moment.astimezone(UTC) > after:
            return moment
    raise ValueError(f"{repeats!r} never comes again")


def _every_second_week(at: datetime, zone: ZoneInfo, after: datetime) -> datetime:
    local = at.astimezone(zone)
    fortnights = (at_wall(local.date() + timedelta(weeks=2 * nth), local.time(), zone) for nth in count(1))
    return next(moment for moment in fortnights if moment > after)


def _is_on(repeats: str, day: date) -> bool:
    if (number := day_of_month(repeats)) is not None:
        return day.day == min(number, monthrange(day.year, day.month)[1])
    return day.weekday() in weekdays(repeats)
