from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import Message

import pytest
from sqlalchemy import Connection, select, update

from bot.app import open_house
from bot.channels.phone import PhoneChannel
from bot.county_file import EXAMPLE, load_county
from bot.hooks.delivering import FIRST_WAIT
from bot.hooks.digest_round import DigestRound
from bot.hooks.weekly_mail import Line, changed
from conversations.county import Hook, HookKind
from records import own_account, people
from records.measures.figures import Figure, share
from records.measures.register import MEASURES
from records.roles import Role
from records.tables import hook_deliveries, staff
from records.weekly_digests import week_of
from tests.bot.conftest import MONDAY, Street, open_street
from tests.bot.hooks_for_tests import MailServer, address, at_work, open_item, text_of

MAIL = Hook("mail", HookKind.STAFF_MAIL, levels=frozenset(), weekly=True)


@pytest.fixture
async def street(migrated_url: str, free_port: int) -> AsyncIterator[Street]:
    """On both databases."""
    async with open_street(migrated_url, free_port) as street:
        await street.house.writer.run(add_readers)
        yield street


def add_readers(connection: Connection) -> None:
    people.add_staff(connection, "sam@example.org", "Sam", Role.SUPERVISOR, "-", MONDAY)
    mia = people.add_staff(connection, "mia@example.org", "Mía", Role.MANAGER, "-", MONDAY)
    connection.execute(update(staff).where(staff.c.id == mia).values(language="es"))
    not_for_her = people.add_staff(connection, "eva@example.org", "Eva", Role.SUPERVISOR, "-", MONDAY)
    own_account.choose_weekly_digest(connection, not_for_her, wanted=False)


def rounds_of(street: Street) -> DigestRound:
    county = replace(street.house.plan.county, hooks=(MAIL,))
    return DigestRound(street.house.writer, county, street.clock)


@pytest.mark.parametrize(
    ("at", "week"),
    [
        (datetime(2026, 3, 2, 16, 29, tzinfo=UTC), None),  # 8:29 on a Monday in California
        (datetime(2026, 3, 2, 16, 30, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 3, 3, 1, 0, tzinfo=UTC), None),  # the office has closed
        (datetime(2026, 3, 5, 18, 0, tzinfo=UTC), date(2026, 3, 2)),  # nothing ran until Thursday
        (datetime(2026, 3, 7, 18, 0, tzinfo=UTC), None),  # a Saturday
        (datetime(2027, 7, 5, 18, 0, tzinfo=UTC), None),  # a Monday that is a holiday
        (datetime(2027, 7, 6, 18, 0, tzinfo=UTC), date(2027, 7, 5)),
    ],
)
def test_a_week_has_its_digest_from_its_hour_on_and_a_holiday_puts_it_off(at: datetime, week: date | None) -> None:
    assert week_of(at, load_county(EXAMPLE)) == week


async def test_supervisors_and_managers_get_one_letter_a_week_in_their_language_without_a_client_in_it(
    street: Street,
) -> None:
    await open_item(street, held_by="supervisor", due_at=MONDAY - timedelta(hours=1))
    async with MailServer().listening() as mail:
        mail.faults.append("451 later")
        async with open_house(street.house.plan, PhoneChannel()) as beside, AsyncExitStack() as stack:
            both = (street, replace(street, house=beside))
            for one in both:
                await stack.enter_async_context(at_work(one, address(MAIL, mail.url, None)))
            await asyncio.gather(*(rounds_of(one).take() for one in both * 2))
            await once_it_failed(street)
            street.clock.at += FIRST_WAIT
            await settled(street)
    letters = dict(mail.letters)
    assert sorted(to for to, _ in mail.letters) == ["mia@example.org", "sam@example.org"]
    plain, page = parts_of(letters["sam@example.org"])
    assert page.index("Goal status") < page.index("Active engagement") < page.index("Overdue")
    assert "Overdue: 1" in plain
    assert "Passed up: 1" in plain
    assert f"{street.url}/staff/team" in plain
    assert letters["sam@example.org"]["List-Unsubscribe"] == f"<{street.url}/staff/account#weekly>"
    assert not any(word in plain + page for word in ("Maria", "+1707", street.maria))
    _, of_the_manager = parts_of(letters["mia@example.org"])
    assert "cuatro semanas antes" in of_the_manager
    assert f"{street.url}/staff/team" not in of_the_manager


def parts_of(letter: Message) -> list[str]:
    return [text_of(part) for part in letter.walk() if not part.is_multipart()]


async def settled(street: Street) -> None:
    async with asyncio.timeout(20):
        while "due" in await states(street):  # noqa: ASYNC110  a row wakes nobody
            await asyncio.sleep(0.01)


async def once_it_failed(street: Street) -> None:
    errors = select(hook_deliveries.c.id).where(hook_deliveries.c.last_error != "")
    async with asyncio.timeout(20):
        while not await street.house.reader.run(lambda c: c.scalars(errors).all()):  # noqa: ASYNC110  a row wakes nobody
            await asyncio.sleep(0.01)


async def states(street: Street) -> list[str]:
    return list(await street.house.reader.run(lambda c: c.scalars(select(hook_deliveries.c.state)).all()))


async def test_who_wants_none_any_more_gets_none_though_it_was_made(street: Street) -> None:
    await rounds_of(street).take()
    await street.house.writer.run(lambda c: c.execute(update(staff).values(weekly_digest=False)))
    async with MailServer().listening() as mail, at_work(street, address(MAIL, mail.url, None)):
        await settled(street)
    assert await states(street) == ["cancelled"] * 2
    assert not mail.letters


def of(people: int, yes: int) -> Figure:
    return share("x", [(str(n), n < yes) for n in range(people)])


def test_what_changed_by_more_than_ten_points_among_enough_people_is_named() -> None:
    assert changed(Line(MEASURES[2], of(40, 20), of(40, 10)))
    assert not changed(Line(MEASURES[2], of(40, 20), of(40, 18)))
    assert not changed(Line(MEASURES[2], of(40, 20), of(20, 5)))
    assert not changed(Line(MEASURES[2], of(40, 20), None))
