"""The digest: once a working day, in numbers, to each what is theirs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select

from bot.app import open_house
from bot.channels.phone import PhoneChannel
from bot.county_file import EXAMPLE, load_county
from bot.hooks.digest_round import DigestRound
from conversations.county import Audience, County, Hook, HookKind
from records import people
from records.digests import day_of
from records.roles import Role
from records.tables import hook_deliveries
from tests.bot.conftest import MONDAY, Street
from tests.bot.hooks_for_tests import (
    MailServer,
    Receiver,
    address,
    at_work,
    open_item,
    text_of,
)

CASES = Hook("cases", digest=True)
MAIL = Hook("mail", HookKind.STAFF_MAIL, digest=True)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().listening() as receiver:
        yield receiver


def with_hooks(street: Street, *hooks: Hook) -> County:
    return replace(street.house.plan.county, hooks=hooks)


async def make(street: Street, *hooks: Hook) -> None:
    await DigestRound(street.house.writer, with_hooks(street, *hooks), street.clock).take()


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 2, 16, 29, 59, tzinfo=UTC), None),  # 8:29 in California
        (datetime(2026, 3, 2, 16, 30, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 3, 3, 0, 59, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 3, 3, 1, 0, tzinfo=UTC), None),  # the office has closed
        (datetime(2026, 3, 8, 18, 0, tzinfo=UTC), None),  # a Sunday
        (datetime(2026, 3, 9, 15, 30, tzinfo=UTC), date(2026, 3, 9)),  # daylight saving has begun
        (datetime(2027, 1, 1, 18, 0, tzinfo=UTC), None),  # a holiday
    ],
)
def test_a_digest_is_made_on_working_days_from_its_hour_on(at: datetime, day: date | None) -> None:
    assert day_of(at, load_county(EXAMPLE)) == day


async def test_a_system_gets_the_countys_numbers_and_no_more(street: Street, receiver: Receiver) -> None:
    tomorrow = MONDAY + timedelta(days=1)
    await open_item(street, level="U0", held_by="manager")
    await open_item(street, level="U3", trigger="media", due_at=tomorrow)
    await open_item(street, level="U2", trigger="complaint", snoozed_until=tomorrow)
    await open_item(street, level="U2", trigger="basic_need", merged_into="e" * 32)
    await open_item(street, level="U2", trigger="low_life_pulse", resolved_at=MONDAY)
    await make(street, CASES)
    async with at_work(street, address(CASES, receiver.url)):
        await settled(street)
    assert json.loads(receiver.came[0][0]) == {
        "type": "escalation.digest",
        "link": f"{street.url}/staff",
        "open": {"U0": 1, "U1": 0, "U2": 0, "U3": 1},
        "overdue": 1,
        "passed_up": 1,
    }


async def test_each_member_of_staff_is_mailed_what_is_theirs(street: Street) -> None:
    def add(connection: Connection) -> None:
        people.add_staff(connection, "luis@example.org", "Luis", Role.ETW, "-", MONDAY)
        people.add_staff(connection, "sam@example.org", "Sam", Role.SUPERVISOR, "-", MONDAY)

    await street.house.writer.run(add)
    await open_item(street, level="U1", due_at=MONDAY - timedelta(hours=1))
    await open_item(street, level="U3", trigger="media", due_at=MONDAY + timedelta(days=2))
    await make(street, MAIL)
    async with MailServer().listening() as mail, at_work(street, address(MAIL, mail.url, None)):
        await settled(street)
    said = {to: text_of(letter) for to, letter in mail.letters}
    assert set(said) == {"ana@example.org", "sam@example.org"}  # Luis has nothing open
    assert "Open: 1 U1, 1 U3. Overdue: 1. Passed up: 0." in said["ana@example.org"]
    assert "Open: none. Overdue: 1. Passed up: 0." in said["sam@example.org"]
    assert all(f"{street.url}/staff" in text for text in said.values())


async def test_a_mail_of_few_readers_has_digests_for_those_alone(street: Street) -> None:
    add = partial(
        people.add_staff, email="s@example.org", first_name="Sam", role=Role.SUPERVISOR, password_hash="-", now=MONDAY
    )
    sam = await street.house.writer.run(add)
    hooks = [replace(MAIL, name=audience, to=frozenset({audience})) for audience in Audience]
    await make(street, *hooks)
    found = await street.house.reader.run(lambda c: c.execute(select(hook_deliveries)).all())
    made = {(row.hook, row.staff_id) for row in found}
    assert made == {("worker", street.ana), ("team", street.ana), ("supervisor", sam)}


async def test_a_day_with_nothing_open_has_no_digest(street: Street, receiver: Receiver) -> None:
    await make(street, CASES)
    async with at_work(street, address(CASES, receiver.url)):
        await settled(street)
    assert await all_states(street) == ["cancelled"]
    assert not receiver.came


async def test_two_processes_make_and_deliver_a_days_digest_once_and_the_next_days_once(
    street: Street, receiver: Receiver
) -> None:
    await open_item(street)
    async with open_house(street.house.plan, PhoneChannel()) as beside:
        houses = (street.house, beside)
        rounds = [DigestRound(house.writer, with_hooks(street, CASES), street.clock) for house in houses]
        async with AsyncExitStack() as stack:
            for house in houses:
                await stack.enter_async_context(at_work(replace(street, house=house), address(CASES, receiver.url)))
            for expected in (1, 2):
                await asyncio.gather(*(one.take() for one in rounds * 2))
                await settled(street)
                assert await all_states(street) == ["delivered"] * expected
                street.clock.at += timedelta(days=1)
    assert len({headers["webhook-id"] for _body, headers in receiver.came}) == len(receiver.came) == 2


async def test_a_house_with_hooks_makes_digests_by_itself(street: Street, receiver: Receiver) -> None:
    await open_item(street)
    plan = replace(street.house.plan, county=with_hooks(street, CASES), hooks=address(CASES, receiver.url))
    async with open_house(plan, PhoneChannel()), asyncio.timeout(20):
        while await all_states(street) != ["delivered"]:  # noqa: ASYNC110  a row wakes nobody
            await asyncio.sleep(0.01)


async def settled(street: Street) -> None:
    """Wait until nothing is due any more."""
    async with asyncio.timeout(20):
        while "due" in await all_states(street):  # noqa: ASYNC110  a row wakes nobody
            await asyncio.sleep(0.01)


async def all_states(street: Street) -> list[str]:
    return list(await street.house.reader.run(lambda c: c.scalars(select(hook_deliveries.c.state)).all()))
