"""Notices of escalations on their way to other systems: ids and moments, never a name, a number or a client's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from records.tables import escalations, hook_deliveries

DUE = "due"
DELIVERED = "delivered"
PARKED = "parked"

LEASE = timedelta(minutes=2)
"""How long a claimed notice is ours. If nothing is heard of it, it is tried again: the receiver sees its id twice."""


@dataclass(frozen=True, slots=True)
class HookDelivery:
    """A notice to hand over. `tries` counts this one; moments are UTC."""

    id: str
    hook: str
    tries: int
    escalation_id: str
    client_id: str
    trigger: str
    level: str
    opened_at: datetime
    due_at: datetime


_DUE = (
    select(
        hook_deliveries.c.id,
        hook_deliveries.c.hook,
        hook_deliveries.c.tries + 1,
        escalations.c.id,
        escalations.c.client_id,
        escalations.c.trigger,
        escalations.c.level,
        escalations.c.opened_at,
        escalations.c.due_at,
    )
    .select_from(hook_deliveries)
    .join(escalations, escalations.c.id == hook_deliveries.c.escalation_id)
    .where(hook_deliveries.c.state == DUE, hook_deliveries.c.due_at <= bindparam("now"))
    .order_by(hook_deliveries.c.due_at, hook_deliveries.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=hook_deliveries, skip_locked=True)
)
_CLAIM = (
    update(hook_deliveries)
    .where(hook_deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(tries=hook_deliveries.c.tries + 1, due_at=bindparam("again"))
)


def claim(connection: Connection, now: datetime, limit: int) -> Sequence[HookDelivery]:
    """Up to `limit` notices that are due, ours for LEASE."""
    found = [HookDelivery(*row) for row in connection.execute(_DUE, {"now": now, "most": limit})]
    if found:
        connection.execute(_CLAIM, {"ids": [one.id for one in found], "again": now + LEASE})
    return found


def delivered(connection: Connection, delivery_id: str) -> None:
    _set(connection, delivery_id, state=DELIVERED, last_error="")


def retry(connection: Connection, delivery_id: str, at: datetime, error: str) -> None:
    """Try again at `at`. `error` is a kind of error or a status code, never the answer's text."""
    _set(connection, delivery_id, due_at=at, last_error=error[:80])


def park(connection: Connection, delivery_id: str, error: str) -> None:
    """Give up until a person looks."""
    _set(connection, delivery_id, state=PARKED, last_error=error[:80])


def _set(connection: Connection, delivery_id: str, **values: object) -> None:
    connection.execute(update(hook_deliveries).where(hook_deliveries.c.id == delivery_id).values(**values))
