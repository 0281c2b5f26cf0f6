"""The time that a measure is about, in the county's zone, and what of the county is needed to count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from conversations.county import County
from conversations.languages import Language

DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` (included) to `until` (not included), both aware UTC. `languages` are those that texts are read in.

    `first_day_ends` is the end of the county's first day of it.
    """

    since: datetime
    until: datetime
    first_day_ends: datetime
    county: County
    languages: Mapping[str, Language]


def between(first: date, after_last: date, county: County, languages: Mapping[str, Language]) -> Period:
    """Whole days of the county's calendar; raises ValueError for none."""
    if after_last <= first:
        raise ValueError("a period has at least a day")
    begins = [_begin(day, county) for day in (first, after_last, first + timedelta(days=1))]
    return Period(begins[0], begins[1], begins[2], county, languages)


def month(year: int, number: int, county: County, languages: Mapping[str, Language]) -> Period:
    return between(date(year, number, 1), _next_month(date(year, number, 1)), county, languages)


def months_until(last: Period, how_many: int) -> Sequence[Period]:
    """The months up to the one in which `last` begins, the oldest first."""
    first = last.since.astimezone(last.county.zone).date().replace(day=1)
    found: list[Period] = []
    for _ in range(how_many):
        found.append(between(first, _next_month(first), last.county, last.languages))
        first = (first - timedelta(days=1)).replace(day=1)
    return found[::-1]


def _next_month(day: date) -> date:
    return date(day.year + day.month // DECEMBER, day.month % DECEMBER + 1, 1)


def _begin(day: date, county: County) -> datetime:
    return datetime.combine(day, time(), county.zone).astimezone(UTC)
