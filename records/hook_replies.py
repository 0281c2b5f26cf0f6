"""What other systems say of an item they were told of: that somebody has taken it, or what came of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select, text

from conversations.county import County
from records import escalations, tables, thread_acts
from records.errors import NotFoundError, RefusedError, TooLateError
from records.escalations import Closing
from records.turns import Turns
from records.types import Moment


class State(StrEnum):
    """How far an item has got."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Reply:
    """`webhook_id` is the sender's own and tells replies apart. `by` is the e-mail address of who did it.

    With a `closing` the item is resolved, without it acknowledged.
    """

    hook: str
    webhook_id: str
    escalation_id: str
    by: str
    closing: Closing | None


_NEW = text(
    "INSERT INTO hook_replies (hook, webhook_id, at) VALUES (:hook, :webhook_id, :at) ON CONFLICT DO NOTHING "
    "RETURNING hook"
).bindparams(bindparam("at", type_=Moment))


def take(turns: Turns, connection: Connection, reply: Reply, county: County, now: datetime) -> State:
    """Do what it says, unless it was done before. Gives how far the item is then.

    Raises NotFoundError for an item that is not there, RefusedError for a `by` who does not work here.
    """
    staff_id = connection.scalar(
        select(tables.staff.c.id).where(tables.staff.c.email == reply.by, tables.staff.c.active)
    )
    before = _state(connection, reply.escalation_id)
    if staff_id is None:
        raise RefusedError("by is nobody who works here")
    asked = {"hook": reply.hook, "webhook_id": reply.webhook_id, "at": now}
    if before is State.RESOLVED or connection.execute(_NEW, asked).first() is None:
        return before
    if reply.closing:
        thread_acts.resolve(turns, connection, reply.escalation_id, reply.closing, staff_id, county, now)
        return State.RESOLVED
    with suppress(TooLateError):  # somebody closed it a moment ago
        escalations.acknowledge(connection, reply.escalation_id, staff_id, now)
    return _state(connection, reply.escalation_id)


def _state(connection: Connection, escalation_id: str) -> State:
    """Raises NotFoundError."""
    item = tables.escalations.c
    row = connection.execute(select(item.acknowledged_at, item.resolved_at).where(item.id == escalation_id)).first()
    if row is None:
        raise NotFoundError("no such escalation")
    return State.RESOLVED if row.resolved_at else State.ACKNOWLEDGED if row.acknowledged_at else State.OPEN
