"""STOP against a text that is about to leave: none begins to leave once the STOP is committed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.trust import people
from bot.trust.crash_points import read_journal
from bot.trust.fake_twilio import FakeTwilio, Fault, Weather
from bot.trust.figures import Figures
from bot.trust.ground import Ground
from bot.trust.people import Person, Wanted
from bot.trust.talkers import Talkers
from conversations.effects import Purpose
from conversations.situation import Consent
from records.states import MessageState
from records.tables import messages

AT_ONCE = 100
SPREAD = 0.3
"""Seconds in which the stops come, from the moment the first text of their round leaves."""

A_WHILE = Weather(faults={Fault.SLOW: 1.0}, slowest=0.4)
"""The provider takes its time, so that the last texts of a round are still here when the stops come."""

TARDY = 0.3
"""Seconds: so late a process may come to act on its claim. It is longer than a claim gives it."""

MOST = 5
"""So many times as many at most, until there was a race."""

KEPT_BACK = frozenset({MessageState.CANCELLED, MessageState.SUPPRESSED})


@dataclass(frozen=True, slots=True)
class StopRaces:
    races: int
    name: str = "stop-races"

    @property
    def what(self) -> str:
        return f"{self.races:,} STOPs as a text to the same client leaves, 2 processes"

    async def run(self, ground: Ground) -> Figures:
        provider = ground.provider
        provider.reports, provider.weather = (), A_WHILE
        journal = ground.folder / "journal"
        journal.unlink(missing_ok=True)
        orders = [replace(ground.order(), journal=str(journal), tardy=TARDY) for _ in range(2)]
        servers = [await ground.serve(order) for order in orders]
        talkers = Talkers(ground, [server.order.url for server in servers], talk=["STOP"])
        wanted: list[Wanted] = []
        while len(wanted) < self.races or (not _raced(wanted, provider) and len(wanted) < MOST * self.races):
            taken, nths = len(provider.ledger), range(len(wanted), len(wanted) + min(AT_ONCE, self.races))
            persons, texts = await ground.write(partial(_due, ground=ground, nths=nths))
            wanted += texts
            await ground.until_taken(taken + 1)
            delays = [ground.luck.uniform(0, SPREAD) for _ in persons]
            await asyncio.gather(*map(partial(_stop, talkers), persons, delays))
        await ground.at_rest()
        late = _late(provider, journal)
        return await ground.read(partial(self._figures, wanted=wanted, provider=provider, late=late))

    def _figures(self, connection: Connection, wanted: list[Wanted], provider: FakeTwilio, late: list[str]) -> Figures:
        out = select(messages.c.body).where(messages.c.direction == "out")
        kept_back = set(connection.scalars(out.where(messages.c.state.in_(KEPT_BACK))))
        confirmed = connection.scalar(
            select(func.count()).where(messages.c.purpose == Purpose.LEGAL, messages.c.state == MessageState.ACCEPTED)
        )
        bodies = [text.body for text in provider.ledger]
        left = [text for text in wanted if text.body in set(bodies)]
        figures = Figures(asked=len(wanted), sent=len(left))
        figures.late = figures.breaks("began to leave after the STOP was committed", late)
        gone = {text.body for text in left} | kept_back
        figures.lost = figures.breaks(
            "neither left nor was kept back", [t.number for t in wanted if t.body not in gone]
        )
        figures.doubled = figures.breaks("went twice", [t.number for t in left if bodies.count(t.body) > 1])
        if confirmed != len(wanted):
            figures.broken.append(f"{confirmed} of {len(wanted)} STOPs were confirmed")
        if not _raced(wanted, provider):
            figures.broken.append("there was no race: all texts left, or none")
        return figures


def _due(connection: Connection, ground: Ground, nths: range) -> tuple[list[Person], list[Wanted]]:
    now = ground.clock.now()
    persons = people.move_in(connection, nths, Consent.ACTIVE, now)
    return persons, people.due_texts(connection, persons, 1, now)


def _raced(wanted: list[Wanted], provider: FakeTwilio) -> bool:
    """Whether some of the texts left, and not all."""
    return 0 < sum(text.body.startswith(people.DUE) for text in provider.ledger) < len(wanted)


async def _stop(talkers: Talkers, person: Person, delay: float) -> None:
    await asyncio.sleep(delay)
    await talkers.go([person])


def _late(provider: FakeTwilio, journal: Path) -> list[str]:
    """The numbers of texts that began to leave after their client's STOP was committed. The confirmation does so."""
    notes = read_journal(journal)
    stopped = {number: at for what, number, at in reversed(notes) if what == "turn"}
    begun = {attempt: at for what, attempt, at in notes if what == "begun"}
    texts = [text for text in provider.ledger if text.body.startswith(people.DUE)]
    return [text.number for text in texts if begun[text.callback.rsplit("/", 1)[1]] > stopped[text.number]]
