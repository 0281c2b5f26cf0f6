"""Who else works with a client: a vocational counsellor, or a provider once the client agreed (domain guide 1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from records.engagement import Kind, note_staff_act
from records.errors import RefusedError
from records.ids import new_id
from records.roles import REACH, Reach, Right, Role, roles_with
from records.tables import clients, referrals, staff


@dataclass(frozen=True, slots=True)
class Referral:
    """Open until it is ended. While the client has not agreed, a provider sees nothing."""

    staff_id: str
    first_name: str
    role: Role
    created_at: datetime
    agreed_at: datetime | None

    @property
    def waits(self) -> bool:
        return REACH[self.role] is Reach.AGREED and self.agreed_at is None


def of_client(connection: Connection, client_id: str) -> Sequence[Referral]:
    """Those that are open, the oldest first."""
    wanted = (
        select(staff.c.id, staff.c.first_name, staff.c.role, referrals.c.created_at, referrals.c.agreed_at)
        .join(staff, staff.c.id == referrals.c.staff_id)
        .where(referrals.c.client_id == client_id, referrals.c.ended_at.is_(None))
        .order_by(referrals.c.id)
    )
    return [Referral(row[0], row[1], Role(row[2]), row[3], row[4]) for row in connection.execute(wanted)]


def refer(connection: Connection, client_id: str, to: str, by: str, now: datetime, *, agreed: bool) -> bool:
    """Let somebody else see this client; a second time notes only that the client agreed. False if nothing changed.

    Raises RefusedError with what to do about it.
    """
    worker = connection.scalar(select(clients.c.worker_id).where(clients.c.id == client_id).with_for_update())
    able = select(staff.c.id).where(staff.c.id == to, staff.c.active, staff.c.role.in_(roles_with(Right.SEE_CLIENTS)))
    if not connection.scalar(able) or to == worker:
        raise RefusedError("Choose a colleague who is not their worker already.")
    there = next((one for one in of_client(connection, client_id) if one.staff_id == to), None)
    if there is None:
        row = {"id": new_id(now), "client_id": client_id, "staff_id": to, "created_by": by, "created_at": now}
        connection.execute(insert(referrals).values({**row, "agreed_at": now if agreed else None}))
    elif agreed and there.agreed_at is None:
        connection.execute(update(referrals).where(*_open(client_id, to)).values(agreed_at=now))
    else:
        return False
    detail = {"to": to, "agreed": agreed}
    note_staff_act(connection, Kind.CLIENT_REFERRED, by, now, client_id=client_id, detail=detail)
    return True


def end(connection: Connection, client_id: str, to: str, by: str, now: datetime) -> bool:
    """They see the client no longer. False if they did not."""
    if not connection.execute(update(referrals).where(*_open(client_id, to)).values(ended_at=now)).rowcount:
        return False
    note_staff_act(connection, Kind.REFERRAL_ENDED, by, now, client_id=client_id, detail={"to": to})
    return True


def _open(client_id: str, to: str) -> tuple[ColumnElement[bool], ...]:
    return referrals.c.client_id == client_id, referrals.c.staff_id == to, referrals.c.ended_at.is_(None)
