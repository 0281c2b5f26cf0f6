"""Several schedulers, restarted one after another as a deploy does it: each thing that falls due becomes one text."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bot.trust import people
from bot.trust.figures import Figures, of_texts
from bot.trust.ground import Ground
from bot.trust.people import Wanted
from bot.trust.weathers import SHARE, STORM
from conversations.situation import Consent

HOW_MANY = 3
WORDS = "See you soon."


@dataclass(frozen=True, slots=True)
class Schedulers:
    """The texts fall due evenly over so many `seconds`."""

    texts: int
    restarts: int
    seconds: int
    name: str = "schedulers"

    @property
    def what(self) -> str:
        faults = f"{SHARE:.0%} provider faults"
        return f"{HOW_MANY} schedulers, {self.restarts} rolling restarts, {self.texts:,} nudges, {faults}"

    async def run(self, ground: Ground) -> Figures:
        provider = ground.provider
        provider.weather = STORM
        web, *orders = [ground.order() for _ in range(HOW_MANY + 1)]
        await ground.serve(replace(web, part="web"))
        schedulers = [await ground.serve(replace(order, part="scheduler", port=web.port)) for order in orders]
        wanted = await ground.write(partial(self._planned, ground=ground))
        slowest = 0.0
        for nth, taken in enumerate(sorted(ground.luck.sample(range(1, self.texts), self.restarts))):
            await ground.until_taken(taken)
            place = nth % HOW_MANY
            slowest = max(slowest, await schedulers[place].stop())
            schedulers[place] = await ground.again(schedulers[place])
        await asyncio.sleep(max(0, (wanted[-1].expires_at - people.USEFUL - ground.clock.now()).total_seconds()))
        await ground.at_rest()
        figures = of_texts(wanted, provider.ledger)
        figures.notes.append(f"slowest stop {slowest:.1f} s")
        return figures

    def _planned(self, connection: Connection, ground: Ground) -> list[Wanted]:
        now = ground.clock.now()
        persons = people.move_in(connection, range(self.texts), Consent.ACTIVE, now)
        wanted = []
        for second in range(self.seconds):
            at = now + timedelta(seconds=second)
            some = persons[second :: self.seconds]
            people.due_nudges(connection, some, WORDS, at)
            wanted += [Wanted(person.number, WORDS, at + people.USEFUL) for person in some]
        return wanted
