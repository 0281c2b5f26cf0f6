"""A log-in that ends for want of anything done: with a warning, and without losing what was typed."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import Page, expect

from records.sessions import IDLE
from tests.browser.test_pages import fill_in, log_in, office
from tests.staff.office import Office

__all__ = ["office"]

MOST = IDLE - timedelta(minutes=4)


async def pass_time(page: Page, office: Office, time: timedelta) -> None:
    office.wall.forward(time)
    await page.clock.fast_forward(int(time.total_seconds() * 1000))


async def test_who_does_nothing_is_asked_and_stays_by_one_key(office: Office, page: Page) -> None:
    await page.clock.install()
    await log_in(page, office)
    dialog = page.get_by_role("dialog", name="Are you still there?")
    await page.mouse.move(5, 5)
    await pass_time(page, office, MOST)
    await pass_time(page, office, timedelta(0))
    await expect(dialog).to_contain_text("logged out in 4 minutes")
    await expect(page.get_by_role("button", name="Stay logged in")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await pass_time(page, office, timedelta(minutes=20))
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Today")


async def test_who_types_is_there_and_is_not_asked(office: Office, page: Page) -> None:
    await page.clock.install()
    await log_in(page, office)
    await page.keyboard.press("Tab")
    async with page.expect_response("**/staff/session") as told:
        await pass_time(page, office, IDLE - timedelta(minutes=5))
    assert (await told.value).request.method == "POST"
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_another_tab_in_use_keeps_this_one_quiet(office: Office, page: Page) -> None:
    await page.clock.install()
    await log_in(page, office)
    other = await page.context.new_page()
    office.wall.forward(timedelta(minutes=20))
    await other.goto(f"{office.url}/staff/leave")
    async with page.expect_response("**/staff/session"):
        await pass_time(page, office, timedelta(minutes=6))
        await page.clock.fast_forward(20 * 60 * 1000)
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_words_typed_before_the_time_was_up_are_there_after_logging_in_again(office: Office, page: Page) -> None:
    await log_in(page, office)
    await page.goto(f"{office.url}/staff/clients/{office.joe}")
    words = page.get_by_label("Write to Joe")
    await words.fill("What would help most?")
    office.wall.forward(IDLE)
    await page.get_by_role("button", name="Send", exact=True).click()
    await fill_in(page, "ana@county.example")
    assert page.url == f"{office.url}/staff/clients/{office.joe}"
    await expect(words).to_have_value("What would help most?")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("status").first).to_contain_text("on its way")
    await expect(words).to_have_value("")


async def test_words_are_kept_for_nobody_else_and_not_beyond_the_log_out(office: Office, page: Page) -> None:
    await log_in(page, office)
    joe, words = f"{office.url}/staff/clients/{office.joe}", page.get_by_label("Write to Joe")
    await page.goto(joe)
    await words.fill("for nobody else")
    office.wall.forward(IDLE)
    await page.goto(f"{office.url}/staff/log-in?next=/staff/clients/{office.joe}")
    await fill_in(page, "sue@county.example")
    await expect(words).to_have_value("")
    await words.fill("mine")
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Staff log-in")
    assert await page.evaluate("sessionStorage.length") == 0
