"""The measures of a month: a supervisor's team, a manager's county, a worker's own beside the team's median."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from bot import measuring
from bot.keys import CLOCK, COUNTY, LANGUAGES, READER, WRITER
from bot.site import render
from bot.staff.oversight.measure_words import GROUPS, IN_SHORT, IN_THE_CHART
from bot.staff.spreadsheet import Format, Row, send_table
from bot.wording import _
from records import engagement
from records.engagement import Kind
from records.measures import kept, splits
from records.measures.figures import Figure, hide
from records.measures.kept import Counted, Scope
from records.measures.period import Period, months_since_the_first
from records.measures.register import MEASURES, Measure
from records.measures.splits import Split
from records.roles import Reach, Role
from records.sessions import Session

BY_ID: Mapping[str, Measure] = {measure.id: measure for measure in MEASURES}
MONTHS_IN_A_TREND = 12
A_MONTH = re.compile(r"\d{4}-\d{2}")
HEAD = (
    "month",
    "office",
    "team",
    "measure_id",
    "numerator",
    "denominator",
    "value",
    "hidden_flag",
    "definition_version",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which month of those that there are, the newest first; `problem` says why it is not the one asked for."""

    period: Period
    months: Sequence[Period]
    problem: str = ""

    @property
    def month(self) -> str:
        return kept.name(self.period)


async def show_measures(request: web.Request, me: Session) -> web.Response:
    asked, scope = await _asked(request), kept.of(me.sight)
    counted = await _counted(request, MEASURES, asked.period, scope)
    found = {measure_id: one.figures for measure_id, one in counted.items()}
    medians = await _medians(request, me, asked.period)
    lines = {
        name: [(BY_ID[one], _shown(found[one], me), IN_SHORT.get(one, 1), medians.get(one)) for one in ids]
        for name, ids in GROUPS.items()
    }
    context = {**_context(request, me, asked), "groups": lines, "counted_at": measuring.counted_at(counted)}
    return render(request, "oversight/measures.html", context)


async def show_measure(request: web.Request, me: Session) -> web.Response:
    """One measure: its definition, the months before, and, where groups of clients are compared, by one split."""
    measure = BY_ID.get(request.match_info["measure"])
    if measure is None:
        raise web.HTTPNotFound
    asked, scope = await _asked(request), kept.of(me.sight)
    before = [one for one in reversed(asked.months) if one.since <= asked.period.since][-MONTHS_IN_A_TREND:]
    counted = [await _counted(request, [measure], one, scope) for one in before]
    trend = [(one, found[measure.id].figures) for one, found in zip(before, counted, strict=True)]
    split = _split(request, me, measure)
    groups: Mapping[str, Sequence[Figure]] = {}
    if split:
        compare = partial(splits.compare, measure=measure, period=asked.period, where=scope.where, split=split)
        groups = await request.app[READER].run(compare)
    labels = [figure.label for figure in trend[-1][1] if not figure.item][: IN_THE_CHART.get(measure.id, 1)]
    context = {
        **_context(request, me, asked),
        "counted_at": measuring.counted_at(counted[-1]),
        "measure": measure,
        "figures": _shown(trend[-1][1], me),
        "labels": labels,
        "trend": [(one, {figure.label: figure for figure in hide(figures)}) for one, figures in trend],
        "splits": _splits(me, measure),
        "split": split,
        "compared": groups,
        "flagged": splits.flagged(groups),
    }
    return render(request, "oversight/measure.html", context)


async def download_measures(request: web.Request, me: Session) -> web.StreamResponse:
    """What may be published: cells under 11 people are hidden. The download is logged."""
    asked, scope = await _asked(request), kept.of(me.sight)
    now, app = request.app[CLOCK].now(), request.app
    note = partial(engagement.note_staff_act, kind=Kind.MEASURES_EXPORTED, staff_id=me.staff_id, now=now)
    await app[WRITER].run(partial(note, subject=asked.month))
    reader, writer = app[READER], app[WRITER]
    groups = {"": await measuring.published(reader, writer, asked.period, scope)}
    if scope is kept.COUNTY:
        theirs = await measuring.published_teams(reader, writer, asked.period)
        names = await reader.run(kept.teams)
        groups |= {name: theirs[one.key] for name, one in names.items()}
    rows = list(_rows(asked, app[COUNTY].name, groups))
    return await send_table(request, Format.CSV, f"measures-{asked.month}", HEAD, _at_once(rows))


