"""Events on their way to another system: in order, once each unless it is away, and never where they must not go."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest
from aiohttp import ClientSession
from sqlalchemy import update
from standardwebhooks import Webhook

from bot.hooks import outward
from bot.hooks.event_round import EventRound
from bot.keys import SETTINGS
from records import webhook_endpoints as endpoints
from records.api_tokens import Scope
from records.engagement import Kind, append, entry
from records.tables import api_tokens, webhook_endpoints
from tests.api.callers import Answered, Caller, let_in
from tests.api.world import World
from tests.bot.hooks_for_tests import Receiver
from tests.staff.office import Office

LATER = timedelta(minutes=1)
EVENTS = ["goal.changed", "text.failed", "client.consent_changed"]


@pytest.fixture
async def receiver(office: Office) -> AsyncIterator[Receiver]:
    office.app[SETTINGS].webhooks_to_private_networks = True
    office.clock.at += LATER
    async with Receiver().listening() as receiver:
        yield receiver


@pytest.fixture
async def telling(office: Office, receiver: Receiver) -> AsyncIterator[EventRound]:
    async with begun(office) as rounds:
        yield rounds


@asynccontextmanager
async def begun(office: Office) -> AsyncIterator[EventRound]:
    house = office.house
    rounds = EventRound(house.writer, house.reader, house.plan.settings, office.clock, poll=0.01, patience=2)
    rounds.start()
    yield rounds
    await rounds.close()


async def ask(caller: Caller, url: str, events: list[str], key: str = "first-key") -> Answered:
    said = {"url": url, "events": events}
    return await caller.call("POST", "/webhooks", json=said, headers={"Idempotency-Key": key})


async def happen(office: Office, client: str, *kinds: Kind, subject: str = "1") -> None:
    now = office.clock.now()
    rows = [entry(kind, now, client_id=client, subject=subject) for kind in kinds]
    await office.write(partial(append, rows=rows))


async def until(holds: Callable[[], bool], office: Office | None = None) -> None:
    """Time goes by in the office meanwhile, if it is given."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)
            if office:
                office.clock.at += timedelta(hours=1)


async def test_events_come_signed_and_in_order_without_names_and_words(
    office: Office, world: World, caller: Caller, receiver: Receiver, telling: EventRound
) -> None:
    made = await ask(caller, receiver.url, EVENTS)
    assert made.status == 201
    client = world.north.client_id
    await happen(office, client, Kind.GOAL_SET, Kind.GOAL_REVISED, Kind.IDEA_KEPT, Kind.CONSENT_CHANGED)
    await happen(office, client, Kind.TEXT_STATUS, subject="delivered")
    await happen(office, client, Kind.TEXT_STATUS, subject="failed")
    office.clock.at += LATER
    await until(lambda: len(receiver.came) == 4)
    for body, headers in receiver.came:
        Webhook(made.body["secret"]).verify(body, dict(headers))
    told = [json.loads(body) for body, _ in receiver.came]
    types = ["goal.changed", "goal.changed", "client.consent_changed", "text.failed"]
    assert [one["type"] for one in told] == types
    assert told[2]["data"]["link"].endswith(f"/api/v1/clients/{client}")
    read = await caller.get(told[0]["data"]["link"].partition("/api/v1")[2])
    assert read.body["kind"] == "goal_set"
    assert "Maria" not in str(receiver.came)


async def test_what_is_not_taken_is_told_again_before_what_came_later(
    office: Office, world: World, caller: Caller, receiver: Receiver, telling: EventRound
) -> None:
    receiver.faults.extend([503, "reset", 302])
    await ask(caller, receiver.url, EVENTS)
    await happen(office, world.north.client_id, Kind.GOAL_SET, Kind.GOAL_ACHIEVED)
    await until(lambda: len(receiver.came) == 5, office)
    kinds = [json.loads(body)["data"]["kind"] for body, _ in receiver.came]
    assert kinds == ["goal_set"] * 4 + ["goal_achieved"]
    assert len({headers["webhook-id"] for _, headers in receiver.came}) == 2


async def test_an_endpoint_that_is_gone_is_parked_and_goes_on_where_it_stopped(
    office: Office, world: World, caller: Caller, receiver: Receiver, telling: EventRound
) -> None:
    receiver.faults.append(410)
    path = f"/webhooks/{(await ask(caller, receiver.url, EVENTS)).body['id']}"
    await happen(office, world.north.client_id, Kind.GOAL_SET, Kind.GOAL_ACHIEVED)
    office.clock.at += LATER
    await until(lambda: len(receiver.came) == 1)
    await telling.close()
    parked = (await caller.get(path)).body
    assert (parked["state"], parked["last_error"]) == ("parked", "status 410")
    assert (await caller.call("POST", f"{path}/resume")).body["state"] == "active"
    async with begun(office):
        await until(lambda: len(receiver.came) == 3)
    assert [json.loads(body)["data"]["kind"] for body, _ in receiver.came] == ["goal_set", "goal_set", "goal_achieved"]


