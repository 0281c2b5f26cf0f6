"""The pages as people use them, narrow and wide: a goal played on the phone, a text scheduled by a worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.channels.phone import PhoneChannel
from tests.staff.office import PASSWORD, Office, open_office

SIZES = {"narrow": 390, "wide": 1280}

GOAL_TALK = (
    ("goal", "one thing you want to get done"),
    ("Call the adult school", "What would it mean to you"),
    ("My kids see me study", "How does this goal feel?"),
    ("2", "What is the first small step?"),
    ("Call the office", "When will you do it?"),
    ("tomorrow 10am", "Where or how will you do it?"),
    ("from home", "Who or what could help you?"),
    ("none", "What might get in the way?"),
    ("the baby naps late", "If that comes up"),
    ("I will call at noon", "very first thing you do?"),
    ("find the number", "How does it look?"),
    ("1", "Want a reminder?"),
    ("1", "Share this plan with Ana?"),
    ("1", "Saved. Starting is success!"),
)


IN_OWN_WORDS = frozenset(
    {
        "Call the adult school",
        "My kids see me study",
        "Call the office",
        "from home",
        "the baby naps late",
        "I will call at noon",
        "find the number",
    }
)
"""Words of which more may come in the same breath: the phone shows that Milepost waits, and its time has to go on."""


@pytest_asyncio.fixture(loop_scope="session")
async def office(migrated_sqlite_url: str) -> AsyncIterator[Office]:
    async with open_office(migrated_sqlite_url, PhoneChannel()) as office:
        yield office


@pytest_asyncio.fixture(loop_scope="session", params=SIZES)
async def sized(request: pytest.FixtureRequest, browser: Browser) -> AsyncIterator[Page]:
    """An empty tab, narrow as a phone's and wide as a desk's."""
    size = {"width": SIZES[request.param], "height": 850}
    context = await browser.new_context(viewport=size, locale="en-US")  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    yield await context.new_page()
    await context.close()


async def log_in(page: Page, office: Office, email: str = "ana@county.example") -> None:
    await page.goto(f"{office.url}/staff/log-in")
    await fill_in(page, email)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Today")


async def fill_in(page: Page, email: str) -> None:
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in", exact=True).click()
    await expect(page.get_by_role("button", name="Log out")).to_be_visible()


async def text_as(page: Page, client: str, name: str, words: str) -> None:
    box = page.get_by_label(f"Text as {name}")
    await box.fill(words)
    await page.locator(f"#p{client}").get_by_role("button", name="Send").click()
    await expect(box).to_have_value("")


async def hears(page: Page, client: str, words: str) -> None:
    """The newest text on this phone, without the page being loaded again."""
    newest = page.locator(f"#t{client} li.theirs p").last
    await expect(newest).to_contain_text(words, timeout=15_000)


async def test_a_goal_and_a_check_in_are_played_on_the_phone(office: Office, sized: Page, shots: Path) -> None:
    await sized.goto(f"{office.url}/phone")
    on = sized.get_by_role("button", name="to the next thing due")
    for said, answer in GOAL_TALK:
        await text_as(sized, office.joe, "Joe", said)
        if said in IN_OWN_WORDS:
            await expect(sized.locator(f"#w{office.joe}")).to_contain_text("…")
            await on.click()
        await hears(sized, office.joe, answer)
    await on.click()
    await hears(sized, office.joe, "Your step: Call the office")
    await expect(sized.locator("#clock")).to_contain_text("Tue Mar 3")
    await on.click()
    await hears(sized, office.joe, "How did it go: Call the office?")
    await sized.screenshot(path=shots / "phone.png", full_page=True)
    await sized.locator(f"#q{office.joe}").get_by_role("button", name="Answer 1").click()
    await hears(sized, office.joe, "You did it!")
    assert await sized.locator(f"#t{office.joe}").evaluate(
        "box => box.scrollHeight - box.scrollTop - box.clientHeight < 5"
    )


async def test_a_text_scheduled_by_a_worker_arrives_on_the_phone(office: Office, sized: Page) -> None:
    await log_in(sized, office)
    await sized.get_by_role("link", name="Clients", exact=True).click()
    await sized.get_by_role("link", name="Joe").click()
    await sized.get_by_role("button", name="Schedule a nudge").click()
    await sized.get_by_label("Offer help").check()
    await sized.get_by_label("Date").fill("2026-03-04")
    await sized.get_by_label("Time").fill("21:30")
    preview = sized.locator("#preview")
    await expect(preview).to_contain_text("Hi Joe, it's Ana. How can I help this week?")
    await expect(preview).to_contain_text("Goes out Thu Mar 5, 9:00 am")
    await expect(preview).to_contain_text("moved out of the quiet hours")
    await sized.get_by_role("button", name="Schedule").click()
    await expect(sized.get_by_role("status")).to_have_text("The text is scheduled.")
    await sized.goto(f"{office.url}/phone")
    await sized.get_by_role("button", name="to the next thing due").click()
    await hears(sized, office.joe, "How can I help this week?")
    await text_as(sized, office.joe, "Joe", "Could you call me?")
    await sized.goto(f"{office.url}/staff/clients/{office.joe}")
    await expect(sized.get_by_text("Could you call me?")).to_be_visible()


async def test_who_asks_for_a_person_gets_one_and_goes_back_to_milepost(office: Office, page: Page) -> None:
    phone = await page.context.new_page()
    await phone.goto(f"{office.url}/phone")
    await text_as(phone, office.joe, "Joe", "0")
    await hears(phone, office.joe, "I'm getting Ana for you")
    await page.set_viewport_size({"width": 360, "height": 800})
    await log_in(page, office)
    await page.get_by_role("link", name="Waiting", exact=True).click()
    await page.get_by_role("link", name="Joe: Asked for a person").click()
    await page.get_by_role("button", name="I'll take it").click()
    await expect(page.get_by_role("status")).to_have_text("It is yours. Thank you.")
    await page.get_by_role("link", name="Open Joe's texts and plan").click()
    await expect(page.locator(".mode")).to_contain_text("A person has this thread: Joe waits for one")
    await page.get_by_label("Write to Joe").fill("What would help most?")
    await expect(page.locator("#preview")).to_contain_text("Ana: What would help most?")
    await page.get_by_role("button", name="Send", exact=True).click()
    await hears(phone, office.joe, "Ana: What would help most?")
    await page.get_by_role("button", name="Hand back to Milepost").click()
    await expect(page.locator(".mode")).to_contain_text("Milepost answers.")
    await hears(phone, office.joe, "Ana has signed off for now.")


async def test_a_visit_that_a_worker_enters_is_moved_by_text_among_free_times(office: Office, page: Page) -> None:
    await log_in(page, office)
    await page.get_by_role("link", name="Visits", exact=True).click()
    await page.get_by_label("Day").fill("2026-03-11")
    await page.get_by_role("textbox", name="Times").fill("9:00, 14:30")
    await page.get_by_role("button", name="Offer").click()
    await page.goto(f"{office.url}/staff/clients/{office.joe}")
    await page.get_by_role("button", name="Enter a visit").click()
    await page.get_by_label("Date").fill("2026-03-10")
    await page.get_by_label("Time").fill("10:00")
    await page.get_by_label("Place").fill("our office")
    await page.get_by_role("button", name="Enter").click()
    await expect(page.get_by_role("status")).to_have_text("The visit is entered.")
    phone = await page.context.new_page()
    await phone.goto(f"{office.url}/phone")
    await phone.get_by_role("button", name="to the next thing due").click()
    await hears(phone, office.joe, "Tue Mar 10")
    await text_as(phone, office.joe, "Joe", "2")
    await hears(phone, office.joe, "1 Wed 9am, 2 Wed 2:30pm")
    await text_as(phone, office.joe, "Joe", "2")
    await hears(phone, office.joe, "Wed Mar 11")
    await page.goto(f"{office.url}/staff/visits")
    await expect(page.locator("main")).to_contain_text("Wed Mar 11, 2:30 pm Joe")
    await expect(page.locator("main")).to_contain_text("taken by Joe")


async def test_the_thread_that_a_worker_has_open_renews_itself(office: Office, page: Page) -> None:
    await log_in(page, office)
    await page.goto(f"{office.url}/staff/clients/{office.joe}")
    phone = await page.context.new_page()
    await phone.goto(f"{office.url}/phone")
    await text_as(phone, office.joe, "Joe", "hello there")
    await expect(page.get_by_text("hello there")).to_be_visible(timeout=15_000)


async def test_the_pages_forms_work_without_javascript(office: Office, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await log_in(page, office)
    await page.goto(f"{office.url}/staff/clients/{office.joe}/nudges/new")
    await page.get_by_label("My own words", exact=True).check()
    await page.get_by_label("My own words In").fill("See you soon")
    await page.get_by_label("Date").fill("2026-03-05")
    await page.get_by_label("Time").fill("11:00")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator("#preview")).to_contain_text("Goes out Thu Mar 5, 11:00 am")
    await page.get_by_role("button", name="Schedule").click()
    await expect(page.get_by_role("status")).to_have_text("The text is scheduled.")
    await page.goto(f"{office.url}/phone")
    await page.get_by_label("Text as Joe").fill("hello")
    await page.locator(f"#p{office.joe}").get_by_role("button", name="Send").click()
    await expect(page.locator(f"#t{office.joe}")).to_contain_text("hello")
    await page.get_by_role("button", name="a day").click()
    await expect(page.locator("#clock")).to_contain_text("Tue Mar 3")
    await context.close()
