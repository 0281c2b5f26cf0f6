"""A measure by groups of clients (domain guide 8.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import combinations

from sqlalchemy import Connection, select

from records.measures.figures import ON_SCREEN, Figure, Unit, hide
from records.measures.period import Period
from records.measures.reading import Where
from records.measures.register import Measure
from records.tables import clients, staff, teams

FLAGGED_FROM, LARGE_ENOUGH = 0.10, 30
NEW_FOR = timedelta(days=90)


class Split(StrEnum):
    """By what clients are compared."""

    LANGUAGE = "language"
    PHONE = "phone"
    TEAM = "team"
    TIME_ENROLLED = "time since the last yes to texts"


def groups_of(connection: Connection, split: Split, period: Period, where: Where) -> Mapping[str, Where]:
    """The groups by name, as clients stand today."""
    match split:
        case Split.LANGUAGE:
            codes = connection.scalars(
                select(clients.c.language).where(where).distinct().order_by(clients.c.language)
            ).all()
            return {code: where & (clients.c.language == code) for code in codes}
        case Split.PHONE:
            return {"shared phone": where & clients.c.phone_is_shared, "own phone": where & ~clients.c.phone_is_shared}
        case Split.TEAM:
            all_teams = connection.execute(select(teams.c.id, teams.c.name).order_by(teams.c.name)).all()
            workers = {row.name: select(staff.c.id).where(staff.c.team_id == row.id) for row in all_teams}
            rest = select(staff.c.id).where(staff.c.team_id.is_(None))
            return {
                name: where & clients.c.worker_id.in_(theirs) for name, theirs in (workers | {"no team": rest}).items()
            }
        case Split.TIME_ENROLLED:
            lately = clients.c.consented_at >= period.until - NEW_FOR
            return {"under 90 days": where & lately, "90 days or more": where & ~lately}


def compare(
    connection: Connection,
    measure: Measure,
    period: Period,
    where: Where,
    split: Split,
    fewest: int = ON_SCREEN,
) -> Mapping[str, Sequence[Figure]]:
    """If one group's figure is hidden, so is the next smallest group's. Groups without anybody are left out."""
    if measure.count is None:
        return {}
    groups = groups_of(connection, split, period, where)
    counted = {name: measure.count(connection, period, theirs) for name, theirs in groups.items()}
    some = {name: group for name, group in counted.items() if any(figure.people for figure in group)}
    return hide_across({name: hide(group, fewest) for name, group in some.items()})


def flagged(groups: Mapping[str, Sequence[Figure]]) -> Sequence[str]:
    """Labels of shares that differ by more than 10 points between two groups of 30 people or more."""
    found = []
    for label in dict.fromkeys(figure.label for group in groups.values() for figure in group):
        values = [
            figure.value
            for group in groups.values()
            for figure in group
            if figure.label == label and figure.unit is Unit.SHARE and figure.people >= LARGE_ENOUGH
        ]
        known = [value for value in values if value is not None]
        if any(abs(one - other) > FLAGGED_FROM + 1e-9 for one, other in combinations(known, 2)):
            found.append(label)
    return found


def hide_across(groups: Mapping[str, Sequence[Figure]]) -> Mapping[str, Sequence[Figure]]:
    """One hidden group could be had from the total: a second goes along, whole, the one with the fewest people."""
    some = [name for name, group in groups.items() if any(figure.hidden for figure in group)]
    rest = [name for name in groups if name not in some]
    if len(some) != 1 or not rest:
        return groups
    second = min(rest, key=lambda name: max((figure.people for figure in groups[name]), default=0))
    return {
        name: hide(group, max((figure.people for figure in group), default=0) + 1) if name == second else group
        for name, group in groups.items()
    }
