"""From a client's words to a day and time (domain guide 3.3): "tues at 10", "mañana a las 9", "in 2 hours", "3/4 2:30".

The text is read as a row of marks (a weekday, a number, a part of the day, ...), which the language's words give; the
rules below are the same for all languages. Words that mean nothing here are passed over.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from functools import lru_cache
from zoneinfo import ZoneInfo

from conversations.folding import as_written, fold, one_slip_apart
from conversations.goals import Moment
from conversations.languages import TimeWords
from conversations.wall_clock import at_wall

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
MINUTES_A_DAY = 24 * 60
FURTHEST = timedelta(days=366)
"""Nothing is planned more than a year ahead (domain guide 3.7)."""

MONTHS = range(1, 13)
NOON = 12
LAST_HOUR = 23
LAST_MINUTE = 59
AFTERNOON = range(1, 7)
"""The hours that are in the afternoon when neither am nor pm is said (domain guide 3.3)."""

DAY_NUMBERS = range(1, 32)
FIRST_YEAR = 2000
ROUND_MINUTES = frozenset({15, 30, 45})
LONGEST_PHRASE = 5
SURE_NAME = 6
"""Shorter words are too like each other for a slip of the finger to be forgiven."""

CLOCK = re.compile(r"(\d{1,2}?)(?:[:.]?(\d\d))?(?:([ap])m?)?")
HOURS = re.compile(r"(\d{1,2})-(\d{1,2})([ap])m")
US_DATE = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d\d))?")
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
FIGURES = re.compile(r"\d{1,4}")
DAY_FIGURES = re.compile(r"(\d{1,2})(?:st|nd|rd|th|ro|o)")


class Kind(Enum):
    """What a mark is. OTHER is a word or figure that means nothing here; NOT_THERE is beyond the row."""

    WEEKDAY = auto()
    MONTH = auto()
    WEEKDAY_OR_MONTH = auto()
    DAY_NUMBER = auto()
    RELATIVE_DAY = auto()
    DAY = auto()
    NEXT_WEEK = auto()
    BY_NEXT_DAY = auto()
    BEFORE_DAY_NUMBER = auto()
    PART_OF_DAY = auto()
    CLOCK = auto()
    NUMBER = auto()
    WORDED_NUMBER = auto()
    MINUTES_PAST = auto()
    BY_HOUR = auto()
    BY_AMOUNT = auto()
    UNIT = auto()
    OTHER = auto()
    NOT_THERE = auto()


class Half(Enum):
    """Which half of the day an hour is in."""

    UNSAID = ""
    AM = "a"
    PM = "p"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing the text says.

    A CLOCK has its hour in `value` and its minute in `other`; a WEEKDAY_OR_MONTH its weekday and its month.
    """

    kind: Kind
    value: int = 0
    other: int = 0
    half: Half = Half.UNSAID


Marks = tuple[Mark, ...]

OTHER = Mark(Kind.OTHER)
NOT_THERE = Mark(Kind.NOT_THERE)
TODAY = Mark(Kind.RELATIVE_DAY, 0)
NUMBERS = frozenset({Kind.NUMBER, Kind.WORDED_NUMBER})
BESIDE_HOUR = frozenset({Kind.BY_HOUR, Kind.PART_OF_DAY, Kind.MINUTES_PAST})


