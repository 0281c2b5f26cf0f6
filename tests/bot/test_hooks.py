"""Hooks over a socket: signed, sparing, and not given up before their time."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy import select
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from bot.app import open_house
from bot.channels.phone import PhoneChannel
from bot.hooks import LONGEST_WAIT, MOST_TRIES, Hooks, wait_after
from records.tables import escalations, hook_deliveries
from tests.bot.conftest import MONDAY, Street
from tests.bot.settings_for_tests import make_settings

SECRET = "whsec_" + base64.b64encode(b"a secret of tests").decode()
ESCALATION = "e" * 32
DELIVERY = "d" * 32


class Receiver:
    """Somebody else's system."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.came: list[tuple[str, Mapping[str, str]]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.came.append((await request.text(), request.headers))
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/in", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/in"
    yield receiver
    await runner.cleanup()


@pytest.fixture
async def notice(street: Street) -> None:
    """An escalation of Maria's, and its notice on the way."""
    escalation = {"id": ESCALATION, "client_id": street.maria, "trigger": "quiet", "level": "U3"}
    moments = {"opened_at": MONDAY, "due_at": MONDAY}
    delivery = {"id": DELIVERY, "hook": "cases", "escalation_id": ESCALATION, "state": "due", "due_at": MONDAY}
    await street.house.writer.run(lambda c: c.execute(escalations.insert(), [escalation | moments]))
    await street.house.writer.run(
        lambda c: c.execute(hook_deliveries.insert(), [delivery | {"tries": 0, "last_error": ""}])
    )


async def state(street: Street) -> str:
    return str(await street.house.reader.run(lambda c: c.scalar(select(hook_deliveries.c.state))))


async def tries(street: Street) -> int:
    return int(await street.house.reader.run(lambda c: c.scalar(select(hook_deliveries.c.tries))) or 0)


async def leap_until(street: Street, wanted: str) -> None:
    """Wait until the notice is as wanted; the clock leaps over each wait."""
    async with asyncio.timeout(20):
        while await state(street) != wanted:
            street.clock.at += LONGEST_WAIT
            await asyncio.sleep(0.01)


async def run_until(street: Street, urls: Mapping[str, str], wanted: str) -> None:
    """Hooks at work until the notice is as wanted."""
    hooks = Hooks(street.house.writer, urls, SECRET, street.url, street.clock, poll=0.01)
    hooks.start()
    await leap_until(street, wanted)
    await hooks.close()
    await hooks.close()


@pytest.mark.usefixtures("notice")
async def test_a_notice_is_signed_and_says_where_to_look_and_no_more(street: Street, receiver: Receiver) -> None:
    await run_until(street, {"cases": receiver.url}, "delivered")
    ((body, headers),) = receiver.came
    Webhook(SECRET).verify(body, dict(headers))
    assert headers["webhook-id"] == DELIVERY
    link = f"{street.url}/staff/escalations/{ESCALATION}"
    assert json.loads(body) == {"type": "escalation.opened", "id": ESCALATION, "link": link}


@pytest.mark.usefixtures("notice")
async def test_a_notice_is_tried_again_until_it_is_taken(street: Street, receiver: Receiver) -> None:
    receiver.answers = [500, 302, 404]
    await run_until(street, {"cases": receiver.url}, "delivered")
    assert [headers["webhook-id"] for _body, headers in receiver.came] == [DELIVERY] * 4


@pytest.mark.usefixtures("notice")
async def test_a_notice_that_nobody_takes_is_parked_in_the_end(street: Street, free_port: int) -> None:
    await run_until(street, {"cases": f"http://127.0.0.1:{free_port}"}, "parked")
    assert await tries(street) == MOST_TRIES


@pytest.mark.usefixtures("notice")
async def test_a_receiver_that_is_gone_for_good_is_not_asked_again(street: Street, receiver: Receiver) -> None:
    receiver.answers = [410]
    await run_until(street, {"cases": receiver.url}, "parked")
    assert len(receiver.came) == 1


@pytest.mark.usefixtures("notice")
async def test_a_hook_that_the_county_took_out_is_parked(street: Street) -> None:
    await run_until(street, {}, "parked")


@pytest.mark.usefixtures("notice")
async def test_a_house_with_hooks_delivers_them_by_itself(street: Street, receiver: Receiver) -> None:
    plan = street.house.plan
    settings = make_settings(**plan.settings.model_dump() | {"hook_secret": SECRET})
    with_hooks = replace(plan, settings=settings, county=replace(plan.county, hooks={"cases": receiver.url}))
    async with open_house(with_hooks, PhoneChannel()):
        await leap_until(street, "delivered")


async def test_without_a_database_hooks_wait(street: Street) -> None:
    hooks = Hooks(street.house.writer, {}, SECRET, street.url, street.clock, poll=0.01)
    await street.house.writer.close()
    with capture_logs() as logged:
        hooks.start()
        async with asyncio.timeout(20):
            while len(logged) < 2:  # noqa: ASYNC110  a log line wakes nobody
                await asyncio.sleep(0.01)
        await hooks.close()
    assert {line["event"] for line in logged} == {"hooks wait for the database"}


def test_waits_grow_to_a_limit() -> None:
    waits = [wait_after(tries) for tries in range(1, MOST_TRIES)]
    assert waits[0] == timedelta(seconds=10)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
