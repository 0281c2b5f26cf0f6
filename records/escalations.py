"""What a worker does about an escalation: takes it, and closes it with an outcome (domain guide 7.3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from records import consent, engagement
from records.engagement import Kind
from records.errors import NotFoundError
from records.tables import escalations


def acknowledge(connection: Connection, escalation_id: str, staff_id: str, now: datetime) -> bool:
    """A named person takes it. False if somebody had; the first one stands. Raises NotFoundError."""
    row = _locked(connection, escalation_id)
    if row.acknowledged_at or row.resolved_at:
        return False
    taken = update(escalations).where(escalations.c.id == escalation_id)
    connection.execute(taken.values(acknowledged_at=now, acknowledged_by=staff_id))
    _log(connection, row, Kind.ESCALATION_ACKNOWLEDGED, staff_id, now)
    return True


def resolve(connection: Connection, escalation_id: str, staff_id: str, outcome: str, now: datetime) -> bool:
    """It is over; the next trigger opens a new one. False if it was over before. Raises NotFoundError."""
    row = _locked(connection, escalation_id)
    if row.resolved_at:
        return False
    closed = update(escalations).where(escalations.c.id == escalation_id)
    connection.execute(closed.values(resolved_at=now, resolved_by=staff_id, outcome=outcome))
    _log(connection, row, Kind.ESCALATION_RESOLVED, staff_id, now, outcome)
    return True


_Found = Row[str, str, datetime | None, datetime | None]


def _locked(connection: Connection, escalation_id: str) -> _Found:
    """The escalation as it is, with its client locked, so that nothing is added while it is closed."""
    client_id = connection.scalar(select(escalations.c.client_id).where(escalations.c.id == escalation_id))
    if client_id is None:
        raise NotFoundError("no such escalation")
    connection.execute(consent.LOCK, {"ids": [client_id]})
    wanted = select(
        escalations.c.client_id, escalations.c.trigger, escalations.c.acknowledged_at, escalations.c.resolved_at
    )
    return connection.execute(wanted.where(escalations.c.id == escalation_id)).one()


def _log(connection: Connection, row: _Found, kind: Kind, staff_id: str, now: datetime, outcome: str = "") -> None:
    engagement.note_staff_act(
        connection, kind, staff_id, now, client_id=row.client_id, subject=row.trigger, reason=outcome
    )
