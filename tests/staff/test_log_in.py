from __future__ import annotations

import json
from datetime import timedelta

import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import select

from bot.staff.access.lock_out import MOST_ADDRESSES, MOST_TRIES, WAIT, LockOut
from records.people import set_active
from records.tables import sessions
from tests.staff.office import MONDAY, PASSWORD, Browser, Office

ELSEWHERE = {"Origin": "https://elsewhere.example"}


async def test_the_right_password_leads_to_the_clients(browser: Browser) -> None:
    page = await browser.log_in("Ana@County.example ")
    assert browser.at == "/staff"
    assert "Today" in page


async def test_who_is_not_logged_in_is_sent_to_the_log_in_and_then_on(office: Office, browser: Browser) -> None:
    page = await browser.get(f"/staff/clients/{office.maria}")
    assert browser.at == f"/staff/log-in?next=/staff/clients/{office.maria}"
    assert f'name="next" value="/staff/clients/{office.maria}"' in page
    await browser.post(
        "/staff/log-in", email="ana@county.example", password=PASSWORD, next=f"/staff/clients/{office.maria}"
    )
    assert browser.at == f"/staff/clients/{office.maria}"


@pytest.mark.parametrize("there", ["//elsewhere.example", "https://elsewhere.example", "/staff/\\elsewhere", "/phone"])
async def test_the_log_in_leads_to_no_other_site(browser: Browser, there: str) -> None:
    await browser.post("/staff/log-in", email="ana@county.example", password=PASSWORD, next=there)
    assert browser.at == "/staff"


async def test_a_wrong_password_and_an_unknown_address_read_alike(browser: Browser) -> None:
    known = await browser.log_in("ana@county.example", "wrong")
    assert browser.status == 401
    unknown = await browser.log_in("nobody@county.example", "wrong")
    assert browser.status == 401
    assert known.replace("ana@", "nobody@") == unknown


@pytest.mark.parametrize("email", ["ana@county.example", "nobody@county.example"])
async def test_after_five_bad_tries_even_the_right_password_waits(office: Office, browser: Browser, email: str) -> None:
    for _ in range(MOST_TRIES):
        await browser.log_in(email, "wrong")
    page = await browser.log_in(email)
    assert (browser.status, "too many tries" in page) == (429, True)
    await browser.log_in("ben@county.example")
    assert browser.at == "/staff"
    office.wall.forward(WAIT)
    await browser.log_in(email)
    assert browser.status in (200, 401)


def test_the_list_of_bad_tries_does_not_grow_for_ever() -> None:
    lock_out = LockOut()
    for nth in range(MOST_ADDRESSES + 10):
        lock_out.bad_try(f"{nth}@county.example", MONDAY)
    assert len(lock_out.tries) == MOST_ADDRESSES


def test_bad_tries_long_ago_do_not_count() -> None:
    lock_out = LockOut()
    for nth in range(MOST_TRIES):
        lock_out.bad_try("ana@county.example", MONDAY + nth * WAIT)
    assert lock_out.waits_until("ana@county.example", MONDAY + MOST_TRIES * WAIT) is None


async def test_a_log_in_ends_after_half_an_hour_of_nothing(office: Office, ana: Browser) -> None:
    office.wall.forward(timedelta(minutes=29))
    await ana.get("/staff")
    office.wall.forward(timedelta(minutes=29))
    await ana.get("/staff")
    assert ana.at == "/staff"
    office.wall.forward(timedelta(minutes=31))
    await ana.get("/staff")
    assert ana.at.startswith("/staff/log-in")


async def test_what_the_page_asks_by_itself_does_not_keep_the_log_in(office: Office, ana: Browser) -> None:
    office.wall.forward(timedelta(minutes=29))
    await ana.get(f"/staff/clients/{office.maria}/thread")
    office.wall.forward(timedelta(minutes=2))
    await ana.get("/staff")
    assert ana.at.startswith("/staff/log-in")


async def test_the_page_is_told_how_long_the_log_in_lasts_and_asking_does_not_keep_it(
    office: Office, ana: Browser
) -> None:
    assert 'data-left="1800"' in await ana.get("/staff")
    office.wall.forward(timedelta(minutes=20))
    for _ in range(2):
        assert json.loads(await ana.get("/staff/session")) == {"left": 600, "may_stay": True}
    assert json.loads(await ana.post("/staff/session")) == {"left": 1800, "may_stay": True}
    for _ in range(24):
        office.wall.forward(timedelta(minutes=28))
        await ana.post("/staff/session")
    office.wall.forward(timedelta(minutes=20))
    assert json.loads(await ana.get("/staff/session")) == {"left": 480, "may_stay": False}
    assert json.loads(await ana.post("/staff/session")) == {"left": 480, "may_stay": False}


async def test_a_log_in_ends_after_twelve_hours(office: Office, ana: Browser) -> None:
    for _ in range(26):
        await ana.get("/staff")
        office.wall.forward(timedelta(minutes=29))
    assert ana.at.startswith("/staff/log-in")


