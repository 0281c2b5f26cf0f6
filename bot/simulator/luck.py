"""What happens by chance, always by a chance that was given."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def happens(chance: random.Random, likely: float) -> bool:
    """True so often; `likely` is from 0 to 1."""
    return chance.random() < likely


def how_often(chance: random.Random, expected: float) -> int:
    """A whole number that comes to `expected` on average."""
    return int(expected) + happens(chance, expected % 1)


def one_of(chance: random.Random, weights: Mapping[T, float]) -> T:
    """One of the keys, each as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]
