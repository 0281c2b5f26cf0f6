"""From a client's words to a day and time (domain guide 3.3): "tues at 10", "mañana a las 9", "in 2 hours", "3/4 2:30".

The text is read as a row of marks (a weekday, a number, a part of the day, ...), which the language's words give; the
rules below are the same for all languages. Words that mean nothing here are passed over.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from conversations.folding import as_written, fold
from conversations.goals import Moment
from conversations.languages import TimeWords
from conversations.marks import FIRST_YEAR, NUMBERS, Half, Kind, Mark, Marks, is_day_number, mark_at, marks_of
from conversations.wall_clock import at_wall

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
MINUTES_A_DAY = 24 * 60
FURTHEST = timedelta(days=366)
"""Nothing is planned more than a year ahead (domain guide 3.7)."""

BEYOND = 2 * FURTHEST.days * MINUTES_A_DAY
"""In minutes: no amount of time counts for more, so that none leads out of the calendar."""

NOON = 12
MIDNIGHT = 24
DAWN = 6
NIGHT = 20
LAST_HOUR = 23
LAST_MINUTE = 59
AFTERNOON = range(1, 7)
"""The hours that are in the afternoon when neither am nor pm is said (domain guide 3.3)."""

AFTER_MIDNIGHT = range(1, 5)
"""The hours that a night still has when its day is over: "tonight at 1"."""

ROUND_MINUTES = frozenset({15, 30, 45})
TODAY = Mark(Kind.RELATIVE_DAY, 0)
BESIDE_HOUR = frozenset({Kind.BY_HOUR, Kind.BEHIND_HOUR, Kind.PART_OF_DAY, Kind.MINUTES_PAST})
AGAIN = frozenset({Kind.EVERY, Kind.ON_DAYS, Kind.WEEKLY, Kind.MONTHLY})


@dataclass(frozen=True, slots=True)
class Day:
    """The days that a text may mean, soonest first. A weekday's name without an hour does not mean today."""

    days: tuple[date, ...]
    may_be_today: bool = True


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour on the wall, 0 to 23; 24 and more are those after the end of its day.

    It is loose if it was given on twelve hours, without am or pm.
    """

    hour: int
    minute: int
    is_loose: bool = False

    def on(self, day: date, zone: ZoneInfo) -> datetime:
        days, hour = divmod(self.hour, MIDNIGHT)
        return at_wall(day + days * A_DAY, time(hour, self.minute), zone)


@dataclass(frozen=True, slots=True)
class Saying:
    """What a row says of a moment: so many minutes from now, a day, an hour; and the marks that say so."""

    minutes: int
    day: Day | None
    hour: Hour | None
    says_today: bool
    is_in_next_week: bool
    marks: Marks


def read(text: str, times: TimeWords, now: datetime, *, on_the_day: bool = False) -> Moment | None:
    """The next moment that the text can mean, or its day, or else its bare words ("soon", "when I can").

    `now` is aware, in the client's zone (a ZoneInfo), and so is the result: later than now, within a year, exact to the
    minute. None if there is nothing to read: no letter, and no number that is a time. With `on_the_day` an hour alone
    is one of now's day, if any is left of it: at ten in the morning "8" is eight in the evening.
    """
    words = as_written(text)
    row = tuple(map(_once, marks_of(fold(text).split(), times)))
    saying = said_by(row, now.date())
    at = moment_of(saying, now)
    if on_the_day and isinstance(at, datetime) and saying.day is None and not saying.minutes:
        at = moment_of(said_by((TODAY, *row), now.date()), now)
    if at is None and not any(sign.isalpha() for sign in words):
        return None
    return Moment(at, words)


def said_by(row: Marks, today: date, day: Day | None = None) -> Saying:
    """What the row says. `day` is what a DAY in it stands for, if it has one already."""
    amount = _amount(row)
    says_today, is_in_next_week = TODAY in row, Mark(Kind.NEXT_WEEK) in row
    if amount and amount.minutes % MINUTES_A_DAY:
        return Saying(amount.minutes, None, None, says_today, is_in_next_week, row[amount.start : amount.stop])
    found = None if day else _day(row, amount, today)
    marks = tuple(mark for mark in row if mark.kind is Kind.DAY)
    if found:
        marks, day = row[found.start : found.stop], found.day
        row = (*row[: found.start], Mark(Kind.DAY), *row[found.stop :])
    hour, marks_of_hour = _hour(row)
    return Saying(0, day, hour, says_today, is_in_next_week, (*marks, *marks_of_hour))


def moment_of(saying: Saying, now: datetime) -> datetime | date | None:
    """The next such moment after `now` (aware, in a ZoneInfo) and within a year, or its day alone."""
    if not isinstance(zone := now.tzinfo, ZoneInfo):
        raise TypeError("now must be in the client's zone, a ZoneInfo")
    if is_too_far(saying, now):
        return None
    if saying.minutes:
        later = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=saying.minutes)
        return later.astimezone(zone)
    today, day, hour = now.date(), saying.day, saying.hour
    if day is None and (hour is None or saying.is_in_next_week):
        return None
    days = [each for each in (day.days if day else (today, today + A_DAY)) if each < today + FURTHEST]
    if hour is None:
        return next((each for each in days if each > today or (day and day.may_be_today)), None)
    if saying.says_today and hour.is_loose and hour.on(today, zone).astimezone(UTC) <= now:
        hour = Hour(hour.hour + NOON, hour.minute)
    moments = (hour.on(each, zone) for each in days)
    return next((at for at in moments if at.astimezone(UTC) > now), None)


def is_too_far(saying: Saying, now: datetime) -> bool:
    """Whether the moment is more than a year ahead."""
    if saying.minutes:
        return saying.minutes >= FURTHEST.days * MINUTES_A_DAY
    days = saying.day.days if saying.day else ()
    return bool(days) and min(days) >= now.date() + FURTHEST


def _once(mark: Mark) -> Mark:
    """What comes again is read as its first time: "mondays" as Monday."""
    if mark.kind is Kind.ON_DAYS and len(mark.days) == 1:
        return replace(mark, kind=Kind.WEEKDAY, value=min(mark.days))
    return replace(mark, kind=Kind.OTHER) if mark.kind in AGAIN else mark


@dataclass(frozen=True, slots=True)
class Amount:
    """So many minutes from now, said by the marks from `start` up to `stop`."""

    minutes: int
    start: int
    stop: int


def _amount(marks: Marks) -> Amount | None:
    """As in "in 2 hours", "an hour from now"; "2 hours" alone counts if nothing else is said."""
    for place, mark in enumerate(marks):
        if mark.kind is Kind.UNIT:
            counted = mark_at(marks, place - 1).kind in NUMBERS
            start = place - counted
            minutes = mark.value * (mark_at(marks, place - 1).value if counted else 1)
            is_ahead = mark_at(marks, start - 1).kind is Kind.BY_AMOUNT
            is_behind = not is_ahead and mark_at(marks, place + 1).kind is Kind.BY_AMOUNT
            says_amount = counted or not mark.other
            if minutes and says_amount and (is_ahead or is_behind or (counted and len(marks) == place + 1 - start)):
                return Amount(min(minutes, BEYOND), start - is_ahead, place + 1 + is_behind)
    return None


@dataclass(frozen=True, slots=True)
class Found:
    """A day, said by the marks from `start` up to `stop`."""

    day: Day
    start: int
    stop: int


def _day(marks: Marks, amount: Amount | None, today: date) -> Found | None:
    if amount:
        return Found(Day((today + timedelta(minutes=amount.minutes),)), amount.start, amount.stop)
    finders = (_date, _relative_day, _day_of_month, _weekday)
    return next((found for find in finders for found in find(marks, today)), None)


def _date(marks: Marks, today: date) -> Iterator[Found]:
    """As in "March 4", "4 de marzo", "3/4/2027"; without a year, the next such day."""
    for place, mark in enumerate(marks):
        if mark.kind is Kind.MONTH:
            for number in (place + 1, place - 1):
                if is_day_number(marks, number):
                    stop = max(place, number) + 1
                    year = mark_at(marks, stop).value if mark_at(marks, stop).kind is Kind.NUMBER else 0
                    has_year = year >= FIRST_YEAR
                    months = [(each, mark.value) for each in ((year,) if has_year else (today.year, today.year + 1))]
                    days = _real_days(months, mark_at(marks, number).value, today)
                    yield Found(Day(days), min(place, number), stop + has_year)


def _relative_day(marks: Marks, today: date) -> Iterator[Found]:
    for place, mark in enumerate(marks):
        if mark.kind is Kind.RELATIVE_DAY:
            day = today + timedelta(days=mark.value)
            yield Found(Day((day, day + A_DAY)), place, place + 1)


def _weekday(marks: Marks, today: date) -> Iterator[Found]:
    """The coming one; "next Friday" is the coming one too, but never today."""
    monday = today - timedelta(days=today.weekday())
    for place, mark in enumerate(marks):
        if mark.kind is Kind.WEEKDAY:
            day = monday + timedelta(days=mark.value)
            beside = {mark_at(marks, place - 1).kind, mark_at(marks, place + 1).kind}
            passed = day < today or (day == today and Kind.BY_NEXT_DAY in beside)
            if passed or Mark(Kind.NEXT_WEEK) in marks:
                day += A_WEEK
            yield Found(Day((day, day + A_WEEK), may_be_today=False), place, place + 1)


def _day_of_month(marks: Marks, today: date) -> Iterator[Found]:
    """As in "the 15th", "el 15": of this month or the next one that has it."""
    months = [(today.year + (today.month + ahead) // 12, (today.month + ahead) % 12 + 1) for ahead in range(-1, 12)]
    for place, mark in enumerate(marks):
        if not is_day_number(marks, place):
            continue
        before, behind = mark_at(marks, place - 1), mark_at(marks, place + 1)
        if mark.kind is Kind.DAY_NUMBER and before.kind is not Kind.OTHER:
            yield Found(Day(_real_days(months, mark.value, today)), place, place + 1)
        elif before.kind is Kind.BEFORE_DAY_NUMBER and behind.kind is not Kind.OTHER:
            yield Found(Day(_real_days(months, mark.value, today)), place - 1, place + 1)


def _real_days(months: Iterable[tuple[int, int]], number: int, today: date) -> tuple[date, ...]:
    """The days with this number in these (year, month), from today on. Not every month has them all."""
    days = (date(year, month, number) for year, month in months if number <= monthrange(year, month)[1])
    return tuple(day for day in days if day >= today)


def _hour(marks: Marks) -> tuple[Hour | None, Marks]:
    """The hour that is said, or else that of the part of the day that is said; and the marks that say it."""
    parts = tuple(mark for mark in marks if mark.kind is Kind.PART_OF_DAY)
    part = parts[0].value if parts else None
    for place, mark in enumerate(marks):
        if mark.kind is Kind.CLOCK:
            return _wall_hour(mark.value, mark.other, mark.half, part), (mark, *parts)
        if mark.kind in NUMBERS and _is_hour(marks, place):
            minutes = _minutes(marks, place)
            hour, minute = divmod(mark.value, 100)
            if mark.value <= LAST_MINUTE:
                hour, minute = mark.value, _number_of_minutes(minutes)
            return _wall_hour(hour, minute, Half.UNSAID, part), (mark, *minutes, *parts)
    return (None if part is None else Hour(part, 0)), parts


def _is_hour(marks: Marks, place: int) -> bool:
    """Is this number an hour? A number that could count anything is one only beside a day, or all alone."""
    before, behind = mark_at(marks, place - 1).kind, mark_at(marks, place + 1).kind
    if before in {Kind.BY_HOUR, Kind.MINUTES_PAST} or behind in BESIDE_HOUR:
        return True
    beside_day = before in {Kind.DAY, Kind.PART_OF_DAY} or (place == 0 and behind in {Kind.DAY, Kind.NOT_THERE})
    return marks[place].kind is Kind.NUMBER and marks[place].value > 0 and beside_day


def _minutes(marks: Marks, place: int) -> Marks:
    """The marks of the minutes beside an hour, as in "half past ten", "10 y media", "at ten thirty"."""
    before, behind = mark_at(marks, place - 1), mark_at(marks, place + 1)
    if before.kind is Kind.MINUTES_PAST:
        return (before,)
    is_round = behind.kind in NUMBERS and behind.value in ROUND_MINUTES
    return (behind,) if is_round or behind.kind is Kind.MINUTES_PAST else ()


def _number_of_minutes(marks: Marks) -> int:
    return sum(mark.value for mark in marks)


def _wall_hour(hour: int, minute: int, half: Half, part: int | None) -> Hour | None:
    """The hour on 24 hours; None if no clock shows it. The part of the day settles what am and pm leave open.

    Twelve at night is the end of the day, and so is what comes before dawn (domain guide 3.3 leaves both open).
    """
    if minute > LAST_MINUTE:
        return None
    at_night = part is not None and part >= NIGHT and half is not Half.PM
    if at_night and (hour == NOON or hour in AFTER_MIDNIGHT):
        return Hour(MIDNIGHT + hour % NOON, minute)
    if half is Half.UNSAID and part not in {None, NOON} and (hour < NOON or part < DAWN):
        half = Half.PM if part > NOON else Half.AM
    if half is Half.PM and hour < NOON:
        hour += NOON
    elif half is Half.AM and hour == NOON:
        hour = 0
    elif half is Half.UNSAID and hour in AFTERNOON:
        hour += NOON
    if hour > LAST_HOUR:
        return None
    return Hour(hour, minute, is_loose=half is Half.UNSAID and 0 < hour < NOON)
