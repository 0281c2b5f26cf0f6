"""What was counted and is kept: a finished month for good, all else until the next night's count.

What was told of a finished month is told again, and no page waits for a count of many clients.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, select, true

from conversations.county import County
from records.bulk import inserting
from records.measures.figures import ON_SCREEN, Figure, Unit
from records.measures.period import Period
from records.measures.register import Measure
from records.roles import Reach
from records.sight import Sight
from records.tables import clients, measured_months, staff
from records.tables import teams as team_table

SETTLED_AFTER = timedelta(days=15)
"""So long after a month all that still counts for it has come in: an invite's 14 days are the longest."""

NIGHT = time(3)
"""When what is kept of the day before is no longer good enough, on the county's clock."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose clients are counted, and the name that stands for it in what is kept.

    Of few clients nothing is kept before a month is settled: it is counted in no time.
    """

    key: str
    where: ColumnElement[bool]
    few: bool = False


COUNTY = Scope("county", true())
NO_TEAM = Scope("no team", clients.c.worker_id.in_(select(staff.c.id).where(staff.c.team_id.is_(None))))


def of_team(team_id: str) -> Scope:
    workers = select(staff.c.id).where(staff.c.team_id == team_id)
    return Scope(f"team:{team_id}", clients.c.worker_id.in_(workers))


def of_worker(staff_id: str) -> Scope:
    return Scope(f"worker:{staff_id}", clients.c.worker_id == staff_id, few=True)


def of(sight: Sight) -> Scope:
    """What somebody may see counted: numbers show nobody, so whoever sees no client sees the county's."""
    match sight.reach:
        case Reach.TEAM:
            return of_team(sight.team_id) if sight.team_id else COUNTY
        case Reach.OWN:
            return of_worker(sight.staff_id)
        case _:
            return COUNTY


@dataclass(frozen=True, slots=True)
class Counted:
    """Figures before small cells are hidden, as of `at`; of a settled month without one. `row` is to be kept."""

    figures: Sequence[Figure]
    row: Mapping[str, Any] | None = None
    at: datetime | None = None


def count(connection: Connection, measure: Measure, period: Period, scope: Scope) -> Counted:
    """As it was counted last, unless a night has passed since; none for what cannot be counted yet."""
    if measure.count is None:
        return Counted(())
    it = measured_months.c
    key = {"month": name(period), "scope": scope.key, "measure": measure.id, "version": measure.version}
    known = connection.execute(select(it.figures, it.counted_at).where(_is(key))).first()
    if known is not None and _is_good(known.counted_at, period):
        return Counted([_read(one) for one in known.figures], at=known.counted_at)
    figures = measure.count(connection, period, scope.where)
    at = None if is_settled(period) else period.now
    row = key | {"figures": [_written(one) for one in figures], "counted_at": at}
    return Counted(figures, None if at and scope.few else row, at)


def _is_good(counted_at: datetime | None, period: Period) -> bool:
    return counted_at is None or (not is_settled(period) and counted_at >= last_night(period.now, period.county))


def last_night(now: datetime, county: County) -> datetime:
    """The last moment at which it was NIGHT in the county."""
    local = now.astimezone(county.zone)
    day = local.date() if local.time() >= NIGHT else local.date() - timedelta(days=1)
    return datetime.combine(day, NIGHT, county.zone).astimezone(UTC)


def is_settled(period: Period) -> bool:
    return not period.name and period.until + SETTLED_AFTER <= period.now


def keep(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """In the place of what was counted earlier. What somebody else kept of a settled month meanwhile stays."""
    for row in rows:
        connection.execute(delete(measured_months).where(_is(row), measured_months.c.counted_at.is_not(None)))
    _KEEP.run(connection, rows)


_KEEP = inserting(measured_months, measured_months.c.keys(), "ON CONFLICT DO NOTHING")


def _is(row: Mapping[str, Any]) -> ColumnElement[bool]:
    """That very count."""
    return and_(*(measured_months.c[column] == row[column] for column in ("month", "scope", "measure", "version")))


def nightly(connection: Connection) -> Sequence[Scope]:
    """Whose clients are counted before anybody asks."""
    return [COUNTY, *teams(connection).values()]


def teams(connection: Connection) -> Mapping[str, Scope]:
    """By their names, and whoever is in none: left out, the county's less the teams' would be theirs."""
    rows = connection.execute(select(team_table.c.id, team_table.c.name).order_by(team_table.c.name)).all()
    found = {row.name: of_team(row.id) for row in rows}
    if found and connection.execute(select(clients.c.id).where(NO_TEAM.where).limit(1)).first():
        found["no team"] = NO_TEAM
    return found


def colleagues(connection: Connection, staff_id: str) -> Sequence[Scope]:
    """Each worker of this one's team who has clients, this one too."""
    team = select(staff.c.team_id).where(staff.c.id == staff_id).scalar_subquery()
    with_clients = select(clients.c.worker_id)
    rows = connection.scalars(
        select(staff.c.id).where(staff.c.team_id == team, staff.c.active, staff.c.id.in_(with_clients))
    )
    return [of_worker(one) for one in rows]


def median(each: Sequence[Sequence[Figure]]) -> Figure | None:
    """Of the first figure of several workers; None unless five have one, so that it points at nobody."""
    firsts = [figures[0] for figures in each if figures and figures[0].value is not None]
    if len(firsts) < ON_SCREEN:
        return None
    value = statistics.median(figure.value for figure in firsts if figure.value is not None)
    return Figure("median", len(firsts), len(firsts), value, firsts[0].unit, len(firsts), len(firsts))


def name(period: Period) -> str:
    """The period's own, or else the month in which it begins, as "2026-03"."""
    return period.name or f"{period.since.astimezone(period.county.zone):%Y-%m}"


def _written(figure: Figure) -> Mapping[str, Any]:
    return asdict(figure) | {"at": figure.at.isoformat() if figure.at else None}


def _read(kept: Mapping[str, Any]) -> Figure:
    at = datetime.fromisoformat(kept["at"]) if kept["at"] else None
    return Figure(**{**kept, "unit": Unit(kept["unit"]), "at": at})
