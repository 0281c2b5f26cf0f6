from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
from aiohttp import ClientSession, CookieJar

from tests.staff.life import live_a_little
from tests.staff.office import Browser, Office, open_office


@pytest.fixture
async def office(migrated_sqlite_url: str) -> AsyncIterator[Office]:
    async with open_office(migrated_sqlite_url) as office:
        yield office


@pytest.fixture
async def browser(office: Office) -> AsyncIterator[Browser]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Browser(http, office.url)


@pytest.fixture
async def ana(browser: Browser) -> Browser:
    """Ana at her browser, logged in."""
    await browser.log_in("ana@county.example")
    return browser


@pytest.fixture
async def sue(browser: Browser) -> Browser:
    """The supervisor, logged in."""
    await browser.log_in("sue@county.example")
    return browser


@pytest.fixture
async def busy(office: Office) -> Office:
    """The office after a little of everything has happened."""
    await office.write(partial(live_a_little, office))
    return office
