"""Visits and free times as the staff pages need them. A visit itself is entered and changed through `Writer.act`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, select

from conversations.visits import AHEAD, Visit, VisitStatus
from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError, TooLateError
from records.ids import new_id
from records.sight import EVERYBODY, Sight, oversees, shown
from records.tables import clients, free_times, staff, visits


@dataclass(frozen=True, slots=True)
class ClientVisit:
    """A visit and whose it is. `version` grows with every change; `reason` is the client's words, if they gave any."""

    client_id: str
    first_name: str
    zone: str
    visit: Visit
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class OfferedTime:
    """A time that a worker offers. Moments are UTC; `held_until` is when a client's hold on it ends, if there is one.

    `client_id` is who has it: who holds it, or whose visit it has become (`taken`).
    """

    id: str
    starts_at: datetime
    client_id: str | None
    held_until: datetime | None
    taken: bool


def next_number(connection: Connection, client_id: str) -> int:
    """For a visit that is entered now."""
    found = select(visits.c.number).where(visits.c.client_id == client_id).order_by(visits.c.number.desc()).limit(1)
    return (connection.scalar(found) or 0) + 1


def visit(connection: Connection, client_id: str, number: int, sight: Sight) -> ClientVisit:
    """Raises NotFoundError if there is none, or its client is out of sight."""
    row = connection.execute(_visits(sight).where(visits.c.client_id == client_id, visits.c.number == number)).first()
    if row is None:
        raise NotFoundError("no such visit")
    return _client_visit(row)


def of_client(connection: Connection, client_id: str) -> Sequence[ClientVisit]:
    """All, the latest first."""
    return _found(
        connection, _visits(EVERYBODY).where(visits.c.client_id == client_id).order_by(visits.c.starts_at.desc())
    )


def of_worker(connection: Connection, worker_id: str, since: datetime, until: datetime) -> Sequence[ClientVisit]:
    """Those of a span of days, the soonest first: `since` is included, `until` is not."""
    span = visits.c.starts_at >= since, visits.c.starts_at < until
    return _found(connection, _soonest_first(visits.c.worker_id == worker_id, *span))


def not_closed(connection: Connection, sight: Sight, since: datetime, now: datetime) -> Sequence[ClientVisit]:
    """Those that began between the two moments, and of which nobody has said how they went; the soonest first."""
    begun = visits.c.starts_at >= since, visits.c.starts_at <= now, visits.c.status.in_(sorted(AHEAD))
    return _found(connection, _visits(sight).where(*begun).order_by(visits.c.starts_at, visits.c.client_id))


def upcoming(connection: Connection, worker_id: str, now: datetime) -> Sequence[ClientVisit]:
    """Those that a worker's calendar shows: from yesterday on, and not called off, the soonest first."""
    ahead = visits.c.starts_at > now - timedelta(days=1), visits.c.status.in_(sorted(AHEAD))
    return _found(connection, _soonest_first(visits.c.worker_id == worker_id, *ahead))


def offered(connection: Connection, worker_id: str, now: datetime) -> Sequence[OfferedTime]:
    """A worker's free times ahead, those that are taken or held among them, the soonest first."""
    ahead = select(free_times).where(free_times.c.worker_id == worker_id, free_times.c.starts_at > now)
    rows = connection.execute(ahead.order_by(free_times.c.starts_at))
    return [_offered(row, now) for row in rows]


def offer(connection: Connection, worker_id: str, moments: Iterable[datetime], staff_id: str, now: datetime) -> int:
    """Offer these times to the worker's clients; gives how many are new. Those of before are left as they are."""
    known = set(connection.scalars(select(free_times.c.starts_at).where(free_times.c.worker_id == worker_id)))
    new = sorted({moment for moment in moments if moment > now} - known)
    rows = [{"id": new_id(now), "worker_id": worker_id, "starts_at": moment, "created_at": now} for moment in new]
    if rows:
        connection.execute(insert(free_times), rows)
        note_staff_act(connection, Kind.TIMES_OFFERED, staff_id, now, subject=str(len(rows)))
    return len(rows)


def withdraw(connection: Connection, time_id: str, sight: Sight, staff_id: str, now: datetime) -> None:
    """Offer this time no longer. Raises NotFoundError, or TooLateError while a client holds it or once it is taken."""
    wanted = select(free_times).where(free_times.c.id == time_id, oversees(sight, free_times.c.worker_id))
    row = connection.execute(wanted.with_for_update()).first()
    if row is None:
        raise NotFoundError("no such time")
    it = _offered(row, now)
    if it.taken or it.held_until:
        raise TooLateError
    connection.execute(delete(free_times).where(free_times.c.id == time_id))
    note_staff_act(connection, Kind.TIME_WITHDRAWN, staff_id, now, detail={"starts_at": it.starts_at.isoformat()})


def _visits(sight: Sight) -> Select[Any]:
    wanted = (
        select(visits, staff.c.first_name.label("worker"), clients.c.first_name.label("client"), clients.c.zone)
        .select_from(visits)
        .join(clients, clients.c.id == visits.c.client_id)
        .join(staff, staff.c.id == visits.c.worker_id)
    )
    return wanted.where(shown(sight))


def _soonest_first(*those: ColumnElement[bool]) -> Select[Any]:
    return _visits(EVERYBODY).where(*those).order_by(visits.c.starts_at, visits.c.client_id)


def _found(connection: Connection, wanted: Select[Any]) -> Sequence[ClientVisit]:
    return [_client_visit(row) for row in connection.execute(wanted)]


def _client_visit(row: Row[Any]) -> ClientVisit:
    it = Visit(
        row.number,
        row.starts_at,
        row.worker,
        row.place,
        row.bring,
        row.by_phone,
        VisitStatus(row.status),
        row.leaves_at,
    )
    return ClientVisit(row.client_id, row.client, row.zone, it, row.version, row.reason)


def _offered(row: Row[Any], now: datetime) -> OfferedTime:
    taken = row.visit is not None
    held = not taken and row.held_until is not None and row.held_until > now
    client_id = row.visit_client if taken else row.held_for if held else None
    return OfferedTime(row.id, row.starts_at, client_id, row.held_until if held else None, taken)
