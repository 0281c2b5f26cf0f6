"""Every staff page for every role, on a record that is theirs and on one that is not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import Connection, insert, update

from bot.staff.routes import ROUTES, About, StaffRoute
from conversations.escalations import Level, Trigger
from records import api_tokens, leaves, uploads
from records.api_tokens import NewToken, Scope
from records.engagement import Kind
from records.ids import new_id
from records.roles import REACH, RIGHTS, Reach, Right, Role
from records.tables import (
    campaigns,
    client_groups,
    client_merges,
    clients,
    engagement,
    escalations,
    free_times,
    hook_deliveries,
    notes,
    referrals,
    staff,
    teams,
    transfers,
    visits,
)
from records.tables import leaves as leaves_table
from records.tables import nudges as nudges_table
from tests.staff.life import nudge, send_pictures
from tests.staff.office import HASHED, MONDAY, Browser, Office, open_office

A_DAY = timedelta(days=1)
EVERYBODYS = (About.NOTHING, About.DELIVERY, About.ACCOUNT, About.TOKEN, About.LIST)
"""What has no owner: whoever has the right sees all of it."""

REFUSED, HIDDEN = 403, 404
OPEN_TO_ALL = {
    *((method, f"/staff/{page}") for method in ("GET", "POST") for page in ("log-in", "second-factor")),
    ("GET", "/staff/log-in/county"),
    ("GET", "/staff/log-in/county/callback"),
    ("GET", "/staff/invitation/{token}"),
    ("POST", "/staff/invitation"),
}


@dataclass(frozen=True, slots=True)
class Records:
    """One of each that an address can name, all of one worker's."""

    client: str
    nudge: str
    campaign: str
    group: str
    note: str
    picture: str
    escalation: str
    time: str
    leave: str
    delivery: str
    transfer: str
    account: str
    token: str
    list: str
    merge: str

    def path(self, route: StaffRoute) -> str:
        ids = {
            About.NUDGE: self.nudge,
            About.CAMPAIGN: self.campaign,
            About.GROUP: self.group,
            About.NOTE: self.note,
            About.PICTURE: self.picture,
            About.ESCALATION: self.escalation,
            About.TIME: self.time,
            About.LEAVE: self.leave,
            About.DELIVERY: self.delivery,
            About.TRANSFER: self.transfer,
            About.ACCOUNT: self.account,
            About.TOKEN: self.token,
            About.LIST: self.list,
            About.MERGE: self.merge,
        }
        path = re.sub(r"\{id:.*?\}\}?(?=/|$)", ids.get(route.about, self.client), route.path)
        path = re.sub(r"\{measure:.*?\}\}", "M3", path)
        return re.sub(r"\{number:.*?\}\}", "1", path)


@dataclass(frozen=True, slots=True)
class County:
    """Two teams; `theirs` are records within the reach of each role in the first, `foreign` those of the second."""

    theirs: Mapping[Role, Records]
    foreign: Records


