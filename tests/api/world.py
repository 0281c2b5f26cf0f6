"""Two teams, each with a worker and a client, and what belongs to the client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from bot.token_secrets import new_secret
from conversations.escalations import Level, Trigger
from records import webhook_endpoints
from records.api_tokens import Scope
from records.engagement import Kind, append, entry
from records.ids import new_id
from records.tables import clients, escalations, messages, nudges, staff, teams, visits
from records.webhook_endpoints import Event
from tests.api.callers import put_token
from tests.staff.life import nudge, text
from tests.staff.office import MONDAY, Office

A_DAY = timedelta(days=1)
NOWHERE = "https://127.0.0.1:1/in"


@dataclass(frozen=True, slots=True)
class Records:
    """What an address of the API can name, all of one client."""

    worker: str
    client_id: str
    nudge_id: str
    escalation_id: str
    external_id: str
    row_id: str
    webhook_id: str
    number: str = "1"


@dataclass(frozen=True, slots=True)
class World:
    north: Records
    south: Records


def settle(office: Office, connection: Connection) -> World:
    """Maria is Ana's, of the team North; Pat is Ben's, of the team South. Both have everything once."""
    for name, worker in (("North", office.ana), ("South", office.ben)):
        team = {"id": new_id(MONDAY), "name": name}
        connection.execute(insert(teams).values(team))
        connection.execute(update(staff).where(staff.c.id == worker).values(team_id=team["id"]))
    return World(
        _records(connection, "ana@county.example", office.ana, office.maria, "N-1"),
        _records(connection, "ben@county.example", office.ben, office.pat, "S-1"),
    )


def _records(connection: Connection, email: str, worker: str, client: str, external_id: str) -> Records:
    connection.execute(update(clients).where(clients.c.id == client).values(external_id=external_id))
    written = nudge(client, "worker_nudge", MONDAY + A_DAY, words="Hi", created_by=worker)
    connection.execute(insert(nudges).values(written))
    visit = {"client_id": client, "number": 1, "worker_id": worker, "starts_at": MONDAY + 2 * A_DAY, "place": "Oak St"}
    visit |= {"bring": "", "by_phone": False, "status": "planned", "leaves_at": "", "version": 1, "reason": ""}
    visit |= {"created_at": MONDAY, "changed_at": MONDAY, "external_id": external_id, "external_said": "-"}
    connection.execute(insert(visits).values(visit))
    item = {"id": new_id(MONDAY), "client_id": client, "trigger": Trigger.QUIET, "level": Level.U3, "opened_at": MONDAY}
    connection.execute(insert(escalations).values({**item, "due_at": MONDAY + A_DAY, "assigned_to": worker}))
    said = text(
        client, "I want to finish my GED", MONDAY, direction="in", author="client", state="received", channel="web_chat"
    )
    connection.execute(insert(messages).values(said))
    logged = entry(Kind.GOAL_SET, MONDAY, client_id=client, worker_id=worker, subject="1")
    append(connection, [logged])
    team = connection.scalar(
        select(teams.c.name).join(staff, staff.c.team_id == teams.c.id).where(staff.c.id == worker)
    )
    token = put_token(connection, new_secret(), set(Scope), team or "")
    webhook = new_id(MONDAY)
    webhook_endpoints.create(connection, webhook, NOWHERE, [Event.GOAL_CHANGED], "-", token, MONDAY)
    return Records(email, client, str(written["id"]), str(item["id"]), external_id, logged["id"], webhook)
