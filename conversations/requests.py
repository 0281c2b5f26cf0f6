"""A client's request to be reminded, taken apart: what, when, how often ("call the school every mon 9am").

The words that say the time are taken out of what is to be remembered; the rest stays as the client wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from conversations import repeats
from conversations.folding import SIGNS, as_written, fold
from conversations.goals import Moment
from conversations.languages import TimeWords
from conversations.marks import Kind, Mark, Marks, mark_at, marks_of
from conversations.moments import MIDNIGHT, Day, Saying, is_too_far, moment_of, said_by

TWO_WEEKS = range(15)
LONGEST_LEAD = 4
"""The most words that lead to what is to be remembered: "that I have to"."""

ROUND_WHAT = " ,;:-@&"
POSSESSIVE = re.compile(r"\w['\u2018\u2019]s\b")
NAMES_DAYS = frozenset({Kind.WEEKDAY, Kind.ON_DAYS})
UNITS = {Kind.WEEKLY: repeats.WEEKLY, Kind.MONTHLY: repeats.MONTHLY}
BEFORE_TIME = frozenset({Kind.BY_HOUR, Kind.BEFORE_DAY_NUMBER})
BESIDE_TIME = frozenset({Kind.WEEKDAY, Kind.RELATIVE_DAY, Kind.BY_NEXT_DAY, Kind.NEXT_WEEK, Kind.BEHIND_HOUR})


@dataclass(frozen=True, slots=True)
class Request:
    """`what` in the client's own words, "" if they do not say; `moment` with a day or an hour, None if they do not say.

    `repeats` is as in `repeats`; its moment is the first time. `is_too_far` says that the moment is more than a year
    ahead.
    """

    what: str
    moment: Moment | None = None
    repeats: str = ""
    is_too_far: bool = False


@dataclass(frozen=True, slots=True)
class _Again:
    """What comes again, said by the marks from `start` up to `stop`: on weekdays, or by a unit of time."""

    days: frozenset[int]
    unit: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class _Words:
    """A text in chunks as written, its folded words, and for each word the chunks that it is of."""

    chunks: tuple[str, ...]
    words: tuple[str, ...]
    chunks_of: tuple[range, ...]


def split(text: str, times: TimeWords, now: datetime) -> Request | None:
    """The request that a text makes; None for a text without a letter or number.

    `now` is aware, in the client's zone (a ZoneInfo).
    """
    if not any(sign.isalnum() for sign in text):
        return None
    said = _words_of(_without_courtesies(as_written(text).split(), times.courtesies))
    marks = tuple(_unless_possessive(mark, said) for mark in marks_of(said.words, times))
    again = _again(marks)
    row = _with_days_together(marks, again)
    days = _coming(again.days, now.date()) if again and again.days else None
    row = _telling(row, now.date(), days)
    saying = said_by(row, now.date(), days)
    used = {*saying.marks, *(marks[again.start : again.stop] if again else ())}
    cut = _words_cut(marks, {(mark.start, mark.stop) for mark in used}, len(said.words))
    at, often = _first_time(saying, again, now)
    far = is_too_far(saying, now)
    moment = Moment(at, _joined(said, cut)) if at else None
    if not (at or often or far):
        cut = frozenset()
    return Request(_what(said, cut, times), moment, often, far)


def _words_of(chunks: Sequence[str]) -> _Words:
    """Folded whole, since am and pm join their hour; each word is traced to its chunks by the signs in it."""
    words = tuple(word for word in fold(" ".join(chunks)).split() if word not in SIGNS)
    owners = [place for place, chunk in enumerate(chunks) for _sign in _signs(fold(chunk).split())]
    traced: list[range] = []
    read = 0
    for word in words:
        traced.append(range(owners[read], owners[read + len(word) - 1] + 1))
        read += len(word)
    return _Words(tuple(chunks), words, tuple(traced))


def _signs(words: Sequence[str]) -> str:
    return "".join(word for word in words if word not in SIGNS)


def _without_courtesies(chunks: list[str], courtesies: Collection[str]) -> list[str]:
    for ends in (slice(0, 2), slice(0, 1), slice(-2, None), slice(-1, None)):
        while fold(" ".join(chunks[ends])) in courtesies and len(chunks) > len(chunks[ends]):
            del chunks[ends]
    return chunks


def _unless_possessive(mark: Mark, said: _Words) -> Mark:
    """Monday's class is a class, whenever it is."""
    chunks = (said.chunks[place] for place in said.chunks_of[mark.start]) if mark.kind is Kind.ON_DAYS else ()
    return replace(mark, kind=Kind.OTHER) if any(map(POSSESSIVE.search, chunks)) else mark


