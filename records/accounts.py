"""The accounts of staff, as who keeps them sees and changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError, RefusedError
from records.invitations import invite
from records.people import add_staff, put_in_team
from records.roles import Right, Role, roles_with
from records.tables import clients, sessions, staff, teams


@dataclass(frozen=True, slots=True)
class Account:
    """`team` is "" for none; `clients` are how many have them as their worker."""

    id: str
    email: str
    first_name: str
    role: Role
    team: str
    active: bool
    has_password: bool
    has_second_factor: bool
    clients: int


@dataclass(frozen=True, slots=True)
class NewAccount:
    """`email` in lower case; `team` is "" for none, and a new one is made."""

    email: str
    first_name: str
    role: Role
    team: str = ""


NO_PASSWORD = ""


def accounts(connection: Connection) -> Sequence[Account]:
    """Those that are open first, by name."""
    count = select(func.count()).where(clients.c.worker_id == staff.c.id).scalar_subquery()
    wanted = (
        select(staff, teams.c.name.label("team"), count.label("caseload"))
        .outerjoin(teams, teams.c.id == staff.c.team_id)
        .order_by(staff.c.active.desc(), staff.c.first_name, staff.c.id)
    )
    return [
        Account(
            row.id,
            row.email,
            row.first_name,
            Role(row.role),
            row.team or "",
            row.active,
            bool(row.password_hash),
            row.totp_step is not None,
            row.caseload,
        )
        for row in connection.execute(wanted)
    ]


def team_names(connection: Connection) -> Sequence[str]:
    return connection.scalars(select(teams.c.name).order_by(teams.c.name)).all()


def id_of(connection: Connection, email: str) -> str:
    """Raises NotFoundError."""
    staff_id: str | None = connection.scalar(select(staff.c.id).where(staff.c.email == email))
    if staff_id is None:
        raise NotFoundError("no such member of staff")
    return staff_id


def add(connection: Connection, new: NewAccount, token_hash: str | None, by: str, now: datetime) -> None:
    """An account to which an invitation with this token leads; without one, the county's own log-in. RefusedError."""
    if connection.scalar(select(staff.c.id).where(staff.c.email == new.email)):
        raise RefusedError("Somebody has an account with this address already. It may be a closed one.")
    staff_id = add_staff(connection, new.email, new.first_name, new.role, NO_PASSWORD, now)
    put_in_team(connection, new.email, new.team, now)
    detail = {"staff": staff_id, "role": new.role, "team": new.team, "active": True}
    note_staff_act(connection, Kind.ACCOUNT_CHANGED, by, now, subject="opened", detail=detail)
    if token_hash:
        invite(connection, staff_id, token_hash, by, now)


def change(
    connection: Connection, staff_id: str, role: Role, team: str, by: str, now: datetime, *, active: bool
) -> None:
    """Whoever is changed logs in anew. Raises NotFoundError, and RefusedError with what to do about it."""
    row = connection.execute(select(staff).where(staff.c.id == staff_id).with_for_update()).first()
    if row is None:
        raise NotFoundError("no such member of staff")
    if staff_id == by and (not active or role != row.role):
        raise RefusedError("Nobody changes their own role or closes their own account. Ask another admin.")
    theirs = connection.scalar(select(func.count()).where(clients.c.worker_id == staff_id)) or 0
    if theirs and not (active and role in roles_with(Right.TEXT)):
        raise RefusedError(
            "%(name)s has %(clients)s clients. A supervisor gives them to somebody else first.",
            name=row.first_name,
            clients=theirs,
        )
    connection.execute(update(staff).where(staff.c.id == staff_id).values(role=role, active=active))
    put_in_team(connection, row.email, team, now)
    if staff_id != by:
        connection.execute(delete(sessions).where(sessions.c.staff_id == staff_id))
    detail = {"staff": staff_id, "role": role, "team": team, "active": active}
    note_staff_act(connection, Kind.ACCOUNT_CHANGED, by, now, detail=detail)
