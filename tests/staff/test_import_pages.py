from __future__ import annotations

import asyncio
from collections.abc import Callable
from io import BytesIO

from aiohttp import FormData
from sqlalchemy import Connection, func, insert, select, update

from bot.staff.caseload.import_pages import IMPORTS
from records.ids import new_id
from records.roles import Role
from records.tables import clients, imports, messages, referrals, staff, teams, uploads
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import words

GOOD = """number,first_name,language,worker_email,shoe size
707-555-0171,Lupe,es,ana@county.example,7
707-555-0101,Joe,en,ben@county.example,9
707-555-0172,<script>alert(1)</script>,en,ana@county.example,1
12,Kim,en,ana@county.example,1
"""


async def send(sue: Browser, content: str, kind: str = "clients", token: str = "", name: str = "list.csv") -> str:
    form = FormData({"csrf": sue.csrf, "kind": kind, "token": token or new_id(MONDAY)})
    form.add_field("file", BytesIO(content.encode()), filename=name)
    async with sue.http.post(f"{sue.url}/staff/imports", data=form, headers={"Accept": "text/html"}) as answer:
        return sue._seen(answer.status, answer.url.path_qs, await answer.text())


async def when(sue: Browser, path: str, is_so: Callable[[str], bool]) -> str:
    async with asyncio.timeout(20):
        while True:
            page = await sue.get(path)
            if is_so(page):
                return page


def at_rest(page: str) -> bool:
    return "<progress" not in page


async def test_a_list_is_looked_at_before_it_changes_anything_and_then_brought_in_once(
    office: Office, sue: Browser
) -> None:
    await sue.get("/staff/imports")
    await send(sue, GOOD)
    here = sue.at
    page = await when(sue, here, at_rest)
    text = words(page)
    assert "New 1 Changed 1 Left out 2" in text
    assert "Nothing is changed yet." in text
    assert "number is no valid phone number" in text
    assert "Columns that are ignored: shoe size." in text
    assert "<script>alert" not in page
    assert await number_of(office, clients) == 3
    bad = await sue.get(f"{here}/bad-rows.csv")
    assert bad.splitlines()[0].endswith("row,reasons")
    assert [line.split(",")[0] for line in bad.splitlines()[1:]] == ["4", "5"]
    await sue.get(here)
    await asyncio.gather(*(sue.post(f"{here}/run") for _click in range(3)))
    text = words(await when(sue, here, at_rest))
    assert "It is brought in." in text
    assert await number_of(office, clients) == 4
    assert await number_of(office, imports) == 1
    joe = await office.house.writer.run(lambda c: c.execute(select(clients).where(clients.c.id == office.joe)).one())
    assert joe.worker_id == office.ben
    contents = await office.house.writer.run(lambda c: c.execute(select(uploads.c.content)).scalars().all())
    assert contents == [None]
    assert "1 new, 1 changed, 2 bad" in words(await sue.get("/staff/imports"))
    await send(sue, GOOD)
    text = words(await when(sue, sue.at, at_rest))
    assert "There is nothing to bring in. This very file was brought in Mon Mar 2, 10:00 am." in text


async def number_of(office: Office, table: object) -> int:
    count = select(func.count()).select_from(table)  # type: ignore[arg-type]
    found: int = await office.house.writer.run(lambda c: c.execute(count).scalar_one())
    return found


async def test_what_is_not_a_list_is_refused_with_what_to_do(office: Office, sue: Browser) -> None:
    await sue.get("/staff/imports")
    assert "This file is empty." in await send(sue, "")
    assert sue.status == 422
    assert "Choose what the list holds." in await send(sue, GOOD, kind="dogs")
    await send(sue, "name;age")
    text = words(await when(sue, sue.at, at_rest))
    assert "number, language, worker_email missing" in text
    assert "What to do: the first row names the columns" in text
    assert "A list may have up to 20 MB" in await send(sue, "x" * 20_200_000)
    assert sue.status == 413
    assert "number,first_name" in await sue.get("/staff/imports/clients.csv")
    assert "number,external_id" in await sue.get("/staff/imports/visits.csv")