async def test_a_team_hears_of_its_own_clients_and_who_is_shut_out_of_nothing(
    office: Office, world: World, http: ClientSession, receiver: Receiver, telling: EventRound
) -> None:
    south = await let_in(office, http, team="South")
    made = await ask(south, receiver.url, EVENTS)
    await happen(office, world.north.client_id, Kind.GOAL_SET)
    await happen(office, world.south.client_id, Kind.GOAL_SET)
    office.clock.at += LATER
    await until(lambda: len(receiver.came) == 1)
    assert json.loads(receiver.came[0][0])["data"]["client_id"] == world.south.client_id
    assert [one["id"] for one in (await south.get("/webhooks")).body["items"]] == [
        world.south.webhook_id,
        made.body["id"],
    ]


async def test_the_secret_is_kept_nowhere_and_a_repeated_call_tells_it_again(
    office: Office, world: World, caller: Caller, receiver: Receiver
) -> None:
    first, again = await ask(caller, receiver.url, EVENTS), await ask(caller, receiver.url, EVENTS)
    assert first.body == again.body
    stored = await office.house.reader.run(lambda c: c.execute(webhook_endpoints.select()).all())
    assert first.body["secret"].removeprefix("whsec_") not in str(stored)
    assert "secret" not in (await caller.get(f"/webhooks/{first.body['id']}")).body


async def test_a_test_event_says_at_once_whether_it_was_taken(world: World, caller: Caller, receiver: Receiver) -> None:
    path = f"/webhooks/{(await ask(caller, receiver.url, EVENTS)).body['id']}"
    assert (await caller.call("POST", f"{path}/test")).body == {"delivered": True, "error": ""}
    receiver.faults.append(500)
    assert (await caller.call("POST", f"{path}/test")).body == {"delivered": False, "error": "status 500"}
    assert json.loads(receiver.came[0][0])["type"] == "webhook.test"
    assert (await caller.call("DELETE", path)).status == 204
    assert (await caller.get(path)).status == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://cases.example.org/in",
        "https://127.0.0.1/in",
        "https://10.1.2.3/in",
        "https://169.254.169.254/latest",
        "https://[::1]/in",
        "https://[::ffff:10.0.0.1]/in",
        "https://localhost/in",
        "https://me:secret@cases.example.org/in",
        "https://cases.example.org/in?key=1",
        "ftp://cases.example.org",
        "https://cases.example.org:99999/in",
    ],
)
async def test_a_webhook_into_our_own_network_is_refused(world: World, caller: Caller, url: str) -> None:
    refused = await ask(caller, url, EVENTS)
    assert (refused.status, refused.body["errors"][0]["field"]) == (409, "url")


async def test_a_name_that_leads_into_our_own_network_is_refused_when_it_is_called(receiver: Receiver) -> None:
    port = receiver.url.split(":")[2]
    async with outward.session(patience=5, private=False) as session:
        with pytest.raises(OSError):  # noqa: PT011  aiohttp's own, which says nothing of ours
            await session.post(f"http://localhost:{port}", data=b"")
    assert receiver.came == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("2002:7f00:1::", False),
    ],
)
def test_only_single_machines_of_the_world_outside_are_public(address: str, *, public: bool) -> None:
    assert outward.is_public(address) is public


async def test_a_token_hears_only_of_what_it_may_read(world: World, office: Office, http: ClientSession) -> None:
    only = await let_in(office, http, {Scope.WEBHOOKS_WRITE, Scope.VISITS_READ})
    assert (await ask(only, "https://93.184.215.14/in", ["visit.changed"])).status == 201
    refused = await ask(only, "https://93.184.215.14/in", ["escalation.opened"], "second-key")
    assert refused.status == 403
    assert "escalations:read" in refused.body["detail"]


async def test_who_is_shut_out_is_told_nothing_more(
    office: Office, world: World, caller: Caller, receiver: Receiver, telling: EventRound
) -> None:
    await ask(caller, receiver.url, EVENTS)
    await office.write(lambda c: c.execute(update(api_tokens).values(revoked_at=office.clock.now())))
    await happen(office, world.north.client_id, Kind.GOAL_SET)
    office.clock.at += LATER
    assert not await office.house.reader.run(partial(endpoints.any_due, now=office.clock.now()))
