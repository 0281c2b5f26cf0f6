"""Processes killed at random while they send, in bad weather: nothing is lost, nothing goes twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from bot.trust import people
from bot.trust.figures import Figures, of_texts
from bot.trust.ground import Ground
from bot.trust.weathers import SHARE, STORM
from conversations.situation import Consent

A_MOMENT = 0.03
"""Seconds: so long after a text was taken the kill comes at most."""


@dataclass(frozen=True, slots=True)
class Kills:
    texts: int
    kills: int
    name: str = "kills"

    @property
    def what(self) -> str:
        return f"{self.kills} kill -9 while {self.texts:,} texts are sent, {SHARE:.0%} provider faults"

    async def run(self, ground: Ground) -> Figures:
        provider = ground.provider
        provider.weather = STORM
        now = ground.clock.now()
        half = self.texts // 2
        persons = await ground.write(partial(people.move_in, nths=range(half), consent=Consent.ACTIVE, now=now))
        wanted = await ground.write(partial(people.due_texts, persons=persons, each=2, now=now))
        server = await ground.serve()
        for taken in sorted(ground.luck.sample(range(1, len(wanted)), self.kills)):
            await ground.until_taken(taken)
            await asyncio.sleep(ground.luck.uniform(0, A_MOMENT))
            await server.kill()
            server = await ground.again(server)
        await ground.at_rest()
        figures = of_texts(wanted, provider.ledger)
        figures.notes.append(f"{len(provider.requests)} requests")
        return figures
