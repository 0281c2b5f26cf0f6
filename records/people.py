"""Members of staff, and the clients that are imported or entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from conversations.situation import Consent, Rhythm
from records import engagement
from records.bulk import inserting, one_of
from records.engagement import Kind, entry
from records.errors import NotFoundError
from records.ids import new_id
from records.tables import clients, staff


@dataclass(frozen=True, slots=True)
class StaffMember:
    id: str
    email: str
    first_name: str
    role: str
    active: bool


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client as a list names them. `number` is E.164 and tells clients apart; `zone` an IANA name.

    Whether the phone is shared is taken at first only: later the client says so.
    """

    number: str
    first_name: str
    language: str
    zone: str
    worker_id: str
    phone_is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """How many clients were new, differed from what was known, or were as known."""

    added: int
    changed: int
    unchanged: int


def add_staff(connection: Connection, email: str, first_name: str, role: str, password_hash: str, now: datetime) -> str:
    """A new member of staff; gives the id. `email` in lower case; raises IntegrityError if it is taken."""
    staff_id = new_id(now)
    row = {
        "id": staff_id,
        "email": email,
        "first_name": first_name,
        "role": role,
        "password_hash": password_hash,
        "active": True,
        "created_at": now,
    }
    connection.execute(insert(staff), [row])
    return staff_id


def set_password(connection: Connection, email: str, password_hash: str) -> None:
    """Raises NotFoundError."""
    changed = connection.execute(update(staff).where(staff.c.email == email).values(password_hash=password_hash))
    if not changed.rowcount:
        raise NotFoundError("no such member of staff")


def set_active(connection: Connection, email: str, *, active: bool) -> None:
    """Open or close an account. Raises NotFoundError."""
    if not connection.execute(update(staff).where(staff.c.email == email).values(active=active)).rowcount:
        raise NotFoundError("no such member of staff")


def all_staff(connection: Connection) -> Sequence[StaffMember]:
    """By first name."""
    columns = (staff.c.id, staff.c.email, staff.c.first_name, staff.c.role, staff.c.active)
    rows = connection.execute(select(*columns).order_by(staff.c.first_name, staff.c.id))
    return [StaffMember(*row) for row in rows]


_KNOWN = select(
    clients.c.number,
    clients.c.first_name,
    clients.c.language,
    clients.c.zone,
    clients.c.worker_id,
    clients.c.id,
).where(one_of(clients.c.number, "numbers"))
_ADD = inserting(
    clients,
    (
        "id",
        "number",
        "first_name",
        "language",
        "zone",
        "consent",
        "phone_is_shared",
        "rhythm",
        "worker_id",
        "created_at",
    ),
)
_CHANGE = (
    update(clients)
    .where(clients.c.id == bindparam("client"))
    .values(first_name=bindparam("to_first_name"), zone=bindparam("to_zone"), worker_id=bindparam("to_worker"))
)


def put_clients(connection: Connection, wanted: Sequence[NewClient], staff_id: str, now: datetime) -> Imported:
    """Add the clients whose number is new, and bring the others up to date. The same list twice changes nothing.

    What a client decides is not touched: consent, and the language of one who is known.
    """
    known = {
        row.number: row
        for row in connection.execute(
            _KNOWN.with_for_update(key_share=True), {"numbers": [one.number for one in wanted]}
        )
    }
    new = {one.number: one for one in wanted if one.number not in known}
    rows = [_client_row(one, now) for one in new.values()]
    changes = [
        {
            "client": known[one.number].id,
            "to_first_name": one.first_name,
            "to_zone": one.zone,
            "to_worker": one.worker_id,
        }
        for one in wanted
        if one.number in known and _differs(one, known[one.number])
    ]
    log = []
    if rows:
        _ADD.run(connection, rows)
        log += [
            entry(Kind.CLIENT_ADDED, now, client_id=row["id"], worker_id=row["worker_id"], actor=staff_id)
            for row in rows
        ]
    if changes:
        connection.execute(_CHANGE, changes)
        log += [
            entry(Kind.CLIENT_CHANGED, now, client_id=row["client"], worker_id=row["to_worker"], actor=staff_id)
            for row in changes
        ]
    engagement.append(connection, log)
    return Imported(len(rows), len(changes), len(wanted) - len(rows) - len(changes))


def _differs(wanted: NewClient, known: object) -> bool:
    return any(getattr(wanted, name) != getattr(known, name) for name in ("first_name", "zone", "worker_id"))


def _client_row(wanted: NewClient, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "number": wanted.number,
        "first_name": wanted.first_name,
        "language": wanted.language,
        "zone": wanted.zone,
        "consent": Consent.NONE,
        "phone_is_shared": wanted.phone_is_shared,
        "rhythm": Rhythm.WEEKLY,
        "worker_id": wanted.worker_id,
        "created_at": now,
    }
