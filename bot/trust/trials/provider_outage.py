"""The provider is gone for a while and texts fall due: none is lost, doubled or given up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import cycle

from bot.trust import people
from bot.trust.fake_twilio import Fault
from bot.trust.figures import Figures, of_texts
from bot.trust.ground import Ground
from conversations.situation import Consent

WAYS = (Fault.BROKEN, Fault.RESET, Fault.HANG, Fault.NOT_JSON)
TURNS = 8
"""So often the way in which it is gone changes."""


@dataclass(frozen=True, slots=True)
class ProviderOutage:
    """`minutes` by a clock that runs `speed` times as fast."""

    texts: int
    minutes: int
    speed: float
    name: str = "outage"

    @property
    def what(self) -> str:
        return f"the provider is gone for {self.minutes} minutes (virtual clock) with {self.texts:,} texts due"

    async def run(self, ground: Ground) -> Figures:
        provider, clock = ground.provider, ground.clock
        clock.set(clock.now(), self.speed)
        provider.down = Fault.BROKEN
        now = clock.now()
        persons = await ground.write(partial(people.move_in, nths=range(self.texts), consent=Consent.ACTIVE, now=now))
        wanted = await ground.write(partial(people.due_texts, persons=persons, each=1, now=now))
        await ground.serve(replace(ground.order(), slower=self.speed))
        ends = clock.now() + timedelta(minutes=self.minutes)
        for way in cycle(WAYS):
            if clock.now() >= ends:
                break
            provider.down = way
            await asyncio.sleep(self.minutes * 60 / self.speed / TURNS)
        provider.down = None
        meanwhile = len(provider.requests)
        await ground.at_rest()
        figures = of_texts(wanted, provider.ledger)
        figures.notes.append(f"{meanwhile} tries meanwhile")
        return figures
