"""The time that a measure is about, in the county's zone, and what of the county is needed to count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from conversations.county import County
from conversations.languages import Language
from conversations.text_rules import RuleLists
from records.tables import consent_events

DECEMBER = 12
SPAN = timedelta(days=28)
"""Four whole weeks, so that as many Mondays are in each."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` (included) to `until` (not included), both aware UTC. `languages` are those that texts are read in.

    `first_day_ends` is the end of the county's first day of it. `now` is when it is counted: `until` is never after it,
    and what is still to come after `until`, an answer within 72 hours, is not missed before its time is over.
    """

    since: datetime
    until: datetime
    first_day_ends: datetime
    now: datetime
    county: County
    languages: Mapping[str, Language]
    name: str = ""
    """Of a period that is no month: "lately", "before"."""
    lists: Mapping[str, RuleLists] = field(default_factory=dict, compare=False)
    """What the content rules know of each language, for the measure that holds workers' words against them."""
    found: dict[object, Any] = field(default_factory=dict, compare=False)
    """What several measures need, once it was read over one connection: see `reading.engaged`."""


def between(first: date, after_last: date, now: datetime, county: County, languages: Mapping[str, Language]) -> Period:
    """Whole days of the county's calendar, or up to now; raises ValueError for none, or for what is still to come."""
    since, until, first_day_ends = (_begin(day, county) for day in (first, after_last, first + timedelta(days=1)))
    if after_last <= first or since >= now:
        raise ValueError("a period has begun, and has at least a day")
    return Period(since, min(until, now), first_day_ends, now, county, languages)


def month(year: int, number: int, now: datetime, county: County, languages: Mapping[str, Language]) -> Period:
    """Raises ValueError as `between`."""
    return between(date(year, number, 1), _next_month(date(year, number, 1)), now, county, languages)


def lately(now: datetime, county: County, languages: Mapping[str, Language]) -> Period:
    """The last SPAN days, today's among them."""
    tomorrow = now.astimezone(county.zone).date() + timedelta(days=1)
    return replace(between(tomorrow - SPAN, tomorrow, now, county, languages), name="lately")


def before(now: datetime, county: County, languages: Mapping[str, Language]) -> Period:
    """As many days before those that are `lately`."""
    first = now.astimezone(county.zone).date() + timedelta(days=1) - SPAN
    return replace(between(first - SPAN, first, now, county, languages), name="before")


def months_until(last: Period, how_many: int) -> Sequence[Period]:
    """The months up to the one in which `last` begins, the oldest first."""
    first = last.since.astimezone(last.county.zone).date().replace(day=1)
    found: list[Period] = []
    for _ in range(how_many):
        found.append(between(first, _next_month(first), last.now, last.county, last.languages))
        first = (first - timedelta(days=1)).replace(day=1)
    return found[::-1]


def months_since_the_first(
    connection: Connection, now: datetime, county: County, languages: Mapping[str, Language]
) -> Sequence[Period]:
    """From the month of the first invite or yes to the one that is now, the oldest first."""
    begun = connection.scalar(select(func.min(consent_events.c.at))) or now
    today, first = now.astimezone(county.zone), begun.astimezone(county.zone)
    last = month(today.year, today.month, now, county, languages)
    return months_until(last, (today.year - first.year) * DECEMBER + today.month - first.month + 1)


def _next_month(day: date) -> date:
    return date(day.year + day.month // DECEMBER, day.month % DECEMBER + 1, 1)


def _begin(day: date, county: County) -> datetime:
    return datetime.combine(day, time(), county.zone).astimezone(UTC)