async def test_a_list_of_visits_says_which_texts_would_follow_and_can_be_dropped(office: Office, sue: Browser) -> None:
    await sue.get("/staff/imports")
    await send(sue, "number,external_id,date,time,place\n707-555-0101,V1,2026-03-12,10:00,our office\n", kind="visits")
    here = sue.at
    text = words(await when(sue, here, at_rest))
    assert "Texts that would follow" in text
    assert "Sun Mar 8" in text or "Mar 9" in text
    await sue.get(here)
    assert "The list is dropped." in await sue.post(f"{here}/drop")
    await sue.post(f"{here}/run")
    assert "This list was dropped." in await sue.get(here)
    assert await number_of(office, imports) == 0


async def test_a_list_that_a_process_left_is_gone_on_with(office: Office, sue: Browser) -> None:
    await sue.get("/staff/imports")
    await send(sue, GOOD)
    await when(sue, sue.at, at_rest)
    await office.write(lambda c: c.execute(update(uploads).values(state="running")))
    await office.app[IMPORTS].take_up()
    assert "It is brought in." in await when(sue, sue.at, at_rest)
    assert await number_of(office, clients) == 4


async def test_who_enrols_adds_one_client_and_goes_on_seeing_them(office: Office, ana: Browser) -> None:
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.ana).values(role=Role.ICW)))
    await ana.get("/staff/clients/new")
    said = {"number": "707-555-0101", "first_name": "Lupe", "language": "es", "worker": office.ben, "said_yes": "yes"}
    page = await ana.post("/staff/clients/new", **said)
    assert ana.status == 422
    assert "Somebody has this number already." in page
    assert 'value="Lupe"' in page
    for field, wrong, problem in (
        ("number", "12", "no number"),
        ("worker", office.sue, ""),
        ("worker", "nobody", "Choose who works with them."),
        ("first_name", "=1+1", "holds a formula"),
        ("language", "tlh", "Choose a language."),
    ):
        if problem:
            assert problem in await ana.post("/staff/clients/new", **{**said, "number": "707-555-0177", field: wrong})
    page = words(await ana.post("/staff/clients/new", **{**said, "number": "707-555-0177"}))
    assert "The client is here now." in page
    assert "invited, no answer yet" in page
    assert await number_of(office, messages) == 1
    assert await number_of(office, referrals) == 1
    shared = {**said, "shared": "yes", "said_yes": ""}
    assert "The client is here now." in await ana.post("/staff/clients/new", **shared)


async def test_a_teams_supervisor_brings_in_no_client_of_another_team(office: Office, sue: Browser) -> None:
    def part(connection: Connection) -> None:
        for name, of in (("North", (office.sue, office.ana)), ("South", (office.ben,))):
            connection.execute(insert(teams).values(id=(team := new_id(MONDAY)), name=name))
            connection.execute(update(staff).where(staff.c.id.in_(of)).values(team_id=team))
        connection.execute(update(clients).where(clients.c.id == office.joe).values(worker_id=office.ben))

    await office.house.writer.run(part)
    await sue.get("/staff/imports")
    await send(
        sue,
        GOOD.replace("707-555-0101,Joe,en,ben@", "707-555-0101,Joe,en,ana@") + "7075550173,Al,en,ben@county.example,\n",
    )
    text = words(await when(sue, sue.at, at_rest))
    assert "New 1 Left out 4" in text
    assert "the client is another team's" in text
    assert "worker_email belongs to nobody" in text
    visit = "number,external_id,date,time,place\n707-555-0101,V1,2026-03-10,10:00,Main St\n"
    await sue.get("/staff/imports")
    await send(sue, visit, kind="visits")
    assert "the client is another team's" in words(await when(sue, sue.at, at_rest))
