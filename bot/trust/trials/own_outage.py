"""We are down for an hour while clients write: the provider lists their texts, and each is taken once, in order."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bot.trust import people
from bot.trust.fake_twilio import TextIn
from bot.trust.figures import Figures
from bot.trust.ground import Ground
from bot.trust.talkers import TALK, Talkers, learn_answers
from conversations.situation import Consent
from records import watermarks

WITHIN = 120.0
"""Seconds (delivery design: two minutes) in which all must be there again."""

AN_HOUR = timedelta(hours=1)
A_WHILE = timedelta(minutes=1)
"""So much later we are back."""

LATE = 0.2
"""This share of the texts is handed on once more, after all."""


@dataclass(frozen=True, slots=True)
class OwnOutage:
    clients: int
    name: str = "our-outage"

    @property
    def what(self) -> str:
        return f"we are down for an hour (virtual clock) while {self.clients * len(TALK):,} texts come in"

    async def run(self, ground: Ground) -> Figures:
        provider, clock = ground.provider, ground.clock
        moves_in = partial(people.move_in, nths=range(self.clients + 1), consent=Consent.NONE, now=clock.now())
        first, *others = await ground.write(moves_in)
        server = await ground.serve()
        answers = await learn_answers(ground, first, server.order.url)
        await ground.until_stored("the house watches for what it misses", _watches)
        already = await ground.read(people.came_in)
        await server.kill()
        talkers = Talkers(ground, [server.order.url])
        texts: list[TextIn] = []
        pause = AN_HOUR / (len(TALK) * self.clients)
        for body in TALK:
            for person in others:
                clock.step(pause)
                texts.append(provider.take_in(person.number, body))
                talkers.taken.setdefault(person.number, []).append(texts[-1])
        clock.step(A_WHILE)
        await ground.again(server)
        began = time.monotonic()
        everything = already + len(texts)
        await ground.until_stored("all texts are there", lambda c: people.came_in(c) >= everything, WITHIN)
        seconds = time.monotonic() - began
        for text in ground.luck.sample(texts, int(len(texts) * LATE)):
            await provider.hand_on(text)
        await ground.at_rest()
        figures = await talkers.figures(answers)
        figures.notes.append(f"all there after {seconds:.1f} s")
        return figures


def _watches(connection: Connection) -> bool:
    """Whether it is known from when on texts are not to be missed."""
    return watermarks.read(connection, watermarks.INBOUND) is not None
