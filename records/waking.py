"""Words from process to process, on Postgres. Who hears one looks now, and not at the next poll.

Nothing hangs on it. A word that gets lost, as when a connection breaks or a pooler does not carry it, costs the poll's
second. On SQLite, where all processes share one machine, there is only the poll.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

import structlog
from sqlalchemy import make_url
from sqlalchemy.engine import URL

from records.database import SILENT

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Word:
    say: LiteralString
    listen: LiteralString


TEXTS_ARE_DUE = Word("NOTIFY milepost_due", "LISTEN milepost_due")
"""For the processes that send. They say it to nobody: each of their rounds would make another."""

SOMETHING_HAPPENED = Word("NOTIFY milepost_happened", "LISTEN milepost_happened")
"""For the pages that show what is new."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds to wait before a line that broke is opened again: the first time, and after many."""

PATIENCE = 5.0
"""Seconds that the database may take to answer."""

CHECKED_EVERY = 60.0
"""Seconds of silence after which the listener asks whether anybody is still there."""

SPACING = 0.02
"""Seconds from one word to the next, so that a busy minute does not become as many looks."""


class _Line:
    """A connection of its own on the event loop, opened anew whenever it broke. `talk` goes on until that raises."""

    def __init__(self, url: str | URL, talk: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        self._url = make_url(url)
        self._talk = talk
        self._working: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Needs a running event loop."""
        if self._url.get_backend_name() == "postgresql":
            self._working = asyncio.create_task(self._work(), name="waking")

    async def close(self) -> None:
        """Safe to call twice, or before `open`."""
        if self._working:
            self._working.cancel()
            await asyncio.wait({self._working})

    async def _work(self) -> None:
        import psycopg  # noqa: PLC0415  it takes a fifth of a second, and who uses SQLite never needs it

        address = self._url.set(drivername="postgresql+psycopg")
        _, given = address.get_dialect()().create_connect_args(address)
        given.update(SILENT, connect_timeout=int(PATIENCE), application_name="milepost", autocommit=True)
        pause = FIRST_PAUSE
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(**given)
                pause = FIRST_PAUSE
                try:
                    await self._talk(connection)
                finally:
                    await connection.close()
            except (psycopg.Error, OSError) as error:  # a TimeoutError is an OSError
                log.warning("waking_without_database", error=type(error).__name__)
            await asyncio.sleep(pause * (0.5 + random.random() / 2))  # noqa: S311  nobody gains by guessing it
            pause = min(LONGEST_PAUSE, 2 * pause)


class Announcer:
    """Tells the processes that listen for a word. `start` it in a running event loop."""

    def __init__(self, url: str | URL, word: Word) -> None:
        self._line = _Line(url, self._talk)
        self._word = word
        self._said = asyncio.Event()
        self._is_pending = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._line.open()

    async def close(self) -> None:
        self._loop = None
        await self._line.close()

    def announce(self) -> None:
        """There was a commit. From any thread, and quick; several at once are one word."""
        loop = self._loop
        if loop is None or self._is_pending:
            return
        self._is_pending = True
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(self._said.set)

    async def _talk(self, connection: AsyncConnection) -> None:
        self._said.set()  # what was said before the line was open may have been lost
        while True:
            await self._said.wait()
            self._said.clear()
            self._is_pending = False  # a commit from now on is news: this word may come before it
            async with asyncio.timeout(PATIENCE):
                await connection.execute(self._word.say)
            await asyncio.sleep(SPACING)


class WakeListener:
    """Calls `wake` on the event loop whenever a process said the word. `start` it in a running event loop."""

    def __init__(self, url: str | URL, word: Word, wake: Callable[[], None]) -> None:
        self._line = _Line(url, self._talk)
        self._word = word
        self._wake = wake

    def start(self) -> None:
        self._line.open()

    async def close(self) -> None:
        await self._line.close()

    async def _talk(self, connection: AsyncConnection) -> None:
        await connection.execute(self._word.listen)
        self._wake()  # what was said before may have been missed
        while True:
            async for _word in connection.notifies(timeout=CHECKED_EVERY):
                self._wake()
            async with asyncio.timeout(PATIENCE):
                await connection.execute("SELECT 1")
