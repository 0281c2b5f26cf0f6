"""Counting measures: for a page, for another system, and every night before anybody asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.clock import Clock
from bot.content_rule_lists import load_rule_lists
from conversations.county import County
from conversations.languages import Language
from records.measures import kept, period, splits
from records.measures.figures import PUBLISHED, Figure, hide
from records.measures.kept import Counted, Scope
from records.measures.period import Period
from records.measures.register import MEASURES, Measure
from records.reading import Reader
from records.writer import Writer

HEALTH = ("M9", "M3", "M7", "M12", "M17", "M18", "M19")
"""How a team fares (domain guide 8.6): what became of goals comes first."""


def the_ones(ids: Sequence[str]) -> Sequence[Measure]:
    by_id = {measure.id: measure for measure in MEASURES}
    return [by_id[one] for one in ids]


async def count(
    reader: Reader, writer: Writer, measures: Sequence[Measure], wanted: Period, scope: Scope
) -> Mapping[str, Counted]:
    """By the measures' ids, as counted last, before small cells are hidden. What had to be counted is kept."""
    by_rules = replace(wanted, lists=load_rule_lists(wanted.languages))

    def read(connection: Connection) -> Mapping[str, Counted]:
        return {measure.id: kept.count(connection, measure, by_rules, scope) for measure in measures}

    found = await reader.run(read)
    if new := [one.row for one in found.values() if one.row is not None]:
        await writer.run(partial(kept.keep, rows=new))
    return found


Published = Mapping[str, Sequence[Figure]]
"""Figures by the measures' ids, with small cells hidden as in anything published."""


async def published(reader: Reader, writer: Writer, wanted: Period, scope: Scope) -> Published:
    if scope is not kept.COUNTY and not scope.few:
        teams = await published_teams(reader, writer, wanted)
        return teams[scope.key]
    found = await count(reader, writer, MEASURES, wanted, scope)
    return {measure_id: hide(one.figures, PUBLISHED) for measure_id, one in found.items()}


async def published_teams(reader: Reader, writer: Writer, wanted: Period) -> Mapping[str, Published]:
    """By the keys of their scopes. Where the county less the others would give one away, another goes along."""
    scopes = (await reader.run(kept.teams)).values()
    each = {scope.key: await count(reader, writer, MEASURES, wanted, scope) for scope in scopes}
    hidden = {
        measure.id: splits.hide_across({key: hide(found[measure.id].figures, PUBLISHED) for key, found in each.items()})
        for measure in MEASURES
    }
    return {key: {measure_id: groups[key] for measure_id, groups in hidden.items()} for key in each}


def counted_at(found: Mapping[str, Counted]) -> datetime | None:
    """Of what is not settled, when the oldest of it was counted."""
    return min((one.at for one in found.values() if one.at is not None), default=None)


class MeasureRound:
    """Counts once a night what pages will ask for, so that they need not wait for it.

    What it did not come to, the page counts itself; and of two processes that count the same, the later one's stays.
    """

    def __init__(
        self, reader: Reader, writer: Writer, county: County, languages: Mapping[str, Language], clock: Clock
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._county = county
        self._languages = languages
        self._clock = clock
        self._done: datetime | None = None

    async def take(self) -> None:
        """Raises StorageError; the next tick goes on where this one stopped."""
        now = self._clock.now()
        night = kept.last_night(now, self._county)
        if night == self._done:
            return
        for scope in await self._reader.run(kept.nightly):
            for wanted, measures in await self._reader.run(partial(self._wanted, now=now)):
                for measure in measures:
                    await count(self._reader, self._writer, [measure], wanted, scope)
        self._done = night

    def _wanted(self, connection: Connection, now: datetime) -> Sequence[tuple[Period, Sequence[Measure]]]:
        """The months that are not settled, and what the team's page and the weekly digest tell."""
        months = period.months_since_the_first(connection, now, self._county, self._languages)
        spans = [span(now, self._county, self._languages) for span in (period.lately, period.before)]
        health = the_ones(HEALTH)
        return [*((one, MEASURES) for one in months if not kept.is_settled(one)), *((one, health) for one in spans)]
