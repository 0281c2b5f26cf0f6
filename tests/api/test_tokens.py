from __future__ import annotations

import re

import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import select, update
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.api.rate_limit import RATE_LIMIT, RateLimit
from records.api_tokens import Scope
from records.roles import Role
from records.tables import api_tokens, engagement, staff
from tests.api.callers import A_YEAR, Caller, let_in
from tests.api.world import World
from tests.staff.office import Browser, Office

PROBLEM = "application/problem+json"


async def make_token(office: Office, http: ClientSession, **more: str) -> tuple[Browser, str]:
    """What an admin gets who makes a token on the staff page."""
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.sue).values(role=Role.ADMIN)))
    browser = Browser(http, office.url)
    await browser.log_in("sue@county.example")
    page = await browser.get("/staff/tokens")
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    form = {"name": "CalSAWS", "scope": "clients:read", "until": "2026-05-01", "team": "", "token": token[1], **more}
    return browser, await browser.post("/staff/tokens", **form)


async def test_an_admin_makes_a_token_whose_secret_is_shown_once_and_nowhere_kept(office: Office) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        browser, page = await make_token(office, http)
        found = re.search(r'value="(mp_[0-9a-f]{64})"', page)
        assert found
        assert (await Caller(http, office.url, found[1]).get("/clients")).status == 200
        again = await browser.get("/staff/tokens")
        assert found[1] not in again
        assert "CalSAWS" in again
        assert "Last used" in again
        rows = await office.house.reader.run(lambda c: c.execute(select(api_tokens)).all())
        log = await office.house.reader.run(lambda c: c.execute(select(engagement)).all())
        assert found[1] not in str(rows) + str(log)
        await browser.post(f"/staff/tokens/{rows[0].id}/revoke")
        assert (await Caller(http, office.url, found[1]).get("/clients")).status == 401


@pytest.mark.parametrize(
    ("amiss", "says"),
    [
        ({"scope": ""}, "at least one thing"),
        ({"until": ""}, "Choose a day."),
        ({"until": "2031-01-01"}, "within a year"),
        ({"team": "Nobody"}, "no such team"),
        ({"name": " "}, "Give it a name"),
    ],
)
async def test_a_token_that_cannot_be_made_is_refused_with_what_to_do(
    office: Office, amiss: dict[str, str], says: str
) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        browser, page = await make_token(office, http, **amiss)
    assert browser.status == 422
    assert says in page


async def test_a_token_that_ran_out_opens_nothing(office: Office, caller: Caller) -> None:
    assert (await caller.get("/clients")).status == 200
    office.wall.at += A_YEAR
    answered = await caller.get("/clients")
    assert answered.status == 401
    assert answered.headers["WWW-Authenticate"].startswith("Bearer")
    assert answered.headers["Content-Type"].startswith(PROBLEM)


async def test_names_and_numbers_are_for_who_needs_them(office: Office, world: World, http: ClientSession) -> None:
    plain = await let_in(office, http, {Scope.CLIENTS_READ})
    full = await let_in(office, http, {Scope.CLIENTS_READ, Scope.CLIENTS_CONTACT})
    hidden = (await plain.get(f"/clients/{world.north.client_id}")).body
    assert (hidden["first_name"], hidden["number"], hidden["external_id"]) == (None, None, "N-1")
    shown = (await full.get("/clients/by-external-id/N-1")).body
    assert (shown["first_name"], shown["number"]) == ("Maria", "+17075550100")


async def test_pages_have_every_client_once_however_long_they_are(world: World, caller: Caller) -> None:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await caller.get("/clients", limit="1", **cursor)).body
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert len(found) == len(set(found)) == 3


async def test_who_calls_too_often_is_told_when_to_come_again(office: Office, caller: Caller) -> None:
    limit = office.app[RATE_LIMIT]
    limit.a_second, limit.at_once = 0.01, 2
    answers = [await caller.get("/clients") for _ in range(3)]
    assert [one.status for one in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_a_bucket_fills_again() -> None:
    limit = RateLimit(a_second=1000, at_once=1)
    assert limit.waits("a") == 0
    assert limit.waits("b") == 0
    while limit.waits("a"):
        pass


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/clients?limit=0", 422),
        ("/clients?limt=5", 422),
        ("/clients?cursor=AAAA", 409),
        ("/clients/x", 404),
    ],
)
async def test_every_refusal_is_a_problem_that_programs_can_read(caller: Caller, path: str, status: int) -> None:
    answered = await caller.call("GET", path)
    assert answered.status == answered.body["status"] == status
    assert answered.headers["Content-Type"].startswith(PROBLEM)
    assert answered.body["type"].startswith("/api/v1/docs#")
    assert answered.body["detail"]


def test_the_command_line_makes_lists_and_revokes_tokens(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", migrated_sqlite_url)
    run = CliRunner()
    made = run.invoke(cli, ["token", "create", "CalSAWS", "--scope", "visits:write"])
    assert made.stdout.startswith("mp_")
    listed = run.invoke(cli, ["token", "list"]).stdout
    assert "CalSAWS: active" in listed
    run.invoke(cli, ["token", "revoke", listed.split()[0]])
    assert "CalSAWS: revoked" in run.invoke(cli, ["token", "list"]).stdout
    assert run.invoke(cli, ["token", "create", "X", "--scope", "all"]).exit_code == 1
