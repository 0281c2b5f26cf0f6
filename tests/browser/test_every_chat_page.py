"""axe, and no page wider than its window, on every page of the web chat: from the door to the way out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import update

from records.tables import clients
from tests.browser.looks import Looker, Scheme
from tests.browser.test_chat import office
from tests.chat.visitor import code_on_phone, link_to
from tests.staff.life import live_a_little
from tests.staff.office import Office

__all__ = ["office"]

NUMBER = "+17075550101"


async def look_at_the_doors(look: Looker, office: Office, language: str) -> None:
    page = look.page
    await look.goes_to(f"/chat?language={language}")
    await page.locator("#number").fill("12")
    await page.locator("main button").click()
    await expect(page.locator("#problem")).to_be_visible()
    await look.finds_nothing("door-problem")
    await page.locator("#number").fill(NUMBER)
    await page.locator("main button").click()
    await page.locator("#code").fill("1")
    await look.finds_nothing("code")
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await page.locator("main button").click()
    await expect(page.locator("#problem")).to_be_visible()
    await look.finds_nothing("code-problem")
    await page.locator("#code").fill(await code_on_phone(office, office.joe))
    await page.get_by_role("checkbox").check()
    await page.locator("main button").click()
    await expect(page.locator(".choice")).to_have_count(2)
    await look.finds_nothing("who")
    await look.goes_to(f"/chat/open/{await link_to(office, office.joe)}?language={language}")
    await page.get_by_role("checkbox").check()
    await page.locator("main button").click()
    await expect(page.locator("#thread")).to_be_visible()


async def look_at_the_chat(look: Looker, width: int, language: str) -> None:
    page = look.page
    await page.evaluate("navigator.serviceWorker.ready")
    await look.finds_nothing("chat")
    if width < 960:
        await page.locator("#plan-box summary").click()
    await look.finds_nothing("chat-plan")
    await page.evaluate("document.documentElement.dir = 'rtl'")
    await look.finds_nothing("chat-right-to-left")
    await look.goes_to("/chat/settings")
    for box in await page.get_by_role("checkbox").all():
        await box.uncheck()
    await page.get_by_role("button").click()
    await expect(page.locator(".problem")).to_be_visible()
    await look.finds_nothing("settings-problem")
    await page.goto("/chat")
    await page.context.set_offline(True)
    await page.reload()
    await page.locator("#text").fill("hello")
    await page.keyboard.press("Enter")
    await look.finds_nothing("chat-offline")
    await page.evaluate("localStorage.clear()")
    await page.reload()
    await expect(page.locator("footer")).to_be_hidden()
    await look.finds_nothing("chat-offline-nobody")
    await page.context.set_offline(False)
    await expect(page.locator("#chat[data-me]")).to_be_attached()
    await page.locator("#leave button").click()
    await expect(page.locator("#thread")).to_have_count(0)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await look.finds_nothing("left")


@pytest.mark.parametrize(("width", "scheme", "language"), [(360, "light", "es"), (1280, "dark", "en")])
async def test_no_page_of_the_web_chat_shuts_anybody_out(
    browser: Browser, office: Office, axe: str, shots: Path, width: int, scheme: Scheme, language: str
) -> None:
    await office.write(partial(live_a_little, office))
    two = update(clients).where(clients.c.id.in_([office.joe, office.pat])).values(number=NUMBER, language=language)
    await office.write(lambda c: c.execute(two))
    context = await browser.new_context(
        base_url=office.url,
        viewport={"width": width, "height": 740},
        color_scheme=scheme,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    look = Looker(await context.new_page(), axe, shots)
    await look_at_the_doors(look, office, language)
    await look_at_the_chat(look, width, language)
    await context.close()
