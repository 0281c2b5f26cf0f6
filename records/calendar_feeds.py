"""Calendars that subscribe to a worker's visits: one address each, which its owner makes and ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from records.engagement import Kind, note_staff_act
from records.ids import new_id
from records.roles import Right, roles_with
from records.tables import calendar_feeds, staff


def make(connection: Connection, staff_id: str, now: datetime) -> str:
    """A new one; gives its id. The address of before leads nowhere any more."""
    connection.execute(delete(calendar_feeds).where(calendar_feeds.c.staff_id == staff_id))
    row = {"id": new_id(now), "staff_id": staff_id, "created_at": now}
    connection.execute(insert(calendar_feeds), [row])
    _note(connection, "calendar_opened", staff_id, now)
    return str(row["id"])


def end(connection: Connection, staff_id: str, now: datetime) -> None:
    """Ended twice, it is ended."""
    if connection.execute(delete(calendar_feeds).where(calendar_feeds.c.staff_id == staff_id)).rowcount:
        _note(connection, "calendar_closed", staff_id, now)


def of_staff(connection: Connection, staff_id: str) -> str:
    """Its id; "" where there is none."""
    return connection.scalar(select(calendar_feeds.c.id).where(calendar_feeds.c.staff_id == staff_id)) or ""


def whose(connection: Connection, feed_id: str) -> str:
    """The worker's id; "" where there is no such feed, or its owner keeps no visits any more."""
    wanted = (
        select(staff.c.id)
        .join(calendar_feeds, calendar_feeds.c.staff_id == staff.c.id)
        .where(calendar_feeds.c.id == feed_id, staff.c.active, staff.c.role.in_(roles_with(Right.KEEP_VISITS)))
    )
    return connection.scalar(wanted) or ""


def _note(connection: Connection, what: str, staff_id: str, now: datetime) -> None:
    note_staff_act(connection, Kind.ACCOUNT_CHANGED, staff_id, now, subject=what, detail={"staff": staff_id})
