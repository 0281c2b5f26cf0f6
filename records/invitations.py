"""Invitations to an account: a link that works once, for a password and, where one is needed, a second factor.

Only a hash of the link's token is kept, so the table is of no use to who reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError, RefusedError
from records.roles import Role
from records.tables import invitations, sessions, staff

LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whose invitation it is, and how far they have come with it."""

    staff_id: str
    email: str
    first_name: str
    role: Role
    has_second_factor: bool
    password_is_set: bool


def invite(connection: Connection, staff_id: str, token_hash: str, by: str, now: datetime) -> None:
    """A link that was made before and not used does not work any more. Raises NotFoundError, RefusedError."""
    row = connection.execute(select(staff).where(staff.c.id == staff_id).with_for_update()).first()
    if row is None:
        raise NotFoundError("no such member of staff")
    if not row.active:
        raise RefusedError("%(name)s's account is closed. Open it first.", name=row.first_name)
    connection.execute(delete(invitations).where(invitations.c.staff_id == staff_id))
    new = {"token_hash": token_hash, "staff_id": staff_id, "password_is_set": False, "expires_at": now + LASTS}
    connection.execute(insert(invitations).values(new))
    _note(connection, "invited", staff_id, by, now)


def find(connection: Connection, token_hash: str, now: datetime) -> Invited | None:
    """None for a link that nobody made, that was used or replaced, or that is too old."""
    wanted = (
        select(
            staff.c.id,
            staff.c.email,
            staff.c.first_name,
            staff.c.role,
            staff.c.totp_step.is_not(None),
            invitations.c.password_is_set,
        )
        .join(staff, staff.c.id == invitations.c.staff_id)
        .where(invitations.c.token_hash == token_hash, invitations.c.expires_at > now, staff.c.active)
        .with_for_update()
    )
    row = connection.execute(wanted).first()
    return Invited(row[0], row[1], row[2], Role(row[3]), row[4], row[5]) if row else None


def set_password(
    connection: Connection, token_hash: str, password_hash: str, now: datetime, *, is_all: bool
) -> Invited | None:
    """Every log-in of theirs ends. If that `is_all`, the link is used up; None if it does not work (see `find`)."""
    who = find(connection, token_hash, now)
    if who is None:
        return None
    connection.execute(update(staff).where(staff.c.id == who.staff_id).values(password_hash=password_hash))
    connection.execute(delete(sessions).where(sessions.c.staff_id == who.staff_id))
    this = invitations.c.token_hash == token_hash
    if is_all:
        connection.execute(delete(invitations).where(this))
    else:
        connection.execute(update(invitations).where(this).values(password_is_set=True))
    _note(connection, "password_set", who.staff_id, who.staff_id, now)
    return who


def set_second_factor(connection: Connection, token_hash: str, salt: str, step: int, now: datetime) -> Invited | None:
    """The link is used up. None if it does not work, if there is one already, or before the password is set."""
    who = find(connection, token_hash, now)
    if who is None or who.has_second_factor or not who.password_is_set:
        return None
    put_second_factor(connection, who.staff_id, salt, step, now)
    connection.execute(delete(invitations).where(invitations.c.token_hash == token_hash))
    return who


def put_second_factor(connection: Connection, staff_id: str, salt: str, step: int, now: datetime) -> None:
    """The key follows from `salt`; `step` is that of the code by which they showed that they have it."""
    connection.execute(update(staff).where(staff.c.id == staff_id).values(totp_salt=salt, totp_step=step))
    _note(connection, "second_factor_set", staff_id, staff_id, now)


def _note(connection: Connection, what: str, staff_id: str, by: str, now: datetime) -> None:
    note_staff_act(connection, Kind.ACCOUNT_CHANGED, by, now, subject=what, detail={"staff": staff_id})
