"""What each phone of the demo shows. Every client is shown, whoever looks: a demo holds made-up people only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, func, or_, select, union_all

from conversations.nudges import NudgeState
from records.states import MessageState
from records.tables import clients, messages, nudges, staff

ARRIVED = (MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED)
LATEST = 60


@dataclass(frozen=True, slots=True)
class PhoneText:
    """`mine` for a text typed on this phone. `at` is UTC; `encoding` is "GSM-7" or "UCS-2"."""

    id: str
    mine: bool
    body: str
    language: str
    segments: int
    encoding: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Phone:
    """A client's phone, with its latest texts, the newest last."""

    client_id: str
    number: str
    first_name: str
    language: str
    zone: ZoneInfo
    worker: str
    texts: tuple[PhoneText, ...]


def phones(connection: Connection, only: str | None = None) -> list[Phone]:
    """All phones in the order in which the clients came, or one client's alone."""
    wanted = select(clients, staff.c.first_name.label("worker")).join(staff, staff.c.id == clients.c.worker_id)
    if only:
        wanted = wanted.where(clients.c.id == only)
    texts = _texts(connection, only)
    return [
        Phone(row.id, row.number, row.first_name, row.language, ZoneInfo(row.zone), row.worker, tuple(texts[row.id]))
        for row in connection.execute(wanted.order_by(clients.c.id))
    ]


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """The next moment (UTC) at which something is planned to happen, or None."""
    planned = select(nudges.c.due_at).where(nudges.c.state == NudgeState.PLANNED, nudges.c.due_at > now)
    waiting = select(messages.c.due_at).where(messages.c.state == MessageState.DUE, messages.c.due_at > now)
    moments = union_all(planned, waiting).subquery()
    found: datetime | None = connection.execute(select(func.min(moments.c.due_at))).scalar()
    return found


def _texts(connection: Connection, only: str | None) -> dict[str, list[PhoneText]]:
    shown = or_(messages.c.direction == "in", and_(messages.c.direction == "out", messages.c.state.in_(ARRIVED)))
    newest_first = func.row_number().over(partition_by=messages.c.client_id, order_by=messages.c.id.desc()).label("nth")
    numbered = select(messages, newest_first).where(shown, messages.c.client_id.is_not(None))
    if only:
        numbered = numbered.where(messages.c.client_id == only)
    row = numbered.subquery().c
    by_client: dict[str, list[PhoneText]] = defaultdict(list)
    latest = select(row.client_id, row.id, row.direction, row.body, row.language, row.segments, row.encoding, row.at)
    for client_id, id_, direction, *rest in connection.execute(latest.where(row.nth <= LATEST).order_by(row.id)):
        by_client[client_id].append(PhoneText(id_, direction == "in", *rest))
    return by_client