def _rows(asked: Asked, office: str, groups: Mapping[str, measuring.Published]) -> Iterable[Row]:
    """The county's, or one team's, stand under no team's name."""
    for measure in MEASURES:
        for team, published in groups.items():
            for one in (figure for figure in published[measure.id] if not figure.item):
                numbers = (one.numerator, one.denominator, one.value)
                hidden = "yes" if one.hidden else "no"
                yield (asked.month, office, team, f"{measure.id}.{one.label}", *numbers, hidden, measure.version)


async def _at_once(rows: Sequence[Row]) -> AsyncIterator[Sequence[Row]]:
    yield rows


async def _asked(request: web.Request) -> Asked:
    """The last month that is over, unless another is asked for."""
    app = request.app
    read = partial(months_since_the_first, now=app[CLOCK].now(), county=app[COUNTY], languages=app[LANGUAGES])
    found = (await app[READER].run(read))[::-1]
    wanted = request.query.get("month", "")
    chosen = next((one for one in found if kept.name(one) == wanted), None)
    if chosen is not None:
        return Asked(chosen, found)
    return Asked(found[min(1, len(found) - 1)], found, _("There are no numbers of that month.") if wanted else "")


async def _count(
    request: web.Request, measures: Sequence[Measure], period: Period, scope: Scope
) -> Mapping[str, Sequence[Figure]]:
    """Before small cells are hidden."""
    found = await _counted(request, measures, period, scope)
    return {measure_id: one.figures for measure_id, one in found.items()}


async def _counted(
    request: web.Request, measures: Sequence[Measure], period: Period, scope: Scope
) -> Mapping[str, Counted]:
    return await measuring.count(request.app[READER], request.app[WRITER], measures, period, scope)


async def _medians(request: web.Request, me: Session, period: Period) -> Mapping[str, Figure]:
    """Of the first figure of each measure, for a worker to look at beside their own; of a settled month alone."""
    if me.sight.reach is not Reach.OWN or not kept.is_settled(period):
        return {}
    colleagues = await request.app[READER].run(partial(kept.colleagues, staff_id=me.staff_id))
    each = [await _count(request, MEASURES, period, one) for one in colleagues]
    found = {one.id: kept.median([counted[one.id] for counted in each]) for one in MEASURES}
    return {measure_id: figure for measure_id, figure in found.items() if figure is not None}


def _shown(figures: Sequence[Figure], me: Session) -> Sequence[Figure]:
    """A manager is shown aggregates: no line about one event."""
    return hide([one for one in figures if not (one.item and me.role is Role.MANAGER)])


def _splits(me: Session, measure: Measure) -> Sequence[Split]:
    if not measure.compared or me.sight.reach is Reach.OWN:
        return ()
    return [split for split in Split if split is not Split.TEAM or kept.of(me.sight) is kept.COUNTY]


def _split(request: web.Request, me: Session, measure: Measure) -> Split | None:
    wanted = request.query.get("by", "")
    return next((split for split in _splits(me, measure) if split.name.lower() == wanted), None)


def _context(request: web.Request, me: Session, asked: Asked) -> Mapping[str, object]:
    return {
        "me": me,
        "asked": asked,
        "name": kept.name,
        "county": request.app[COUNTY],
        "whose": _whose(me),
    }


def _whose(me: Session) -> str:
    if me.sight.reach is Reach.OWN:
        return _("Your clients")
    return _("All clients") if kept.of(me.sight) is kept.COUNTY else _("Your team's clients")
