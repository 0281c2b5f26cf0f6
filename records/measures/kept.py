"""Finished months, counted once and kept: what was told of a month is told again, and no page waits for it twice."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, true

from records.measures.figures import ON_SCREEN, Figure, Unit
from records.measures.period import Period
from records.measures.register import Measure
from records.roles import Reach
from records.sight import Sight
from records.tables import clients, measured_months, staff
from records.tables import teams as team_table

SETTLED_AFTER = timedelta(days=15)
"""So long after a month all that still counts for it has come in: an invite's 14 days are the longest."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose clients are counted, and the name that stands for it in what is kept."""

    key: str
    where: ColumnElement[bool]


COUNTY = Scope("county", true())
NO_TEAM = Scope("no team", clients.c.worker_id.in_(select(staff.c.id).where(staff.c.team_id.is_(None))))


def of_team(team_id: str) -> Scope:
    workers = select(staff.c.id).where(staff.c.team_id == team_id)
    return Scope(f"team:{team_id}", clients.c.worker_id.in_(workers))


def of_worker(staff_id: str) -> Scope:
    return Scope(f"worker:{staff_id}", clients.c.worker_id == staff_id)


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
    """Figures before small cells are hidden. Of a month that is settled and not kept yet, `row` is to be kept."""

    figures: Sequence[Figure]
    row: Mapping[str, Any] | None = None


def count(connection: Connection, measure: Measure, period: Period, scope: Scope) -> Counted:
    """Of a month; none for what cannot be counted yet."""
    if measure.count is None:
        return Counted(())
    it = measured_months.c
    key = {"month": name(period), "scope": scope.key, "measure": measure.id, "version": measure.version}
    known = connection.scalar(select(it.figures).where(*(it[column] == value for column, value in key.items())))
    if known is not None:
        return Counted([_read(one) for one in known])
    figures = measure.count(connection, period, scope.where)
    row = key | {"figures": [_written(one) for one in figures]}
    return Counted(figures, row if is_settled(period) else None)


def is_settled(period: Period) -> bool:
    return period.until + SETTLED_AFTER <= period.now


def keep(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """What somebody else kept meanwhile stays."""
    it = measured_months.c
    for row in rows:
        key = [it[column] == row[column] for column in ("month", "scope", "measure", "version")]
        if connection.scalar(select(it.month).where(*key)) is None:
            connection.execute(insert(measured_months), [row])


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
    """The month in which the period begins, as "2026-03"."""
    return f"{period.since.astimezone(period.county.zone):%Y-%m}"


def _written(figure: Figure) -> Mapping[str, Any]:
    return asdict(figure) | {"at": figure.at.isoformat() if figure.at else None}


def _read(kept: Mapping[str, Any]) -> Figure:
    at = datetime.fromisoformat(kept["at"]) if kept["at"] else None
    return Figure(**{**kept, "unit": Unit(kept["unit"]), "at": at})