def _again(marks: Marks) -> _Again | None:
    """As in "every monday and wednesday", "mondays", "todos los días", "the 15th of every month"."""
    for place, mark in enumerate(marks):
        leads = _leads(marks, place)
        if not leads and mark.kind not in {Kind.ON_DAYS, *UNITS}:
            continue
        start = stop = place
        while mark_at(marks, start - 1).kind in NAMES_DAYS:
            start -= 1
        while mark_at(marks, stop).kind in {Kind.EVERY, *NAMES_DAYS, *UNITS}:
            stop += 1
        named = marks[start:stop]
        days = frozenset(mark.value for mark in named if mark.kind is Kind.WEEKDAY).union(
            *(each.days for each in named)
        )
        unit = next((UNITS[each.kind] for each in named if each.kind in UNITS), "")
        return _Again(days, unit, start, stop)
    return None


def _leads(marks: Marks, place: int) -> bool:
    """Before a day that comes every week: "every", or another weekday ("tues and thurs 6am")."""
    mark, next_one = marks[place], mark_at(marks, place + 1)
    if mark.kind is Kind.WEEKDAY:
        return next_one.kind is Kind.WEEKDAY and next_one.value != mark.value
    return mark.kind is Kind.EVERY and next_one.kind in NAMES_DAYS


def _with_days_together(marks: Marks, again: _Again | None) -> Marks:
    """The row with the marks of what comes again taken together as one DAY, if they name days."""
    if again is None or not again.days:
        return marks
    named = marks[again.start : again.stop]
    day = Mark(Kind.DAY, start=named[0].start, stop=named[-1].stop)
    return (*marks[: again.start], day, *marks[again.stop :])


def _coming(days: frozenset[int], today: date) -> Day:
    ahead = (today + timedelta(days=each) for each in TWO_WEEKS)
    return Day(tuple(day for day in ahead if day.weekday() in days), may_be_today=False)


def _telling(row: Marks, today: date, days: Day | None) -> Marks:
    """The row with all marks but those of the time that is meant made to mean nothing.

    A text may name several times ("ask about monday's class, fri 9am"). The marks stand in runs; what is said at the
    end counts first, then at the start; a day and an hour said together before those said apart.
    """
    runs = sorted(_runs(row), key=lambda run: (run.stop != len(row), run.start != 0, run.start))
    marks_of_runs = {run: row[max(run.start - 1, 0) : run.stop + 1] for run in runs}
    sayings = {marks: said_by(marks, today, days) for marks in set(marks_of_runs.values())}
    said = {run: sayings[marks] for run, marks in marks_of_runs.items()}
    with_day = [run for run in runs if said[run].day or said[run].minutes]
    with_hour = [run for run in runs if (said[run].hour or said[run].minutes) and not _is_aside(row, run)]
    day = next((run for run in with_day if run in with_hour), next(iter(with_day), None))
    hour = day if day in with_hour else next(iter(with_hour), None)
    return _only(row, [run for run in (day, hour) if run])


def _runs(row: Marks) -> Iterator[range]:
    """Where marks that mean something stand together."""
    for means, places in groupby(range(len(row)), lambda place: row[place].kind is not Kind.OTHER):
        if means:
            together = tuple(places)
            yield range(together[0], together[-1] + 1)


def _only(row: Marks, runs: Sequence[range]) -> Marks:
    kept = {place for run in runs for place in run}
    return tuple(
        mark if place in kept or mark.kind is Kind.OTHER else replace(mark, kind=Kind.OTHER)
        for place, mark in enumerate(row)
    )


