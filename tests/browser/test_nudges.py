"""A worker's nudge to a client who speaks Spanish: how little it takes, that it goes out, and why when it does not."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot.channels.phone import PhoneChannel
from records import holds
from records.holds import Scope
from tests.browser.test_pages import hears, log_in
from tests.staff.office import Office, open_office

MOST_ACTIONS = 6
SECONDS = 20


@dataclass
class Hand:
    """Somebody who clicks and fills in, and counts it."""

    actions: int = 0

    async def click(self, what: Locator) -> None:
        self.actions += 1
        await what.click()

    async def check(self, what: Locator) -> None:
        self.actions += 1
        await what.check()


@pytest_asyncio.fixture(loop_scope="session")
async def office(migrated_sqlite_url: str) -> AsyncIterator[Office]:
    async with open_office(migrated_sqlite_url, PhoneChannel()) as office:
        yield office


async def schedule(page: Page, text: str) -> Hand:
    """From Today on, as quickly as a hand can."""
    await page.get_by_role("link", name="Today", exact=True).click()
    hand = Hand()
    await hand.click(page.get_by_role("link", name="Clients", exact=True))
    await hand.click(page.get_by_role("link", name="Maria", exact=True))
    await hand.click(page.get_by_role("button", name="Schedule a nudge"))
    await hand.check(page.get_by_label(text))
    await hand.click(page.get_by_role("button", name="Schedule", exact=True))
    await expect(page.get_by_role("status")).to_have_text("The text is scheduled.")
    return hand


async def test_a_nudge_in_spanish_takes_six_actions_goes_out_and_says_why_when_it_is_held(
    office: Office, page: Page
) -> None:
    await log_in(page, office)
    began = time.monotonic()
    hand = await schedule(page, "Offer help")
    assert time.monotonic() - began < SECONDS
    assert hand.actions <= MOST_ACTIONS
    to_come = page.get_by_role("region", name="Nudges to come")
    await expect(to_come).to_contain_text("Mon Mar 2, 10:15 am")
    await expect(to_come).to_contain_text("Hola Maria, soy Ana. \u00bfC\u00f3mo puedo ayudarle esta semana?")

    phone = await page.context.new_page()
    await phone.goto(f"{office.url}/phone")
    await phone.get_by_role("button", name="to the next thing due").click()
    await hears(phone, office.maria, "Hola Maria, soy Ana.")
    await page.reload()
    await expect(page.locator(".thread")).to_contain_text("Hola Maria, soy Ana.")
    await expect(page.locator(".thread")).to_contain_text(re.compile("delivered|handed to the carrier|sent"))

    await page.goto(f"{office.url}/staff/clients/{office.maria}/nudges/new")
    await page.get_by_label("Ask what went well").check()
    await page.get_by_label("Date").fill("2026-03-02")
    await page.get_by_label("Time").fill("17:00")
    preview = page.locator("#preview")
    await expect(preview).to_contain_text("moved: one planned text a day is the limit")
    await page.get_by_label("Date").fill("2026-03-03")
    await page.get_by_label("Time").fill("21:30")
    await expect(preview).to_contain_text("Goes out Wed Mar 4, 9:00 am.")
    await expect(preview).to_contain_text("moved out of the quiet hours")
    await page.get_by_label("Time").fill("11:00")
    await expect(preview).to_contain_text("Goes out Tue Mar 3, 11:00 am.")
    await page.get_by_role("button", name="Schedule", exact=True).click()
    because = "The carriers do not let our texts through"
    now = office.clock.now()
    await office.write(lambda c: holds.place(c, Scope.CLIENT, office.maria, because, "operator", now))
    await phone.get_by_role("button", name="to the next thing due").click()
    thread = page.locator(".thread")
    await expect(thread).to_contain_text("held back", timeout=15_000)
    await expect(thread).to_contain_text(because)
