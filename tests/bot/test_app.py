"""The door: kind errors, headers that keep pages safe."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiohttp import ClientPayloadError, web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler

from bot import log
from bot.app import make_app
from bot.clock import DemoClock
from bot.door import open_door
from bot.errors import StartError
from records.errors import NotFoundError, StorageError
from tests.bot.conftest import MARIA, Street

HTML = {"Accept": "text/html"}


async def get(street: Street, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    async with street.session.get(street.url + path, headers=headers, allow_redirects=False) as response:
        return response.status, await response.text()


async def test_a_page_that_is_not_there_is_said_so_kindly(street: Street) -> None:
    status, page = await get(street, "/nowhere", HTML)
    assert status == 404
    assert "<h1>" in page
    assert (await get(street, "/nowhere"))[0] == 404


async def test_the_start_page_says_what_this_is(street: Street) -> None:
    status, page = await get(street, "/", HTML)
    assert status == 200
    assert "Sample County" in page
    assert "/phone" not in page


async def test_the_simulator_is_there_in_a_demo_only(street: Street) -> None:
    assert (await get(street, "/phone"))[0] == 404


@pytest.mark.parametrize("path", ["/", "/nowhere", "/live", "/staff/log-in"])
async def test_every_answer_carries_the_headers_that_keep_it_safe(street: Street, path: str) -> None:
    async with street.session.get(street.url + path, headers=HTML) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "'unsafe" not in policy
        assert "default-src 'none'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"]


async def boom(_request: web.Request) -> web.Response:
    raise RuntimeError(f"{MARIA} wrote something")


async def away(_request: web.Request) -> web.Response:
    raise StorageError("gone")


async def nobody(_request: web.Request) -> web.Response:
    raise NotFoundError("no such client")


@pytest.mark.usefixtures("logging_as_before")
@pytest.mark.parametrize(("page", "status"), [(boom, 500), (away, 503), (nobody, 404)])
async def test_what_breaks_is_answered_kindly_and_gives_nobody_away(
    street: Street, capsys: pytest.CaptureFixture[str], page: Handler, status: int
) -> None:
    log.set_up(readable=False)
    app = make_app(street.house, None)
    app.router.add_get("/clients/{number}", page)
    number = MARIA.removeprefix("+")
    async with TestServer(app, access_log=None) as server:
        for headers in (HTML, {}):
            async with street.session.get(server.make_url(f"/clients/{number}"), headers=headers) as response:
                assert response.status == status
                assert number not in await response.text()
    said = capsys.readouterr()
    assert number not in said.out + said.err
    assert "/clients/{number}" in said.out + said.err


async def half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"half")
    raise StorageError("gone")


async def test_an_answer_that_breaks_when_it_has_begun_is_cut_off_instead_of_left_open(street: Street) -> None:
    app = make_app(street.house, None)
    app.router.add_get("/half", half)
    async with TestServer(app, access_log=None) as server, street.session.get(server.make_url("/half")) as response:
        with pytest.raises(ClientPayloadError):
            await asyncio.wait_for(response.read(), 20)


async def test_a_demo_has_phones_and_no_webhooks(street: Street) -> None:
    demo = replace(street.house, plan=replace(street.house.plan, clock=DemoClock()))
    async with TestServer(make_app(demo, None), access_log=None) as server:
        async with street.session.get(server.make_url("/"), headers=HTML) as response:
            assert "/phone" in await response.text()
        async with street.session.post(server.make_url("/twilio/message"), data={}) as response:
            assert response.status == 404


async def test_a_port_that_is_taken_is_one_clear_message(street: Street) -> None:
    with pytest.raises(StartError, match="set PORT to another"):
        async with open_door(street.house, None):
            pass