def put(connection: Connection, worker: str, nth: int) -> Records:
    """A client of this worker's, and what belongs to them."""
    row = {
        "id": new_id(MONDAY),
        "number": f"+1707555{nth:04}",
        "first_name": "Lee",
        "language": "en",
        "zone": "America/Los_Angeles",
        "consent": "active",
        "worker_id": worker,
        "created_at": MONDAY,
    }
    client = str(row["id"])
    connection.execute(insert(clients).values(row))
    written = nudge(client, "worker_nudge", MONDAY + A_DAY, words="Hi", created_by=worker)
    connection.execute(insert(nudges_table).values(written))
    campaign = {"id": new_id(MONDAY), "name": "All", "template": "help", "words": {}, "day": "2026-03-05"}
    stands = {"hour": "11:00", "state": "waiting", "created_by": worker, "created_at": MONDAY}
    connection.execute(insert(campaigns).values({**campaign, **stands}))
    group = {"id": new_id(MONDAY), "staff_id": worker, "name": f"Group {nth}", "language": "", "only": ""}
    connection.execute(insert(client_groups).values({**group, "created_at": MONDAY}))
    note = {"id": new_id(MONDAY), "client_id": client, "author_id": worker, "kind": "note", "words": "Is moving"}
    connection.execute(insert(notes).values({**note, "at": MONDAY, "happened_at": MONDAY}))
    visit = {"client_id": client, "number": 1, "worker_id": worker, "starts_at": MONDAY + A_DAY, "place": "Oak St"}
    more = {"bring": "", "by_phone": False, "status": "planned", "leaves_at": "", "version": 1, "reason": ""}
    connection.execute(insert(visits).values({**visit, **more, "created_at": MONDAY, "changed_at": MONDAY}))
    item = {"id": new_id(MONDAY), "client_id": client, "trigger": Trigger.QUIET, "level": Level.U3, "opened_at": MONDAY}
    due = {"due_at": MONDAY + A_DAY, "assigned_to": worker}
    connection.execute(insert(escalations).values({**item, **due}))
    time = {"id": new_id(MONDAY), "worker_id": worker, "starts_at": MONDAY + (2 + nth) * A_DAY, "created_at": MONDAY}
    connection.execute(insert(free_times).values(time))
    day = (MONDAY + (30 + nth) * A_DAY).date()
    leave = leaves.add(connection, worker, day, day, None, worker, MONDAY)
    delivery = {"id": new_id(MONDAY), "hook": "mail", "occasion": "opened", "state": "parked", "due_at": MONDAY}
    connection.execute(insert(hook_deliveries).values({**delivery, "tries": 9, "last_error": ""}))
    moved = {"id": new_id(MONDAY), "at": MONDAY, "by_id": worker, "to_id": worker, "why": "more time"}
    connection.execute(insert(transfers).values(moved))
    merge = {"id": new_id(MONDAY), "at": MONDAY, "by_id": worker, "kept_id": client, "gone_id": client}
    connection.execute(insert(client_merges).values({**merge, "before": {}, "through": "", "undone_at": MONDAY}))
    sent = new_id(MONDAY)
    uploads.add(connection, sent, "clients", "list.csv", b"number", "0" * 64, worker, MONDAY)
    letting_in = NewToken("CalSAWS", [Scope.VISITS_WRITE], "", f"{nth:064}", MONDAY + A_DAY)
    return Records(
        client=client,
        nudge=str(written["id"]),
        campaign=str(campaign["id"]),
        group=str(group["id"]),
        note=str(note["id"]),
        picture=send_pictures(client, connection),
        escalation=str(item["id"]),
        time=str(time["id"]),
        leave=leave,
        delivery=str(delivery["id"]),
        transfer=str(moved["id"]),
        account=worker,
        token=api_tokens.create(connection, letting_in, worker, MONDAY),
        list=sent,
        merge=str(merge["id"]),
    )


def hire(connection: Connection, name: str, role: Role, team: str) -> str:
    row = {"id": new_id(MONDAY), "email": f"{name}@county.example", "first_name": name.title(), "role": role}
    connection.execute(
        insert(staff).values({**row, "team_id": team, "password_hash": HASHED, "active": True, "created_at": MONDAY})
    )
    return str(row["id"])


def refer(connection: Connection, client: str, to: str, by: str, *, agreed: bool) -> None:
    row = {"id": new_id(MONDAY), "client_id": client, "staff_id": to, "created_by": by, "created_at": MONDAY}
    connection.execute(insert(referrals).values({**row, "agreed_at": MONDAY if agreed else None}))


def found(connection: Connection) -> County:
    north, south = new_id(MONDAY), new_id(MONDAY)
    connection.execute(insert(teams), [{"id": north, "name": "North"}, {"id": south, "name": "South"}])
    nora, stan = hire(connection, "nora", Role.ETW, north), hire(connection, "stan", Role.ETW, south)
    theirs: dict[Role, Records] = {}
    for nth, role in enumerate(Role):
        me = hire(connection, f"the-{role}", role, north)
        theirs[role] = put(connection, me if REACH[role] is Reach.OWN and role is not Role.VC else nora, nth)
        connection.execute(update(client_groups).where(client_groups.c.id == theirs[role].group).values(staff_id=me))
        if role in (Role.VC, Role.PROVIDER):
            connection.execute(update(campaigns).where(campaigns.c.id == theirs[role].campaign).values(created_by=me))
            refer(connection, theirs[role].client, me, nora, agreed=True)
            connection.execute(update(free_times).where(free_times.c.id == theirs[role].time).values(worker_id=me))
            connection.execute(update(leaves_table).where(leaves_table.c.id == theirs[role].leave).values(staff_id=me))
    return County(theirs, put(connection, stan, 99))


@pytest.fixture
async def two_teams(migrated_sqlite_url: str) -> AsyncIterator[tuple[Office, County]]:
    async with open_office(migrated_sqlite_url) as office:
        county: Any = await office.house.writer.run(found)
        yield office, county


