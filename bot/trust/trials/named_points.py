"""Processes that die at named places, one life after another, in the middle of everything that the house does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from sqlalchemy import Connection

from bot.trust import people
from bot.trust.crash_points import AT_THE_PROVIDER, CrashPoint
from bot.trust.fake_twilio import Fault, Text, Weather
from bot.trust.figures import Figures, of_texts
from bot.trust.ground import Ground, TrialError
from bot.trust.orders import Order
from bot.trust.people import Person, Wanted
from bot.trust.processes import Server, ServerFailedError
from bot.trust.provider_faults import FAIR
from bot.trust.talkers import TALK, Talkers, learn_answers
from conversations.situation import Consent

A_LIFE = 60.0
"""Seconds in which a process must come to its place."""

SAID = TALK[:5]
NUDGE = "See you soon."
A_HUNDRED = 100
"""The numbers of each life begin with its own."""

OF_A_LOOK = frozenset({CrashPoint.AFTER_LOOK, CrashPoint.BEFORE_FOUND, CrashPoint.AFTER_FOUND})
"""Places that a process comes to only if it is in doubt about a text."""

COMES_ONCE = OF_A_LOOK | {CrashPoint.BEFORE_DUE, CrashPoint.AFTER_DUE}
"""Places that a short life surely comes to once; to the others it comes several times."""

UNSURE = Weather(faults={Fault.RESET: 0.05, Fault.ACCEPTED_BUT_RESET: 0.1}, list_lag=0.3)
UNHEARD = replace(UNSURE, reports_lost=1.0)
"""No report takes the doubt away."""


@dataclass(frozen=True, slots=True)
class NamedPoints:
    """In each life texts are due and workers' nudges fall due, clients talk, and reports come."""

    times: int
    points: Sequence[CrashPoint] = tuple(CrashPoint)
    each: int = 4
    name: str = "points"

    @property
    def what(self) -> str:
        return f"death at {len(self.points)} named points, {self.times} times each"

    async def run(self, ground: Ground) -> Figures:
        order = ground.order()
        server = await ground.serve(order)
        (first,) = await ground.write(partial(people.move_in, nths=[0], consent=Consent.NONE, now=ground.clock.now()))
        answers = await learn_answers(ground, first, order.url, SAID)
        await server.kill()
        lives = [point for point in self.points for _ in range(self.times)]
        ground.luck.shuffle(lives)
        wanted: list[Wanted] = []
        talkers = Talkers(ground, [order.url], talk=SAID)
        talking: list[asyncio.Task[None]] = []
        try:
            for nth, point in enumerate(lives, 1):
                texts, persons = await ground.write(partial(self._life, ground=ground, first=nth * A_HUNDRED))
                wanted += texts
                talking.append(asyncio.create_task(talkers.go(persons)))
                await _live_to(point, ground, order)
            ground.provider.weather = FAIR
            await ground.serve(order)
            await asyncio.gather(*talking)
        finally:
            for task in talking:
                task.cancel()
        await ground.at_rest()
        others = {first.number, *talkers.taken}
        figures = of_texts(wanted, [text for text in ground.provider.ledger if text.number not in others])
        figures.add(await talkers.figures(answers))
        return figures

    def _life(self, connection: Connection, ground: Ground, first: int) -> tuple[list[Wanted], list[Person]]:
        """Some to be sent to, and some who will talk."""
        now = ground.clock.now()
        persons = people.move_in(connection, range(first, first + 2 * self.each), Consent.ACTIVE, now)
        nudged, texted = persons[: self.each], persons[self.each :]
        people.due_nudges(connection, nudged, NUDGE, now)
        wanted = [Wanted(person.number, NUDGE, now + people.USEFUL) for person in nudged]
        wanted += people.due_texts(connection, texted, 1, now)
        strangers = range(first + 2 * self.each, first + 3 * self.each)
        return wanted, people.move_in(connection, strangers, Consent.NONE, now)


async def _live_to(point: CrashPoint, ground: Ground, order: Order) -> None:
    """A process lives until it comes to the place. Raises TrialError if it does not."""
    nth = 1 if point in COMES_ONCE else ground.luck.randint(1, 3)
    ground.provider.weather = UNSURE
    if point in OF_A_LOOK:
        ground.provider.weather = UNHEARD
        ground.provider.fail(Fault.ACCEPTED_BUT_RESET)
    if point in AT_THE_PROVIDER:
        server = await ground.nursery.start(order)
        ground.provider.before_answer = _shooting(server, nth)
    else:
        server = await ground.nursery.start(replace(order, crash=point, nth=nth), may_die=True)
    try:
        await server.ended(A_LIFE)
    except ServerFailedError as error:
        raise TrialError(f"{point}: {error}") from None
    if not server.crashed and point not in AT_THE_PROVIDER:
        raise TrialError(f"{point}: the process ended elsewhere")


def _shooting(server: Server, nth: int) -> Callable[[Text], None]:
    """Kills it as soon as the provider has taken so many texts."""
    texts = count(1)

    def shoot(_text: Text) -> None:
        if next(texts) == nth:
            server.shoot()

    return shoot
