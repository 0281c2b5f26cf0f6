"""An hour without a provider, on a clock that runs as fast as the work is done."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, insert, select

from records.database import connect
from records.delivery_trouble import Trouble
from records.pace import Pace
from records.states import MessageState
from records.tables import messages
from scheduler.channel import (
    Accepted,
    ChannelName,
    LookFailedError,
    NotSent,
    Outcome,
    Outgoing,
    Sighting,
    Sought,
    Unknown,
)
from scheduler.sender import Sender
from tests.scheduler.sending import due_text

T = TypeVar("T")
BEGINS = datetime(2026, 3, 2, 18, tzinfo=UTC)
OUTAGE = 3600.0
TEXTS = 200
HANGS = 30.0


class _Skipping(selectors.SelectSelector):
    """Where a loop would wait, its clock goes on instead."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.seconds += timeout or 0.0
        return super().select(None if timeout is None else 0)


class FastLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.seconds


@dataclass
class AtOnce:
    """Transactions on the loop itself, which take no time."""

    engine: Engine
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def listen(self, listener: Callable[[], None]) -> None:
        self.listeners.append(listener)

    async def run(self, do: Callable[[Connection], T]) -> T:
        with self.engine.begin() as connection:
            result = do(connection)
        for listener in self.listeners:
            listener()
        return result

    async def settle(self, do: Callable[[Connection], Trouble | None]) -> None:
        assert await self.run(do) is None


@dataclass
class Provider:
    """Down for the first hour, in all the ways in which one can be. `taken` is what phones would show."""

    now: Callable[[], datetime]
    chance: random.Random
    taken: list[tuple[datetime, str, str]] = field(default_factory=list)
    carries: frozenset[ChannelName] = frozenset({ChannelName.SMS})

    def is_down(self) -> bool:
        return self.now() < BEGINS + timedelta(seconds=OUTAGE)

    async def send(self, text: Outgoing) -> Outcome:
        if not self.is_down():
            return self._take(text)
        match self.chance.randrange(4):
            case 0:
                return NotSent()
            case 1:
                await asyncio.sleep(HANGS)
            case 2:
                self._take(text)
            case _:
                pass
        return Unknown()

    def _take(self, text: Outgoing) -> Accepted:
        self.taken.append((self.now(), text.to, text.body))
        return Accepted(f"SM{len(self.taken)}")

    async def find(self, text: Sought) -> Sequence[Sighting]:
        if self.is_down():
            raise LookFailedError
        return [
            Sighting(f"SM{place}", "sent", None, at)
            for place, (at, to, body) in enumerate(self.taken, 1)
            if (to, body) == (text.to, text.body)
        ]


async def _live(engine: Engine) -> tuple[Provider, float]:
    """Until all has been sent; gives how many seconds that was after the outage."""
    loop = asyncio.get_running_loop()

    def now() -> datetime:
        return BEGINS + timedelta(seconds=loop.time())

    transactions, provider, chance = AtOnce(engine), Provider(now, random.Random(4)), random.Random(5)
    rows = [due_text(now(), f"+1707555{n:04}", f"Text {n}", priority=1) for n in range(TEXTS)]
    await transactions.run(lambda connection: connection.execute(insert(messages), rows))
    sender = Sender(transactions, provider, now, pace=Pace("us", 10.0), poll=10.0, chance=chance.random)
    sender.start()
    left = select(func.count()).where(messages.c.state.in_([MessageState.DUE, MessageState.CLAIMED, "unknown"]))
    while await transactions.run(lambda connection: connection.scalar(left)):  # noqa: ASYNC110  they are rows
        await asyncio.sleep(10)
    took = loop.time() - OUTAGE
    await sender.close()
    return provider, took


def test_an_hour_without_the_provider_loses_doubles_and_gives_up_nothing(migrated_url: str) -> None:
    engine = connect(migrated_url)
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        provider, took = runner.run(_live(engine))
    with engine.connect() as connection:
        states = Counter(connection.scalars(select(messages.c.state)))
    engine.dispose()
    times = Counter(to for _, to, _ in provider.taken)
    lost, doubled = TEXTS - len(times), len(provider.taken) - len(times)
    print(f"{TEXTS} due: {lost} lost, {doubled} doubled; the last was sent {took:.0f} s after the outage")
    assert (lost, doubled) == (0, 0)
    assert set(states) <= {MessageState.ACCEPTED, MessageState.SENT}
    assert took < 15 * 60
