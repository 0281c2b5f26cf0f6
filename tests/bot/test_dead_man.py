"""The dead man's switch hears of work that was done, seldom enough, and whatever it does disturbs nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import log
from bot.dead_man import DeadMan

SECRET = "/ping/a-secret"


@dataclass
class Switch:
    """Somebody else's service, at `url`."""

    status: int = 200
    hangs: bool = False
    url: str = ""
    pings: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.pings.put_nowait(f"{request.method} {request.path}")
        if self.hangs:
            await self.goes_on.wait()
        return web.Response(status=self.status)


@pytest.fixture
async def switch() -> AsyncIterator[Switch]:
    switch = Switch()
    app = web.Application()
    app.router.add_get(SECRET, switch.take)
    async with TestServer(app, access_log=None) as server:
        switch.url = str(server.make_url(SECRET))
        yield switch
        switch.goes_on.set()


async def over(dead_man: DeadMan) -> None:
    """Wait until no ping is under way."""
    if dead_man._pinging:
        await asyncio.wait({dead_man._pinging}, timeout=20)
    assert dead_man._pinging is None


async def test_it_pings_once_a_minute_at_most(switch: Switch) -> None:
    clock = [0.0]
    dead_man = DeadMan(switch.url, steady=lambda: clock[0])
    for clock[0] in (0.0, 1.0, 59.9, 60.0, 61.0):
        dead_man.alive()
        await over(dead_man)
    assert [switch.pings.get_nowait() for _ping in range(switch.pings.qsize())] == [f"GET {SECRET}"] * 2


async def test_without_work_there_is_no_ping(switch: Switch) -> None:
    await DeadMan(switch.url, every=0).close()
    assert switch.pings.empty()


async def test_a_switch_that_hangs_is_given_up_and_pinged_again(switch: Switch) -> None:
    switch.hangs = True
    dead_man = DeadMan(switch.url, every=0, patience=0.05)
    for _again in range(2):
        dead_man.alive()
        dead_man.alive()  # while the first one is under way
        await over(dead_man)
    assert switch.pings.qsize() == 2


async def test_closing_does_not_wait_for_a_switch_that_hangs(switch: Switch) -> None:
    switch.hangs = True
    dead_man = DeadMan(switch.url, every=0)
    dead_man.alive()
    await asyncio.wait_for(switch.pings.get(), 20)
    await asyncio.wait_for(dead_man.close(), 5)
    await dead_man.close()


@pytest.mark.usefixtures("logging_as_before")
@pytest.mark.parametrize("status", [500, None])
async def test_a_failure_is_logged_without_the_address(
    switch: Switch, free_port: int, capsys: pytest.CaptureFixture[str], status: int | None
) -> None:
    log.set_up(readable=False)
    switch.status = status or 200
    dead_man = DeadMan(switch.url if status else f"http://127.0.0.1:{free_port}{SECRET}")
    dead_man.alive()
    await over(dead_man)
    said = capsys.readouterr().err
    assert ("dead_man_refused" if status else "dead_man_not_reached") in said
    assert "secret" not in said
    assert "127.0.0.1" not in said
