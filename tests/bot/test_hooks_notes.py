"""Notes to chats and mail boxes, over loopback servers: a level and a link, and neither word nor name."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, update

from bot.hooks.delivering import MOST_TRIES
from bot.hooks.letters import Letter
from bot.hooks.notes import SAYS, NoteCarrier, problem, words
from conversations.county import Hook, HookKind
from conversations.escalations import Level
from records import hook_queue, people
from records.hook_queue import HookDelivery
from records.roles import Role
from records.tables import staff
from tests.bot.conftest import MONDAY, Street
from tests.bot.hooks_for_tests import (
    HANG,
    MailServer,
    Receiver,
    address,
    at_work,
    call,
    leap_until,
    open_item,
    text_of,
)

CHAT = Hook("chat", HookKind.NOTIFY)
MAIL = Hook("mail", HookKind.STAFF_MAIL)


@pytest.fixture
async def chat() -> AsyncIterator[Receiver]:
    async with Receiver().listening() as receiver:
        receiver.url = receiver.url.replace("http://", "json://")
        yield receiver


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with MailServer().listening() as server:
        yield server


@pytest.fixture
async def sam(street: Street) -> None:
    """A supervisor, and a worker beside Ana, and one who has left."""

    def add(connection: Connection) -> None:
        for name, role in (("sam", Role.SUPERVISOR), ("luis", Role.ETW), ("gone", Role.ETW)):
            people.add_staff(connection, f"{name}@example.org", name.title(), role, "-", MONDAY)
        connection.execute(update(staff).where(staff.c.first_name == "Gone").values(active=False))

    await street.house.writer.run(add)


async def test_a_chat_hears_of_an_item_after_two_failures(street: Street, chat: Receiver) -> None:
    chat.faults.extend([500, 429])
    item = await open_item(street, trigger="self_harm", level="U0", about="pills", note="words of hers")
    await call(street, [CHAT], item, "opened")
    async with at_work(street, address(CHAT, chat.url, None)):
        await leap_until(street, {"opened": "delivered"})
    told = json.loads(chat.came[-1][0])
    assert len(chat.came) == 3
    assert told["title"] == "A U0 item needs you"
    assert told["message"] == f"Log in to see it: {street.url}/staff/escalations/{item}"
    for never in ("harm", "pills", "words", "Maria", "+1707", "github"):
        assert never not in chat.came[-1][0]


async def test_a_mail_goes_to_who_has_the_item_after_two_failures(street: Street, mail: MailServer) -> None:
    mail.faults.extend(["451 later", "452 later"])
    item = await open_item(street)
    await call(street, [MAIL], item, "opened")
    async with at_work(street, address(MAIL, mail.url, None)):
        await leap_until(street, {"opened": "delivered"})
    ((to, letter),) = mail.letters
    assert (to, letter["To"], letter["Subject"]) == ("ana@example.org", "ana@example.org", "A U1 item needs you")
    assert letter.get_content_type() == "text/plain"
    assert text_of(letter).split() == f"Log in to see it: {street.url}/staff/escalations/{item}".split()


CONCERNED: list[tuple[str, dict[str, object], list[str]]] = [
    ("opened", {}, ["ana"]),
    ("opened", {"level": "U0"}, ["ana", "sam"]),
    ("opened", {"to_supervisor": True}, ["ana", "sam"]),
    ("opened", {"assigned_to": None}, ["ana", "luis"]),
    ("half_time", {}, ["ana", "luis"]),
    ("passed_up:supervisor", {"held_by": "supervisor"}, ["sam"]),
    ("passed_up:manager", {"held_by": "manager", "level": "U0"}, ["ana", "sam"]),
    ("promise_broken", {}, ["ana", "sam"]),
    ("repeated:2", {"held_by": "supervisor"}, ["ana", "sam"]),
]


@pytest.mark.usefixtures("sam")
async def test_an_occasion_is_mailed_to_those_whom_it_concerns(street: Street, mail: MailServer) -> None:
    told: dict[int, list[str]] = {}
    async with at_work(street, address(MAIL, mail.url, None)):
        for n, (occasion, columns, readers) in enumerate(CONCERNED):
            item = await open_item(street, trigger=f"trigger {n}", **columns)
            await call(street, [MAIL], item, occasion)
            async with asyncio.timeout(20):
                while len(mail.letters) < sum(map(len, told.values())) + len(readers):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            told[n] = sorted(to.partition("@")[0] for to, letter in mail.letters if item in text_of(letter))
    assert told == {n: readers for n, (_occasion, _columns, readers) in enumerate(CONCERNED)}


async def test_a_mail_that_concerns_nobody_we_can_write_to_is_parked(street: Street, mail: MailServer) -> None:
    await call(street, [MAIL], await open_item(street), "passed_up:supervisor")
    async with at_work(street, address(MAIL, mail.url, None)):
        await leap_until(street, {"passed_up:supervisor": "parked"})
    (parked,) = await street.house.reader.run(hook_queue.parked)
    assert parked.error == "nobody to write to"


async def test_a_note_that_nobody_takes_is_parked_and_its_address_stands_nowhere(
    street: Street, free_port: int, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await call(street, [CHAT], await open_item(street), "opened")
    async with at_work(street, address(CHAT, f"json://user:sesame@127.0.0.1:{free_port}/in", None)):
        await leap_until(street, {"opened": "parked"})
    (parked,) = await street.house.reader.run(hook_queue.parked)
    assert (parked.tries, parked.error) == (MOST_TRIES, "not taken")
    assert "sesame" not in "".join([*capfd.readouterr(), caplog.text])


async def test_a_chat_that_does_not_answer_is_not_waited_for(chat: Receiver) -> None:
    chat.faults.append(HANG)
    one = HookDelivery("d" * 32, "chat", "opened", 1, None, "e" * 32, Level.U0, MONDAY)
    failure = await NoteCarrier(chat.url, "https://x.example.org", to_staff=False, patience=0.2).carry(Letter(one))
    assert failure
    assert failure.error == "TimeoutError"


@pytest.mark.parametrize("occasion", ["opened", *SAYS, "something new"])
def test_a_note_holds_a_level_and_a_link_on_every_occasion(occasion: str) -> None:
    one = HookDelivery("d" * 32, "chat", f"{occasion}:1", 1, None, "e" * 32, Level.U0, MONDAY)
    title, body = words(Letter(one), "https://x.example.org")
    assert "U0" in title
    assert body == f"Log in to see it: https://x.example.org/staff/escalations/{'e' * 32}"


@pytest.mark.parametrize(
    ("url", "kind", "what"),
    [
        ("nonsense", HookKind.NOTIFY, "no address that apprise knows"),
        ("json://elsewhere.example.org/in", HookKind.NOTIFY, "unencrypted; begin it with jsons://"),
        ("jsons://elsewhere.example.org/in", HookKind.NOTIFY, ""),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", HookKind.NOTIFY, ""),
        ("mailto://user:sesame@example.org", HookKind.NOTIFY, "unencrypted; begin it with mailtos://"),
        ("mailtos://user:sesame@example.org?to=team@example.org", HookKind.NOTIFY, ""),
        ("mailtos://user:sesame@example.org?from=us@example.org", HookKind.STAFF_MAIL, ""),
        ("mailtos://user:sesame@example.org?to=team@example.org", HookKind.STAFF_MAIL, "names a reader"),
        ("mailtos://user:sesame@example.org/team@example.org", HookKind.STAFF_MAIL, "names a reader"),
        ("jsons://elsewhere.example.org", HookKind.STAFF_MAIL, "no mail server"),
    ],
)
def test_an_address_that_would_not_do_is_found_before_it_is_needed(url: str, kind: HookKind, what: str) -> None:
    found = problem(url, kind)
    assert what in found if what else not found
    assert "sesame" not in found
