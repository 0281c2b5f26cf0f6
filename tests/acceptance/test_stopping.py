"""Told to stop, a process stops: at once where nothing hangs, within 25 s where something does, and never by losing."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import create_engine, select, text

from bot.trust.fake_twilio import FakeTwilio, Fault
from records.states import MessageState
from records.tables import messages
from tests.acceptance.milepost import Installation, install

MARIA, JOSE = "+17075550111", "+17075550112"
"""Strangers: they hear who we are."""

LONGEST = 25.0
"""Seconds, from the signal to the end of the process (delivery design)."""


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with FakeTwilio() as fake:
        yield fake


@pytest.fixture
def county(tmp_path: Path, migrated_url: str, free_port: int, twilio: FakeTwilio) -> Installation:
    installed = install(tmp_path, migrated_url, free_port, twilio.url)
    twilio.webhook = installed.url
    return installed


@dataclass
class Running:
    """A server process, and what it logged."""

    process: asyncio.subprocess.Process
    log: asyncio.Task[bytes]
    told_at: float = field(default=0.0)

    def tell_to_stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.told_at = time.monotonic()

    async def ended(self) -> tuple[int, float]:
        """Its exit status, and the seconds it took."""
        status = await asyncio.wait_for(self.process.wait(), 2 * LONGEST)
        return status, time.monotonic() - self.told_at


@asynccontextmanager
async def running(county: Installation) -> AsyncIterator[Running]:
    process = await county._start("serve")
    assert process.stderr
    log = asyncio.create_task(process.stderr.read())
    try:
        await county._ready(process, log)
        yield Running(process, log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await log


async def refused(url: str) -> None:
    """Nobody listens there any more."""
    async with asyncio.timeout(10), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{url}/live"):
                    pass
            except aiohttp.ClientConnectorError:
                return
            await asyncio.sleep(0.01)


def states(county: Installation) -> list[str]:
    """Of the texts that we send, in the order in which they came up."""
    engine = create_engine(county.settings["DATABASE_URL"])
    with engine.connect() as connection:
        sent = select(messages.c.state).where(messages.c.direction == "out").order_by(messages.c.id)
        found = list(connection.scalars(sent))
    engine.dispose()
    return found


@pytest.mark.timeout(120)
async def test_what_is_under_way_comes_to_its_end_and_is_recorded(county: Installation, twilio: FakeTwilio) -> None:
    async with running(county) as server:
        twilio.fail(Fault.SLOW, 2)
        assert await twilio.text_in(MARIA, "hello") == 200
        await twilio.wait_for_texts(MARIA, 1)
        server.tell_to_stop()
        await refused(county.url)
        status, seconds = await server.ended()
    assert status == 0, server.log.result().decode()
    assert seconds < 10
    assert states(county) == [MessageState.ACCEPTED]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_a_provider_that_hangs_holds_nothing_up_and_nothing_more_is_claimed(
    county: Installation, twilio: FakeTwilio
) -> None:
    async with running(county) as server:
        twilio.fail(Fault.HANG)
        assert await twilio.text_in(MARIA, "hello") == 200
        async with asyncio.timeout(10):
            while not twilio.requests:  # noqa: ASYNC110  a request that hangs makes no noise
                await asyncio.sleep(0.01)
        server.tell_to_stop()
        with pytest.raises(aiohttp.ClientError):  # noqa: PT012  sooner or later
            while await twilio.text_in(JOSE, "hello") == 200:
                assert time.monotonic() < server.told_at + 5
        status, seconds = await server.ended()
    assert status == 0, server.log.result().decode()
    assert seconds < LONGEST
    assert len(twilio.requests) == 1
    assert states(county)[0] == MessageState.UNKNOWN
    assert set(states(county)[1:]) <= {MessageState.DUE}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("migrated_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_a_database_that_hangs_is_not_waited_for(county: Installation, twilio: FakeTwilio) -> None:
    engine = create_engine(county.settings["DATABASE_URL"])
    async with running(county) as server:
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE messages"))
            posted = asyncio.create_task(twilio.text_in(MARIA, "hello"))
            async with asyncio.timeout(10):
                # The text, and the look for what is to be sent.
                while connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) < 2:  # noqa: ASYNC110  as above
                    await asyncio.sleep(0.01)
            server.tell_to_stop()
            status, seconds = await server.ended()
        engine.dispose()
        await asyncio.wait({posted})
    assert (status, "stopped_hard" in server.log.result().decode()) == (1, True)
    assert seconds < LONGEST
    assert posted.exception() or posted.result() == 503
    assert states(county) == []


def forked_by(pid: int) -> list[int]:
    """The processes that this one has forked. Linux only."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            _state, parent, *_ = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(parent) == pid:
                found.append(int(stat.parent.name))
    return found


@pytest.mark.timeout(120)
async def test_when_a_process_for_turns_dies_all_of_it_ends_as_failed(county: Installation, twilio: FakeTwilio) -> None:
    async with running(county) as server:
        for pid in forked_by(server.process.pid):
            os.kill(pid, signal.SIGKILL)
        status, _ = await server.ended()
        assert status == 1
    assert "turns_process_ended" in server.log.result().decode()
    async with running(county) as server:
        children = forked_by(server.process.pid)
        assert children
        server.process.kill()
        await server.process.wait()  # its log has ended, which they wrote to as well: they are no more
    async with running(county):
        assert await twilio.text_in(MARIA, "hello") == 200
        await twilio.wait_for_texts(MARIA, 1)
