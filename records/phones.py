"""What each phone of the demo shows. Every client is shown, whoever looks: a demo holds made-up people only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, and_, func, or_, select, union_all

from conversations.nudges import NudgeKind, NudgeState
from records.bulk import one_of
from records.states import MessageState
from records.tables import clients, messages, nudges, sealed_texts, staff

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
    """A phone, with its latest texts, the newest last.

    Of several people who share it, the names are all there, and the rest is the first one's.
    """

    client_id: str
    number: str
    first_name: str
    language: str
    zone: ZoneInfo
    worker: str
    texts: tuple[PhoneText, ...]
    waits: bool = False
    """Words were said that are waited with, a moment, for more of the same breath."""


def phones(connection: Connection, only: str | None = None) -> list[Phone]:
    """All phones in the order in which their first clients came, or one client's alone."""
    wanted = select(clients, staff.c.first_name.label("worker")).join(staff, staff.c.id == clients.c.worker_id)
    if only:
        number = select(clients.c.number).where(clients.c.id == only).scalar_subquery()
        wanted = wanted.where(clients.c.number == number)
    people: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(wanted.order_by(clients.c.id)):
        people.setdefault(row.number, []).append(row)
    texts = _texts(connection, list(people))
    waiting = set(connection.scalars(_IN_MID_BREATH))
    return [_phone(theirs, texts[number], waiting) for number, theirs in people.items()]


_IN_MID_BREATH = select(nudges.c.client_id).where(
    nudges.c.kind == NudgeKind.BREATH, nudges.c.state == NudgeState.PLANNED
)


def _phone(people: Sequence[Row[Any]], texts: Sequence[PhoneText], waiting: Collection[str]) -> Phone:
    first, *_others = people
    names = ", ".join(row.first_name for row in people)
    waits = any(row.id in waiting for row in people)
    zone = ZoneInfo(first.zone)
    return Phone(first.id, first.number, names, first.language, zone, first.worker, tuple(texts), waits)


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """The next moment (UTC) at which something is planned to happen, or None."""
    planned = select(nudges.c.due_at).where(nudges.c.state == NudgeState.PLANNED, nudges.c.due_at > now)
    waiting = select(messages.c.due_at).where(messages.c.state == MessageState.DUE, messages.c.due_at > now)
    moments = union_all(planned, waiting).subquery()
    found: datetime | None = connection.execute(select(func.min(moments.c.due_at))).scalar()
    return found


def _texts(connection: Connection, numbers: Sequence[str]) -> dict[str, list[PhoneText]]:
    """By number, so that a text whose writer is not known yet is there too."""
    shown = or_(messages.c.direction == "in", and_(messages.c.direction == "out", messages.c.state.in_(ARRIVED)))
    newest_first = func.row_number().over(partition_by=messages.c.number, order_by=messages.c.id.desc()).label("nth")
    said = func.coalesce(sealed_texts.c.body, messages.c.body).label("said")
    all_texts = select(messages, said, newest_first).outerjoin(sealed_texts)
    row = all_texts.where(shown, one_of(messages.c.number, "numbers")).subquery().c
    by_number: dict[str, list[PhoneText]] = defaultdict(list)
    latest = select(row.number, row.id, row.direction, row.said, row.language, row.segments, row.encoding, row.at)
    latest = latest.where(row.nth <= LATEST).order_by(row.id)
    for number, id_, direction, *rest in connection.execute(latest, {"numbers": list(numbers)}):
        by_number[number].append(PhoneText(id_, direction == "in", *rest))
    return by_number
