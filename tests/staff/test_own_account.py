"""What people change in their own account."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial

import pyotp
import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import select, update

from bot.staff.access.lock_out import MOST_TRIES
from bot.staff.access.second_factor import key_of
from bot.staff.plain_words.browsers import browser as in_words
from records.tables import engagement, staff
from tests.staff.office import PASSWORD, SECRET_KEY, Browser, Office, open_office

NEW = "otters juggle seven kettles"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def elsewhere(office: Office) -> AsyncIterator[Browser]:
    """Ana at another browser, logged in."""
    headers = {"User-Agent": FIREFOX}
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=headers) as http:
        browser = Browser(http, office.url)
        await browser.log_in("ana@county.example")
        yield browser


async def change(browser: Browser, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> str:
    await browser.get("/staff/account")
    return await browser.post("/staff/account/password", old=old, password=new, again=again)


async def test_a_changed_password_counts_and_ends_every_other_log_in(
    office: Office, ana: Browser, elsewhere: Browser
) -> None:
    page = await change(ana)
    assert "Your password is changed." in page
    await elsewhere.get("/staff")
    assert elsewhere.at.startswith("/staff/log-in")
    await elsewhere.log_in("ana@county.example")
    assert elsewhere.status == 401
    await elsewhere.log_in("ana@county.example", NEW)
    assert elsewhere.at == "/staff"
    wanted = select(engagement.c.subject).where(engagement.c.kind == "account_changed")
    assert await office.house.reader.run(lambda c: c.scalars(wanted).all()) == ["password_set", "log_ins_ended"]


@pytest.mark.parametrize(
    ("old", "new", "again", "why"),
    [
        ("wrong", NEW, NEW, "not your password"),
        (PASSWORD, "short", "short", "at least 15"),
        (PASSWORD, NEW, NEW + "?", "not the same"),
        (PASSWORD, "Ana Demo County Ana", "Ana Demo County Ana", "guessed quickly"),
    ],
)
async def test_a_password_that_cannot_be_changed_stays(
    ana: Browser, elsewhere: Browser, old: str, new: str, again: str, why: str
) -> None:
    assert why in await change(ana, old, new, again)
    assert ana.status == 422
    await elsewhere.get("/staff")
    assert elsewhere.at == "/staff"


async def test_who_sits_at_somebodys_screen_cannot_guess_their_password_for_long(ana: Browser) -> None:
    for _ in range(MOST_TRIES):
        await change(ana, "wrong")
    assert "too many tries" in await change(ana)


async def test_the_others_are_listed_and_ended(ana: Browser, elsewhere: Browser) -> None:
    assert "Firefox on Windows" in await ana.get("/staff/account")
    page = await ana.post("/staff/account/end-others")
    assert "You are logged in here only." in page
    assert "Firefox" not in page
    await elsewhere.get("/staff")
    assert elsewhere.at.startswith("/staff/log-in")


async def test_another_second_factor_takes_the_old_ones_place_once_its_code_is_right(
    migrated_sqlite_url: str,
) -> None:
    old, app = "5" * 32, partial(key_of, SECRET_KEY)
    async with (
        open_office(migrated_sqlite_url, second_factor=True) as office,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as http,
    ):
        has = update(staff).where(staff.c.id == office.sue).values(totp_salt=old, totp_step=1)
        await office.write(lambda connection: connection.execute(has))
        sue = Browser(http, office.url)
        await sue.log_in("sue@county.example")
        await sue.post("/staff/second-factor", code=pyotp.TOTP(app(office.sue, old)).at(office.wall.now()))
        await sue.get("/staff/account")
        assert "not your password" in await sue.post("/staff/account/second-factor", password="wrong")
        page = await sue.post("/staff/account/second-factor", password=PASSWORD)
        found = re.search(r'name="salt" value="([0-9a-f]{32})"', page)
        assert found
        for salt, code in ((found[1], "000000"), (found[1], ""), ("x", "000000")):
            await sue.post("/staff/account/second-factor", salt=salt, code=code)
            assert await kept(office) == old
        code = pyotp.TOTP(app(office.sue, found[1])).at(office.wall.now())
        page = await sue.post("/staff/account/second-factor", salt=found[1], code=code)
        assert "codes of the new app" in page
        assert await kept(office) == found[1]


async def kept(office: Office) -> str | None:
    wanted = select(staff.c.totp_salt).where(staff.c.id == office.sue)
    return await office.house.reader.run(lambda c: c.scalar(wanted))


async def test_who_needs_no_second_factor_has_none_to_change(office: Office, ana: Browser) -> None:
    assert "Set up another second factor" not in await ana.get("/staff/account")
    await ana.post("/staff/account/second-factor", password=PASSWORD)
    assert ana.at == "/staff/account"


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Chromebook"),
        ("<script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_in_plain_words(says: str, words: str) -> None:
    assert in_words(says) == words


async def test_a_supervisor_ends_the_weekly_digest_and_takes_it_up_again(office: Office, browser: Browser) -> None:
    await browser.log_in("sue@county.example")
    await browser.get("/staff/account")
    wants = select(staff.c.weekly_digest).where(staff.c.id == office.sue)
    for said, expected in (("no", False), ("yes", True)):
        await browser.post("/staff/account/weekly-digest", weekly=said)
        assert await office.house.reader.run(lambda c: c.scalar(wants)) is expected