@dataclass(frozen=True, slots=True)
class Day:
    """The days that a text may mean, soonest first. A weekday's name without an hour does not mean today."""

    days: tuple[date, ...]
    may_be_today: bool = True


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour on the wall, 0 to 23. It is loose if it was given on twelve hours, without am or pm."""

    hour: int
    minute: int
    is_loose: bool = False

    def on(self, day: date, zone: ZoneInfo) -> datetime:
        return at_wall(day, time(self.hour, self.minute), zone)


def read(text: str, times: TimeWords, now: datetime, *, on_the_day: bool = False) -> Moment | None:
    """The next moment that the text can mean, or its day, or else its bare words ("soon", "when I can").

    `now` is aware, in the client's zone (a ZoneInfo), and so is the result: later than now, within a year, exact to the
    minute. None if there is nothing to read: no letter, and no number that is a time. With `on_the_day` an hour alone
    is one of now's day, if any is left of it: at ten in the morning "8" is eight in the evening.
    """
    words = as_written(text)
    marks = _marks(fold(text), times)
    at = _meant(marks, now)
    if on_the_day and isinstance(at, datetime) and _with_day(marks, _amount(marks), now.date())[1] is None:
        at = _meant((TODAY, *marks), now)
    if at is None and not any(sign.isalpha() for sign in words):
        return None
    return Moment(at, words)


def _meant(marks: Marks, now: datetime) -> datetime | date | None:
    if not isinstance(zone := now.tzinfo, ZoneInfo):
        raise TypeError("now must be in the client's zone, a ZoneInfo")
    amount = _amount(marks)
    if amount and amount.minutes % MINUTES_A_DAY:
        later = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=amount.minutes)
        return later.astimezone(zone)
    today = now.date()
    rest, day = _with_day(marks, amount, today)
    hour = _hour(rest)
    if day is None and (hour is None or Mark(Kind.NEXT_WEEK) in marks):
        return None
    days = [each for each in (day.days if day else (today, today + A_DAY)) if each < today + FURTHEST]
    if hour is None:
        return next((each for each in days if each > today or (day and day.may_be_today)), None)
    if TODAY in marks and hour.is_loose and hour.on(today, zone).astimezone(UTC) <= now:
        hour = Hour(hour.hour + NOON, hour.minute)
    moments = (hour.on(each, zone) for each in days)
    return next((at for at in moments if at.astimezone(UTC) > now), None)


def _marks(folded: str, times: TimeWords) -> Marks:
    lexicon = _lexicon(times)
    words = folded.split()
    marks: list[Mark] = []
    while words:
        lengths = range(min(LONGEST_PHRASE, len(words)), 0, -1)
        length = next((length for length in lengths if " ".join(words[:length]) in lexicon), 0)
        marks += (
            lexicon[" ".join(words[:length])] if length else _misspelt_weekday(words[0], times) or _figures(words[0])
        )
        words = words[length or 1 :]
    return tuple(_settled(marks))


@lru_cache
def _lexicon(times: TimeWords) -> dict[str, tuple[Mark, ...]]:
    numbered: tuple[tuple[Kind, Mapping[str, int]], ...] = (
        (Kind.WORDED_NUMBER, times.numbers),
        (Kind.UNIT, times.units),
        (Kind.PART_OF_DAY, times.parts_of_day),
        (Kind.RELATIVE_DAY, times.relative_days),
        (Kind.MINUTES_PAST, times.minutes_past),
        (Kind.MONTH, times.months),
        (Kind.WEEKDAY, times.weekdays),
    )
    bare: tuple[tuple[Kind, Iterable[str]], ...] = (
        (Kind.BY_HOUR, times.by_hour),
        (Kind.BY_AMOUNT, times.by_amount),
        (Kind.BY_NEXT_DAY, times.by_next_day),
        (Kind.NEXT_WEEK, times.next_week),
        (Kind.BEFORE_DAY_NUMBER, times.before_day_number),
    )
    lexicon: dict[str, Marks] = dict.fromkeys(times.skipped, ())
    lexicon |= {word: (Mark(kind),) for kind, words in bare for word in words}
    lexicon |= {word: (Mark(kind, value),) for kind, words in numbered for word, value in words.items()}
    for word in times.weekdays.keys() & times.months.keys():
        lexicon[word] = (Mark(Kind.WEEKDAY_OR_MONTH, times.weekdays[word], times.months[word]),)
    return lexicon


def _misspelt_weekday(word: str, times: TimeWords) -> Marks:
    """A weekday's whole name but for one slip ("vierness"): passed over, it would leave the hour on another day."""
    names = {name: day for name, day in times.weekdays.items() if len(name) >= SURE_NAME}
    near = {day for name, day in names.items() if len(word) >= SURE_NAME and one_slip_apart(word, name)}
    return (Mark(Kind.WEEKDAY, near.pop()),) if len(near) == 1 else ()


