"""A number from 1 to 10, as people text it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SCALE = range(1, 11)
LOW_END = 2
"""From here down a person is told (domain guide 7.2)."""


def read(said: Sequence[str], numbers: Mapping[str, int]) -> int | None:
    """The one number on the scale that the folded words hold ("like a 3", "siete"); None if it is not one alone."""
    named = {int(word) if word.isdecimal() else numbers.get(word, 0) for word in said} - {0}
    return named.pop() if len(named) == 1 and named <= set(SCALE) else None
