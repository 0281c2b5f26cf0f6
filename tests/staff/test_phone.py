from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from sqlalchemy import Connection, select, update

from bot.channels.phone import PhoneChannel
from bot.keys import READER
from bot.phone.shown import quick_replies
from records.errors import StorageError
from records.phones import Phone, PhoneText
from records.tables import clients, messages
from tests.staff.office import MONDAY, PACIFIC, Browser, Office, open_office
from tests.staff.test_client_pages import words

HTMX = {"HX-Request": "true"}


@pytest.fixture
async def demo(migrated_sqlite_url: str) -> AsyncIterator[Office]:
    async with open_office(migrated_sqlite_url, PhoneChannel()) as office:
        yield office


@pytest.fixture
async def visitor(demo: Office) -> AsyncIterator[Browser]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Browser(http, demo.url)


class BrokenReader:
    """A database that is away."""

    def __init__(self, tried: asyncio.Event) -> None:
        self.tried = tried

    async def run(self, _ask: object) -> object:
        self.tried.set()
        raise StorageError("away")


def states(connection: Connection) -> list[str]:
    return list(connection.scalars(select(messages.c.state).where(messages.c.direction == "out")))


async def next_news(stream: ClientResponse, holding: str) -> str:
    """The stream's next event that holds these words."""
    event = ""
    async with asyncio.timeout(20):
        async for line in stream.content:
            event = event + line.decode() if line.strip() else ""
            if holding in event:
                return event
    raise AssertionError("the stream ended")


async def test_what_is_typed_on_a_phone_and_the_answer_appear_on_the_stream(demo: Office, visitor: Browser) -> None:
    async with visitor.http.get(f"{demo.url}/phone/live") as stream:
        assert stream.content_type == "text/event-stream"
        await next_news(stream, f'hx-target="#t{demo.joe}"')
        await visitor.post_with(HTMX, f"/phone/{demo.joe}", text="<b>goal</b> & more")
        assert visitor.status == 204
        news = await next_news(stream, "&lt;b&gt;goal&lt;/b&gt; &amp; more")
        assert "<b>" not in news
        await next_news(stream, "English · 1 segment · ")


async def test_the_stream_goes_on_when_the_phones_could_not_be_read(
    demo: Office, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visitor.http.get(f"{demo.url}/phone/live") as stream:
        await next_news(stream, f'hx-target="#t{demo.joe}"')
        with monkeypatch.context() as patch:
            patch.setitem(demo.app._state, READER, BrokenReader(tried := asyncio.Event()))
            await demo.house.writer.run(lambda _connection: None)
            await asyncio.wait_for(tried.wait(), 20)
        await visitor.post_with(HTMX, f"/phone/{demo.joe}", text="still there?")
        await next_news(stream, "still there?")


async def test_a_text_on_a_phone_counts_as_delivered(demo: Office, visitor: Browser) -> None:
    await visitor.post(f"/phone/{demo.joe}", text="hello")
    async with asyncio.timeout(20):
        while "delivered" not in await demo.house.reader.run(states):  # noqa: ASYNC110  the sender's task writes it
            await asyncio.sleep(0.01)


async def test_without_javascript_the_page_shows_what_was_typed(demo: Office, visitor: Browser) -> None:
    page = words(await visitor.post(f"/phone/{demo.joe}", text="hello"))
    assert visitor.at.startswith("/phone")
    assert "hello" in page


async def test_nothing_typed_is_nothing_sent(demo: Office, visitor: Browser) -> None:
    page = words(await visitor.post(f"/phone/{demo.joe}", text="   "))
    assert "Joe English · texts with Ana No texts yet." in page


async def test_the_time_moves_by_an_hour_a_day_and_to_what_is_next(demo: Office, visitor: Browser) -> None:
    assert "Mon Mar 2, 11:00 am" in words(await visitor.post("/phone/clock", by="hour"))
    assert "Tue Mar 3, 11:00 am" in words(await visitor.post("/phone/clock", by="day"))
    assert "Tue Mar 3, 11:00 am" in words(await visitor.post("/phone/clock", by="next"))


async def test_one_phone_alone_can_be_shown_and_an_unknown_one_is_not_there(demo: Office, visitor: Browser) -> None:
    page = words(await visitor.get(f"/phone/{demo.maria}"))
    assert "Maria" in page
    assert "Joe" not in page
    await visitor.get(f"/phone/{'0' * 32}")
    assert visitor.status == 404


async def test_another_site_cannot_text_or_move_the_time(demo: Office, visitor: Browser) -> None:
    for path in (f"/phone/{demo.joe}", "/phone/clock"):
        await visitor.post_with({"Origin": "https://elsewhere.example"}, path, text="hello", by="day")
        assert visitor.status == 403


@pytest.mark.parametrize(
    ("body", "offered"),
    [
        ("How did it go? 1 done, 2 some of it, 3 not yet", ["1", "2", "3"]),
        ("That's 3 steps done this month.", []),
        ("Ring 707-555-0134 at 1 pm", []),
        ("No menu here.", []),
    ],
)
def test_the_numbers_on_offer_become_buttons(body: str, offered: list[str]) -> None:
    text = PhoneText("1", mine=False, body=body, language="en", segments=1, encoding="GSM-7", at=MONDAY)
    phone = Phone("1", "+17075550100", "Joe", "en", PACIFIC, "Ana", (text,))
    assert quick_replies(phone) == offered


def test_an_answered_text_offers_nothing_any_more() -> None:
    text = PhoneText("1", mine=True, body="1 done", language="en", segments=1, encoding="GSM-7", at=MONDAY)
    assert quick_replies(Phone("1", "+17075550100", "Joe", "en", PACIFIC, "Ana", (text,))) == []


async def test_two_people_on_one_number_have_one_phone(demo: Office, visitor: Browser) -> None:
    same = update(clients).where(clients.c.id == demo.pat).values(number="+17075550101")
    await demo.write(lambda c: c.execute(same))
    page = await visitor.get("/phone")
    assert page.count('class="phone"') == 2
    assert "Joe, Pat" in words(page)
    page = words(await visitor.post(f"/phone/{demo.joe}", text="hello there"))
    assert page.count("hello there") == 1


async def test_while_words_wait_for_more_the_phone_shows_it(demo: Office, visitor: Browser) -> None:
    async with visitor.http.get(f"{demo.url}/phone/live") as stream:
        await visitor.post_with(HTMX, f"/phone/{demo.joe}", text="goal")
        await next_news(stream, "one thing you want to get done")
        await visitor.post_with(HTMX, f"/phone/{demo.joe}", text="Call the adult school")
        await next_news(stream, "Milepost waits a moment for more.")
        await visitor.post("/phone/clock", by="next")
        news = await next_news(stream, "What would it mean to you")
        assert "Milepost waits a moment" not in news
    await visitor.post(f"/phone/{demo.joe}", text="My kids")
    assert "Received. Milepost is waiting a moment for more of this." in words(await thread_of(demo, visitor))


async def thread_of(demo: Office, visitor: Browser) -> str:
    await visitor.log_in("ana@county.example")
    return await visitor.get(f"/staff/clients/{demo.joe}/thread")
