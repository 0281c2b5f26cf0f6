"""No page shuts anybody out: every page of the table of routes, narrow and wide, light and dark."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from sqlalchemy import Connection, select

from records.roles import Role
from records.tables import campaigns, client_groups
from tests.browser.at_the_desk import fill_in
from tests.browser.every_page import WHO_LOOKS, email_of, one_of_each, pages_of
from tests.browser.looks import AS_A_LOOK, Looker, Scheme, looking
from tests.staff.office import Office, open_office
from tests.staff.test_access import Records

A_LIST = b"number,first_name,language,worker_email\n707-555-0171,Lupe,es,ana@county.example\n12,Kim,en,nobody"


@pytest_asyncio.fixture(loop_scope="session")
async def lively(migrated_sqlite_url: str) -> AsyncIterator[tuple[Office, Records]]:
    async with open_office(migrated_sqlite_url) as office:
        yield office, await office.house.writer.run(partial(one_of_each, office))


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("width", "scheme"), AS_A_LOOK)
@pytest.mark.parametrize("role", WHO_LOOKS)
async def test_no_page_of_a_role_shuts_anybody_out(
    lively: tuple[Office, Records], browser: Browser, axe: str, shots: Path, role: Role, width: int, scheme: Scheme
) -> None:
    office, records = lively
    async with looking(browser, office.url, width, scheme, axe, shots) as looker:
        await log_in_anew(looker.page, email_of(role))
        for path in pages_of(role, records):
            await looker.goes_to(path)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("width", "scheme"), AS_A_LOOK)
async def test_what_stands_outside_and_what_was_sent_to_many_shuts_nobody_out(
    lively: tuple[Office, Records], browser: Browser, axe: str, shots: Path, width: int, scheme: Scheme
) -> None:
    office, _records = lively
    async with looking(browser, office.url, width, scheme, axe, shots) as looker:
        for path in ("/", "/phone", "/staff/log-in", "/api/v1/docs"):
            await looker.goes_to(path)
        await log_in_anew(looker.page, email_of(Role.ETW))
        for path in await office.house.reader.run(of_campaigns):
            await looker.goes_to(path)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("width", "scheme"), AS_A_LOOK)
async def test_what_a_supervisor_chose_shuts_nobody_out(
    lively: tuple[Office, Records], browser: Browser, axe: str, shots: Path, width: int, scheme: Scheme
) -> None:
    office, _records = lively
    async with looking(browser, office.url, width, scheme, axe, shots) as looker:
        await log_in_anew(looker.page, email_of(Role.SUPERVISOR))
        await looker.goes_to(f"/staff/clients/{office.maria}")
        await looker.page.get_by_label("Why you read them").select_option("coaching")
        await looker.page.get_by_role("button", name="Read the texts").click()
        for path in as_somebody_asked(office):
            await looker.goes_to(path)
        await look_at_a_list(looker)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("width", "scheme"), AS_A_LOOK)
async def test_no_way_in_shuts_anybody_out(
    lively: tuple[Office, Records], browser: Browser, axe: str, shots: Path, width: int, scheme: Scheme
) -> None:
    """The dialogs of all pages, tokens, and what an invitation leads to."""
    office, _records = lively
    async with looking(browser, office.url, width, scheme, axe, shots) as looker:
        await log_in_anew(looker.page, email_of(Role.ADMIN))
        await look_at_dialogs(looker)
        await make_a_token(looker)
        await invite_somebody(looker)


async def log_in_anew(page: Page, email: str) -> None:
    await page.context.clear_cookies()
    await page.goto("/staff/log-in")
    await fill_in(page, email)


def as_somebody_asked(office: Office) -> Sequence[str]:
    """What the table of routes does not say: clients of another kind, and what was chosen on a page."""
    of_maria = ("", "/plan", "/texts", "/goal-sheet", "/transcript", "/nudges/new")
    return [
        *(f"/staff/clients/{office.maria}{part}" for part in of_maria),
        f"/staff/clients/{office.pat}",
        f"/staff/duplicates/pair?one={office.maria}&other={office.joe}",
        f"/staff/transfers?from={office.ana}",
        f"/staff/visits?worker={office.ana}",
        f"/staff/log?client={office.maria}&kind=idea_kept",
        "/staff/measures/M3?by=language",
    ]


def of_campaigns(connection: Connection) -> Sequence[str]:
    """In each of their states, and one for a group."""
    groups, sent = connection.scalars(select(client_groups.c.id)), connection.scalars(select(campaigns.c.id))
    return [
        *(f"/staff/campaigns/new?group={one}" for one in groups),
        *(f"/staff/campaigns/{one}" for one in sent),
    ]


async def look_at_a_list(looker: Looker) -> None:
    page = looker.page
    await page.goto("/staff/imports")
    await page.get_by_role("radio", name="Clients").check()
    await page.get_by_label("The file").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": A_LIST})
    await page.get_by_role("button", name="Look at it").click()
    await expect(page.get_by_role("button", name="Bring in 1 row")).to_be_visible()
    await looker.finds_nothing("list")


async def look_at_dialogs(looker: Looker) -> None:
    for dialog in ("keys", "staying"):
        await looker.page.goto("/staff/account")
        await looker.page.evaluate("id => document.getElementById(id).showModal()", dialog)
        await looker.finds_nothing(dialog)


async def make_a_token(looker: Looker) -> None:
    page = looker.page
    await page.goto("/staff/tokens")
    await page.get_by_role("textbox", name="Name").fill("Another system")
    await page.get_by_label("enter, move and close visits").check()
    await page.get_by_role("button", name="Make the token").click()
    await looker.finds_nothing("new-token")


async def invite_somebody(looker: Looker) -> None:
    """Who follows the link sees a page to begin with, and one for the password."""
    page = looker.page
    await page.goto("/staff/accounts")
    await page.get_by_role("button", name=re.compile("Forgot.*Sue")).click()
    await looker.finds_nothing("invited")
    link = await page.get_by_label("Give this link to Sue").input_value()
    await looker.goes_to(link.removeprefix("http://127.0.0.1:8080"))
    await page.get_by_role("button", name="Begin").click()
    await looker.finds_nothing("password")
