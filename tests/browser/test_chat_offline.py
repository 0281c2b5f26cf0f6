"""What a browser does with the web chat where the network, the server, or whoever sits before it goes away."""

from __future__ import annotations

from playwright.async_api import BrowserContext, Page, Route, expect
from sqlalchemy import select

from records.tables import messages
from tests.browser.test_chat import enter, office, phone
from tests.chat.visitor import again, link_to
from tests.staff.office import Office

__all__ = ["office", "phone"]


async def written(office: Office, *, by: str) -> list[str]:
    """The texts of a client, in their order."""
    theirs = select(messages.c.body).where(messages.c.client_id == by, messages.c.direction == "in")
    return [*await office.house.reader.run(lambda c: c.scalars(theirs.order_by(messages.c.id)).all())]


async def until_written(office: Office, texts: list[str], *, by: str) -> None:
    async for _ in again():
        if await written(office, by=by) == texts:
            return


async def put(page: Page, words: str) -> None:
    await page.locator("#text").fill(words)
    await page.locator("#say button").tap()
    await expect(page.locator("#thread .mine p").last).to_have_text(words)


async def has_arrived(page: Page, words: str) -> None:
    await expect(page.locator("#thread .mine:not([data-waits]) p").last).to_have_text(words)


async def cut(route: Route) -> None:
    await route.abort()


async def test_what_waits_in_two_tabs_is_sent_once_after_both_are_opened_again(
    office: Office, phone: BrowserContext
) -> None:
    one = (await enter(phone, office)).page
    other = await phone.new_page()
    await other.goto("/chat")
    await other.evaluate("navigator.serviceWorker.ready")
    await phone.set_offline(True)
    await put(one, "one")
    await put(other, "two")
    await one.close()
    await other.reload()
    await expect(other.locator("#thread .mine p")).to_have_text(["one", "two"])
    await phone.set_offline(False)
    await until_written(office, ["one", "two"], by=office.joe)


async def test_what_one_left_waiting_is_never_sent_as_another(office: Office, phone: BrowserContext) -> None:
    joes = (await enter(phone, office)).page
    await joes.route("**/chat/messages", cut)
    await put(joes, "from joe")
    marias = await phone.new_page()
    await marias.goto(f"/chat/open/{await link_to(office, office.maria)}")
    await marias.get_by_role("checkbox").check()
    await marias.locator("main button").tap()
    await expect(marias.locator("#thread")).to_be_visible()
    await expect(joes.locator("#state a")).to_be_visible()
    await expect(joes.locator("#thread li")).to_have_count(0)
    await joes.unroute("**/chat/messages")
    await marias.reload()
    await put(marias, "from maria")
    await until_written(office, ["from maria"], by=office.maria)
    assert await written(office, by=office.joe) == []


async def test_an_answer_that_is_lost_and_a_server_that_fails_send_nothing_twice(
    office: Office, phone: BrowserContext
) -> None:
    page = (await enter(phone, office)).page
    tries = 0

    async def lose(route: Route) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            await route.fetch()
            await route.abort()
        elif tries == 2:
            await route.fulfill(status=503)
        else:
            await route.continue_()

    await page.route("**/chat/messages", lose)
    await page.route("**/chat/live*", cut)
    await put(page, "one")
    await put(page, "two")
    await until_written(office, ["one", "two"], by=office.joe)


async def test_a_page_that_left_without_a_connection_shows_nothing_and_is_out_once_there_is_one(
    office: Office, phone: BrowserContext
) -> None:
    page = (await enter(phone, office)).page
    await page.evaluate("navigator.serviceWorker.ready")
    await put(page, "do not show me")
    await has_arrived(page, "do not show me")
    await phone.set_offline(True)
    await page.locator("#leave button").tap()
    await expect(page.locator("#state")).to_contain_text("Keep this page open")
    await expect(page.locator("body")).not_to_contain_text("do not show me")
    await page.reload()
    await expect(page.locator("#state")).to_be_visible()
    await expect(page.locator("body")).not_to_contain_text("do not show me")
    await phone.set_offline(False)
    await expect(page.locator("body")).to_contain_text("You left the chat")
    await expect(page.locator("h1")).to_have_text("You left the chat")
    assert await page.evaluate("Object.keys(localStorage).length") == 0


async def test_what_comes_is_read_aloud_once_and_what_they_wrote_is_not(office: Office, phone: BrowserContext) -> None:
    chat = await enter(phone, office)
    await chat.page.evaluate(
        """() => { window.heard = [];
        const hear = ({ addedNodes }) => addedNodes.forEach((each) => heard.push(each.textContent));
        const region = document.querySelector("[aria-live]");
        new MutationObserver((all) => all.forEach(hear)).observe(region, { childList: true }); }"""
    )
    await put(chat.page, "goal")
    await has_arrived(chat.page, "goal")
    await chat.answered()
    heard = await chat.page.evaluate("window.heard")
    assert heard == [f"Milepost: {text}" for text in await chat.ours.locator("p").all_text_contents()]


async def test_a_server_that_starts_again_leaves_the_page_in_sight(office: Office, phone: BrowserContext) -> None:
    page = (await enter(phone, office)).page
    await page.evaluate("navigator.serviceWorker.ready")
    await put(page, "still here")
    await has_arrived(page, "still here")

    async def fails(route: Route) -> None:
        await route.fulfill(status=503, body="Bad gateway")

    await phone.route("**/chat*", fails)
    await phone.route("**/chat/*", fails)
    await page.reload()
    await expect(page.locator("#thread .mine p")).to_have_text("still here")
    await phone.unroute_all()
    await expect(page.locator("#chat[data-me]")).to_be_attached()


async def test_a_stream_that_says_nothing_any_more_is_asked_for_anew(office: Office, phone: BrowserContext) -> None:
    page = await phone.new_page()
    asked: list[str] = []
    await page.clock.install()
    await page.route("**/chat/live*", lambda route: asked.append(route.request.url))  # and there is never an answer
    await page.goto(f"/chat/open/{await link_to(office, office.joe)}")
    await page.locator("main button").tap()
    await expect(page.locator("#thread")).to_be_visible()
    for times in (1, 2):
        async for _ in again():
            if len(asked) == times:
                break
        await page.clock.run_for(60_000)


async def test_a_browser_that_stores_nothing_sends_all_the_same(office: Office, phone: BrowserContext) -> None:
    await phone.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('QuotaExceededError') }")
    page = (await enter(phone, office)).page
    await put(page, "no room")
    await has_arrived(page, "no room")
    await until_written(office, ["no room"], by=office.joe)
