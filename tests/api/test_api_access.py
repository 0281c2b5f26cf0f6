"""Every call of the API: without a token, with the wrong scope, on another team's record, and as it is meant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import update

from bot.api.clients import invite
from bot.api.routes import BASE, ROUTES, ApiRoute
from conversations.situation import Consent
from records.api_tokens import Scope
from records.tables import clients
from tests.api.callers import Caller, let_in
from tests.api.world import Records, World
from tests.staff.office import Office

SAYS: dict[str, dict[str, Any]] = {
    "put_client": {
        "number": "+17075550142",
        "first_name": "Lee",
        "language": "en",
        "worker_email": "{worker}",
    },
    "invite": {"by": "{worker}"},
    "put_visit": {"client_external_id": "{external_id}", "starts_at": "2026-03-05T18:00:00Z", "place": "Oak St"},
    "close_visit": {"what": "ended_by_office"},
    "schedule_nudge": {
        "client_id": "{client_id}",
        "by": "{worker}",
        "at": "2026-03-05T18:00:00Z",
        "template": "cheer",
    },
    "create_webhook": {"url": "https://93.184.215.14/in", "events": ["client.changed"]},
    "cancel_nudge": {"by": "{worker}"},
    "acknowledge_escalation": {"by": "{worker}"},
    "resolve_escalation": {"by": "{worker}", "outcome": "talked"},
}
"""What each call that takes a body says, by the name of its view. A call without an entry fails."""

A_MINUTE = timedelta(minutes=1)
KEY = {"Idempotency-Key": "a-key-of-this-test"}
UNAUTHORIZED, FORBIDDEN, HIDDEN = 401, 403, 404


def says(route: ApiRoute, theirs: Records) -> dict[str, Any]:
    """How aiohttp is to send the call about these records."""
    headers = KEY if route.keyed else {}
    if not route.has_body:
        return {"headers": headers}
    said = SAYS[route.view.__name__]
    filled = {name: what.format(**names(theirs)) if isinstance(what, str) else what for name, what in said.items()}
    return {"json": filled, "headers": headers}


def names(theirs: Records) -> dict[str, str]:
    return {name: getattr(theirs, name) for name in Records.__slots__}


async def status(caller: Caller, route: ApiRoute, theirs: Records) -> int:
    path = route.path.format(**names(theirs))
    return (await caller.call(route.method, path, **says(route, theirs))).status


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.view.__name__)
async def test_a_call_answers_whom_it_is_for_and_nobody_else(
    office: Office, world: World, http: ClientSession, route: ApiRoute
) -> None:
    nobody = Caller(http, office.url)
    wrong = await let_in(office, http, set(Scope) - {route.scope})
    north = await let_in(office, http, {route.scope, *ALSO.get(route.view.__name__, ())}, "North")
    assert await status(nobody, route, world.north) == UNAUTHORIZED
    assert await status(wrong, route, world.north) == FORBIDDEN
    if route.parts or route.has_body:
        assert await status(north, route, world.south) in (HIDDEN, *OTHERWISE.get(route.view.__name__, ()))
    if route.view is invite:  # who texts already cannot be invited
        await office.write(lambda c: c.execute(update(clients).values(consent=Consent.NONE)))
    assert await status(north, route, world.north) in route.statuses


ALSO = {"create_webhook": (Scope.CLIENTS_READ,)}
"""What else a call needs, as it says."""

OTHERWISE = {"create_webhook": (201,), "put_client": (409,)}
"""Where what is out of reach is refused in another way, by the name of the view: nobody of the team is named.
A webhook is of the token's reach, whatever it says."""


async def test_lists_hold_nothing_of_another_team(office: Office, world: World, http: ClientSession) -> None:
    office.clock.at += A_MINUTE
    south = await let_in(office, http, team="South")
    for route in ROUTES:
        if route.method == "GET" and not route.parts:
            answered = await south.get(route.path)
            assert answered.status == 200
            assert world.north.client_id not in str(answered.body), route.path


def test_every_address_of_the_api_is_in_the_table(office: Office) -> None:
    here = {
        (route.method, route.resource.canonical)
        for route in office.app.router.routes()
        if route.resource and route.resource.canonical.startswith("/api") and route.method != "HEAD"
    }
    open_to_all = {("GET", f"{BASE}/{page}") for page in ("openapi.json", "docs")}
    assert here == {(route.method, BASE + route.path) for route in ROUTES} | open_to_all
