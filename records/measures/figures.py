"""Figures, and the rule that no small group of people can be read from them (domain guide 8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import ceil

ON_SCREEN, PUBLISHED = 5, 11
"""Fewer people than this are hidden."""


class Unit(StrEnum):
    """What a value is in."""

    SHARE = "share"  # 0 to 1
    MINUTES = "minutes"
    WORKING_MINUTES = "working_minutes"
    PER_HUNDRED = "per_hundred"
    PER_THOUSAND = "per_thousand"
    PER_WEEK = "per_week"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number.

    `people` are those behind the denominator, `counted` those behind the numerator, and of a share `others` those
    behind what of the denominator is not in the numerator.
    Those three are for `hide` alone and never to be shown. `value` is None where there is nothing to divide by, and so
    are all numbers where it is `hidden`. `part` says that the figures of a measure add up to one total. `item` marks
    one line of a list, about one event.
    """

    label: str
    numerator: int | None
    denominator: float | None
    value: float | None
    unit: Unit
    people: int
    counted: int
    part: bool = False
    item: bool = False
    hidden: bool = False
    at: datetime | None = None
    others: int = 0
    total: str = ""
    """Which total a part is of, where a measure has several."""


Told = tuple[str, bool]


def share(label: str, rows: Iterable[Told], *, part: bool = False) -> Figure:
    """Of events, each with the client it is of and whether it counts."""
    found = list(rows)
    counts = [client for client, yes in found if yes]
    others = {client for client, yes in found if not yes}
    return Figure(
        label,
        len(counts),
        len(found),
        len(counts) / len(found) if found else None,
        Unit.SHARE,
        len({client for client, _ in found}),
        len(set(counts)),
        part=part,
        others=len(others),
    )


def rate(label: str, events: Sequence[str], per: float, people: int, unit: Unit) -> Figure:
    """Events, each by its client, for every hundred (or thousand) of `per`, which `people` are behind."""
    times = 1000 if unit is Unit.PER_THOUSAND else 100
    value = len(events) * times / per if per else None
    return Figure(label, len(events), per, value, unit, people, len(set(events)))


def spread(rows: Iterable[tuple[str, float]], unit: Unit, *, highest: bool = False) -> Sequence[Figure]:
    """Median and 90th percentile by nearest rank, of values that each belong to a client."""
    found = list(rows)
    values = sorted(value for _, value in found)
    people = len({client for client, _ in found})
    wanted = {"median": 0.5, "p90": 0.9} | ({"maximum": 1.0} if highest else {})
    return [
        Figure(label, len(values), len(values), _ranked(values, part), unit, people, people)
        for label, part in wanted.items()
    ]


def hide(figures: Sequence[Figure], fewest: int = ON_SCREEN) -> Sequence[Figure]:
    """Take the numbers out of what fewer than so many people are behind, and out of what would give them away.

    98 of 100 says as much of the two as of the 98: both sides of a share must be large enough, or empty.
    Of the parts of a total the next smallest goes along when only one is hidden. A line of a list stays on screen, and
    is never published.
    """
    small = {place for place, figure in enumerate(figures) if _is_small(figure, fewest)}
    for total in {figure.total for figure in figures if figure.part}:
        parts = [place for place, figure in enumerate(figures) if figure.part and figure.total == total]
        if len(small.intersection(parts)) == 1 and len(parts) > 1:
            others = (place for place in parts if place not in small)
            small.add(min(others, key=lambda place: figures[place].counted))
    return [_emptied(figure) if place in small else figure for place, figure in enumerate(figures)]


def _is_small(figure: Figure, fewest: int) -> bool:
    if figure.item:
        return fewest > ON_SCREEN
    return any(0 < behind < fewest for behind in (figure.people, figure.counted, figure.others))


def _emptied(figure: Figure) -> Figure:
    return replace(
        figure,
        numerator=None,
        denominator=None,
        value=None,
        people=0,
        counted=0,
        others=0,
        hidden=True,
        label=_label(figure),
    )


def _label(figure: Figure) -> str:
    return "" if figure.item else figure.label


def _ranked(values: Sequence[float], part: float) -> float | None:
    return values[ceil(part * len(values)) - 1] if values else None
