"""A measure by groups of clients, and over the months (domain guide 8.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from sqlalchemy import Connection, select

from records.measures.figures import ON_SCREEN, Figure, Unit, hide
from records.measures.period import Period, months_until
from records.measures.reading import Where
from records.measures.register import Measure, figures
from records.tables import clients

FLAGGED_FROM, LARGE_ENOUGH = 0.10, 30


def by_language(
    connection: Connection, measure: Measure, period: Period, where: Where, fewest: int = ON_SCREEN
) -> Mapping[str, Sequence[Figure]]:
    """By the language recorded now. If one group's figure is hidden, so is the next smallest group's."""
    codes = connection.scalars(select(clients.c.language).where(where).distinct().order_by(clients.c.language)).all()
    return _each(connection, measure, period, {code: where & (clients.c.language == code) for code in codes}, fewest)


def by_phone(
    connection: Connection, measure: Measure, period: Period, where: Where, fewest: int = ON_SCREEN
) -> Mapping[str, Sequence[Figure]]:
    groups = {"shared": where & clients.c.phone_is_shared, "own": where & ~clients.c.phone_is_shared}
    return _each(connection, measure, period, groups, fewest)


def trend(
    connection: Connection, measure: Measure, last: Period, where: Where, months: int, fewest: int = ON_SCREEN
) -> Sequence[tuple[Period, Sequence[Figure]]]:
    """The oldest month first."""
    return [(period, figures(connection, measure, period, where, fewest)) for period in months_until(last, months)]


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


def _each(
    connection: Connection, measure: Measure, period: Period, groups: Mapping[str, Where], fewest: int
) -> Mapping[str, Sequence[Figure]]:
    if measure.count is None:
        return {}
    shown = {name: hide(measure.count(connection, period, where), fewest) for name, where in groups.items()}
    return _hide_across(shown)


def _hide_across(groups: Mapping[str, Sequence[Figure]]) -> Mapping[str, Sequence[Figure]]:
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
