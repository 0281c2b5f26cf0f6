"""A word between processes: it comes at once, and a line that broke is opened again by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from records.waking import TEXTS_ARE_DUE, Announcer, WakeListener
from tests.records.place import Place


@dataclass
class Ear:
    """Hears, and lets a test wait for it."""

    times: list[float] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        self.times.append(time.monotonic())
        self.changed.set()

    async def hears(self, times: int) -> None:
        await self.until(lambda: len(self.times) >= times)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def line(url: str) -> AsyncIterator[tuple[Announcer, Ear]]:
    """A listener that has begun to listen, and then an announcer."""
    ear = Ear()
    announcer, listener = Announcer(url, TEXTS_ARE_DUE), WakeListener(url, TEXTS_ARE_DUE, ear.wake)
    listener.start()
    await ear.hears(1)
    announcer.start()
    await ear.hears(2)  # each looks once when its line opens, as it may have missed something
    yield announcer, ear
    await asyncio.gather(announcer.close(), listener.close())


@pytest.mark.postgres
async def test_a_word_is_heard_at_once_and_not_at_the_next_poll(migrated_postgres_url: str) -> None:
    async with line(migrated_postgres_url) as (announcer, ear):
        for times in range(3, 23):
            said = time.monotonic()
            announcer.announce()
            await ear.hears(times)
            assert ear.times[-1] - said < 0.5


@pytest.mark.postgres
async def test_many_words_from_many_threads_are_few_looks_and_the_last_one_counts(migrated_postgres_url: str) -> None:
    async with line(migrated_postgres_url) as (announcer, ear):

        def busy() -> float:
            for _ in range(1000):
                announcer.announce()
            return time.monotonic()

        with ThreadPoolExecutor(4) as threads:
            loop = asyncio.get_running_loop()
            last = max(await asyncio.gather(*(loop.run_in_executor(threads, busy) for _ in range(4))))
        await ear.until(lambda: ear.times[-1] > last)
        assert len(ear.times) < 400


@pytest.mark.postgres
async def test_a_line_that_is_cut_is_opened_again_and_what_was_said_meanwhile_is_not_lost(
    migrated_postgres_url: str, postgres_server: str
) -> None:
    async with line(migrated_postgres_url) as (announcer, ear):
        with psycopg.connect(postgres_server, autocommit=True) as admin:
            cut = admin.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname LIKE 'test_%'"
            )
            assert cut.fetchone() == (2,)
        for _ in range(2):  # the one line is open again, and then the other
            said = time.monotonic()
            announcer.announce()
            await ear.until(lambda said=said: ear.times[-1] > said)  # type: ignore[misc]


@pytest.mark.postgres
@pytest.mark.parametrize("migrated_url", ["postgres"], indirect=True)
async def test_a_commit_in_one_process_wakes_who_listens(place: Place) -> None:
    url = place.engine.url.render_as_string(hide_password=False)
    async with line(url) as (announcer, ear):
        place.writer.listen(announcer.announce)
        await place.says("hi")
        await ear.hears(3)


@pytest.mark.parametrize("url", ["sqlite:///none.db", "postgresql://nobody@127.0.0.1:1/none"])
async def test_without_anybody_to_tell_nothing_happens_and_it_closes_at_once(url: str) -> None:
    announcer, listener = Announcer(url, TEXTS_ARE_DUE), WakeListener(url, TEXTS_ARE_DUE, lambda: None)
    announcer.announce()
    await announcer.close()
    announcer.start()
    listener.start()
    announcer.announce()
    await asyncio.sleep(0)
    async with asyncio.timeout(2):
        await asyncio.gather(announcer.close(), listener.close())
        await announcer.close()
    announcer.announce()
