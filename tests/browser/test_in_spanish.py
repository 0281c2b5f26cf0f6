"""Who reads Spanish finds every page in Spanish, and nothing cut off on a phone, where longer words have least room."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from functools import partial

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from sqlalchemy import Connection, update

from bot.translations import LOCALES
from records.roles import Role
from records.tables import staff
from tests.browser.every_page import WHO_LOOKS, email_of, one_of_each, pages_of
from tests.browser.test_every_page import as_somebody_asked, log_in_anew, of_campaigns
from tests.staff.office import Office, open_office
from tests.staff.test_access import Records
from tests.staff.test_wording import load

READ_BY_PEOPLE = """() => [
  ...[...document.querySelectorAll("body *")].flatMap(one => [...one.childNodes])
    .filter(node => node.nodeType === Node.TEXT_NODE && !node.parentElement.closest("script, style, code, body [lang]"))
    .map(node => node.textContent.trim()),
  ...[...document.querySelectorAll("[aria-label], [placeholder], [title]")]
    .flatMap(one => [one.ariaLabel, one.placeholder, one.title]),
].filter(Boolean)"""


@pytest_asyncio.fixture(loop_scope="session")
async def spanish(migrated_sqlite_url: str) -> AsyncIterator[tuple[Office, Records]]:
    async with open_office(migrated_sqlite_url) as office:
        yield office, await office.house.writer.run(partial(one_of_each, office))


def all_read_spanish(connection: Connection) -> None:
    connection.execute(update(staff).values(language="es"))


def spanish_of() -> Mapping[str, str]:
    """By the English words, as far as another language has other words for them."""
    catalog = load(LOCALES / "es/LC_MESSAGES/staff.po")
    return {str(one.id): str(one.string) for one in catalog if isinstance(one.id, str) and one.id != one.string}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("role", WHO_LOOKS)
async def test_no_page_speaks_english_or_is_cut_off_on_a_phone(
    spanish: tuple[Office, Records], browser: Browser, role: Role
) -> None:
    office, records = spanish
    english = spanish_of()
    context = await browser.new_context(base_url=office.url, viewport={"width": 360, "height": 850})
    page = await context.new_page()
    await log_in_anew(page, email_of(role))
    await office.house.writer.run(all_read_spanish)
    paths = list(pages_of(role, records))
    if role is Role.SUPERVISOR:
        paths += as_somebody_asked(office)
    if role is Role.ETW:
        paths += await office.house.reader.run(of_campaigns)
    for path in paths:
        await page.goto(path)
        said = set(await page.evaluate(READ_BY_PEOPLE))
        assert not said & english.keys(), path
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    await context.close()
