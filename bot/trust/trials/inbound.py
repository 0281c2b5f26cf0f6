"""Clients' texts that come once to five times, out of order, to two processes that are killed now and then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from bot.trust import people
from bot.trust.figures import Figures
from bot.trust.ground import Ground
from bot.trust.talkers import TALK, Talkers, learn_answers
from conversations.situation import Consent

MOST_COPIES = 4


@dataclass(frozen=True, slots=True)
class Inbound:
    clients: int
    kills: int
    name: str = "inbound"

    @property
    def what(self) -> str:
        texts = self.clients * len(TALK)
        return f"{texts:,} texts in, each 1 to 5 times, reordered, to 2 processes, {self.kills} kill -9"

    async def run(self, ground: Ground) -> Figures:
        moves_in = partial(people.move_in, nths=range(self.clients + 1), consent=Consent.NONE, now=ground.clock.now())
        first, *others = await ground.write(moves_in)
        servers = [await ground.serve() for _ in range(2)]
        answers = await learn_answers(ground, first, servers[0].order.url)
        talkers = Talkers(ground, [server.order.url for server in servers], MOST_COPIES)
        talking = asyncio.create_task(talkers.go(others))
        try:
            for taken in sorted(ground.luck.sample(range(1, self.clients * len(TALK)), self.kills)):
                await ground.until(
                    f"{taken} texts taken",
                    lambda: talking.done() or talkers.said >= taken,  # noqa: B023  awaited
                )
                nth = ground.luck.randrange(len(servers))
                await servers[nth].kill()
                servers[nth] = await ground.again(servers[nth])
            await talking
        finally:
            talking.cancel()
        await ground.at_rest()
        figures = await talkers.figures(answers)
        figures.notes.append(f"{talkers.statuses.total():,} posts, {talkers.statuses[0]} to nobody")
        return figures
