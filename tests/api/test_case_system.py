"""What a case system says of clients and visits, and what comes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import select

from records.engagement import Kind
from records.tables import api_tokens, engagement, messages, nudges
from tests.api.callers import Answered, Caller, let_in
from tests.api.world import World
from tests.staff.office import Office

LEE = {"number": "707-555-0142", "first_name": "Lee", "language": "en", "worker_email": "ana@county.example"}
THURSDAY = "2026-03-05T18:00:00Z"
VISIT = {"client_external_id": "N-1", "starts_at": THURSDAY, "place": "Oak St"}


async def put(caller: Caller, path: str, said: dict[str, Any]) -> Answered:
    return await caller.call("PUT", path, json=said)


async def verdict(caller: Caller, path: str, said: dict[str, Any]) -> tuple[int, str, list[str]]:
    answered = await put(caller, path, said)
    return answered.status, answered.body["verdict"], answered.body["changed"]


async def test_a_client_is_added_once_and_brought_up_to_date(world: World, caller: Caller) -> None:
    path = "/clients/by-external-id/C-1"
    assert await verdict(caller, path, LEE) == (201, "new", [])
    assert await verdict(caller, path, LEE) == (200, "same", [])
    moved = LEE | {"first_name": "Leigh", "worker_email": "BEN@county.example"}
    assert await verdict(caller, path, moved) == (200, "changed", ["first_name", "worker_email"])
    client = (await caller.get(path)).body
    assert (client["first_name"], client["worker_email"]) == ("Leigh", "ben@county.example")
    assert client["consent"] == "none"


async def test_a_new_number_takes_the_consent_back(office: Office, world: World, caller: Caller) -> None:
    maria = {"number": "+17075550177", "first_name": "Maria", "language": "es", "worker_email": "ana@county.example"}
    assert await verdict(caller, "/clients/by-external-id/N-1", maria) == (200, "changed", ["number"])
    client = (await caller.get("/clients/by-external-id/N-1")).body
    assert (client["number"], client["consent"]) == ("+17075550177", "none")


async def test_who_is_known_by_the_number_gets_the_id_and_nobody_gets_two(world: World, caller: Caller) -> None:
    joe = LEE | {"number": "+17075550101", "first_name": "Joe"}
    assert await verdict(caller, "/clients/by-external-id/C-7", joe) == (200, "changed", ["external_id"])
    assert (await put(caller, "/clients/by-external-id/C-8", joe)).status == 409


@pytest.mark.parametrize(
    ("amiss", "status", "field"),
    [
        ({"number": "707-555"}, 409, "number"),
        ({"language": "xx"}, 409, "language"),
        ({"worker_email": "nobody@county.example"}, 409, "worker_email"),
        ({"zone": "Mars/Base"}, 409, "zone"),
        ({"first_name": "=1+1"}, 422, "first_name"),
        ({"consent": "active"}, 422, "consent"),
    ],
)
async def test_a_client_that_cannot_be_is_refused_with_the_field(
    world: World, caller: Caller, amiss: dict[str, str], status: int, field: str
) -> None:
    answered = await put(caller, "/clients/by-external-id/C-9", LEE | amiss)
    assert answered.status == status
    assert [one["field"] for one in answered.body["errors"]] == [field]
    assert (await caller.get("/clients/by-external-id/C-9")).status == 404


async def test_a_visit_is_entered_moved_and_ended_and_sent_again_changes_nothing(
    office: Office, world: World, caller: Caller
) -> None:
    path = "/visits/by-external-id/V-1"
    assert await verdict(caller, path, VISIT) == (201, "new", [])
    assert await verdict(caller, path, VISIT) == (200, "same", [])
    later = VISIT | {"starts_at": "2026-03-05T20:00:00Z"}
    assert await verdict(caller, path, later) == (200, "moved", ["date or time"])
    gone = later | {"status": "ended_by_office"}
    assert await verdict(caller, path, gone) == (200, "ended", [])
    visit = (await caller.get(path)).body
    assert (visit["status"], visit["starts_at"]) == ("ended_by_office", "2026-03-05T20:00:00Z")
    tokens = select(api_tokens.c.id).order_by(api_tokens.c.id.desc())
    token = await office.house.reader.run(lambda c: c.scalars(tokens).first())
    of_visits = engagement.c.kind.in_((Kind.VISIT_ENTERED, Kind.VISIT_MOVED, Kind.VISIT_ENDED_BY_OFFICE))
    who = await office.house.reader.run(lambda c: c.scalars(select(engagement.c.actor).where(of_visits)).all())
    assert who == [token] * 3


async def test_a_visit_out_of_hours_is_refused_with_the_reason(world: World, caller: Caller) -> None:
    answered = await put(caller, "/visits/by-external-id/V-2", VISIT | {"starts_at": "2026-03-07T18:00:00Z"})
    assert answered.status == 409
    assert "office is closed" in answered.body["errors"][0]["message"]


async def test_a_visit_is_closed_once_it_began(office: Office, world: World, caller: Caller) -> None:
    path = f"/clients/{world.north.client_id}/visits/1/close"
    assert (await caller.call("POST", path, json={"what": "attended"})).status == 409
    office.clock.at += timedelta(days=3)
    for _ in range(2):
        closed = await caller.call("POST", path, json={"what": "attended"})
        assert (closed.status, closed.body["status"]) == (200, "attended")


async def test_a_thread_says_where_each_text_came_and_who_reads_it_is_logged(
    office: Office, world: World, http: ClientSession
) -> None:
    reader = await let_in(office, http)
    page = (await reader.get(f"/clients/{world.north.client_id}/thread")).body
    assert [(one["body"], one["channel"]) for one in page["items"]] == [("I want to finish my GED", "web_chat")]
    look = select(engagement.c.client_id, api_tokens.c.name).join(api_tokens, api_tokens.c.id == engagement.c.actor)
    looks = look.where(engagement.c.kind == Kind.THREAD_VIEWED)
    assert await office.house.reader.run(lambda c: c.execute(looks).all()) == [(world.north.client_id, "Case system")]


async def test_an_escalation_is_taken_and_closed_in_somebodys_name(world: World, caller: Caller) -> None:
    path, by = f"/escalations/{world.north.escalation_id}", {"by": "ana@county.example"}
    assert (await caller.call("POST", f"{path}/acknowledge", json={"by": "ben@county.example"})).status == 409
    taken = await caller.call("POST", f"{path}/acknowledge", json=by)
    assert taken.body["acknowledged_at"]
    closed = await caller.call("POST", f"{path}/resolve", json={**by, "outcome": "talked", "note": "called her"})
    assert closed.body["outcome"] == "talked"
    assert (await caller.get("/escalations", open="true")).body["items"][0]["id"] == world.south.escalation_id
    assert (await caller.call("POST", f"{path}/acknowledge", json=by)).status == 409


async def test_who_follows_the_log_gets_every_row_once_without_names_and_words(
    office: Office, world: World, caller: Caller
) -> None:
    assert (await caller.get("/log")).body["items"] == []
    office.clock.at += timedelta(seconds=30)
    first = (await caller.get("/log", limit="1")).body
    rest = (await caller.get("/log", after=first["items"][0]["id"])).body
    kinds = [one["kind"] for one in first["items"] + rest["items"]]
    assert kinds.count("goal_set") == 2
    assert rest["next"] is None
    only = (await caller.call("GET", "/log?kind=goal_set&kind=visit_moved")).body
    assert {one["kind"] for one in only["items"]} == {"goal_set"}
    assert "Maria" not in str(rest)
    assert "GED" not in str(rest)


async def test_an_invitation_is_asked_for_in_somebodys_name_and_goes_once(
    office: Office, world: World, caller: Caller
) -> None:
    made = await put(caller, "/clients/by-external-id/C-1", LEE)
    path = f"/clients/{made.body['client']['id']}/invite"
    for _ in range(2):
        invited = await caller.call("POST", path, json={"by": "ana@county.example"})
        assert (invited.status, invited.body["consent"]) == (200, "invited")
    sent = select(messages.c.id).where(messages.c.purpose == "invite")
    planned = select(nudges.c.id).where(nudges.c.kind == "invite")
    rows = await office.house.reader.run(lambda c: [*c.scalars(sent), *c.scalars(planned)])
    assert len(rows) == 1
    late = await caller.call("POST", f"/clients/{office.maria}/invite", json={"by": "ana@county.example"})
    assert late.status == 409
