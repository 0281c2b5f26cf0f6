"""Who lives in a trial: clients of one worker, and what is to be sent to them, put into the database as rows."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from conversations.effects import Purpose, Texted
from conversations.nudges import NudgeKind, NudgeState
from conversations.situation import Consent
from records import people, text_saving
from records.bulk import inserting
from records.channels import ChannelName
from records.ids import new_id
from records.nudge_saving import INSERT as INSERT_NUDGES
from records.roles import Role
from records.tables import clients, messages, staff

ZONE = "America/Los_Angeles"
USEFUL = timedelta(hours=8)
text_on: ContextVar[ChannelName] = ContextVar("text_on", default=ChannelName.SMS)
"""Where everybody in a trial texts. One ground after another sets it."""

DUE = "Text"
"""What each text that is due begins with."""

_INSERT_CLIENTS = inserting(
    clients,
    (
        "id",
        "number",
        "first_name",
        "language",
        "zone",
        "consent",
        "consented_at",
        "mode",
        "phone_is_shared",
        "rhythm",
        "worker_id",
        "created_at",
        "preferred_channel",
        "spoke_on",
        "whatsapp_at",
    ),
)


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    number: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that is to be sent, exactly once, while it is of use."""

    number: str
    body: str
    expires_at: datetime


def number(nth: int) -> str:
    return f"+1707{nth:07d}"


def worker(connection: Connection, now: datetime) -> str:
    """The one worker's id."""
    found: str | None = connection.scalar(select(staff.c.id))
    return found or people.add_staff(connection, "ana@example.org", "Ana", Role.ETW, "-", now)


def move_in(connection: Connection, nths: Sequence[int], consent: Consent, now: datetime) -> list[Person]:
    """Clients with the numbers of these places."""
    worker_id = worker(connection, now)
    found = [Person(new_id(now), number(nth)) for nth in nths]
    rows = [
        {
            "id": person.id,
            "number": person.number,
            "first_name": "Maria",
            "language": "en",
            "zone": ZONE,
            "consent": consent,
            "consented_at": now if consent is Consent.ACTIVE else None,
            "mode": "bot",
            "phone_is_shared": False,
            "rhythm": "weekly",
            "worker_id": worker_id,
            "created_at": now,
            "preferred_channel": text_on.get(),
            "spoke_on": text_on.get(),
            "whatsapp_at": now if text_on.get() is ChannelName.WHATSAPP else None,
        }
        for person in found
    ]
    _INSERT_CLIENTS.run(connection, rows)
    return found


def due_texts(connection: Connection, persons: Sequence[Person], each: int, now: datetime) -> list[Wanted]:
    """So many texts to each, due now, in their order. Every other one is an answer."""
    wanted, rows = [], []
    for nth in range(each):
        for place, person in enumerate(persons):
            purpose = Purpose.REPLY if place % 2 else Purpose.REMINDER
            body = f"{DUE} {nth + 1} of {each} for {person.number}"
            text = Texted(body, "en", segments=1, encoding="GSM-7", purpose=purpose)
            row = text_saving.outgoing(text, person.number, now, now + USEFUL)
            rows.append(row | {"client_id": person.id})
            wanted.append(Wanted(person.number, body, now + USEFUL))
    text_saving.INSERT.run(connection, rows)
    return wanted


def came_in(connection: Connection) -> int:
    """How many texts of clients are stored."""
    return connection.scalar(select(func.count()).where(messages.c.direction == "in")) or 0


def due_nudges(connection: Connection, persons: Sequence[Person], words: str, due_at: datetime) -> list[str]:
    """A worker's text to each, planned for then; gives the nudges' ids."""
    worker_id = worker(connection, due_at)
    rows = [
        {
            "id": new_id(due_at),
            "client_id": person.id,
            "kind": NudgeKind.WORKER_NUDGE,
            "key": f"worker:{person.number}:{due_at.timestamp()}",
            "subject": "",
            "words": words,
            "template": "",
            "state": NudgeState.PLANNED,
            "due_at": due_at,
            "wanted_at": due_at,
            "held": 0,
            "version": 1,
            "reason": "",
            "created_by": worker_id,
            "created_at": due_at,
            "campaign": None,
            "terms": None,
        }
        for person in persons
    ]
    INSERT_NUDGES.run(connection, rows)
    return [str(row["id"]) for row in rows]
