"""What members of staff change in their own account: the password, the second factor, where they are logged in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from records.engagement import Kind, note_staff_act
from records.invitations import put_second_factor
from records.sessions import ran_out
from records.tables import sessions, staff


@dataclass(frozen=True, slots=True)
class Me:
    email: str
    password_hash: str
    has_second_factor: bool
    weekly_digest: bool


@dataclass(frozen=True, slots=True)
class LogIn:
    """`browser` is what it says of itself; moments are UTC."""

    token_hash: str
    browser: str
    created_at: datetime
    seen_at: datetime


def me(connection: Connection, staff_id: str) -> Me:
    columns = (staff.c.email, staff.c.password_hash, staff.c.totp_step.is_not(None), staff.c.weekly_digest)
    return Me(*connection.execute(select(*columns).where(staff.c.id == staff_id)).one())


def log_ins(connection: Connection, staff_id: str, now: datetime) -> Sequence[LogIn]:
    """Those that have not run out, the one used last first."""
    wanted = (
        select(sessions.c.token_hash, sessions.c.browser, sessions.c.created_at, sessions.c.seen_at)
        .where(sessions.c.staff_id == staff_id, sessions.c.complete, ~ran_out(now))
        .order_by(sessions.c.seen_at.desc(), sessions.c.token_hash)
    )
    return [LogIn(*row) for row in connection.execute(wanted)]


def end_others(connection: Connection, staff_id: str, token_hash: str, now: datetime) -> None:
    """All log-ins but the one of this token."""
    others = delete(sessions).where(sessions.c.staff_id == staff_id, sessions.c.token_hash != token_hash)
    if connection.execute(others).rowcount:
        _note(connection, "log_ins_ended", staff_id, now)


def set_languages(connection: Connection, staff_id: str, writes: Collection[str], by: str, now: datetime) -> None:
    """The codes of the languages that they write to clients in."""
    connection.execute(update(staff).where(staff.c.id == staff_id).values(writes=" ".join(sorted(writes))))
    detail = {"staff": staff_id, "writes": sorted(writes)}
    note_staff_act(connection, Kind.ACCOUNT_CHANGED, by, now, subject="languages", detail=detail)


def choose_language(connection: Connection, staff_id: str, language: str) -> None:
    """That of the staff pages. It is nobody else's matter, so it is not in the log."""
    connection.execute(update(staff).where(staff.c.id == staff_id).values(language=language))


def choose_weekly_digest(connection: Connection, staff_id: str, *, wanted: bool) -> None:
    """Whether it comes by e-mail. As with the language, it is nobody else's matter."""
    connection.execute(update(staff).where(staff.c.id == staff_id).values(weekly_digest=wanted))


def change_password(connection: Connection, staff_id: str, password_hash: str, token_hash: str, now: datetime) -> None:
    """All log-ins but the one of this token end."""
    connection.execute(update(staff).where(staff.c.id == staff_id).values(password_hash=password_hash))
    _note(connection, "password_set", staff_id, now)
    end_others(connection, staff_id, token_hash, now)


def change_second_factor(
    connection: Connection, staff_id: str, salt: str, step: int, token_hash: str, now: datetime
) -> None:
    """As `change_password`; see `put_second_factor`."""
    put_second_factor(connection, staff_id, salt, step, now)
    end_others(connection, staff_id, token_hash, now)


def _note(connection: Connection, what: str, staff_id: str, now: datetime) -> None:
    note_staff_act(connection, Kind.ACCOUNT_CHANGED, staff_id, now, subject=what, detail={"staff": staff_id})
