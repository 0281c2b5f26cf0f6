"""The pages as people use them, narrow and wide: a goal played on the phone, a text scheduled by a worker."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select, update

from bot.channels.phone import PhoneChannel
from records.roles import Role
from records.tables import escalations, staff
from tests.staff.life import groups_and_campaigns, have_a_calendar, have_campaigns, live_a_little
from tests.staff.office import PASSWORD, Office, open_office

Scheme = Literal["light", "dark"]
SIZES = {"narrow": 390, "wide": 1280}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

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


A_LIST = b"number,first_name,language,worker_email\n707-555-0171,Lupe,es,ana@county.example\n12,Kim,en,nobody"

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


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures of the pages go: `--basetemp` keeps them."""
    folder = tmp_path / "shots"
    folder.mkdir()
    return folder


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


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
async def test_nothing_on_any_page_shuts_anybody_out(
    office: Office, browser: Browser, axe: str, shots: Path, width: int, scheme: Scheme
) -> None:
    """Axe finds no fault, light or dark, nothing is wider than the window, and the browser does not complain.

    What a theme can break is its colours, and what a width can break is where things stand: each is looked at once.
    """
    await office.write(partial(live_a_little, office))
    await office.write(partial(have_a_calendar, office))
    await office.write(partial(have_campaigns, office))
    one = await office.house.writer.run(lambda c: c.execute(select(escalations.c.id)).scalars().first())
    page, complaints = await _watched_tab(browser, width, scheme)
    await _is_open_to_all(page, axe, f"{office.url}/staff/log-in", shots)
    await log_in(page, office)
    group, *several = await office.house.reader.run(groups_and_campaigns)
    mine = (
        "/staff",
        "/staff/campaigns",
        f"/staff/campaigns/new?group={group}",
        *(f"/staff/campaigns/{one}" for one in several),
    )
    for path in mine:
        await _is_open_to_all(page, axe, office.url + path, shots)
    await page.context.clear_cookies()
    await log_in(page, office, "sue@county.example")
    lists = (
        "/staff/clients",
        "/staff/approvals",
        f"/staff/campaigns/{several[0]}",
        f"/staff/transfers?from={office.ana}",
        "/staff/waiting",
        f"/staff/visits?worker={office.ana}",
        "/staff/leave",
        "/staff/account",
        "/staff/notices",
        "/staff/team",
        "/staff/measures",
        "/staff/measures/M3?by=language",
        "/staff/measures/M9",
        "/staff/log",
        f"/staff/log?client={office.maria}&kind=idea_kept",
    )
    for path in ("/", "/staff", f"/staff/escalations/{one}", *lists, "/phone"):
        await _is_open_to_all(page, axe, office.url + path, shots)
    assert not complaints
    await page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
async def test_no_way_in_shuts_anybody_out(
    office: Office, browser: Browser, axe: str, shots: Path, width: int, scheme: Scheme
) -> None:
    """As for the other pages: the dialogs of them all, accounts, tokens, and what an invitation leads to."""
    page, complaints = await _watched_tab(browser, width, scheme)
    await log_in(page, office)
    for dialog in ("keys", "staying"):
        await page.goto(f"{office.url}/staff/account")
        await page.evaluate("id => document.getElementById(id).showModal()", dialog)
        await _looks_open_to_all(page, axe, shots, dialog)
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.ben).values(role=Role.ADMIN)))
    await page.context.clear_cookies()
    await page.goto(f"{office.url}/staff/log-in?next=/staff/accounts")
    await fill_in(page, "ben@county.example")
    await _is_open_to_all(page, axe, f"{office.url}/staff/accounts", shots)
    for path in ("/staff/tokens", "/api/v1/docs", "/staff/tokens"):
        await _is_open_to_all(page, axe, office.url + path, shots)
    await page.get_by_role("textbox", name="Name").fill("CalSAWS")
    await page.get_by_label("enter, move and close visits").check()
    await page.get_by_role("button", name="Make the token").click()
    await _looks_open_to_all(page, axe, shots, "new-token")
    await page.goto(f"{office.url}/staff/accounts")
    await page.get_by_role("button", name=re.compile("Forgot.*Sue")).click()
    await _looks_open_to_all(page, axe, shots, "invited")
    link = await page.get_by_label("Give this link to Sue").input_value()
    await _is_open_to_all(page, axe, office.url + link.removeprefix("http://127.0.0.1:8080"), shots)
    await page.get_by_role("button", name="Begin").click()
    await _looks_open_to_all(page, axe, shots, "invitation")
    assert not complaints
    await page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
async def test_nothing_on_a_clients_pages_shuts_anybody_out(
    office: Office, browser: Browser, axe: str, shots: Path, width: int, scheme: Scheme
) -> None:
    """As for the other pages; and how a client comes in, and how two records are laid side by side."""
    await office.write(partial(live_a_little, office))
    await office.write(partial(have_a_calendar, office))
    page, complaints = await _watched_tab(browser, width, scheme)
    await log_in(page, office, "sue@county.example")
    client, joe, pat = (f"/staff/clients/{one}" for one in (office.maria, office.joe, office.pat))
    await page.goto(f"{office.url}{client}")
    await page.get_by_label("Why you read them").select_option("coaching")
    await page.get_by_role("button", name="Read the texts").click()
    of_client = ("", *(f"/{one}" for one in ("nudges/new", "contact", "plan", "plan/new", "transcript", "goal-sheet")))
    pair = f"/staff/duplicates/pair?one={office.maria}&other={office.joe}"
    more = (f"{joe}/visits/new", f"{joe}/visits/1", joe, pat, "/staff/clients/new", "/staff/duplicates", pair)
    for path in (*(f"{client}{part}" for part in of_client), f"{client}/texts", *more):
        await _is_open_to_all(page, axe, office.url + path, shots)
    await page.goto(f"{office.url}/staff/imports")
    await page.get_by_role("radio", name="Clients").check()
    await page.get_by_label("The file").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": A_LIST})
    await page.get_by_role("button", name="Look at it").click()
    await expect(page.get_by_role("button", name="Bring in 1 row")).to_be_visible()
    await _looks_open_to_all(page, axe, shots, "import")
    await _is_open_to_all(page, axe, f"{office.url}/staff/imports", shots)
    assert not complaints
    await page.context.close()


async def _watched_tab(browser: Browser, width: int, scheme: Scheme) -> tuple[Page, list[str]]:
    """With what the browser complains of."""
    context = await browser.new_context(
        viewport={"width": width, "height": 850},
        bypass_csp=True,  # for axe, which is put in from outside
        color_scheme=scheme,
        reduced_motion="reduce",  # no colour is on its way to another while axe looks
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


async def _is_open_to_all(page: Page, axe: str, address: str, shots: Path) -> None:
    await page.goto(address)
    await _looks_open_to_all(page, axe, shots, re.sub(r"\W+", "-", page.url.partition("//")[2]))


async def _looks_open_to_all(page: Page, axe: str, shots: Path, name: str) -> None:
    await page.add_script_tag(content=axe)
    await page.screenshot(path=shots / f"{name}.png", full_page=True)
    found = await page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


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
