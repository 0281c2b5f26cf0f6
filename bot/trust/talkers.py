"""Clients who talk to the house while things go wrong: each text is handed on until it is taken.

Each has the same talk, so that the answers of one whom nothing disturbed tell what all must have heard.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import aiohttp
from sqlalchemy import select

from bot.trust.fake_twilio import TextIn
from bot.trust.figures import Figures
from bot.trust.ground import Ground, TrialError
from bot.trust.people import Person
from records.tables import messages

TALK = (
    *("START", "1", "1", "2", "1"),
    *("get my food handler card", "more hours", "2", "sign up for the class", "thursday 10am", "library computer"),
    *("none", "no sitter", "I ask my sister", "find my ID", "1", "1", "1"),
)
"""From joining to a saved plan. Every text is answered by the next question, on whatever hour of the first day."""

AT_ONCE = 32
AGAIN = 0.1
"""Seconds until a text that was not taken is handed on once more."""

PATIENCE = 900.0
"""Seconds for which it is handed on: a trial may keep the database away for minutes."""

TAKEN = 200


@dataclass
class Talkers:
    """`urls` are the servers that a text may be handed to.

    Of each text up to `copies` more are handed on, some at the same moment, some after later ones. `statuses` counts
    what the servers answered, 0 where nobody did.
    """

    ground: Ground
    urls: Sequence[str]
    copies: int = 0
    talk: Sequence[str] = TALK
    statuses: Counter[int] = field(default_factory=Counter)
    taken: dict[str, list[TextIn]] = field(default_factory=dict)

    @property
    def said(self) -> int:
        """How many texts were taken so far, each counted once."""
        return sum(map(len, self.taken.values()))

    async def go(self, persons: Sequence[Person]) -> None:
        """All of these, to the end of what they have to say. Raises TrialError if a text is never taken."""
        door = asyncio.Semaphore(AT_ONCE)
        lucks = [random.Random(self.ground.luck.getrandbits(32)) for _ in persons]  # noqa: S311  drawn from the seed
        await asyncio.gather(*map(partial(self._one, door=door), persons, lucks))

    async def _one(self, person: Person, luck: random.Random, door: asyncio.Semaphore) -> None:
        async with door:
            late: list[TextIn] = []
            mine = self.taken.setdefault(person.number, [])
            for body in self.talk:
                text = self.ground.provider.take_in(person.number, body)
                copies = luck.randint(0, self.copies)
                together = luck.randint(0, copies)
                await asyncio.gather(self._until_taken(text, luck), *(self._once(text, luck) for _ in range(together)))
                mine.append(text)
                late += [text] * (copies - together)
                luck.shuffle(late)
                while late and luck.random() < 0.5:  # noqa: PLR2004  every other time one comes late
                    await self._once(late.pop(), luck)
            for text in late:
                await self._once(text, luck)

    async def _until_taken(self, text: TextIn, luck: random.Random) -> None:
        ends = time.monotonic() + PATIENCE
        while await self._once(text, luck) != TAKEN:
            if time.monotonic() > ends:
                raise TrialError("a text was never taken")
            await asyncio.sleep(AGAIN)

    async def _once(self, text: TextIn, luck: random.Random) -> int:
        try:
            status = await self.ground.provider.hand_on(text, luck.choice(self.urls))
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        self.statuses[status] += 1
        return status

    async def figures(self, answers: Sequence[str]) -> Figures:
        """Every text taken is stored once and was answered once, in its order; `answers` are those to the whole talk.

        `lost` are texts that were taken and are missing, or went unanswered; `doubled`, turns that came twice.
        """
        stored = await self.ground.read(
            lambda c: c.execute(
                select(messages.c.number, messages.c.provider_id)
                .where(messages.c.direction == "in")
                .order_by(messages.c.number, messages.c.id)
            ).all()
        )
        here: dict[str, list[str]] = {}
        for row in stored:
            here.setdefault(row[0], []).append(row[1])
        missing: list[str] = []
        swapped: list[str] = []
        unanswered: list[str] = []
        twice: list[str] = []
        for number, texts in self.taken.items():
            sids, stored_sids = [text.sid for text in texts], here.get(number, [])
            missing += [number for sid in sids if sid not in stored_sids]
            heard = self.ground.provider.sent(number)
            lacking, surplus = Counter(answers) - Counter(heard), Counter(heard) - Counter(answers)
            unanswered += [number] * lacking.total()
            twice += [number] * surplus.total()
            in_order = [sid for sid in stored_sids if sid in sids] == [sid for sid in sids if sid in stored_sids]
            if not in_order or (heard != list(answers) and not lacking and not surplus):
                swapped.append(number)
        figures = Figures(asked=len(self.taken) * len(self.talk), sent=self.said)
        figures.lost = figures.breaks("taken, and not there", missing)
        figures.lost += figures.breaks("not answered as who was not disturbed", unanswered)
        figures.doubled = figures.breaks("answered once too often", twice)
        figures.breaks("taken or answered in another order", swapped)
        return figures


async def learn_answers(ground: Ground, person: Person, url: str, talk: Sequence[str] = TALK) -> list[str]:
    """What a client hears whom nothing disturbs: their texts are taken one at a time, each after the answer."""
    for text in talk:
        before = len(ground.provider.sent(person.number))
        await Talkers(ground, [url], talk=[text]).go([person])
        await ground.until("an answer", lambda: len(ground.provider.sent(person.number)) > before)  # noqa: B023  awaited
        await ground.at_rest()
    return ground.provider.sent(person.number)
