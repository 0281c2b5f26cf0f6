"""With a thumb on a phone, and without a mouse at a desk."""

from __future__ import annotations

from functools import partial

from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from records.tables import escalations
from tests.browser.test_pages import fill_in, log_in, office
from tests.staff.life import live_a_little
from tests.staff.office import Office

__all__ = ["office"]


async def test_who_is_called_takes_it_by_one_tap_after_logging_in(office: Office, browser: Browser) -> None:
    await office.write(partial(live_a_little, office))
    one = await office.house.reader.run(lambda c: c.scalar(select(escalations.c.id)))
    context = await browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    page = await context.new_page()
    await page.goto(f"{office.url}/staff/escalations/{one}")
    await fill_in(page, "ana@county.example")
    assert page.url == f"{office.url}/staff/escalations/{one}"
    await expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    take = page.get_by_role("button", name="I'll take it")
    await expect(take).to_be_in_viewport(ratio=1)
    box = await take.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 24
    await take.tap()
    await expect(page.get_by_role("status")).to_have_text("It is yours. Thank you.")
    await page.get_by_role("link", name="Open Joe's texts and plan").tap()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Joe")
    await context.close()


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def test_a_worker_gets_about_by_keys_and_can_switch_them_off(office: Office, page: Page) -> None:
    await log_in(page, office)
    heading = page.get_by_role("heading", level=1)
    await press(page, "g", "c")
    await expect(heading).to_have_text("Your clients")
    await press(page, "/")
    find = page.get_by_label("Name, or the end of the number")
    await expect(find).to_be_focused()
    await press(page, "g", "t", "?")
    await expect(find).to_have_value("gt?")
    await find.fill("Joe")
    await press(page, "Enter")
    await page.get_by_role("link", name="Joe").focus()
    await press(page, "Enter")
    await expect(heading).to_have_text("Joe")
    await press(page, "w")
    await expect(page.get_by_label("Write to Joe")).to_be_focused()
    await page.get_by_role("link", name="All clients").focus()
    await press(page, "n")
    await expect(page).to_have_url(f"{office.url}/staff/clients/{office.joe}/nudges/new")
    await press(page, "g", "t")
    await expect(heading).to_contain_text("Today")
    await press(page, "?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.get_by_role("switch").uncheck()
    await press(page, "Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await press(page, "g", "c")
    await press(page, "?")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.get_by_role("link", name="My account").click()
    await page.get_by_role("button", name="List them, or switch them off").click()
    await page.get_by_role("switch").check()
    await press(page, "Escape", "g", "c")
    await expect(heading).to_have_text("Your clients")
    await press(page, "g", "t")
    await expect(heading).to_contain_text("Today")
    await press(page, "/")
    await expect(find).to_be_focused()


async def test_the_first_tab_skips_to_the_page_and_what_has_the_focus_is_seen(office: Office, page: Page) -> None:
    await log_in(page, office)
    await page.reload()
    await press(page, "Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await press(page, "Enter", "Tab")
    seen = "getComputedStyle(document.activeElement).outlineStyle"
    assert await page.evaluate("document.activeElement.closest('main') !== null")
    assert await page.evaluate(seen) == "solid"