async def visits_all(office: Office, role: Role, records: Records) -> Mapping[tuple[str, str], int]:
    """What each page answers to somebody of this role, by method and pattern."""
    answers: dict[tuple[str, str], int] = {}
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        browser = Browser(http, office.url)
        await browser.log_in(f"the-{role}@county.example")
        await browser.get("/staff")
        for route in sorted(ROUTES, key=lambda route: route.path == "/staff/log-out"):
            data = {"csrf": browser.csrf} if route.method == "POST" else None
            address = office.url + records.path(route)
            async with http.request(route.method, address, data=data, allow_redirects=False) as answer:
                answers[route.method, route.path] = answer.status
    return answers


def expected(route: StaffRoute, role: Role, *, own: bool) -> Sequence[int]:
    """The refusals that must come; none if the page must answer."""
    if route.right not in RIGHTS[role]:
        return [REFUSED]
    return [] if own or route.about in EVERYBODYS else [HIDDEN]


@pytest.mark.parametrize("own", [True, False], ids=["own", "foreign"])
@pytest.mark.parametrize("role", Role)
async def test_a_page_answers_whom_it_is_for_and_nobody_else(
    two_teams: tuple[Office, County], role: Role, *, own: bool
) -> None:
    office, county = two_teams
    answers = await visits_all(office, role, county.theirs[role] if own else county.foreign)
    wrong = {}
    for route in ROUTES:
        status, must = answers[route.method, route.path], expected(route, role, own=own)
        if (status not in must) if must else (status in (REFUSED, HIDDEN) or status >= 500):
            wrong[route.method, route.path] = status
    assert wrong == {}


def test_every_address_of_the_staff_pages_is_in_the_table(office: Office) -> None:
    here = {
        (route.method, route.resource.canonical)
        for route in office.app.router.routes()
        if route.resource and route.resource.canonical.startswith("/staff") and route.method != "HEAD"
    }
    plain = {(route.method, re.sub(r"\{(\w+):.*?\}\}?(?=/|$)", r"{\1}", route.path)) for route in ROUTES}
    assert here == plain | OPEN_TO_ALL


def test_nobody_has_more_rights_than_a_supervisor_but_who_keeps_the_accounts_or_samples() -> None:
    for role, rights in RIGHTS.items():
        assert rights <= RIGHTS[Role.SUPERVISOR] | {Right.KEEP_STAFF, Right.SAMPLE_THREADS}, role
    assert Right.READ_THREADS not in RIGHTS[Role.ADMIN]


async def test_a_provider_sees_a_client_only_once_the_client_agreed(two_teams: tuple[Office, County]) -> None:
    office, county = two_teams
    client = county.foreign.client
    provider = await office.house.reader.run(partial(who, email="the-provider@county.example"))
    await office.write(partial(refer, client=client, to=provider, by=provider, agreed=False))
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        browser = Browser(http, office.url)
        await browser.log_in("the-provider@county.example")
        await browser.get(f"/staff/clients/{client}")
        assert browser.status == HIDDEN
        agree = update(referrals).where(referrals.c.client_id == client).values(agreed_at=MONDAY)
        await office.write(lambda connection: connection.execute(agree))
        page = await browser.get(f"/staff/clients/{client}")
    assert browser.status == 200
    assert "Lee" in page


def who(connection: Connection, email: str) -> str:
    return str(connection.scalar(staff.select().with_only_columns(staff.c.id).where(staff.c.email == email)))


async def test_who_may_not_read_texts_sees_that_they_went_but_not_what_they_say(busy: Office, browser: Browser) -> None:
    await busy.write(lambda c: c.execute(update(staff).where(staff.c.id == busy.ana).values(role=Role.ICW)))
    await browser.log_in("ana@county.example")
    page = await browser.get(f"/staff/clients/{busy.maria}")
    assert "What it says is not shown to you." in page
    assert "Hola Maria" not in page
    assert "Hola Maria" not in await browser.get(f"/staff/clients/{busy.maria}/thread")
    looks = engagement.select().where(engagement.c.kind == Kind.THREAD_VIEWED)
    assert await busy.house.reader.run(lambda c: c.execute(looks).all()) == []


async def test_who_covers_for_a_colleague_sees_to_their_clients_meanwhile(office: Office, browser: Browser) -> None:
    await browser.log_in("ben@county.example")
    await browser.get(f"/staff/clients/{office.maria}")
    assert browser.status == HIDDEN
    today = MONDAY.date()
    away = partial(leaves.add, staff_id=office.ana, first_day=today, last_day=today, cover_id=office.ben, by=office.ana)
    await office.write(partial(away, now=MONDAY))
    await browser.get(f"/staff/clients/{office.maria}/nudges/new")
    assert browser.status == 200