def _is_aside(row: Marks, run: range) -> bool:
    """A part of the day alone amid other words ("my night meds") is no hour."""
    amid = run.start > 0 and run.stop < len(row)
    return amid and len(run) == 1 and row[run.start].kind is Kind.PART_OF_DAY


def _first_time(saying: Saying, again: _Again | None, now: datetime) -> tuple[datetime | date | None, str]:
    """When it comes first, and how often. The end of a Friday is on Saturday, every week."""
    at = moment_of(saying, now)
    if again is None:
        return at, ""
    if not again.days:
        return at, repeats.settled(again.unit, at) if at else again.unit
    ends_day = saying.hour is not None and saying.hour.hour >= MIDNIGHT
    often = repeats.on({(day + ends_day) % len(repeats.EVERY_DAY) for day in again.days})
    zone = now.tzinfo
    if isinstance(at, datetime) and isinstance(zone, ZoneInfo) and saying.hour:
        wall = at.replace(hour=saying.hour.hour % MIDNIGHT, minute=saying.hour.minute)
        at = repeats.next_after(wall, often, zone, now)
    return at, often


def _words_cut(marks: Marks, used: Collection[tuple[int, int]], count: int) -> frozenset[int]:
    """The words that say the time: those of the marks used, and the small ones that go with them."""
    cut = {place for place, mark in enumerate(marks) if (mark.start, mark.stop) in used}
    newly = cut
    while newly:
        beside = {near for place in newly for near in (place - 1, place + 1)} - cut
        newly = {place for place in beside if _goes_with(mark_at(marks, place), place, cut)}
        cut |= newly
    words = {word for place in cut for word in range(marks[place].start, marks[place].stop)}
    marked = {word for mark in marks for word in range(mark.start, mark.stop)}
    for word in reversed(range(count)):
        if word not in marked and word + 1 in words:
            words.add(word)
    return frozenset(words)


def _goes_with(mark: Mark, place: int, cut: Collection[int]) -> bool:
    is_before, is_behind = place + 1 in cut, place - 1 in cut
    return (mark.kind in BEFORE_TIME and is_before) or (mark.kind in BESIDE_TIME and (is_before or is_behind))


def _what(said: _Words, cut: frozenset[int], times: TimeWords) -> str:
    """The chunks that are left, without the words that led to what was cut, or to all."""
    parts = _parts(said, cut)
    pieces = [[said.chunks[place] for place in places] for is_cut, places in parts if not is_cut]
    small = {*times.skipped, *times.by_hour, *times.before_day_number, *times.before_what}
    for place, piece in enumerate(pieces):
        is_before_cut = place < len(pieces) - 1 or parts[-1][0]
        while piece and is_before_cut and fold(piece[-1]) in small:
            piece.pop()
    if pieces:
        _drop_lead(pieces[0], times.before_what)
    return " ".join(chunk for piece in pieces for chunk in piece).strip(ROUND_WHAT)


def _joined(said: _Words, cut: frozenset[int]) -> str:
    return " ".join(said.chunks[place] for is_cut, places in _parts(said, cut) if is_cut for place in places)


def _parts(said: _Words, cut: frozenset[int]) -> list[tuple[bool, list[int]]]:
    by_cut = groupby(range(len(said.chunks)), _cut_chunks(said, cut).__getitem__)
    return [(is_cut, list(places)) for is_cut, places in by_cut]


def _cut_chunks(said: _Words, cut: frozenset[int]) -> list[bool]:
    """Of each chunk, whether all its words are cut. A chunk without a word goes with the one before it."""
    words_of: dict[int, list[int]] = {}
    for word, chunks in enumerate(said.chunks_of):
        for chunk in chunks:
            words_of.setdefault(chunk, []).append(word)
    found: list[bool] = []
    for chunk in range(len(said.chunks)):
        words = words_of.get(chunk)
        found.append(cut.issuperset(words) if words else found[-1:] == [True])
    return found


def _drop_lead(piece: list[str], leads: Collection[str]) -> None:
    for length in range(LONGEST_LEAD, 0, -1):
        while len(piece) > length and fold(" ".join(piece[:length])) in leads:
            del piece[:length]
