"""Who is logged in on the staff pages. Only a hash of the cookie is kept, so the table is of no use to who reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from records.engagement import Kind, note_staff_act
from records.roles import REACH, RIGHTS, Reach, Right, Role
from records.sight import Sight
from records.tables import sessions, staff

IDLE = timedelta(minutes=30)
HALF_WAY = timedelta(minutes=10)
"""So long after the password the second factor may be given."""
LONGEST = timedelta(hours=12)
LONGEST_BROWSER = 200


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in, whose it is, and whose clients they see. Moments are UTC."""

    staff_id: str
    first_name: str
    role: Role
    csrf: str
    created_at: datetime
    seen_at: datetime
    sight: Sight
    found_at: datetime
    writes: frozenset[str] = frozenset()
    """The languages that they write to clients in, as far as they have said."""
    language: str = ""
    """Of the pages that they read; "" where they have not chosen one."""

    @property
    def left(self) -> timedelta:
        """Until it ends, if nothing is done."""
        return min(self.seen_at + IDLE, self.created_at + LONGEST) - self.found_at

    @property
    def left_if_kept(self) -> timedelta:
        """Until it ends, if something is done now and nothing after that."""
        return min(IDLE, self.created_at + LONGEST - self.found_at)

    def writes_in(self, language: str, first: str) -> bool:
        """Who has not said what they write writes the county's `first` language."""
        return language in (self.writes or {first})

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]

    @property
    def oversees(self) -> bool:
        return self.may(Right.OVERSEE)


@dataclass(frozen=True, slots=True)
class Credentials:
    staff_id: str
    password_hash: str
    role: Role
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody whose password was right, and of whom the second factor is asked."""

    staff_id: str
    csrf: str
    totp_salt: str


def credentials(connection: Connection, email: str) -> Credentials | None:
    """Of the active member of staff with this address, written in lower case."""
    columns = (staff.c.id, staff.c.password_hash, staff.c.role, staff.c.totp_step)
    row = connection.execute(select(*columns).where(staff.c.email == email, staff.c.active)).first()
    return Credentials(row.id, row.password_hash, Role(row.role), row.totp_step is not None) if row else None


def open_session(
    connection: Connection,
    staff_id: str,
    token_hash: str,
    csrf: str,
    browser: str,
    now: datetime,
    *,
    complete: bool = True,
) -> None:
    """A new log-in; those that ran out are swept away with it. One not `complete` waits for the second factor.

    `browser` is what it says of itself, so that its owner knows one log-in from another.
    """
    connection.execute(delete(sessions).where(ran_out(now)))
    row = {"token_hash": token_hash, "staff_id": staff_id, "csrf": csrf, "created_at": now, "seen_at": now}
    kept = "".join(filter(str.isprintable, browser))[:LONGEST_BROWSER]
    connection.execute(insert(sessions).values({**row, "complete": complete, "browser": kept}))


def half_way(connection: Connection, token_hash: str, now: datetime) -> HalfWay | None:
    """Who is half way in by this cookie."""
    wanted = (
        select(staff.c.id, sessions.c.csrf, staff.c.totp_salt)
        .join(staff, staff.c.id == sessions.c.staff_id)
        .where(sessions.c.token_hash == token_hash, ~sessions.c.complete, staff.c.active)
        .where(sessions.c.created_at > now - HALF_WAY, staff.c.totp_step.is_not(None))
    )
    row = connection.execute(wanted).first()
    return HalfWay(*row) if row else None


def use_step(connection: Connection, staff_id: str, step: int) -> bool:
    """Take note that the code of this step was used; False if it, or a later one, was used before."""
    fresh = or_(staff.c.totp_step.is_(None), staff.c.totp_step < step)
    used = update(staff).where(staff.c.id == staff_id, fresh).values(totp_step=step)
    return bool(connection.execute(used).rowcount)


def forget_second_factor(connection: Connection, staff_id: str, by: str, now: datetime) -> None:
    """They lost it: every log-in that is open ends, and an invitation lets them set up another."""
    connection.execute(update(staff).where(staff.c.id == staff_id).values(totp_salt=None, totp_step=None))
    connection.execute(delete(sessions).where(sessions.c.staff_id == staff_id))
    note_staff_act(connection, Kind.ACCOUNT_CHANGED, by, now, subject="second_factor_reset", detail={"staff": staff_id})


def find_session(
    connection: Connection, token_hash: str, now: datetime, covered_by: Callable[[Connection, str], Iterable[str]]
) -> Session | None:
    """The log-in of this cookie, unless it idled for half an hour, lasted for twelve, or the account was closed.

    `covered_by` gives the ids of those for whom a member of staff answers while they are away.
    """
    wanted = (
        select(
            staff.c.id,
            staff.c.first_name,
            staff.c.role,
            staff.c.team_id,
            sessions.c.csrf,
            sessions.c.created_at,
            sessions.c.seen_at,
            staff.c.writes,
            staff.c.language,
        )
        .join(staff, staff.c.id == sessions.c.staff_id)
        .where(sessions.c.token_hash == token_hash, sessions.c.complete, staff.c.active, ~ran_out(now))
    )
    row = connection.execute(wanted).first()
    if row is None:
        return None
    role = Role(row.role)
    reach = REACH[role]
    covers = frozenset(covered_by(connection, row.id)) if reach in (Reach.OWN, Reach.TEAM) else frozenset()
    sight = Sight(reach, row.id, row.team_id, covers)
    writes = frozenset(row.writes.split())
    return Session(
        row.id, row.first_name, role, row.csrf, row.created_at, row.seen_at, sight, now, writes, row.language
    )


def keep_session(connection: Connection, token_hash: str, now: datetime) -> None:
    """The member of staff did something: the half hour starts anew."""
    connection.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now))


def close_session(connection: Connection, token_hash: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def ran_out(now: datetime) -> ColumnElement[bool]:
    return or_(sessions.c.seen_at <= now - IDLE, sessions.c.created_at <= now - LONGEST)
