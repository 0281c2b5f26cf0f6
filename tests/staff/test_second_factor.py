"""The second factor of who sees more than their own clients."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pyotp
import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import update

from bot.staff.access.lock_out import MOST_TRIES, WAIT
from bot.staff.access.second_factor import STEP, key_of, step_of
from records.roles import Role
from records.sessions import HALF_WAY, forget_second_factor
from records.tables import staff
from tests.staff.office import MONDAY, SECRET_KEY, Browser, Office, open_office

SUE = "sue@county.example"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SALT = "5" * 32


@pytest.fixture
async def strict(migrated_url: str) -> AsyncIterator[Office]:
    async with open_office(migrated_url, second_factor=True) as office:
        has = update(staff).where(staff.c.id == office.sue).values(totp_salt=SALT, totp_step=1)
        await office.write(lambda connection: connection.execute(has))
        yield office


@pytest.fixture
async def browser(strict: Office) -> AsyncIterator[Browser]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Browser(http, strict.url)


async def give(office: Office, browser: Browser, path: str = "/staff/second-factor") -> str:
    """The right code of Sue's app."""
    return await browser.post(path, code=pyotp.TOTP(key_of(SECRET_KEY, office.sue, SALT)).at(office.wall.now()))


async def test_who_has_it_gives_a_code_each_time(strict: Office, browser: Browser) -> None:
    for _ in range(2):
        await browser.log_in(SUE)
        assert browser.at.startswith("/staff/second-factor")
        await give(strict, browser)
        assert browser.at == "/staff"
        await browser.post("/staff/log-out")
        strict.wall.forward(timedelta(minutes=1))


async def test_a_password_alone_opens_no_page(strict: Office, browser: Browser) -> None:
    await browser.log_in(SUE)
    await browser.get("/staff")
    assert browser.at.startswith("/staff/log-in")


async def test_who_needs_one_and_has_none_cannot_set_it_up_by_a_password(strict: Office, browser: Browser) -> None:
    await strict.write(lambda c: c.execute(update(staff).where(staff.c.id == strict.ben).values(role=Role.ADMIN)))
    page = await browser.log_in("ben@county.example")
    assert (browser.status, "has none yet" in page) == (403, True)
    for path in ("/staff", "/staff/second-factor"):
        await browser.get(path)
        assert browser.at.startswith("/staff/log-in")


async def test_a_worker_needs_none(browser: Browser) -> None:
    await browser.log_in("ana@county.example")
    assert browser.at == "/staff"


async def test_a_code_counts_once(strict: Office, browser: Browser) -> None:
    await browser.log_in(SUE)
    await give(strict, browser)
    await browser.post("/staff/log-out")
    await browser.log_in(SUE)
    page = await give(strict, browser)
    assert (browser.status, "does not fit" in page) == (422, True)


async def test_after_five_wrong_codes_even_the_right_one_waits(strict: Office, browser: Browser) -> None:
    await browser.log_in(SUE)
    for _ in range(MOST_TRIES):
        await browser.post("/staff/second-factor", code="000000")
    await give(strict, browser)
    assert browser.status == 429
    strict.wall.forward(WAIT)
    await give(strict, browser)
    assert browser.at == "/staff"


async def test_the_cookie_is_another_one_when_the_log_in_is_complete(strict: Office, browser: Browser) -> None:
    await browser.log_in(SUE)
    before = {cookie.value for cookie in browser.http.cookie_jar}
    await give(strict, browser)
    assert before.isdisjoint({cookie.value for cookie in browser.http.cookie_jar})


async def test_who_waits_too_long_begins_again(strict: Office, browser: Browser) -> None:
    await browser.log_in(SUE)
    strict.wall.forward(HALF_WAY)
    await give(strict, browser)
    assert browser.at.startswith("/staff/log-in")


async def test_who_lost_it_is_out_at_once_and_not_in_again(strict: Office, browser: Browser) -> None:
    await browser.log_in(SUE)
    await give(strict, browser)
    await strict.write(lambda connection: forget_second_factor(connection, strict.sue, "operator", MONDAY))
    await browser.get("/staff")
    assert browser.at.startswith("/staff/log-in")
    await browser.log_in(SUE)
    assert browser.status == 403


async def test_it_leads_to_the_page_that_was_asked_for_and_to_no_other_site(strict: Office, browser: Browser) -> None:
    for asked_for, leads_to in (("/staff/waiting", "/staff/waiting"), ("//elsewhere.example", "/staff")):
        await browser.log_in(SUE)
        await give(strict, browser, f"/staff/second-factor?next={asked_for}")
        assert browser.at == leads_to
        strict.wall.forward(timedelta(minutes=1))


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_codes_of_a_minute_and_a_half_count(steps: int, counts: bool) -> None:  # noqa: FBT001
    code = pyotp.TOTP(KEY).at(MONDAY, counter_offset=steps)
    assert (step_of(code, KEY, MONDAY) is not None) == counts
    assert step_of("", KEY, MONDAY) is step_of("12345\N{ARABIC-INDIC DIGIT SIX}", KEY, MONDAY) is None


def test_a_step_is_thirty_seconds() -> None:
    now = MONDAY + timedelta(seconds=STEP)
    assert step_of(pyotp.TOTP(KEY).at(now), KEY, now) == int(now.timestamp()) // STEP
