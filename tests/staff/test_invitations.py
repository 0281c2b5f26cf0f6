"""Invitations: the only way to a first password and to a second factor."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pyotp
import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import Connection, select, update
from structlog.testing import capture_logs

from bot.keys import STAFF_MAIL
from bot.staff.access.second_factor import key_of
from records.invitations import LASTS
from records.roles import Role
from records.tables import engagement, invitations, staff
from tests.staff.office import PASSWORD, SECRET_KEY, Browser, Office, open_office

NEW = {"email": "Cy@County.example", "first_name": "Cy", "role": "etw", "team": "North"}
GOOD = "otters juggle seven kettles"
BEN = "ben@county.example"


@pytest.fixture
async def strict(migrated_sqlite_url: str) -> AsyncIterator[Office]:
    """Sue is an admin who has a second factor; Ben a supervisor without one."""
    async with open_office(migrated_sqlite_url, second_factor=True) as office:
        await office.write(partial(promote, office))
        yield office


def promote(office: Office, connection: Connection) -> None:
    for who, role, step in ((office.sue, Role.ADMIN, 1), (office.ben, Role.SUPERVISOR, None)):
        change = update(staff).where(staff.c.id == who).values(role=role, totp_salt="5" * 32, totp_step=step)
        connection.execute(change)


@pytest.fixture
async def admin(strict: Office) -> AsyncIterator[Browser]:
    async with a_browser(strict) as http:
        browser = Browser(http, strict.url)
        await browser.log_in("sue@county.example")
        await browser.post("/staff/second-factor", code=code_of(strict, strict.sue, "5" * 32))
        await browser.get("/staff/accounts")
        yield browser


@pytest.fixture
async def guest(strict: Office) -> AsyncIterator[Browser]:
    async with a_browser(strict) as http:
        yield Browser(http, strict.url)


def a_browser(office: Office) -> ClientSession:
    return ClientSession(cookie_jar=CookieJar(unsafe=True))


def code_of(office: Office, staff_id: str, salt: str) -> str:
    return pyotp.TOTP(key_of(SECRET_KEY, staff_id, salt)).at(office.wall.now())


def token_on(page: str) -> str:
    found = re.search(r'value="http://127.0.0.1:8080/staff/invitation/([\w-]+)"', page)
    assert found, page
    return found[1]


def salt_on(page: str) -> str:
    found = re.search(r'name="salt" value="([0-9a-f]{32})"', page)
    assert found, page
    return found[1]


async def chooses(guest: Browser, token: str, password: str = GOOD) -> str:
    return await guest.post("/staff/invitation", token=token, password=password, again=password)


async def test_a_new_worker_chooses_a_password_by_the_link_and_is_logged_in(
    strict: Office, admin: Browser, guest: Browser
) -> None:
    token = token_on(await admin.post("/staff/accounts", **NEW))
    page = await guest.get(f"/staff/invitation/{token}")
    assert "Cy" not in page
    assert "Cy, choose your password" in await guest.post("/staff/invitation", token=token)
    await chooses(guest, token)
    assert guest.at == "/staff"
    await guest.post("/staff/log-out")
    await guest.log_in("cy@county.example", GOOD)
    assert guest.at == "/staff"


async def test_who_needs_a_second_factor_sets_it_up_by_the_link_and_not_before_the_password(
    strict: Office, admin: Browser, guest: Browser
) -> None:
    token = token_on(await admin.post(f"/staff/accounts/{strict.ben}/invite"))
    salt = "7" * 32
    await guest.post("/staff/invitation", token=token, salt=salt, code=code_of(strict, strict.ben, salt))
    assert guest.status == 410
    salt = salt_on(await chooses(guest, token))
    for wrong in ("", "000000"):
        assert salt_on(await guest.post("/staff/invitation", token=token, salt=salt, code=wrong)) == salt
        assert guest.status == 422
    await guest.post("/staff/invitation", token=token, salt="x", code=code_of(strict, strict.ben, "x"))
    assert guest.status == 422
    await guest.post("/staff/invitation", token=token, salt=salt, code=code_of(strict, strict.ben, salt))
    assert guest.at == "/staff"
    strict.wall.forward(timedelta(minutes=1))
    await guest.log_in(BEN, GOOD)
    await guest.post("/staff/second-factor", code=code_of(strict, strict.ben, salt))
    assert guest.at == "/staff"


async def test_a_link_works_once_for_seven_days_and_until_there_is_a_newer_one(
    strict: Office, admin: Browser, guest: Browser
) -> None:
    old = token_on(await admin.post(f"/staff/accounts/{strict.ana}/invite"))
    token = token_on(await admin.post(f"/staff/accounts/{strict.ana}/invite"))
    for dead in (old, "guessed", ""):
        await chooses(guest, dead)
        assert guest.status == 410
    await chooses(guest, token)
    assert guest.at == "/staff"
    assert "does not work any more" in await chooses(guest, token)
    late = token_on(await admin.post(f"/staff/accounts/{strict.ana}/invite"))
    strict.wall.forward(LASTS)
    await chooses(guest, late)
    assert guest.status == 410


async def test_looking_at_the_link_changes_nothing_and_tells_nobody(
    strict: Office, admin: Browser, guest: Browser
) -> None:
    with capture_logs() as logged:
        token = token_on(await admin.post(f"/staff/accounts/{strict.ana}/invite"))
        for _ in range(3):
            async with guest.http.get(f"{strict.url}/staff/invitation/{token}") as answer:
                assert answer.headers["Referrer-Policy"] == "strict-origin"
                assert answer.headers["Cache-Control"] == "no-store"
                assert "http" not in (await answer.text()).partition("<main")[2]
        await chooses(guest, token)
    assert guest.at == "/staff"
    assert token not in str(logged)
    assert any("/staff/invitation/{token}" in str(line) for line in logged)


async def test_only_a_hash_of_the_link_is_kept_and_the_log_tells_who_did_what(strict: Office, admin: Browser) -> None:
    token = token_on(await admin.post("/staff/accounts", **NEW))
    kept = await strict.house.reader.run(lambda c: c.execute(select(invitations)).all())
    assert token not in str(kept)
    wanted = select(engagement.c.subject, engagement.c.actor).order_by(engagement.c.id)
    acts = await strict.house.reader.run(lambda c: [tuple(row) for row in c.execute(wanted)])
    assert acts == [("opened", strict.sue), ("invited", strict.sue)]


async def test_a_new_password_ends_what_was_open_and_leaves_the_second_factor(
    strict: Office, admin: Browser, guest: Browser
) -> None:
    token = token_on(await admin.post(f"/staff/accounts/{strict.sue}/invite"))
    await chooses(guest, token)
    assert guest.at == "/staff/log-in"
    await admin.get("/staff/accounts")
    assert admin.at.startswith("/staff/log-in")
    await guest.log_in("sue@county.example", GOOD)
    assert guest.at.startswith("/staff/second-factor")


async def test_a_lost_second_factor_makes_an_invitation_for_another(
    strict: Office, admin: Browser, guest: Browser
) -> None:
    await strict.write(lambda c: c.execute(update(staff).where(staff.c.id == strict.ben).values(totp_step=1)))
    token = token_on(await admin.post(f"/staff/accounts/{strict.ben}/reset-second-factor"))
    assert "Set up your second factor" in await chooses(guest, token)


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        ("too short", None, "at least 15"),
        ("x" * 300, None, "at most 256"),
        (GOOD, GOOD + "!", "not the same"),
        ("passwordpassword1234", None, "guessed quickly"),
        ("Milepost-Demo-County", None, "guessed quickly"),
        ("ana@county.example", None, "guessed quickly"),
        ("aaaaaaaaaaaaaaaaaaaa", None, "guessed quickly"),
        ("abcabcabcabcabcabcabc", None, "guessed quickly"),
        ("P\u00e1ssw\u00f6rd!!!1234567890", None, "guessed quickly"),
    ],
)
async def test_a_password_that_is_guessed_first_is_not_taken(
    strict: Office, admin: Browser, guest: Browser, password: str, again: str | None, why: str
) -> None:
    token = token_on(await admin.post(f"/staff/accounts/{strict.ana}/invite"))
    page = await guest.post("/staff/invitation", token=token, password=password, again=again or password)
    assert (guest.status, why in page) == (422, True)
    assert password not in page or password == "ana@county.example"
    await guest.log_in("ana@county.example")
    assert guest.at == "/staff"


async def test_a_password_is_the_same_however_a_keyboard_writes_it(
    strict: Office, admin: Browser, guest: Browser
) -> None:
    token = token_on(await admin.post(f"/staff/accounts/{strict.ana}/invite"))
    await chooses(guest, token, "ma\u00f1ana bailamos cumbia")
    await guest.log_in("ana@county.example", "man\u0303ana bailamos cumbia")
    assert guest.at == "/staff"


@pytest.mark.parametrize(
    ("field", "said", "why"),
    [
        ("email", "nobody", "such as ana@county.example"),
        ("email", "ANA@county.example", "Somebody has an account"),
        ("first_name", " ", "the name that clients know"),
        ("role", "king", "Choose a role"),
    ],
)
async def test_an_account_that_cannot_be_added_keeps_what_was_typed(
    strict: Office, admin: Browser, field: str, said: str, why: str
) -> None:
    page = await admin.post("/staff/accounts", **NEW | {field: said})
    assert (admin.status, why in page) == (422, True)
    assert all(f'value="{kept}"' in page for name, kept in NEW.items() if name != field)
    assert "/staff/invitation/" not in page


async def test_nobody_is_invited_to_an_account_that_is_closed(strict: Office, admin: Browser) -> None:
    await strict.write(lambda c: c.execute(update(staff).where(staff.c.id == strict.ana).values(active=False)))
    page = await admin.post(f"/staff/accounts/{strict.ana}/invite")
    assert (admin.status, "account is closed" in page) == (422, True)


@pytest.mark.parametrize(("taken", "says"), [(True, "on its way to cy@"), (False, "did not go out")])
async def test_where_the_county_has_a_mail_server_the_link_is_mailed_too(
    strict: Office,
    admin: Browser,
    taken: bool,  # noqa: FBT001
    says: str,
) -> None:
    sent: list[tuple[str, str]] = []

    async def mail(email: str, link: str) -> bool:
        sent.append((email, link))
        return taken

    strict.app._state[STAFF_MAIL] = mail
    page = await admin.post("/staff/accounts", **NEW)
    assert says in page
    assert sent == [("cy@county.example", f"http://127.0.0.1:8080/staff/invitation/{token_on(page)}")]


async def test_before_the_first_password_none_fits(strict: Office, admin: Browser, guest: Browser) -> None:
    await admin.post("/staff/accounts", **NEW)
    for password in ("", PASSWORD):
        await guest.log_in("cy@county.example", password)
        assert guest.status == 401
