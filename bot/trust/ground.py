"""What a trial stands on: a database, a provider, a clock, and processes, all of them its own."""

from __future__ import annotations

import asyncio
import math
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, select, text

from bot.trust.fake_twilio import FakeTwilio
from bot.trust.moved_clock import MovedClock
from bot.trust.orders import Order
from bot.trust.own_database import clear, is_postgres, own_database
from bot.trust.people import text_on
from bot.trust.processes import Nursery, Server, free_port
from records.channels import ChannelName
from records.database import connect
from records.tables import UNFINISHED, messages, nudges

T = TypeVar("T")

WITHIN = 300.0
"""Seconds in which a trial must come a step further. On a busy machine nothing but patience tells slow from stuck."""

LOOK = 0.1
"""Seconds from one look at the database to the next."""

NAMES = {"sqlite": "SQLite", "postgresql": "Postgres"}
REPORTS = ("sent", "delivered")


class TrialError(Exception):
    """The trial could not be carried out. Says why."""


@dataclass
class Ground:
    """`url` is the database's address; `luck` is drawn from by the trial alone, so that its seed tells all."""

    url: str
    engine: Engine
    folder: Path
    clock: MovedClock
    nursery: Nursery
    provider: FakeTwilio
    luck: random.Random

    def __post_init__(self) -> None:
        self._reading = connect(self.url, reads_only=True)

    def leave(self) -> None:
        self._reading.dispose()

    @property
    def is_postgres(self) -> bool:
        return is_postgres(self.url)

    def order(self) -> Order:
        """For a process at a port of its own, which does everything."""
        return Order(self.url, self.provider.url, free_port(), str(self.clock.file), channel=self.provider.channel)

    async def serve(self, order: Order | None = None) -> Server:
        """A process that serves; texts that come in are handed to the first one."""
        server = await self.nursery.start(order or self.order())
        self.provider.webhook = self.provider.webhook or server.order.url
        return server

    async def again(self, server: Server) -> Server:
        """One as it was, in the place of one that has ended."""
        return await self.nursery.start(server.order)

    async def write(self, do: Callable[[Connection], T]) -> T:
        """In a transaction of our own, beside those of the processes."""
        return await asyncio.to_thread(_transaction, self.engine, do)

    async def read(self, do: Callable[[Connection], T]) -> T:
        """As `write`, and in nobody's way."""
        return await asyncio.to_thread(_transaction, self._reading, do)

    async def until(self, what: str, holds: Callable[[], bool], within: float = WITHIN) -> None:
        """Waits for something in this process. Raises TrialError, which says what did not come."""
        ends = time.monotonic() + within
        while not holds():
            if time.monotonic() > ends:
                raise TrialError(f"in {within:g} s it did not come to this: {what}")
            await asyncio.sleep(0.002)

    async def until_taken(self, texts: int) -> None:
        """Waits until the provider has taken so many. Raises TrialError."""
        await self.until(f"{texts} texts taken", lambda: len(self.provider.ledger) >= texts)

    async def until_stored(self, what: str, holds: Callable[[Connection], object], within: float = WITHIN) -> None:
        """As `until`, for what the database must come to."""
        ends = time.monotonic() + within
        while not await self.read(holds):
            if time.monotonic() > ends:
                raise TrialError(f"in {within:g} s it did not come to this: {what}")
            await asyncio.sleep(LOOK)

    async def at_rest(self, within: float = WITHIN) -> None:
        """Waits until nothing is due, under way or unknown, and nothing more is reported.

        Raises TrialError if it becomes no less for so long.
        """
        least, ends = math.inf, math.inf
        while waiting := await self.read(self._waiting):
            left = sum(waiting.values())
            if left < least:
                least, ends = left, time.monotonic() + within
            if time.monotonic() > ends:
                raise TrialError(f"in {within:g} s it came no nearer to rest; what waits: {waiting}")
            await asyncio.sleep(LOOK)
        await self.provider.all_reported()

    def _waiting(self, connection: Connection) -> dict[str, int]:
        """How much, by state. Nudges before texts, the way they go: else one that becomes a text is in neither."""
        due = select(func.count()).where(text("nudges.state = 'planned'"), nudges.c.due_at <= self.clock.now())
        planned = connection.scalar(due) or 0
        texts = select(messages.c.state, func.count()).where(text(f"messages.{UNFINISHED}"))
        waiting = {str(row[0]): int(row[1]) for row in connection.execute(texts.group_by(messages.c.state))}
        return waiting | ({"planned": planned} if planned else {})


def _transaction(engine: Engine, do: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return do(connection)


class Grounds:
    """One ground after another, on the same database and with the same nursery."""

    def __init__(
        self, url: str, engine: Engine, folder: Path, nursery: Nursery, channel: ChannelName = ChannelName.SMS
    ) -> None:
        self.channel = channel
        self._url = url
        self._engine = engine
        self._folder = folder
        self._nursery = nursery

    @property
    def database(self) -> str:
        """The kind of it, and its version."""
        with self._engine.connect() as connection:
            name, found = connection.dialect.name, connection.dialect.server_version_info or ()
        return f"{NAMES[name]} {'.'.join(map(str, found))}"

    @asynccontextmanager
    async def fresh(self, seed: str) -> AsyncIterator[Ground]:
        """No row, no process and no text of the one before; all processes are killed at the end."""
        clear(self._engine)
        luck = random.Random(seed)  # noqa: S311  a trial that can be run again
        clock_file = self._folder / "clock"
        clock_file.unlink(missing_ok=True)
        clock = MovedClock(clock_file)
        text_on.set(self.channel)
        seed_of_weather = luck.getrandbits(32)
        async with FakeTwilio(reports=REPORTS, now=clock.now, seed=seed_of_weather, channel=self.channel) as provider:
            ground = Ground(self._url, self._engine, self._folder, clock, self._nursery, provider, luck)
            try:
                yield ground
            finally:
                ground.leave()
                await self._nursery.kill_all()
                clock.close()


@asynccontextmanager
async def open_grounds(database: str | None, channel: ChannelName = ChannelName.SMS) -> AsyncIterator[Grounds]:
    """On the given database, which must be empty, or on SQLite in a folder that is thrown away. Raises StartError.

    `channel` is where everybody texts.
    """
    with _folder() as folder:
        url = database or f"sqlite:///{folder / 'trust.db'}"
        with own_database(url) as engine:
            async with Nursery() as nursery:
                yield Grounds(url, engine, folder, nursery, channel)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="milepost-trust-", ignore_cleanup_errors=True) as name:
        yield Path(name)
