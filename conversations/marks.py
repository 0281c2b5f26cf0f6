"""A text about days and hours as a row of marks: a weekday, a number, a part of the day (domain guide 3.3).

The marks come from a language's words; what a row of them means is for `moments` to say, for all languages alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import lru_cache

from conversations.folding import one_slip_apart
from conversations.languages import TimeWords

MONTHS = range(1, 13)
DAY_NUMBERS = range(1, 32)
FIRST_YEAR = 2000
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
    BEHIND_HOUR = auto()
    BY_AMOUNT = auto()
    UNIT = auto()
    EVERY = auto()
    ON_DAYS = auto()
    WEEKLY = auto()
    MONTHLY = auto()
    OTHER = auto()
    NOT_THERE = auto()


class Half(Enum):
    """Which half of the day an hour is in."""

    UNSAID = ""
    AM = "a"
    PM = "p"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing the text says, in its words from `start` up to `stop`.

    A CLOCK has its hour in `value` and its minute in `other`; a WEEKDAY_OR_MONTH its weekday and its month; a UNIT in
    the plural has 1 in `other`; ON_DAYS has the weekdays it names.
    """

    kind: Kind
    value: int = 0
    other: int = 0
    half: Half = Half.UNSAID
    days: frozenset[int] = frozenset()
    start: int = field(default=0, compare=False)
    stop: int = field(default=0, compare=False)

    def placed(self, start: int, stop: int) -> Mark:
        return Mark(self.kind, self.value, self.other, self.half, self.days, start, stop)


Marks = tuple[Mark, ...]

OTHER = Mark(Kind.OTHER)
NOT_THERE = Mark(Kind.NOT_THERE)
NUMBERS = frozenset({Kind.NUMBER, Kind.WORDED_NUMBER})
EVERY_DAY = frozenset(range(7))


def marks_of(words: Sequence[str], times: TimeWords) -> Marks:
    """The marks of a folded text's words. A word that a reader skips leaves none."""
    lexicon, longest = _lexicon(times), _longest(times)
    unlisted: dict[str, Marks] = {}
    marks: list[Mark] = []
    place = 0
    while place < len(words):
        word = words[place]
        lengths = range(min(longest.get(word, 0), len(words) - place), 0, -1)
        phrases = ((length, " ".join(words[place : place + length])) for length in lengths)
        length, phrase = next((found for found in phrases if found[1] in lexicon), (0, ""))
        if not length and word not in unlisted:
            unlisted[word] = _misspelt_weekday(word, times) or _figures(word)
        stop = place + (length or 1)
        marks += (mark.placed(place, stop) for mark in (lexicon[phrase] if length else unlisted[word]))
        place = stop
    return tuple(_settled(marks))


def is_day_number(marks: Sequence[Mark], place: int) -> bool:
    mark = mark_at(marks, place)
    if mark.kind is Kind.DAY_NUMBER:
        return mark.value in DAY_NUMBERS
    behind = mark_at(marks, place + 1).kind
    said_as_hour = mark_at(marks, place - 1).kind is Kind.BY_HOUR or behind in {Kind.PART_OF_DAY, Kind.MINUTES_PAST}
    return mark.kind in NUMBERS and mark.value in DAY_NUMBERS and not said_as_hour


def mark_at(marks: Sequence[Mark], place: int) -> Mark:
    return marks[place] if 0 <= place < len(marks) else NOT_THERE


@lru_cache
def _lexicon(times: TimeWords) -> dict[str, Marks]:
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
        (Kind.BEHIND_HOUR, times.behind_hour),
        (Kind.BY_AMOUNT, times.by_amount),
        (Kind.BY_NEXT_DAY, times.by_next_day),
        (Kind.NEXT_WEEK, times.next_week),
        (Kind.BEFORE_DAY_NUMBER, times.before_day_number),
        (Kind.EVERY, times.every),
        (Kind.WEEKLY, times.weekly),
        (Kind.MONTHLY, times.monthly),
    )
    lexicon: dict[str, Marks] = dict.fromkeys(times.skipped, ())
    lexicon |= {word: (Mark(kind),) for kind, words in bare for word in words}
    lexicon |= {word: (Mark(kind, value),) for kind, words in numbered for word, value in words.items()}
    lexicon |= {word: (Mark(Kind.ON_DAYS, days=days),) for word, days in times.on_days.items()}
    for word, hour in times.daily_parts.items():
        lexicon[word] = (Mark(Kind.ON_DAYS, days=EVERY_DAY), Mark(Kind.PART_OF_DAY, hour))
    for word in _plurals(times.units):
        lexicon[word] = (Mark(Kind.UNIT, times.units[word], 1),)
    for word in times.weekdays.keys() & times.months.keys():
        lexicon[word] = (Mark(Kind.WEEKDAY_OR_MONTH, times.weekdays[word], times.months[word]),)
    return lexicon


@lru_cache
def _longest(times: TimeWords) -> dict[str, int]:
    """By its first word, how many words the longest phrase has."""
    longest: dict[str, int] = {}
    for phrase in _lexicon(times):
        first, *more = phrase.split()
        longest[first] = max(longest.get(first, 0), 1 + len(more))
    return longest


def _plurals(units: Mapping[str, int]) -> Iterator[str]:
    endings = ((word, ending) for word in units for ending in ("s", "es") if word.endswith(ending))
    yield from (word for word, ending in endings if units.get(word.removesuffix(ending)) == units[word])


def _misspelt_weekday(word: str, times: TimeWords) -> Marks:
    """A weekday's whole name but for one slip ("vierness"): passed over, it would leave the hour on another day."""
    if len(word) < SURE_NAME:
        return ()
    near = {day for name, day in times.weekdays.items() if len(name) >= SURE_NAME and one_slip_apart(word, name)}
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
        elif is_day_number(marks, place + 1) or is_day_number(marks, place - 1):
            yield replace(mark, kind=Kind.MONTH, value=mark.other, other=0)
        else:
            yield replace(mark, kind=Kind.WEEKDAY, other=0)
