"""A morning of Sam's, who oversees ten workers and their 500 clients, after six weeks of theirs."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.at_the_desk import log_in, part, says

pytestmark = pytest.mark.timeout(300)  # the first test waits for the six weeks


async def test_a_supervisors_morning(desk: Page) -> None:
    await log_in(desk, "Ana")
    await ask_to_text_all_of_them(desk)
    await desk.get_by_role("button", name=re.compile("^Log out")).click()
    await log_in(desk, "Sam")
    await see_how_the_clients_fare(desk)
    await give_what_is_overdue_to_who_is_there(desk)
    await say_yes_to_ana(desk)
    await enter_leave_with_a_cover(desk)
    await give_a_client_to_somebody_else_and_take_it_back(desk)
    await find_who_spoke_of_a_class_and_read_on(desk)
    await take_the_log_along(desk)


async def ask_to_text_all_of_them(desk: Page) -> None:
    """More than 25 is more than a worker decides on."""
    await desk.goto("/staff/clients")
    boxes = desk.get_by_role("table").get_by_role("checkbox")
    for box in await boxes.all():
        await box.check()
    await desk.get_by_role("button", name="Nudge them").click()
    await desk.get_by_label("Offer help").check()
    await expect(desk.locator("#preview")).to_contain_text("it waits until a supervisor says yes")
    await desk.get_by_role("button", name="Schedule").click()
    await expect(desk.get_by_text("Nothing goes out until a supervisor says yes")).to_be_visible()


async def see_how_the_clients_fare(desk: Page) -> None:
    """Goals come first; a measure says what it counts, and its line has a table of the same numbers."""
    await desk.goto("/staff/team")
    await expect(part(desk, "How clients fare").get_by_role("term").first).to_have_text("Goal status")
    await desk.get_by_role("link", name="All measures by month").click()
    await expect(part(desk, "^Goals")).to_contain_text("achieved")
    await desk.goto("/staff/measures/M3?month=2026-03&by=language")
    await expect(desk.locator("main")).to_contain_text("clients who wrote at least once in the period")
    await expect(desk.locator(".uplot canvas").first).to_be_visible()
    await expect(part(desk, "Over the months").get_by_role("row")).not_to_have_count(0)
    await expect(part(desk, "Compared").get_by_role("rowheader").first).to_be_visible()


async def give_what_is_overdue_to_who_is_there(desk: Page) -> None:
    await desk.goto("/staff")
    waiting = part(desk, "Waiting for you").get_by_role("listitem")
    await waiting.filter(has_text="late").first.get_by_role("link").click()
    await desk.get_by_text("Give it to somebody else").click()
    await desk.get_by_label("To", exact=True).select_option(label="Luis")
    await desk.get_by_label("Why", exact=True).fill("Petra is out today")
    await desk.get_by_role("button", name="Give it on").click()
    await says(desk, "It is in other hands now.")
    await expect(part(desk, "History")).to_contain_text("to Luis")


async def say_yes_to_ana(desk: Page) -> None:
    await desk.goto("/staff/approvals")
    await desk.get_by_role("link", name=re.compile("^Ana: nudge to")).click()
    await expect(desk.locator("main")).to_contain_text("How can I help this week?")
    await desk.get_by_role("button", name="Yes, send it").click()
    await expect(desk.locator("main")).to_contain_text("Nothing waits for you.")


async def enter_leave_with_a_cover(desk: Page) -> None:
    await desk.goto("/staff/leave")
    await desk.get_by_label("Who", exact=True).select_option(label="Ana")
    await desk.get_by_label("First day").fill("2026-03-30")
    await desk.get_by_label("Last day").fill("2026-04-03")
    await desk.get_by_label("Who answers meanwhile").select_option(label="Luis")
    await desk.get_by_role("button", name="Enter").click()
    await says(desk, "The leave is entered.")


async def give_a_client_to_somebody_else_and_take_it_back(desk: Page) -> None:
    await desk.goto("/staff/clients")
    await desk.get_by_role("table").get_by_role("rowheader").get_by_role("link").first.click()
    await desk.get_by_role("link", name="give to another worker").click()
    await expect(desk.get_by_role("checkbox", checked=True)).to_have_count(1)
    await desk.get_by_label("To", exact=True).select_option(label="Vera")
    await desk.get_by_label(re.compile("^Why")).fill("Vera knows the family")
    await desk.get_by_role("button", name="Give them on").click()
    await expect(part(desk, "The latest")).to_contain_text("1 client to Vera")
    await desk.get_by_role("button", name=re.compile("^Undo")).first.click()
    await expect(desk.get_by_role("status")).to_contain_text("It is undone.")


async def find_who_spoke_of_a_class_and_read_on(desk: Page) -> None:
    """To search is to say why; to read the whole thread is to say why for this client."""
    await desk.goto("/staff/search")
    await desk.get_by_label(re.compile("^Words")).fill("class")
    await desk.get_by_label(re.compile("^Why you search them")).select_option(label="Looking at how the texts go")
    await desk.get_by_role("button", name="Search", exact=True).click()
    found = part(desk, "^Found").get_by_role("listitem").first
    await expect(found.locator("mark").first).to_have_text(re.compile("class", re.IGNORECASE))
    await found.get_by_role("link").click()
    await desk.get_by_label("Why you read them").select_option(label="Looking at how the texts go")
    await desk.get_by_role("button", name="Read the texts").click()
    await expect(desk.locator(".bubble p").first).to_be_visible()


async def take_the_log_along(desk: Page) -> None:
    """What was done this morning is in it, and the file has no row less."""
    await desk.goto("/staff/log")
    await desk.get_by_label("What happened").select_option(label="Client given to another worker")
    await desk.get_by_role("button", name="Show").click()
    await expect(desk.get_by_role("table").get_by_role("row").nth(1)).to_contain_text("Sam")
    await desk.get_by_text("Download these rows").click()
    await desk.get_by_label(re.compile("^What for")).fill("The month's report")
    async with desk.expect_download() as download:
        await desk.get_by_role("button", name="Download", exact=True).click()
    file = await (await download.value).path()
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert {row["kind"] for row in rows} == {"client_transferred"}
