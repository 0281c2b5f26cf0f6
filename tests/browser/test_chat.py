"""Joining, a goal and a check-in on the web chat, on a small phone, with the network cut in the middle."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import Column, Connection, select, update

from bot.channels.phone import PhoneChannel
from bot.channels.several import SeveralChannels
from bot.channels.web_chat import WebChatChannel
from conversations.events import WorkerInvited
from records.tables import clients, goals, messages, nudges, steps
from tests.browser.looks import Looker
from tests.chat.visitor import again, link_to
from tests.staff.office import Office, open_office

A_BREATH = timedelta(minutes=1)
HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True)
class Lines:
    """What a client writes, in their language: yes to the invitation, then the plan, its day, and the rest."""

    language: str
    yes: str
    goal: str
    meaning: str
    step: str
    when: str
    where: str
    support: str
    obstacle: str
    detour: str
    first: str


ENGLISH = Lines(
    "en",
    "yes",
    "sign up for the GED",
    "a better job",
    "call the school",
    "tuesday at 10",
    "library",
    "my aunt",
    "no sitter",
    "ask my sister",
    "take the bus",
)
SPANISH = Lines(
    "es",
    "Sí",
    "inscribirme al GED",
    "un mejor trabajo",
    "llamar a la escuela",
    "martes a las 10",
    "la biblioteca",
    "mi tía",
    "no hay niñera",
    "le pido a mi hermana",
    "tomo el bus",
)


@pytest_asyncio.fixture(loop_scope="session")
async def office(migrated_sqlite_url: str) -> AsyncIterator[Office]:
    async with open_office(migrated_sqlite_url, SeveralChannels(PhoneChannel(), WebChatChannel())) as office:
        yield office


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, office: Office) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(
        base_url=office.url, viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True, bypass_csp=True
    )
    context.set_default_timeout(10_000)
    yield context
    await context.close()


@dataclass
class Chat:
    page: Page
    office: Office

    @property
    def ours(self) -> Locator:
        return self.page.locator("#thread .ours")

    @property
    def mine(self) -> Locator:
        return self.page.locator("#thread .mine")

    @property
    def choices(self) -> Locator:
        return self.page.locator("#quick button")

    async def write(self, words: str) -> None:
        await self.page.locator("#text").fill(words)
        await self.page.locator("#say button").tap()
        await expect(self.mine.last.locator("p")).to_have_text(words)

    async def answered(self) -> None:
        """All that is to be said is said, and on the page. Words that may go on are waited with for a while."""
        async for _ in again():
            newest, waits = await self.office.house.reader.run(_newest_if_at_rest)
            if newest and await self.page.locator("#thread li").last.get_attribute("data-id") == newest:
                return
            if waits:
                self.office.clock.forward(A_BREATH)

    async def say(self, words: str) -> None:
        await self.write(words)
        await self.answered()

    async def choose(self, number: int) -> None:
        await self.choices.nth(number - 1).tap()
        await self.answered()

    async def wait(self, span: timedelta) -> None:
        """Until all that falls due in it has been done."""
        now = self.office.clock.forward(span)
        due = select(nudges.c.id).where(nudges.c.state == "planned", nudges.c.due_at <= now)
        async for _ in again():
            if await self.office.house.reader.run(lambda c: c.scalar(due)) is None:
                break
        await self.answered()


def _newest_if_at_rest(connection: Connection) -> tuple[str, bool]:
    """The id of Joe's newest text, if it is an answer and nothing is on its way to him; whether words wait for more."""
    it = messages.c
    rows = connection.execute(
        select(it.id, it.direction, it.state).where(it.template.not_like("chat/%")).order_by(it.id)
    )
    texts = rows.all()
    is_quiet = all(row.direction == "in" or row.state in {"accepted", "sent", "delivered"} for row in texts)
    breath = select(nudges.c.id).where(nudges.c.kind == "breath", nudges.c.state == "planned")
    waits = connection.scalar(breath) is not None
    at_rest = is_quiet and not waits and texts[-1].direction == "out"
    return (str(texts[-1].id) if at_rest else "", waits)


async def invited(office: Office, lines: Lines) -> None:
    """Joe reads this language, and Ana invites him."""
    new = update(clients).where(clients.c.id == office.joe).values(consent="none", language=lines.language)
    await office.write(lambda c: c.execute(new))
    await office.house.writer.act(office.joe, WorkerInvited("Ana"), office.ana)


async def enter(phone: BrowserContext, office: Office) -> Chat:
    page = await phone.new_page()
    await page.goto(f"/chat/open/{await link_to(office, office.joe)}")
    await page.get_by_role("checkbox").check()
    await page.locator("main button").tap()
    await expect(page.locator("#thread")).to_be_visible()
    return Chat(page, office)


async def join(chat: Chat, lines: Lines) -> None:
    await expect(chat.ours).to_have_count(1)
    await chat.say(lines.yes)
    for number in (1, 1, 2, 1):
        await expect(chat.choices.nth(number - 1)).to_be_visible()
        await chat.choose(number)


async def plan(chat: Chat, lines: Lines) -> None:
    """The network goes away while the obstacle is written, and the page is opened anew without one."""
    await chat.say(lines.goal)
    await chat.say(lines.meaning)
    await chat.choose(2)
    for words in (lines.step, lines.when, lines.where, lines.support):
        await chat.say(words)
    await cut_and_mend(chat, lines.obstacle)
    for words in (lines.detour, lines.first):
        await chat.say(words)
    while await chat.choices.count():
        await chat.choose(1)


async def cut_and_mend(chat: Chat, words: str) -> None:
    before, context = await chat.ours.count(), chat.page.context
    await chat.page.evaluate("navigator.serviceWorker.ready")
    await context.set_offline(True)
    await chat.write(words)
    await expect(chat.page.locator("#state")).to_be_visible()
    await chat.page.reload()
    await expect(chat.mine.last.locator("p")).to_have_text(words)
    await expect(chat.ours).to_have_count(before)
    await context.set_offline(False)
    await expect(chat.page.locator("#chat[data-me]")).to_be_attached()
    await chat.answered()


async def kept(office: Office, *columns: Column[Any]) -> list[tuple[Any, ...]]:
    return await office.house.reader.run(lambda c: [tuple(row) for row in c.execute(select(*columns))])


@pytest.mark.timeout(180)
@pytest.mark.parametrize("lines", [ENGLISH, SPANISH], ids=lambda lines: lines.language)
async def test_a_goal_is_set_planned_and_looked_back_on_though_the_network_goes_away(
    office: Office, phone: BrowserContext, axe: str, shots: Path, lines: Lines
) -> None:
    await invited(office, lines)
    chat = await enter(phone, office)
    await join(chat, lines)
    await plan(chat, lines)
    await chat.page.locator("#plan-box summary").tap()
    await expect(chat.page.locator("#plan")).to_contain_text(lines.goal)
    await Looker(chat.page, axe, shots).finds_nothing(f"chat-{lines.language}")
    for _ in range(4):
        await chat.wait(HALF_A_DAY)
    await chat.choose(1)
    said = [body for (body,) in await kept(office, messages.c.body)]
    written = [words for name, words in asdict(lines).items() if name != "language"]
    assert {words: said.count(words) for words in written} == dict.fromkeys(written, 1)
    assert await kept(office, steps.c.obstacle, steps.c.status) == [(lines.obstacle, "done")]
    assert await kept(office, goals.c.text) == [(lines.goal,)]