async def test_moving_the_demos_time_logs_nobody_out(office: Office, ana: Browser) -> None:
    office.clock.forward(timedelta(days=3))
    await ana.get("/staff")
    assert ana.at == "/staff"


async def test_a_closed_account_is_out_at_once(office: Office, ana: Browser) -> None:
    await office.write(lambda connection: set_active(connection, "ana@county.example", active=False))
    await ana.get("/staff")
    assert ana.at.startswith("/staff/log-in")


async def test_logging_out_ends_the_log_in_on_the_server(office: Office, ana: Browser) -> None:
    kept = {cookie.key: cookie.value for cookie in ana.http.cookie_jar}
    await ana.get("/staff")
    await ana.post("/staff/log-out")
    assert ana.at.startswith("/staff/log-in")
    async with (
        ClientSession(cookie_jar=CookieJar(unsafe=True), cookies=kept) as http,
        http.get(f"{office.url}/staff") as answer,
    ):
        assert answer.url.path == "/staff/log-in"


async def test_every_log_in_has_a_new_cookie_kept_only_as_a_hash(office: Office, browser: Browser) -> None:
    cookies = set()
    for _ in range(2):
        async with browser.http.post(
            f"{office.url}/staff/log-in",
            data={"email": "ana@county.example", "password": PASSWORD},
            allow_redirects=False,
        ) as answer:
            cookie = answer.cookies["milepost"]
            cookies.add(cookie.value)
            assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    stored = await office.house.writer.run(lambda c: c.execute(select(sessions.c.token_hash)).scalars().all())
    assert len(cookies) == len(stored) == 2
    assert cookies.isdisjoint(stored)


async def test_over_https_the_cookie_is_bound_to_this_host(office: Office, browser: Browser) -> None:
    office.house.plan.settings.public_url = "https://texts.county.example"
    async with browser.http.post(
        f"{office.url}/staff/log-in", data={"email": "ana@county.example", "password": PASSWORD}, allow_redirects=False
    ) as answer:
        cookie = answer.cookies["__Host-milepost"]
        assert cookie["secure"]
        assert not cookie["domain"]


async def test_a_form_from_another_site_is_refused(office: Office, ana: Browser) -> None:
    await ana.get("/staff")
    for headers in (ELSEWHERE, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        await ana.post_with(headers, "/staff/log-out")
        assert ana.status == 403
    await ana.post_with(ELSEWHERE, "/staff/log-in", email="ana@county.example", password=PASSWORD)
    assert ana.status == 403
    await ana.post_with({"Origin": office.url, "Sec-Fetch-Site": "same-origin"}, "/staff/log-out")
    assert ana.at.startswith("/staff/log-in")


async def test_a_form_without_our_token_is_refused(ana: Browser) -> None:
    await ana.get("/staff")
    for token in ("", "guessed", "é"):
        await ana.post("/staff/log-out", csrf=token)
        assert ana.status == 403


async def test_a_fragment_asked_for_too_late_sends_the_page_to_the_log_in(office: Office, browser: Browser) -> None:
    page = f"/staff/clients/{office.maria}"
    for came_from, leads_to in (
        (office.url + page, page),
        ("https://elsewhere.example/staff/log", "/staff"),
        ("", "/staff"),
    ):
        headers = {"HX-Request": "true", "Referer": came_from}
        async with browser.http.get(f"{office.url}{page}/thread", headers=headers) as answer:
            assert (answer.status, answer.headers["HX-Redirect"]) == (204, f"/staff/log-in?next={leads_to}")


async def test_a_form_sent_too_late_leads_to_the_log_in_and_back_to_its_page(office: Office, browser: Browser) -> None:
    page = f"/staff/clients/{office.maria}"
    for came_from, leads_to in ((page, page), (f"{page}/write", "/staff"), ("/staff/nowhere", "/staff")):
        await browser.post_with({"Referer": office.url + came_from}, f"{page}/write", words="Hi")
        assert browser.at == f"/staff/log-in?next={leads_to}"


async def test_pages_carry_the_headers_that_keep_them_safe(office: Office, ana: Browser) -> None:
    async with ana.http.get(f"{office.url}/staff") as answer:
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        page = await answer.text()
    assert "<script>" not in page
    assert "style=" not in page


async def test_a_file_may_be_kept_for_ever_as_its_address_changes_with_it(office: Office, browser: Browser) -> None:
    page = await browser.get("/")
    style = page.partition('href="/static/milepost.css?v=')[2].partition('"')[0]
    async with browser.http.get(f"{office.url}/static/milepost.css?v={style}") as answer:
        assert "immutable" in answer.headers["Cache-Control"]
    async with browser.http.get(f"{office.url}/static/milepost.css") as answer:
        assert "immutable" not in answer.headers.get("Cache-Control", "")
