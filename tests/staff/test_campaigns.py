from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import Connection, insert, select, update

from records.ids import new_id
from records.tables import campaigns, client_groups, clients, engagement, holds, messages, nudges
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import words
from tests.staff.test_scheduling import HTMX, token

NEW, PREVIEW = "/staff/campaigns/new", "/staff/campaigns/preview"
WHEN = {"date": "2026-03-05", "time": "11:00"}
TWICE = 2


async def rows(office: Office, table: Any) -> Sequence[Any]:  # noqa: ANN401  any table
    return await office.house.reader.run(lambda c: c.execute(select(table).order_by(table.c.id)).all())


def crowd(office: Office, connection: Connection, how_many: int, language: str = "en") -> None:
    """So many more clients of Ana's."""
    common = {"language": language, "zone": "America/Los_Angeles", "consent": "active", "worker_id": office.ana}
    more = [
        {"id": new_id(MONDAY), "number": f"+17075552{nth:03}", "first_name": f"Client{nth:03}", "created_at": MONDAY}
        for nth in range(how_many)
    ]
    connection.execute(insert(clients), [{**common, **one} for one in more])


async def all_of_ana(office: Office, who: Browser) -> str:
    """The address at which everybody of Ana's is written to."""
    page = await who.get("/staff/campaigns")
    await who.post("/staff/groups", token=token(page), name="All", only="", language="")
    (group,) = await rows(office, client_groups)
    return f"{NEW}?group={group.id}"


async def scheduled(office: Office, who: Browser, **form: str) -> str:
    """The address of a text to all of Ana's clients."""
    address = await all_of_ana(office, who)
    page = await who.get(address)
    group = address.partition("=")[2]
    await who.post(NEW, **{"token": token(page), "group": group, "what": "help", **WHEN, **form})
    return who.at.partition("?")[0]


async def test_each_client_of_a_group_gets_a_text_of_their_own_in_their_language(office: Office, ana: Browser) -> None:
    page = words(await ana.get(await scheduled(office, ana)))
    found = {row.client_id: row for row in await rows(office, nudges)}
    assert set(found) == {office.maria, office.joe}
    assert "Hi Joe, it's Ana." in found[office.joe].words
    assert "Hola Maria" in found[office.maria].words
    assert len({row.due_at for row in found.values()}) == TWICE
    assert {row.campaign for row in found.values()} == {(await rows(office, campaigns))[0].id}
    assert "2 of 2 get it, 2 still to go" in page
    assert "Joe English goes out Thu Mar 5, 11:00 am" in page


async def test_the_preview_says_how_many_when_in_which_words_and_who_gets_nothing(office: Office, ana: Browser) -> None:
    await office.write(lambda c: c.execute(update(clients).where(clients.c.id == office.joe).values(mode="human")))
    address = await all_of_ana(office, ana)
    await ana.get(address)
    group = address.partition("=")[2]
    page = words(await ana.post_with(HTMX, PREVIEW, group=group, what="own", words_es="Est\u00e1 bien", **WHEN))
    assert "1 goes out, Thu Mar 5, 11:00 am." in page
    assert "Est\u00e1 bien Spanish \u00b7 1 segment \u00b7 UCS-2" in page
    assert "1 gets nothing Joe A person has the thread. Write to them there." in page
    await office.write(lambda c: c.execute(update(clients).where(clients.c.id == office.joe).values(mode="bot")))
    page = words(await ana.post_with(HTMX, PREVIEW, group=group, what="own", words_en="Hi", **WHEN))
    assert "1 gets nothing Maria Nobody wrote it in their language. Choose a reviewed text, or call." in page
    assert await rows(office, nudges) == []


