"""The database is cut off, or full, while texts come and go: what was taken is there, and nothing goes twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import partial

from bot.trust import breaking, people
from bot.trust.breaking import Breakable
from bot.trust.figures import Figures, of_texts
from bot.trust.ground import Ground
from bot.trust.talkers import TALK, Talkers, learn_answers
from conversations.situation import Consent

NOT_STORED = 503


@dataclass(frozen=True, slots=True)
class BrokenDatabase:
    """It breaks in the middle of the sending and of the talk, for so many `seconds`. The process is never restarted."""

    name: str
    how: Callable[[Ground], AbstractAsyncContextManager[Breakable]]
    happens: str
    texts: int
    clients: int
    seconds: float

    @property
    def what(self) -> str:
        texts = f"{self.texts:,} texts out and {self.clients * len(TALK):,} in"
        return f"{self.happens} for {self.seconds:g} s, {texts}, no restart"

    async def run(self, ground: Ground) -> Figures:
        async with self.how(ground) as database:
            return await self._on(database, ground)

    async def _on(self, database: Breakable, ground: Ground) -> Figures:
        provider, now = ground.provider, ground.clock.now()
        moves_in = partial(people.move_in, nths=range(self.clients + 1), consent=Consent.NONE, now=now)
        first, *others = await ground.write(moves_in)
        receive = partial(people.move_in, nths=range(1000, 1000 + self.texts), consent=Consent.ACTIVE, now=now)
        persons = await ground.write(receive)
        server = await ground.serve(replace(ground.order(), database=database.url))
        answers = await learn_answers(ground, first, server.order.url)
        wanted = await ground.write(partial(people.due_texts, persons=persons, each=1, now=now))
        before = len(provider.ledger)
        talkers = Talkers(ground, [server.order.url])
        await ground.until_taken(before + self.texts // 4)
        talking = asyncio.create_task(talkers.go(others))
        try:
            await ground.until("they talk", lambda: talkers.said >= self.clients)
            await database.shatter(server)
            await asyncio.sleep(self.seconds / 2)
            said = talkers.said
            await asyncio.sleep(self.seconds / 2)
            taken_meanwhile = talkers.said - said
            await database.mend(server)
            await talking
        finally:
            talking.cancel()
        await ground.at_rest()
        numbers = {first.number, *talkers.taken}
        figures = of_texts(wanted, [text for text in provider.ledger if text.number not in numbers])
        figures.add(await talkers.figures(answers))
        figures.notes.append(f"{talkers.statuses[NOT_STORED]} posts answered with 503")
        if taken_meanwhile:
            figures.broken.append(f"{taken_meanwhile} texts were taken while nothing could be stored")
        return figures


CUT = partial(BrokenDatabase, "database-cut", breaking.cut_off, "the database is cut off")
FULL = partial(BrokenDatabase, "disk-full", breaking.without_room, "the disk is full")
