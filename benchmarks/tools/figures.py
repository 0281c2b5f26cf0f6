"""Figures beside their limits, and the exit status that comes of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Figures:
    """Prints each figure as it is given, and remembers whether one missed its limit."""

    missed: list[str] = field(default_factory=list)

    def at_least(self, name: str, figure: float, limit: float, unit: str = "", note: str = "") -> None:
        self._print(name, figure, f"at least {limit:g}", unit, note, missed=figure < limit)

    def at_most(self, name: str, figure: float, limit: float, unit: str = "", note: str = "") -> None:
        self._print(name, figure, f"at most {limit:g}", unit, note, missed=figure > limit)

    def note(self, line: str) -> None:
        """Something to know beside the figures, without a limit."""
        print(f"    {line}", flush=True)

    def exit_status(self) -> int:
        for name in self.missed:
            print(f"MISSED: {name}")
        return int(bool(self.missed))

    def _print(self, name: str, figure: float, limit: str, unit: str, note: str, *, missed: bool) -> None:
        if missed:
            self.missed.append(name)
        mark = "MISSED" if missed else "ok"
        print(f"  {mark:6} {name}: {figure:.3g}{unit} ({limit}{unit}) {note}".rstrip(), flush=True)


def share(mine: Sequence[float], limit: Sequence[float]) -> float:
    """The median over the rounds of what part of the limit was reached. Both were measured in each round."""
    return statistics.median(one / other for one, other in zip(mine, limit, strict=True))


def percentile(values: Sequence[float], hundredths: int) -> float:
    """What so many hundredths of the values stay under or reach."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * hundredths // 100)]
