"""Webhooks over a socket: signed, sparing, in order, and not given up before their time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from bot.app import open_house
from bot.channels.phone import PhoneChannel
from bot.hooks.delivering import LONGEST_WAIT, MOST_TRIES, Hooks, wait_after
from conversations.county import Hook
from records import hook_queue
from records.tables import escalations, hook_deliveries
from tests.bot.conftest import MONDAY, Street
from tests.bot.hooks_for_tests import (
    HANG,
    RESET,
    SECRET,
    Receiver,
    address,
    at_work,
    call,
    leap_until,
    open_item,
    states,
)

CASES = Hook("cases")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().listening() as receiver:
        yield receiver


@pytest.fixture
async def item(street: Street) -> str:
    """An escalation of Maria's, and its notice on the way."""
    item = await open_item(street)
    await call(street, [CASES], item, "opened")
    return item


async def run_until(street: Street, receiver: Receiver, wanted: str) -> None:
    async with at_work(street, address(CASES, receiver.url), patience=0.2):
        await leap_until(street, {"opened": wanted})


async def test_a_notice_is_signed_and_says_where_to_look_and_no_more(
    street: Street, item: str, receiver: Receiver
) -> None:
    await run_until(street, receiver, "delivered")
    ((body, headers),) = receiver.came
    Webhook(SECRET).verify(body, dict(headers))
    assert json.loads(body) == {
        "type": "escalation.opened",
        "id": item,
        "link": f"{street.url}/staff/escalations/{item}",
        "level": "U1",
        "due": MONDAY.isoformat(),
    }


@pytest.mark.usefixtures("item")
@pytest.mark.parametrize(
    "faults", [[429, 500], [500, 503], [RESET, RESET], [HANG, HANG], [302, 404]], ids=lambda faults: str(faults[0])
)
async def test_a_notice_that_fails_twice_comes_the_third_time_with_the_same_id(
    street: Street, receiver: Receiver, faults: list[int | str]
) -> None:
    receiver.faults.extend(faults)
    await run_until(street, receiver, "delivered")
    ids = [headers["webhook-id"] for _body, headers in receiver.came]
    assert len(ids) == 3
    assert len(set(ids)) == 1


@pytest.mark.usefixtures("item")
async def test_a_notice_that_nobody_takes_is_parked_in_the_end_and_staff_see_it(
    street: Street, receiver: Receiver
) -> None:
    receiver.faults.extend([500] * MOST_TRIES)
    with capture_logs() as logged:
        await run_until(street, receiver, "parked")
    (parked,) = await street.house.reader.run(hook_queue.parked)
    assert (parked.hook, parked.occasion, parked.tries, parked.error) == ("cases", "opened", MOST_TRIES, "status 500")
    assert [line["log_level"] for line in logged if line["event"] == "hook parked"] == ["error"]
    async with street.session.get(f"{street.url}/metrics") as answer:
        assert "milepost_hooks_parked 1" in await answer.text()


@pytest.mark.usefixtures("item")
async def test_a_receiver_that_is_gone_for_good_is_not_asked_again(street: Street, receiver: Receiver) -> None:
    receiver.faults.append(410)
    await run_until(street, receiver, "parked")
    assert len(receiver.came) == 1


@pytest.mark.usefixtures("item")
async def test_a_hook_that_the_county_took_out_is_parked(street: Street) -> None:
    async with at_work(street, {}):
        await leap_until(street, {"opened": "parked"})


async def test_notices_of_an_item_come_in_order_and_that_it_is_resolved_comes_last(
    street: Street, item: str, receiver: Receiver
) -> None:
    await call(street, [CASES], item, "raised:U0", "passed_up:supervisor", "resolved")
    await street.house.writer.run(lambda c: c.execute(update(hook_deliveries).values(due_at=MONDAY)))
    receiver.faults.append(500)
    occasions = ("opened", "raised:U0", "passed_up:supervisor", "resolved")
    async with at_work(street, address(CASES, receiver.url)):
        await leap_until(street, dict.fromkeys(occasions, "delivered"))
    came = [json.loads(body)["type"].removeprefix("escalation.") for body, _headers in receiver.came]
    assert came == ["opened", "raised", "passed_up", "opened", "resolved"]


async def test_calls_for_an_item_that_somebody_has_taken_are_cancelled(
    street: Street, item: str, receiver: Receiver
) -> None:
    await call(street, [CASES], item, "again:1", "half_time", "passed_up:manager", "promise_broken")
    await street.house.writer.run(lambda c: c.execute(update(escalations).values(acknowledged_at=MONDAY)))
    idle = dict.fromkeys(("again:1", "half_time", "passed_up:manager"), "cancelled")
    async with at_work(street, address(CASES, receiver.url)):
        await leap_until(street, idle | {"opened": "delivered", "promise_broken": "delivered"})


async def test_a_hook_that_hangs_holds_up_no_other(street: Street, item: str, receiver: Receiver) -> None:
    await call(street, [Hook("slow")], item, *(f"again:{n}" for n in range(10)))
    async with Receiver().listening() as slow:
        slow.faults.append(HANG)
        addresses = {**address(CASES, receiver.url), **address(Hook("slow"), slow.url)}
        async with at_work(street, addresses, patience=5), asyncio.timeout(4):
            while (await states(street))["opened"] != "delivered":  # noqa: ASYNC110  a row wakes nobody
                await asyncio.sleep(0.01)
            slow._over.set()


@pytest.mark.usefixtures("item")
async def test_what_a_process_that_died_had_in_hand_is_delivered_by_the_next(
    street: Street, receiver: Receiver
) -> None:
    claimed = await street.house.writer.run(lambda c: hook_queue.claim(c, MONDAY, 10))
    assert len(claimed) == 1
    await run_until(street, receiver, "delivered")
    assert [headers["webhook-id"] for _body, headers in receiver.came] == [claimed[0].id]


@pytest.mark.usefixtures("item")
async def test_a_house_with_hooks_delivers_them_by_itself(street: Street, receiver: Receiver) -> None:
    async with open_house(replace(street.house.plan, hooks=address(CASES, receiver.url)), PhoneChannel()):
        await leap_until(street, {"opened": "delivered"})


async def test_without_a_database_hooks_wait(street: Street) -> None:
    hooks = Hooks(street.house.writer, {}, street.url, street.clock, poll=0.01)
    await street.house.writer.close()
    with capture_logs() as logged:
        hooks.start()
        async with asyncio.timeout(20):
            while [line["event"] for line in logged].count("hooks wait for the database") < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await hooks.close()
    assert "hooks failed" not in {line["event"] for line in logged}


def test_waits_grow_to_a_limit() -> None:
    waits = [wait_after(tries) for tries in range(1, MOST_TRIES)]
    assert waits[0] == timedelta(seconds=10)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
