"""What somebody does on the staff pages, whatever the page."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.staff.office import PASSWORD


async def log_in(page: Page, name: str) -> None:
    await page.goto("/staff/log-in")
    await fill_in(page, f"{name.lower()}@example.org")


async def fill_in(page: Page, email: str) -> None:
    """The form of the log-in that is on the page."""
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("button", name="Log out")).to_be_visible()


def part(page: Page, name: str) -> Locator:
    """The section under this heading."""
    return page.get_by_role("region", name=re.compile(name))


async def says(page: Page, words: str) -> None:
    await expect(page.get_by_role("status").first).to_have_text(words)
