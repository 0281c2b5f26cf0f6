"""Searching texts: what a role may read is found, a look at it is logged, and what was looked for is kept nowhere."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio
from sqlalchemy import Connection, select, update

from records import log_words
from records.engagement import Kind, append, entry
from records.tables import clients, engagement, messages
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import words


@pytest_asyncio.fixture
async def told(busy: Office) -> Office:
    """The busy office, where each text stands in the log and has been followed."""

    def log_all(connection: Connection) -> None:
        connection.execute(engagement.delete().where(engagement.c.kind.in_((Kind.TEXT_IN, Kind.TEXT_OUT))))
        row = messages.c
        for one in connection.execute(select(row.id, row.client_id, row.direction, row.author, row.at)).all():
            kind = Kind.TEXT_IN if one.direction == "in" else Kind.TEXT_OUT
            about = {"client_id": one.client_id, "actor": one.author, "message_id": one.id}
            append(connection, [entry(kind, one.at, **about)])
        while log_words.is_behind(connection, MONDAY):
            log_words.follow(connection, MONDAY)

    await busy.write(log_all)
    return busy


async def looks(office: Office) -> list[tuple[str | None, ...]]:
    row = engagement.c
    wanted = select(row.client_id, row.actor, row.subject, row.reason).where(row.kind == Kind.THREAD_SEARCHED)
    return await office.house.reader.run(lambda c: [tuple(one) for one in c.execute(wanted.order_by(row.id))])


async def test_a_worker_finds_their_own_clients_texts_without_accents_and_is_led_to_them(
    told: Office, ana: Browser
) -> None:
    await ana.get("/staff/search")
    page = await ana.post("/staff/search", words="gustaria QUE")
    assert "<mark>gustaría</mark> <mark>que</mark>" in page
    assert "Joe" not in words(page).partition("Found")[2]
    assert await looks(told) == [(told.maria, told.ana, "", "")]
    found = page.partition(f'href="/staff/clients/{told.maria}/texts')[2].partition('"')[0]
    assert "gustaría que" in words(await ana.get(f"/staff/clients/{told.maria}/texts{found}"))


async def test_anothers_clients_are_not_found(told: Office, browser: Browser) -> None:
    await browser.log_in("ben@county.example")
    await browser.get("/staff/search")
    assert "No text here has these words" in await browser.post("/staff/search", words="gustaría")
    assert await looks(told) == [(None, told.ben, "", "")]


async def test_a_supervisor_says_why_and_it_is_logged_for_each_client(told: Office, sue: Browser) -> None:
    await sue.get("/staff/search")
    page = await sue.post("/staff/search", words="talk")
    assert (sue.status, "Choose why you read this" in page, "<mark>" in page) == (422, True, False)
    page = await sue.post("/staff/search", words="talk", why="other", why_words="A question of the county")
    assert "I need to <mark>talk</mark> to someone" in page
    assert await looks(told) == [(told.joe, told.sue, "other", "A question of the county")]
    assert "Texts searched: something else" in words(await sue.get("/staff/log?kind=thread_searched"))


async def test_what_was_looked_for_stands_in_no_row_and_no_address(
    told: Office, ana: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    await ana.get("/staff/search")
    await ana.post("/staff/search", words="zuckerwatte")
    every = await told.house.reader.run(lambda c: [str(tuple(row)) for row in c.execute(select(engagement))])
    assert not [row for row in every if "zuckerwatte" in row]
    assert "zuckerwatte" not in ana.at
    assert "zuckerwatte" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"words": ""}, "Write a word to look for"),
        ({"words": "?!"}, "Write a word to look for"),
        ({"words": "talk", "from": "yesterday"}, "A date reads like"),
    ],
)
async def test_what_cannot_be_looked_for_is_said_and_logged_nowhere(
    told: Office, ana: Browser, form: dict[str, str], says: str
) -> None:
    await ana.get("/staff/search")
    assert says in await ana.post("/staff/search", **form)
    assert (ana.status, await looks(told)) == (422, [])


async def test_a_page_goes_on_from_where_the_one_before_ended(
    told: Office, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.staff.oversight.search_page.ROWS", 1)
    await ana.get("/staff/search")
    page = await ana.post("/staff/search", words="paso OR", client=told.maria)
    assert "No text here" in page
    page = await ana.post("/staff/search", words="terminar")
    assert "Look further back" not in page
    await told.write(lambda c: c.execute(update(messages).values(body="terminar hoy")))
    await told.write(
        lambda c: (c.exec_driver_sql("DELETE FROM log_words"), c.exec_driver_sql("DELETE FROM log_followers"))
    )
    await told.write(lambda c: log_words.follow(c, MONDAY))
    page = await ana.post("/staff/search", words="terminar")
    seen, older = set[str](), "first"
    while older:
        seen.update(re.findall("#m([0-9a-f]{32})", page))
        older = page.partition('name="before" value="')[2].partition('"')[0]
        page = await ana.post("/staff/search", words="terminar", before=older)
    assert len(seen) == await told.house.reader.run(lambda c: len(c.execute(select(messages.c.id)).all()))


async def test_the_address_of_a_record_that_went_leads_to_the_one_that_was_kept(busy: Office, ana: Browser) -> None:
    await busy.write(
        lambda c: c.execute(update(clients).where(clients.c.id == busy.joe).values(merged_into=busy.maria))
    )
    for page in ("", "/texts", "/plan"):
        await ana.get(f"/staff/clients/{busy.joe}{page}")
        assert (ana.status, ana.at) == (200, f"/staff/clients/{busy.maria}{page}")
