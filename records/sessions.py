"""Who is logged in on the staff pages. Only a hash of the cookie is kept, so the table is of no use to who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from records.tables import sessions, staff

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in, and whose it is. Moments are UTC."""

    staff_id: str
    first_name: str
    role: str
    csrf: str
    created_at: datetime
    seen_at: datetime

    @property
    def sees_all(self) -> bool:
        """A supervisor sees every client; a worker their own."""
        return self.role == SUPERVISOR

    @property
    def own(self) -> str | None:
        """The worker whose clients are shown, or None for all."""
        return None if self.sees_all else self.staff_id


@dataclass(frozen=True, slots=True)
class Credentials:
    staff_id: str
    password_hash: str


def credentials(connection: Connection, email: str) -> Credentials | None:
    """Of the active member of staff with this address, written in lower case."""
    wanted = select(staff.c.id, staff.c.password_hash).where(staff.c.email == email, staff.c.active)
    row = connection.execute(wanted).first()
    return Credentials(row.id, row.password_hash) if row else None


def open_session(connection: Connection, staff_id: str, token_hash: str, csrf: str, now: datetime) -> None:
    """A new log-in; those that ran out are swept away with it."""
    connection.execute(delete(sessions).where(_ran_out(now)))
    row = {"token_hash": token_hash, "staff_id": staff_id, "csrf": csrf, "created_at": now, "seen_at": now}
    connection.execute(insert(sessions).values(row))


def find_session(connection: Connection, token_hash: str, now: datetime) -> Session | None:
    """The log-in of this cookie, unless it idled for half an hour, lasted for twelve, or the account was closed."""
    wanted = (
        select(
            staff.c.id,
            staff.c.first_name,
            staff.c.role,
            sessions.c.csrf,
            sessions.c.created_at,
            sessions.c.seen_at,
        )
        .join(staff, staff.c.id == sessions.c.staff_id)
        .where(sessions.c.token_hash == token_hash, staff.c.active, ~_ran_out(now))
    )
    row = connection.execute(wanted).first()
    return Session(*row) if row else None


def keep_session(connection: Connection, token_hash: str, now: datetime) -> None:
    """The member of staff did something: the half hour starts anew."""
    connection.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now))


def close_session(connection: Connection, token_hash: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def _ran_out(now: datetime) -> ColumnElement[bool]:
    return or_(sessions.c.seen_at <= now - IDLE, sessions.c.created_at <= now - LONGEST)
