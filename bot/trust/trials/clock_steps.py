"""The clock steps ahead and back while texts come and go: each goes once, in its order, and none is forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bot.trust import people
from bot.trust.figures import Figures, of_texts
from bot.trust.ground import Ground
from bot.trust.people import Wanted
from bot.trust.talkers import TALK, Talkers, learn_answers
from bot.trust.weathers import STORM
from conversations.situation import Consent

APART = 10_000
"""From the numbers of one wave to those of the next."""
STEPS = tuple(timedelta(minutes=minutes) for minutes in (60, -60, -30, 150, -90, -5, 1))
AHEAD_AGAIN = timedelta(hours=2)
"""At last the clock shows what it had shown at its farthest, so that what was due by then is due again."""


@dataclass(frozen=True, slots=True)
class ClockSteps:
    """So many texts fall due before each step."""

    texts: int
    clients: int
    name: str = "clock-steps"

    @property
    def what(self) -> str:
        texts = f"{self.texts * len(STEPS):,} texts out and {self.clients * len(TALK):,} in"
        return f"the clock steps {len(STEPS)} times, up to 150 minutes ahead and 90 back, {texts}"

    async def run(self, ground: Ground) -> Figures:
        provider, clock = ground.provider, ground.clock
        moves_in = partial(people.move_in, nths=range(self.clients + 1), consent=Consent.NONE, now=clock.now())
        first, *others = await ground.write(moves_in)
        server = await ground.serve()
        answers = await learn_answers(ground, first, server.order.url)
        provider.weather = STORM
        talkers = Talkers(ground, [server.order.url])
        talking = asyncio.create_task(talkers.go(others))
        wanted: list[Wanted] = []
        try:
            for nth, step in enumerate(STEPS):
                taken = len(provider.ledger)
                wanted += await ground.write(partial(self._due, ground=ground, nth=nth + 1))
                await ground.until_taken(taken + 1)
                clock.step(step)
            clock.step(AHEAD_AGAIN)
            await talking
        finally:
            talking.cancel()
        await ground.at_rest()
        numbers = {first.number, *talkers.taken}
        figures = of_texts(wanted, [text for text in provider.ledger if text.number not in numbers])
        figures.add(await talkers.figures(answers))
        return figures

    def _due(self, connection: Connection, ground: Ground, nth: int) -> list[Wanted]:
        now, first = ground.clock.now(), nth * APART
        persons = people.move_in(connection, range(first, first + self.texts), Consent.ACTIVE, now)
        return people.due_texts(connection, persons, 1, now)
