"""We are down for two days, over the moments at which things were due: one text a client, and none that is stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bot.trust import people
from bot.trust.figures import Figures
from bot.trust.ground import Ground
from conversations.situation import Consent

DOWN = timedelta(hours=50)
FRESH, STALE = "See you on Thursday.", "See you on Tuesday."
PLANNED = {timedelta(hours=1): STALE, timedelta(hours=20): FRESH, timedelta(hours=47): FRESH}
"""What falls due after so long. The first is then more than 48 hours late, and of no use."""


@dataclass(frozen=True, slots=True)
class DownOver:
    clients: int
    name: str = "down-48h"

    @property
    def what(self) -> str:
        return (
            f"down for {DOWN // timedelta(hours=1)} hours (virtual clock) over {4 * self.clients:,} texts that were due"
        )

    async def run(self, ground: Ground) -> Figures:
        await ground.write(partial(self._planned, ground=ground))
        ground.clock.step(DOWN)
        await ground.serve()
        await ground.at_rest()
        figures = Figures(asked=self.clients)
        numbers = [people.number(nth) for nth in range(self.clients)]
        heard = {number: ground.provider.sent(number) for number in numbers}
        figures.sent = sum(FRESH in texts for texts in heard.values())
        figures.lost = figures.breaks("heard nothing", [number for number, texts in heard.items() if not texts])
        figures.doubled = figures.breaks("heard more than once", [n for n, texts in heard.items() if len(texts) > 1])
        figures.late = figures.breaks(
            "heard what is stale", [number for number, texts in heard.items() if set(texts) - {FRESH}]
        )
        return figures

    def _planned(self, connection: Connection, ground: Ground) -> None:
        """Three that fall due, and one that is due already."""
        now = ground.clock.now()
        persons = people.move_in(connection, range(self.clients), Consent.ACTIVE, now)
        for later, words in PLANNED.items():
            people.due_nudges(connection, persons, words, now + later)
        people.due_texts(connection, persons, 1, now)
