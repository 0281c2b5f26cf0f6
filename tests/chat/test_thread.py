"""The chat itself: what is written is taken once, what is answered appears, and nobody reads anybody else's."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.channels.phone import PhoneChannel
from bot.channels.several import SeveralChannels
from bot.channels.web_chat import WebChatChannel
from records.tables import clients, engagement, messages
from records.turns import Inbound
from tests.chat.visitor import PATIENCE, Visitor
from tests.staff.office import Office, open_office


@pytest.fixture
async def office(migrated_url: str) -> AsyncIterator[Office]:
    """On both databases: it rests on locks, and on who commits first."""
    async with open_office(migrated_url, SeveralChannels(PhoneChannel(), WebChatChannel())) as office:
        yield office


@asynccontextmanager
async def stream(visitor: Visitor, seen_as: str = "") -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """What the page hears; a stream that is over ends."""
    async with visitor.http.get(f"{visitor.office.url}/chat/live?seen_as={seen_as}") as answer:

        async def said() -> AsyncIterator[dict[str, Any]]:
            async for line in answer.content:
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])

        async with asyncio.timeout(PATIENCE):
            yield said()


async def hears(page: AsyncIterator[dict[str, Any]], *, own_id: str = "", by: str = "") -> dict[str, Any]:
    """What the page heard with a text that it had sent, or with one by somebody: several may come at once."""
    async for news in page:
        if any(text["sent_as"] == own_id if own_id else text["by"] == by for text in news["texts"]):
            return news
    raise AssertionError


async def inbound(office: Office, text: str) -> list[Any]:
    found = select(messages.c.client_id, messages.c.channel).where(messages.c.body == text)
    return await office.house.reader.run(lambda c: [tuple(row) for row in c.execute(found)])


async def test_what_is_written_is_answered_in_the_chat(office: Office, joe: Visitor) -> None:
    await joe.say("goal")
    texts = await joe.until(lambda texts: any(not one["is_mine"] for one in texts))
    assert (texts[0]["body"], texts[0]["is_mine"]) == ("goal", True)
    channels = select(messages.c.channel).where(messages.c.template.not_like("chat/%"))
    assert set(await office.house.reader.run(lambda c: c.scalars(channels).all())) == {"web_chat"}


async def test_a_text_that_is_sent_again_is_taken_once(office: Office, joe: Visitor) -> None:
    own_id = secrets.token_hex(16)
    await asyncio.gather(*(joe.say("I did it", own_id) for _ in range(20)))
    assert joe.status == 200
    assert await inbound(office, "I did it") == [(office.joe, "web_chat")]
    assert [text["sent_as"] for text in await joe.thread() if text["is_mine"]] == [own_id]


async def test_what_is_new_is_heard_at_once_by_every_page_that_is_open(joe: Visitor) -> None:
    async with stream(joe) as one, stream(joe) as other:
        assert (await anext(one))["texts"] == (await anext(other))["texts"] == []
        await joe.say("goal")
        for page in (one, other):
            assert await hears(page, by="Milepost")


async def test_a_page_that_comes_back_hears_what_it_missed_and_nothing_else(joe: Visitor) -> None:
    async with stream(joe) as page:
        await anext(page)
        await joe.say("goal")
        seen_as = (await hears(page, by="Milepost"))["digest"]
    async with stream(joe, seen_as) as page:
        own_id = await joe.say("to save money")
        news = await hears(page, own_id=own_id)
        assert "goal" not in [text["body"] for text in news["texts"]]


async def test_a_worker_who_writes_is_named(office: Office, joe: Visitor) -> None:
    async with stream(joe) as page:
        await anext(page)
        row = {"direction": "out", "author": office.ana, "state": "accepted", "body": "Hello Joe"}
        await joe.say("hm")
        await joe.until(lambda texts: len(texts) > 1)
        await office.write(lambda c: c.execute(update(messages).where(messages.c.direction == "out").values(row)))
    texts = await joe.thread()
    assert "Ana" in [text["by"] for text in texts]


async def test_nobody_reads_or_writes_in_anybody_elses_chat(office: Office, joe: Visitor, maria: Visitor) -> None:
    await maria.say("a secret of maria's")
    await maria.until(lambda texts: len(texts) > 1)
    hers = [text["id"] for text in await maria.thread()]
    async with stream(joe) as page:
        assert (await anext(page))["texts"] == []
    for path in ("/chat", "/chat/texts", "/chat/plan", *(f"/chat/texts?before={one}" for one in hers)):
        assert "secret" not in await joe.get(path)
    await joe.send("/chat/seen", {"ids": hers})
    states = select(messages.c.state).where(messages.c.id.in_(hers))
    assert "delivered" not in await office.house.reader.run(lambda c: c.scalars(states).all())


async def test_what_the_page_has_shown_is_delivered(office: Office, joe: Visitor) -> None:
    await joe.say("goal")
    texts = await joe.until(lambda texts: len(texts) > 1)
    await joe.send("/chat/seen", {"ids": [text["id"] for text in texts]})
    state = select(messages.c.state).where(messages.c.direction == "out", messages.c.channel == "web_chat")
    assert await office.house.reader.run(lambda c: c.scalar(state)) == "delivered"


async def test_what_came_by_sms_is_in_the_same_thread(office: Office, joe: Visitor) -> None:
    await office.house.writer.take_text(Inbound("SM1", "+17075550101", "from my phone"))
    assert "from my phone" in [text["body"] for text in await joe.thread()]
    assert "from my phone" in await joe.get("/chat")


async def test_stop_in_the_chat_stops_all_texts(office: Office, joe: Visitor) -> None:
    await joe.say("STOP")
    consent = select(clients.c.consent).where(clients.c.id == office.joe)
    assert await office.house.reader.run(lambda c: c.scalar(consent)) == "revoked"


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ({"id": "x", "text": "hi"}, 400),
        ({"text": "hi"}, 400),
        ([], 400),
        ({"id": "0" * 32, "text": "  "}, 422),
        ({"id": "0" * 32, "text": "x" * 1601}, 422),
    ],
)
async def test_what_cannot_be_a_text_is_refused(joe: Visitor, what: object, status: int) -> None:
    await joe.send("/chat/messages", what)
    assert joe.status == status


async def test_a_form_without_our_token_is_refused(office: Office, joe: Visitor) -> None:
    await joe.send("/chat/messages", {"id": "0" * 32, "text": "hi"}, csrf="x")
    assert joe.status == 403
    assert await inbound(office, "hi") == []


@pytest.mark.parametrize("path", ["/chat/texts", "/chat/live", "/chat/plan"])
async def test_who_is_not_in_gets_nothing(visitor: Visitor, path: str) -> None:
    await visitor.get(path, "application/json")
    assert visitor.status == 401


async def test_without_script_a_form_is_enough(joe: Visitor) -> None:
    assert "a goal for me" in await joe.post("/chat/messages", id=secrets.token_hex(16), text="a goal for me")


async def test_without_script_what_was_not_taken_stays_in_the_box_under_its_id(office: Office, joe: Visitor) -> None:
    own_id, words = secrets.token_hex(16), "<b> & " + "x" * 1600
    page = await joe.post("/chat/messages", id=own_id, text=words)
    assert joe.status == 422
    assert "too long" in page
    assert f'name="id" value="{own_id}"' in page
    assert f">{escape(words)}</textarea>" in page


async def test_leaving_ends_what_is_open(joe: Visitor) -> None:
    async with stream(joe) as page:
        await anext(page)
        await joe.post("/chat/leave")
        with pytest.raises(StopAsyncIteration):
            await anext(page)


async def test_opening_and_leaving_are_in_the_log(office: Office, joe: Visitor) -> None:
    await joe.post("/chat/leave")
    kinds = select(engagement.c.kind).where(engagement.c.client_id == office.joe).order_by(engagement.c.id)
    assert {"chat_link_sent", "chat_opened", "chat_left"} <= set(
        await office.house.reader.run(lambda c: c.scalars(kinds).all())
    )


async def test_what_a_client_writes_stays_words(joe: Visitor) -> None:
    await joe.say("<script>alert(1)</script>")
    page = await joe.get("/chat")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_the_page_in_spanish_speaks_spanish_and_says_how_letters_run(maria: Visitor) -> None:
    page = await maria.get("/chat")
    assert '<html lang="es" dir="ltr">' in page
    assert "Mi plan" in page


async def test_the_app_has_a_manifest_a_worker_and_a_page_without_anybody(joe: Visitor) -> None:
    await joe.say("do not keep me")
    manifest = json.loads(await joe.get("/chat/app.webmanifest"))
    assert manifest["start_url"] == "/chat"
    worker = await joe.get("/chat/worker.js")
    assert "/chat/shell" in worker
    shell = await joe.get("/chat/shell")
    assert "do not keep me" not in shell
    for path in (*(icon["src"] for icon in manifest["icons"]), "/static/chat.js"):
        async with joe.http.get(joe.office.url + path) as answer:
            assert answer.status == 200


async def test_a_page_of_another_site_may_not_show_it(visitor: Visitor) -> None:
    async with visitor.http.get(f"{visitor.office.url}/chat") as answer:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "no-store" in answer.headers["Cache-Control"]