def _figures(word: str) -> Marks:
    """What a word with digits in it says."""
    if FIGURES.fullmatch(word):
        return (Mark(Kind.NUMBER, int(word)),)
    if ordinal := DAY_FIGURES.fullmatch(word):
        return (Mark(Kind.DAY_NUMBER, int(ordinal[1])),)
    if clock := CLOCK.fullmatch(word):
        half = Half.AM if word.startswith("0") and not clock[3] else Half(clock[3] or "")
        return (Mark(Kind.CLOCK, int(clock[1]), int(clock[2] or 0), half),)
    if hours := HOURS.fullmatch(word):
        first, last = int(hours[1]), int(hours[2])
        return (Mark(Kind.CLOCK, first, 0, Half(hours[3]) if first < last else Half.UNSAID),)
    return _date_figures(word)


def _date_figures(word: str) -> Marks:
    if iso := ISO_DATE.fullmatch(word):
        return _date_marks(int(iso[2]), int(iso[3]), int(iso[1]))
    if us := US_DATE.fullmatch(word):
        return _date_marks(int(us[1]), int(us[2]), int(us[3] or 0))
    return (OTHER,)


def _date_marks(month: int, day: int, year: int = 0) -> Marks:
    """Month first, as people in the United States write in any language, unless only the other way is a date."""
    if month not in MONTHS:
        month, day = day, month
    if month not in MONTHS or day not in DAY_NUMBERS:
        return (OTHER,)
    full_year = year + FIRST_YEAR if 0 < year < FIRST_YEAR else year
    return (Mark(Kind.MONTH, month), Mark(Kind.NUMBER, day), *([Mark(Kind.NUMBER, full_year)] if year else []))


def _settled(marks: Sequence[Mark]) -> Iterator[Mark]:
    """A word that is a weekday and a month ("mar") is the month beside the number of a day."""
    for place, mark in enumerate(marks):
        if mark.kind is not Kind.WEEKDAY_OR_MONTH:
            yield mark
        elif _is_day_number(marks, place + 1) or _is_day_number(marks, place - 1):
            yield Mark(Kind.MONTH, mark.other)
        else:
            yield Mark(Kind.WEEKDAY, mark.value)


def _is_day_number(marks: Sequence[Mark], place: int) -> bool:
    mark = _at(marks, place)
    if mark.kind is Kind.DAY_NUMBER:
        return mark.value in DAY_NUMBERS
    behind = _at(marks, place + 1).kind
    said_as_hour = _at(marks, place - 1).kind is Kind.BY_HOUR or behind in {Kind.PART_OF_DAY, Kind.MINUTES_PAST}
    return mark.kind in NUMBERS and mark.value in DAY_NUMBERS and not said_as_hour


def _at(marks: Sequence[Mark], place: int) -> Mark:
    return marks[place] if 0 <= place < len(marks) else NOT_THERE


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
            counted = _at(marks, place - 1).kind in NUMBERS
            start = place - 1 if counted else place
            minutes = mark.value * (_at(marks, place - 1).value if counted else 1)
            is_ahead = Kind.BY_AMOUNT in (_at(marks, start - 1).kind, _at(marks, place + 1).kind)
            if 0 < minutes < FURTHEST.days * MINUTES_A_DAY and (
                is_ahead or (counted and len(marks) == place + 1 - start)
            ):
                return Amount(minutes, start, place + 1)
    return None


@dataclass(frozen=True, slots=True)
class Found:
    """A day, said by the marks from `start` up to `stop`."""

    day: Day
    start: int
    stop: int


def _with_day(marks: Marks, amount: Amount | None, today: date) -> tuple[Marks, Day | None]:
    """The row with the marks of a day taken together as one DAY, and that day."""
    if amount:
        found: Found | None = Found(Day((today + timedelta(minutes=amount.minutes),)), amount.start, amount.stop)
    else:
        finders = (_date, _relative_day, _day_of_month, _weekday)
        found = next((found for find in finders for found in find(marks, today)), None)
    if found is None:
        return marks, None
    return (*marks[: found.start], Mark(Kind.DAY), *marks[found.stop :]), found.day