async def test_the_same_form_a_thousand_times_is_one_text_to_each(office: Office, ana: Browser) -> None:
    """As a double click, the way back and a retry send it: at once, and over the real socket."""
    address = await all_of_ana(office, ana)
    form = {"csrf": ana.csrf, "group": address.partition("=")[2], "what": "help", **WHEN}
    form["token"] = token(await ana.get(address))

    async def send(http: ClientSession) -> str:
        async with http.post(office.url + NEW, data=form, allow_redirects=False) as answer:
            return answer.headers["Location"]

    async with ClientSession(
        cookies=[(one.key, one.value) for one in ana.http.cookie_jar], cookie_jar=CookieJar(unsafe=True)
    ) as http:
        went_to = await asyncio.gather(*(send(http) for _ in range(1000)))
    assert len(set(went_to)) == 1
    assert len(await rows(office, campaigns)) == 1
    assert len(await rows(office, nudges)) == TWICE


async def test_more_than_25_people_wait_for_a_supervisors_yes(office: Office, ana: Browser, sue: Browser) -> None:
    """`ana` and `sue` share a browser: who logs in last has it."""
    await office.write(lambda c: crowd(office, c, 30))
    await ana.log_in("ana@county.example")
    address = await scheduled(office, ana)
    assert "waits for a supervisor's yes" in words(await ana.get(address))
    assert await rows(office, nudges) == []
    await ana.post(f"{address}/decide", answer="yes")
    assert ana.status == 403
    await sue.get("/staff")
    await sue.log_in("sue@county.example")
    assert "Ana: nudge to All to 32 people" in words(await sue.get("/staff/approvals"))
    assert "32 go out, Thu Mar 5" in words(await sue.get(address))
    assert "Say in a word why not" in await sue.post(f"{address}/decide", answer="no")
    page = await sue.post(f"{address}/decide", answer="yes", because="Good idea")
    assert "Your answer is noted" in page
    assert "Somebody has answered that already." in await sue.post(f"{address}/decide", answer="no", because="oh")
    assert len(await rows(office, nudges)) == 32
    assert "Sue said yes: Good idea." in words(await sue.get(address))
    kinds = {row.kind for row in await rows(office, engagement)}
    assert {"campaign_scheduled", "campaign_decided", "nudge_scheduled"} <= kinds


async def test_a_no_is_read_by_the_worker_and_nothing_goes_out(office: Office, ana: Browser) -> None:
    await office.write(lambda c: crowd(office, c, 30))
    address = await scheduled(office, ana)
    await ana.log_in("sue@county.example")
    await ana.get("/staff")
    await ana.post(f"{address}/decide", answer="no", because="Too many at once")
    await ana.log_in("ana@county.example")
    page = words(await ana.get("/staff/campaigns"))
    assert "not approved" in page
    assert "Sue: Too many at once" in page
    assert await rows(office, nudges) == []


async def test_stop_all_stops_what_has_not_left_and_can_be_undone(office: Office, ana: Browser) -> None:
    address = await scheduled(office, ana)
    office.clock.forward(timedelta(days=3, hours=1, minutes=1))
    await office.house.writer.take_due(office.clock.now())
    (left,) = await rows(office, messages)  # a text by now, but not on its way
    page = words(await ana.post(f"{address}/stop"))
    assert "It is stopped." in page
    assert "did not go out its worker stopped it" in page
    (hold,) = await rows(office, holds)
    assert (hold.scope, hold.subject, hold.released_at) == ("campaign", left.campaign, None)
    office.clock.forward(timedelta(hours=1))
    await office.house.writer.take_due(office.clock.now())
    assert len(await rows(office, messages)) == 1
    page = words(await ana.post(f"{address}/start-again"))
    assert "It goes on." in page
    assert "goes out Thu Mar 5, 12:0" in page
    (hold,) = await rows(office, holds)
    assert hold.released_at
    office.clock.forward(timedelta(minutes=10))
    await office.house.writer.take_due(office.clock.now())
    assert len(await rows(office, messages)) == TWICE


async def test_what_became_of_each_is_said_in_plain_words(office: Office, ana: Browser) -> None:
    address = await scheduled(office, ana)
    await office.write(lambda c: c.execute(update(clients).where(clients.c.id == office.joe).values(consent="revoked")))
    office.clock.forward(timedelta(days=3, hours=2))
    await office.house.writer.take_due(office.clock.now())
    page = words(await ana.get(address))
    assert "Joe English did not go out the client does not get texts" in page
    assert "Maria Spanish waiting to go out" in page


