"""The doors of the web chat: who gets in by them, and who does not."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.channels.phone import PhoneChannel
from bot.channels.several import SeveralChannels
from bot.channels.web_chat import WebChatChannel
from records import people
from records.chat_access import CODE_LASTS, CODES_AN_HOUR, LINK_LASTS, MOST_TRIES, TRIES_AN_HOUR
from records.chat_sessions import ELSEWHERE, ON_OWN_PHONE
from records.tables import attempts, chat_codes, clients, messages
from tests.chat.visitor import Visitor, again, code_on_phone, link_to, visiting
from tests.staff.office import Office, open_office


@pytest.fixture
async def office(migrated_url: str) -> AsyncIterator[Office]:
    """On both databases: it rests on locks, and on who commits first."""
    async with open_office(migrated_url, SeveralChannels(PhoneChannel(), WebChatChannel())) as office:
        yield office


JOES_NUMBER = "707 555 0101"


async def is_in(visitor: Visitor) -> bool:
    await visitor.get("/chat/texts", "application/json")
    return visitor.status == 200


async def test_a_link_opens_once_and_by_a_click_alone(office: Office, visitor: Visitor) -> None:
    token = await link_to(office, office.joe)
    assert "Open my chat" in await visitor.get(f"/chat/open/{token}")
    assert not await is_in(visitor)
    assert 'id="thread"' in await visitor.post(f"/chat/open/{token}")
    assert await is_in(visitor)
    async with visiting(office) as second:
        assert "has been used" in await second.post(f"/chat/open/{token}")
        assert second.status == 410
        assert not await is_in(second)


async def test_many_who_use_one_link_at_once_are_let_in_once(office: Office) -> None:
    token = await link_to(office, office.joe)

    async def tries() -> bool:
        async with visiting(office) as one:
            await one.post(f"/chat/open/{token}")
            return await is_in(one)

    assert sum(await asyncio.gather(*(tries() for _ in range(20)))) == 1


async def test_a_link_is_over_after_a_quarter_of_an_hour(office: Office, visitor: Visitor) -> None:
    token = await link_to(office, office.joe)
    office.clock.forward(LINK_LASTS)
    await visitor.post(f"/chat/open/{token}")
    assert not await is_in(visitor)


async def test_a_code_opens_in_the_browser_that_asked_for_it_alone(office: Office, visitor: Visitor) -> None:
    await visitor.post("/chat/code", number=JOES_NUMBER)
    code = await code_on_phone(office, office.joe)
    async with visiting(office) as other:
        await other.post("/chat/code/try", code=code)
        assert not await is_in(other)
    assert 'id="thread"' in await visitor.post("/chat/code/try", code=f" {code[:3]}-{code[3:]} ")
    assert await is_in(visitor)
    async with visiting(office) as again:
        again.http.cookie_jar.update_cookies({})
        await again.post("/chat/code/try", code=code)
        assert not await is_in(again)


async def test_no_thread_and_no_try_holds_the_code_or_the_link(office: Office, visitor: Visitor) -> None:
    await visitor.post("/chat/code", number=JOES_NUMBER)
    secrets_sent = [await code_on_phone(office, office.joe), await link_to(office, office.joe)]
    kept = await office.house.reader.run(
        lambda c: [*c.scalars(select(messages.c.body)), *c.scalars(select(attempts.c.body))]
    )
    assert len(kept) >= 3
    assert not [body for body in kept for secret in secrets_sent if secret in body]


async def test_it_looks_the_same_whether_anybody_has_the_number(office: Office, visitor: Visitor) -> None:
    known = await visitor.post("/chat/code", number=JOES_NUMBER)
    async with visiting(office) as other:
        unknown = await other.post("/chat/code", number="707 555 0199")
        assert (known, visitor.status) == (unknown, other.status)
        wrong = [await one.post("/chat/code/try", code="000000") for one in (visitor, other)]
        assert wrong[0] == wrong[1]


async def test_a_code_that_was_tried_too_often_is_over(office: Office, visitor: Visitor) -> None:
    await visitor.post("/chat/code", number=JOES_NUMBER)
    code = await code_on_phone(office, office.joe)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(MOST_TRIES):
        assert "not the code" in await visitor.post("/chat/code/try", code=wrong)
    assert "is over" in await visitor.post("/chat/code/try", code=code)
    assert not await is_in(visitor)


async def test_a_code_is_over_after_its_time_and_when_another_was_asked_for(office: Office, visitor: Visitor) -> None:
    await visitor.post("/chat/code", number=JOES_NUMBER)
    code = await code_on_phone(office, office.joe)
    office.clock.forward(CODE_LASTS)
    await visitor.post("/chat/code/try", code=code)
    assert not await is_in(visitor)
    await visitor.post("/chat/code", number="707 555 0199")
    await visitor.post("/chat/code/try", code=code)
    assert not await is_in(visitor)


async def test_one_number_gets_few_codes_an_hour(office: Office) -> None:
    for _ in range(CODES_AN_HOUR + 2):
        async with visiting(office) as one:
            await one.post("/chat/code", number=JOES_NUMBER)
    sent = await office.house.reader.run(
        lambda c: c.scalars(select(messages.c.id).where(messages.c.template == "chat/code")).all()
    )
    assert len(sent) == CODES_AN_HOUR


async def test_who_goes_through_the_numbers_is_stopped(office: Office, visitor: Visitor) -> None:
    await visitor.post("/chat/code", number=JOES_NUMBER)
    code = await code_on_phone(office, office.joe)
    await office.write(lambda c: c.execute(update(chat_codes).values(tries=TRIES_AN_HOUR)))
    assert "do not work just now" in await visitor.post("/chat/code/try", code=code)
    assert visitor.status == 429


async def test_who_has_texts_stopped_gets_no_code(office: Office, visitor: Visitor) -> None:
    await office.write(lambda c: c.execute(update(clients).values(consent="revoked")))
    await visitor.post("/chat/code", number=JOES_NUMBER)

    async def state() -> str | None:
        found: str | None = await office.house.reader.run(
            lambda c: c.scalar(select(messages.c.state).where(messages.c.template == "chat/code"))
        )
        return found

    async for _ in again():
        if await state() != "due":
            break
    assert await state() == "suppressed"


@pytest.mark.parametrize("written", ["", "hello", "12", "911", "+1 707"])
async def test_what_is_no_number_is_asked_for_again_with_what_was_typed(visitor: Visitor, written: str) -> None:
    page = await visitor.post("/chat/code", number=written)
    assert visitor.status == 422
    assert "with the area code" in page
    assert f'value="{written}"' in page


async def test_two_who_share_a_phone_say_who_they_are(office: Office, visitor: Visitor) -> None:
    await office.write(
        lambda c: c.execute(update(clients).where(clients.c.id == office.pat).values(number="+17075550101"))
    )
    await visitor.post("/chat/code", number=JOES_NUMBER)
    page = await visitor.post("/chat/code/try", code=await code_on_phone(office, office.joe))
    assert "Who are you?" in page
    await visitor.post("/chat/who", client=office.maria)
    assert not await is_in(visitor)
    assert 'id="thread"' in await visitor.post("/chat/who", client=office.pat)
    await visitor.say("it is me")
    whose = await office.house.reader.run(
        lambda c: c.scalar(select(messages.c.client_id).where(messages.c.body == "it is me"))
    )
    assert whose == office.pat


@pytest.mark.parametrize(("own", "lasts"), [(True, ON_OWN_PHONE), (False, ELSEWHERE)])
async def test_a_chat_ends_when_nobody_looks_at_it(
    office: Office, visitor: Visitor, *, own: bool, lasts: timedelta
) -> None:
    await visitor.enter(office.joe, own=own)
    office.clock.forward(lasts - timedelta(seconds=1))
    assert await is_in(visitor)
    office.clock.forward(lasts - timedelta(seconds=1))
    assert await is_in(visitor)
    office.clock.forward(lasts)
    assert not await is_in(visitor)


async def test_who_leaves_is_out_and_texts_go_by_sms_again(office: Office, joe: Visitor) -> None:
    until = select(clients.c.chat_until).where(clients.c.id == office.joe)
    assert await office.house.reader.run(lambda c: c.scalar(until))
    assert "You left the chat" in await joe.post("/chat/leave")
    assert not await is_in(joe)
    assert await office.house.reader.run(lambda c: c.scalar(until)) is None


async def test_another_number_ends_the_chat_and_its_links(office: Office, joe: Visitor) -> None:
    token = await link_to(office, office.joe)
    await office.write(lambda c: people.change_number(c, office.joe, "+17075550177", office.ana, office.clock.now()))
    assert not await is_in(joe)
    await joe.post(f"/chat/open/{token}")
    assert not await is_in(joe)


async def test_guessed_links_and_codes_open_nothing(office: Office, visitor: Visitor) -> None:
    await link_to(office, office.joe)
    for _ in range(50):
        await visitor.post(f"/chat/open/{secrets.token_urlsafe(16)}")
        assert not await is_in(visitor)


async def test_who_comes_in_where_somebody_was_ends_what_was_open(office: Office, joe: Visitor) -> None:
    before = {each.key: each.value for each in joe.http.cookie_jar}
    await joe.enter(office.maria)
    until = select(clients.c.chat_until).where(clients.c.id == office.joe)
    assert await office.house.reader.run(lambda c: c.scalar(until)) is None
    async with visiting(office) as thief:
        thief.http.cookie_jar.update_cookies(before)
        assert not await is_in(thief)


@pytest.mark.parametrize("path", ["/chat/texts", "/chat/plan", "/chat/live"])
async def test_a_page_of_one_hears_nothing_of_another_on_its_browser(office: Office, joe: Visitor, path: str) -> None:
    mark = re.search(r'data-me="(\w+)"', await joe.get("/chat"))
    assert mark
    await joe.enter(office.maria)
    await joe.get(f"{path}?of={mark[1]}", "application/json")
    assert joe.status == 401


async def test_a_stream_that_nobody_may_hear_says_that_the_chat_is_over(visitor: Visitor) -> None:
    assert "event: over" in await visitor.get("/chat/live", "text/event-stream")


async def test_forms_of_browsers_that_tell_the_origin_alone_are_taken(office: Office, visitor: Visitor) -> None:
    """A policy of "no-referrer" would have them tell "null"."""
    async with visitor.http.get(f"{office.url}/chat/open/{await link_to(office, office.joe)}") as answer:
        assert answer.headers["Referrer-Policy"] == "same-origin"
