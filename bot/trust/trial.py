"""What a trial is, and the row that it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.trust.figures import Figures
from bot.trust.ground import Ground


class Trial(Protocol):
    """`name` is what `--only` takes; `what` says in a few words what is done to the house, with its size."""

    @property
    def name(self) -> str: ...

    @property
    def what(self) -> str: ...

    async def run(self, ground: Ground) -> Figures:
        """Raises TrialError or ServerFailedError where it cannot be carried out; that breaks the trial as well."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    what: str
    figures: Figures
    seconds: float
