"""A worker changes a text as it falls due: it goes as it was or as it became, and the worker was told which."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain

from sqlalchemy import Connection

from bot.trust import people
from bot.trust.figures import Figures
from bot.trust.ground import Ground
from bot.trust.people import Person
from conversations.situation import Consent
from records import worker_nudges
from records.errors import TooLateError
from records.sight import EVERYBODY
from records.worker_nudges import Wish

AT_ONCE = 250
DUE_IN = timedelta(seconds=1)
SPREAD = 2.0
"""Seconds: the changes come from just before a text falls due to just after it was looked for."""

MOST = 5
"""So many times as many at most, until there was a race."""

HANDS = 4
"""So many workers change texts at the same moment."""

BEFORE, AFTER = "See you on Monday.", "See you on Tuesday."


@dataclass(frozen=True, slots=True)
class EditRaces:
    races: int
    name: str = "edit-races"

    @property
    def what(self) -> str:
        return f"{self.races:,} changes of a worker's text as it falls due, 2 processes"

    async def run(self, ground: Ground) -> Figures:
        for _ in range(2):
            await ground.serve()
        changed: dict[str, bool] = {}
        hands = asyncio.Semaphore(HANDS)
        while len(changed) < self.races or (len(set(changed.values())) == 1 and len(changed) < MOST * self.races):
            nths = range(len(changed), len(changed) + min(AT_ONCE, self.races))
            persons, ids = await ground.write(partial(_planned, ground=ground, nths=nths))
            delays = [ground.luck.uniform(0, SPREAD) for _ in persons]
            results = await asyncio.gather(*map(partial(_change, ground, hands), ids, delays))
            changed |= {person.number: result for person, result in zip(persons, results, strict=True)}
        await ground.at_rest()
        return _figures(changed, ground)


def _planned(connection: Connection, ground: Ground, nths: Sequence[int]) -> tuple[list[Person], list[str]]:
    now = ground.clock.now()
    persons = people.move_in(connection, nths, Consent.ACTIVE, now)
    return persons, people.due_nudges(connection, persons, BEFORE, now + DUE_IN)


async def _change(ground: Ground, hands: asyncio.Semaphore, nudge_id: str, delay: float) -> bool:
    """Whether it could still be changed."""
    await asyncio.sleep(delay)
    async with hands:
        try:
            await ground.write(partial(_edit, nudge_id=nudge_id, ground=ground))
        except TooLateError:
            return False
        return True


def _edit(connection: Connection, nudge_id: str, ground: Ground) -> None:
    """As the page does it when a worker presses the button."""
    now = ground.clock.now()
    seen = worker_nudges.find(connection, nudge_id, EVERYBODY)
    wish = Wish(AFTER, "", seen.due_at, seen.wanted_at, "")
    worker_nudges.change(connection, nudge_id, seen.version, wish, people.worker(connection, now), now)


def _figures(changed: dict[str, bool], ground: Ground) -> Figures:
    """A mix is a text that went otherwise than the worker was told."""
    heard = {number: ground.provider.sent(number) for number in changed}
    went = Counter(chain.from_iterable(heard.values()))
    figures = Figures(asked=len(changed), sent=sum(bool(texts) for texts in heard.values()))
    figures.lost = figures.breaks("never went", [number for number, texts in heard.items() if not texts])
    figures.doubled = figures.breaks("went twice", [number for number, texts in heard.items() if len(texts) > 1])
    told = {True: [AFTER], False: [BEFORE]}
    figures.late = figures.breaks(
        "went otherwise than the worker was told",
        [n for n, texts in heard.items() if texts and texts != told[changed[n]]],
    )
    figures.notes.append(f"{went[AFTER]} as changed, {went[BEFORE]} as they were")
    if len(set(changed.values())) == 1:
        figures.broken.append("there was no race: all could be changed, or none")
    return figures