async def test_clients_ticked_on_the_list_are_nudged_or_kept_as_a_group(office: Office, ana: Browser) -> None:
    page = await ana.get("/staff/clients")
    both = [("client", office.joe), ("client", office.maria), ("csrf", ana.csrf), ("token", token(page))]
    async with ana.http.post(office.url + PREVIEW, data=both) as answer:
        assert "Nudge 2 clients" in await answer.text()
        assert answer.status == 200
    kept = [*both, ("only", "chosen"), ("name", "My two")]
    async with ana.http.post(office.url + "/staff/groups", data=kept) as answer:
        assert "My two" in words(await answer.text())
    assert len(await rows(office, client_groups)) == 1


async def test_a_clients_list_holds_nobody_elses_clients(office: Office, ana: Browser) -> None:
    await ana.get("/staff/clients")
    page = await ana.post(PREVIEW, client=office.pat)
    assert "Nobody is chosen." in page
    form = {"token": new_id(MONDAY), "client": office.pat, "what": "help", **WHEN}
    await ana.post(NEW, **form)
    assert ana.status == 422
    assert await rows(office, campaigns) == []


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"what": ""}, "words"),
        ({"what": "own"}, "words"),
        ({"date": "soon"}, "date"),
        ({"date": "2026-03-01"}, "date"),
        ({"time": ""}, "time"),
        ({"last_day": "2026-03-04"}, "last_day"),
    ],
)
async def test_what_is_amiss_is_said_beside_its_field(
    office: Office, ana: Browser, form: dict[str, str], field: str
) -> None:
    group = (await all_of_ana(office, ana)).partition("=")[2]
    page = await ana.post(NEW, **{"token": new_id(MONDAY), "group": group, "what": "help", **WHEN, **form})
    assert ana.status == 422
    assert f'id="{field}-problem"' in page
    assert re.search(r'name="date"', page)
    assert await rows(office, campaigns) == []


async def test_a_group_is_whoever_fits_when_it_is_used(office: Office, ana: Browser) -> None:
    page = await ana.get("/staff/campaigns")
    await ana.post("/staff/groups", token=token(page), name="Quiet", only="quiet", language="es")
    assert "Quiet 1" in words(await ana.get("/staff/campaigns"))
    heard = update(clients).where(clients.c.id == office.maria).values(last_heard_at=MONDAY)
    await office.write(lambda c: c.execute(heard))
    assert "Quiet 0" in words(await ana.get("/staff/campaigns"))
    page = await ana.post("/staff/groups", token=new_id(MONDAY), name="Quiet", only="quiet", language="")
    assert "You have a group of this name already." in page
    (group,) = await rows(office, client_groups)
    await ana.post(f"/staff/groups/{group.id}/remove")
    assert await rows(office, client_groups) == []


async def test_words_of_ones_own_go_in_the_languages_that_one_writes(office: Office, ana: Browser) -> None:
    await ana.get("/staff/account")
    await ana.post("/staff/account/languages", language="en")
    page = await ana.get(await all_of_ana(office, ana))
    assert 'name="words_en"' in page
    assert 'name="words_es"' not in page
    assert "1 of them speaks Spanish, which your account does not say that you write" in words(page)


async def test_a_text_to_several_is_left_out_for_who_wrote_meanwhile(office: Office, ana: Browser) -> None:
    await scheduled(office, ana, skip_if="answered", last_day="2026-03-06")
    heard = update(clients).where(clients.c.id == office.joe).values(last_heard_at=MONDAY + timedelta(hours=1))
    await office.write(lambda c: c.execute(heard))
    office.clock.forward(timedelta(days=3, hours=2))
    await office.house.writer.take_due(office.clock.now())
    found = {row.client_id: (row.state, row.reason) for row in await rows(office, nudges)}
    assert found == {office.joe: ("dropped", "answered"), office.maria: ("sent", "")}
