"""A day of Ana's with fifty clients, after six weeks in which they and 450 others lived with Milepost."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.at_the_desk import log_in, part, says

pytestmark = pytest.mark.timeout(300)  # the first test waits for the six weeks


async def test_a_workers_day(desk: Page) -> None:
    await log_in(desk, "Ana")
    await expect(desk.get_by_role("heading", level=1)).to_contain_text("Today Mon Mar 23")
    await take_what_is_most_urgent(desk)
    await say_how_a_visit_went(desk)
    await celebrate_a_win(desk)
    await offer_times_for_visits(desk)
    await see_what_happened(desk)


async def take_what_is_most_urgent(desk: Page) -> None:
    """It is taken, read, answered, and closed, and is gone from Today."""
    waiting = part(desk, "Waiting for you").locator("li")
    before = await waiting.count()
    first = waiting.first.get_by_role("link")
    name = first_name(await first.inner_text())
    await first.click()
    item = desk.url
    await desk.get_by_role("button", name="I'll take it").click()
    await says(desk, "It is yours. Thank you.")
    await desk.get_by_role("link", name=f"Open {name}'s texts and plan").click()
    await desk.get_by_role("button", name="Take over").click()
    await desk.get_by_label(f"Write to {name}").fill("What would help most this week?")
    await expect(desk.locator("#preview")).to_contain_text("Ana: What would help most this week?")
    await desk.get_by_role("button", name="Send", exact=True).click()
    await expect(desk.locator("ol.thread li").last).to_contain_text("What would help most this week?")
    await expect(desk.locator("ol.thread li").last).to_contain_text("delivered")
    await desk.get_by_role("button", name="Hand back to Milepost").click()
    await expect(desk.get_by_text("Milepost answers.")).to_be_visible()
    await desk.goto(item)
    await desk.get_by_label("What came of it?").select_option(label="Talked")
    await desk.get_by_role("button", name="Close", exact=True).click()
    await desk.goto("/staff")
    await expect(waiting).to_have_count(before - 1)


async def say_how_a_visit_went(desk: Page) -> None:
    asked = part(desk, "How did these visits go").locator("li")
    before = await asked.count()
    await asked.first.get_by_role("button", name=re.compile("^Came")).click()
    await says(desk, "Noted.")
    await expect(asked).to_have_count(before - 1)


async def celebrate_a_win(desk: Page) -> None:
    """Once their worker has written, the win is no longer asked about."""
    wins = part(desk, "Wins to celebrate").locator("li")
    before = await wins.count()
    name = first_name(await wins.first.locator("strong").inner_text())
    await wins.first.get_by_role("button", name=re.compile("^Write")).click()
    await desk.get_by_label(f"Write to {name}").fill("You did what you set out to do. How did it feel?")
    await desk.get_by_role("button", name="Send", exact=True).click()
    await expect(desk.locator("ol.thread li").last).to_contain_text("How did it feel?")
    await desk.goto("/staff")
    await expect(wins).to_have_count(before - 1)


async def offer_times_for_visits(desk: Page) -> None:
    await desk.goto("/staff/visits")
    await desk.get_by_label("Day").fill("2026-03-26")
    await desk.get_by_role("textbox", name="Times").fill("9:00, 14:30")
    await desk.get_by_role("button", name="Offer").click()
    await expect(desk.locator("main")).to_contain_text("Thu Mar 26, 2:30 pm")


async def see_what_happened(desk: Page) -> None:
    """The newest rows of the log are what was just done."""
    await desk.goto("/staff/log")
    rows = desk.get_by_role("table").get_by_role("row")
    await expect(rows.nth(1)).to_contain_text("Ana")
    await desk.get_by_label("What happened").select_option(label="Visit attended")
    await desk.get_by_role("button", name="Show").click()
    await expect(rows.nth(1)).to_contain_text("Ana")


def first_name(written: str) -> str:
    """Without what tells two of one name apart."""
    return written.split(maxsplit=1)[0].rstrip(":")