def _date(marks: Marks, today: date) -> Iterator[Found]:
    """As in "March 4", "4 de marzo", "3/4/2027"; without a year, the next such day."""
    for place, mark in enumerate(marks):
        if mark.kind is Kind.MONTH:
            for number in (place + 1, place - 1):
                if _is_day_number(marks, number):
                    stop = max(place, number) + 1
                    year = _at(marks, stop).value if _at(marks, stop).kind is Kind.NUMBER else 0
                    has_year = year >= FIRST_YEAR
                    months = [(each, mark.value) for each in ((year,) if has_year else (today.year, today.year + 1))]
                    days = _real_days(months, _at(marks, number).value, today)
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
            beside = {_at(marks, place - 1).kind, _at(marks, place + 1).kind}
            passed = day < today or (day == today and Kind.BY_NEXT_DAY in beside)
            if passed or Mark(Kind.NEXT_WEEK) in marks:
                day += A_WEEK
            yield Found(Day((day, day + A_WEEK), may_be_today=False), place, place + 1)


def _day_of_month(marks: Marks, today: date) -> Iterator[Found]:
    """As in "the 15th", "el 15": of this month or the next one that has it."""
    months = [(today.year + (today.month + ahead) // 12, (today.month + ahead) % 12 + 1) for ahead in range(-1, 12)]
    for place, mark in enumerate(marks):
        if not _is_day_number(marks, place):
            continue
        before, behind = _at(marks, place - 1), _at(marks, place + 1)
        if mark.kind is Kind.DAY_NUMBER and before.kind is not Kind.OTHER:
            yield Found(Day(_real_days(months, mark.value, today)), place, place + 1)
        elif before.kind is Kind.BEFORE_DAY_NUMBER and behind.kind is not Kind.OTHER:
            yield Found(Day(_real_days(months, mark.value, today)), place - 1, place + 1)


def _real_days(months: Iterable[tuple[int, int]], number: int, today: date) -> tuple[date, ...]:
    """The days with this number in these (year, month), from today on. Not every month has them all."""
    days = (date(year, month, number) for year, month in months if number <= monthrange(year, month)[1])
    return tuple(day for day in days if day >= today)


def _hour(marks: Marks) -> Hour | None:
    """The hour that is said, or else that of the part of the day that is said."""
    part = next((mark.value for mark in marks if mark.kind is Kind.PART_OF_DAY), None)
    for place, mark in enumerate(marks):
        if mark.kind is Kind.CLOCK:
            return _wall_hour(mark.value, mark.other, mark.half, part)
        if mark.kind in NUMBERS and _is_hour(marks, place):
            hour, minute = divmod(mark.value, 100) if mark.value > LAST_MINUTE else (mark.value, _minutes(marks, place))
            return _wall_hour(hour, minute, Half.UNSAID, part)
    return None if part is None else Hour(part, 0)


def _is_hour(marks: Marks, place: int) -> bool:
    """Is this number an hour? A number that could count anything is one only beside a day, or all alone."""
    before, behind = _at(marks, place - 1).kind, _at(marks, place + 1).kind
    if before in {Kind.BY_HOUR, Kind.MINUTES_PAST} or behind in BESIDE_HOUR:
        return True
    beside_day = before in {Kind.DAY, Kind.PART_OF_DAY} or (place == 0 and behind in {Kind.DAY, Kind.NOT_THERE})
    return marks[place].kind is Kind.NUMBER and marks[place].value > 0 and beside_day


def _minutes(marks: Marks, place: int) -> int:
    """As in "half past ten", "10 y media", "at ten thirty"; else 0."""
    before, behind = _at(marks, place - 1), _at(marks, place + 1)
    if Kind.MINUTES_PAST in (before.kind, behind.kind):
        return before.value if before.kind is Kind.MINUTES_PAST else behind.value
    return behind.value if behind.kind in NUMBERS and behind.value in ROUND_MINUTES else 0


def _wall_hour(hour: int, minute: int, half: Half, part: int | None) -> Hour | None:
    """The hour on 24 hours; None if no clock shows it. The part of the day settles what am and pm leave open."""
    if half is Half.UNSAID and part not in {None, NOON} and hour < NOON:
        half = Half.PM if part > NOON else Half.AM
    if half is Half.PM and hour < NOON:
        hour += NOON
    elif half is Half.AM and hour == NOON:
        hour = 0
    elif half is Half.UNSAID and hour in AFTERNOON:
        hour += NOON
    if hour > LAST_HOUR or minute > LAST_MINUTE:
        return None
    return Hour(hour, minute, is_loose=half is Half.UNSAID and 0 < hour < NOON)
