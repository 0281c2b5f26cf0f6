"""Clients in other hands: one or a whole caseload, with their history and what is planned for them; and back again.

A transfer changes whose client it is, and who is asked for what waits. Texts that are planned go out as planned. A
visit stays with whom it was agreed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from conversations.county import County
from records import engagement, escalations
from records.engagement import Kind, entry
from records.errors import NotFoundError, RefusedError, TooLateError
from records.roles import Right, roles_with
from records.sight import Sight, oversees, shown
from records.tables import clients, staff, transferred_clients, transfers
from records.tables import escalations as items

LATEST = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to be given to whom. The `id` is the form's: what comes twice under it is done once."""

    id: str
    client_ids: Collection[str]
    to: str
    why: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """`clients` are how many; `may_be_undone` until it was, or all of them were given on again."""

    id: str
    at: datetime
    by: str
    to: str
    why: str
    clients: int
    may_be_undone: bool


def transfer(connection: Connection, wanted: Wanted, by: str, sight: Sight, county: County, now: datetime) -> int:
    """Give clients to another worker; gives how many changed hands. A second time with the same id changes nothing.

    Raises NotFoundError if one of them is out of sight, and RefusedError with what to do about it.
    """
    if connection.scalar(select(transfers.c.id).where(transfers.c.id == wanted.id)):
        return 0
    to, why = wanted.to, wanted.why.strip()
    if not why:
        raise RefusedError("Say in a few words why they change hands.")
    able = staff.c.role.in_(roles_with(Right.TEXT))
    taker = select(staff.c.id).where(staff.c.id == to, staff.c.active, able, oversees(sight, staff.c.id))
    if not connection.scalar(taker):
        raise RefusedError("Choose a worker of your team who works with clients.")
    theirs = select(clients.c.id, clients.c.worker_id, clients.c.language).where(clients.c.id.in_(wanted.client_ids))
    rows = connection.execute(theirs.where(shown(sight)).order_by(clients.c.id).with_for_update()).all()
    if len(rows) != len(set(wanted.client_ids)):
        raise NotFoundError("no such client")
    moved = {row.id: row.worker_id for row in rows if row.worker_id != to}
    if not moved:
        raise RefusedError("Choose at least one client whom somebody else has.")
    row = {"id": wanted.id, "at": now, "by_id": by, "to_id": to, "why": why}
    connection.execute(insert(transfers), [row])
    kept = [{"transfer_id": wanted.id, "client_id": client, "from_id": worker} for client, worker in moved.items()]
    connection.execute(insert(transferred_clients), kept)
    _give(connection, dict.fromkeys(moved, to), why, by, county, now)
    return len(moved)


def undo(connection: Connection, transfer_id: str, by: str, sight: Sight, county: County, now: datetime) -> int:
    """Give back whoever is still where this transfer put them; gives how many.

    Raises NotFoundError if it is out of sight, and TooLateError if it was undone already.
    """
    seen = select(transfers).where(transfers.c.id == transfer_id, oversees(sight, transfers.c.to_id))
    row = connection.execute(seen.with_for_update()).first()
    if row is None:
        raise NotFoundError("no such transfer")
    if row.undone_at is not None:
        raise TooLateError("It was undone already.")
    still_there = (
        select(transferred_clients.c.client_id, transferred_clients.c.from_id)
        .join(clients, clients.c.id == transferred_clients.c.client_id)
        .where(transferred_clients.c.transfer_id == transfer_id, clients.c.worker_id == row.to_id)
    )
    back = {one.client_id: one.from_id for one in connection.execute(still_there.with_for_update(of=clients))}
    _give(connection, back, "the transfer was undone", by, county, now)
    connection.execute(update(transfers).where(transfers.c.id == transfer_id).values(undone_at=now, undone_by=by))
    return len(back)


def latest(connection: Connection, sight: Sight) -> Sequence[Transfer]:
    """The newest first."""
    giver, taker = staff.alias("giver"), staff.alias("taker")
    count = select(func.count()).where(transferred_clients.c.transfer_id == transfers.c.id).scalar_subquery()
    there = (
        select(func.count())
        .select_from(transferred_clients.join(clients, clients.c.id == transferred_clients.c.client_id))
        .where(transferred_clients.c.transfer_id == transfers.c.id, clients.c.worker_id == transfers.c.to_id)
        .scalar_subquery()
    )
    wanted = (
        select(transfers, giver.c.first_name, taker.c.first_name, count, there)
        .join(giver, giver.c.id == transfers.c.by_id)
        .join(taker, taker.c.id == transfers.c.to_id)
        .where(oversees(sight, transfers.c.to_id))
        .order_by(transfers.c.id.desc())
        .limit(LATEST)
    )
    return [
        Transfer(row.id, row.at, row[-4], row[-3], row.why, row[-2], row.undone_at is None and row[-1] > 0)
        for row in connection.execute(wanted)
    ]


def _give(
    connection: Connection, new_worker: Mapping[str, str], why: str, by: str, county: County, now: datetime
) -> None:
    """Each client to the worker beside them, with what waits for the one before."""
    log = []
    for client_id, worker_id in new_worker.items():
        before = connection.scalar(select(clients.c.worker_id).where(clients.c.id == client_id))
        connection.execute(update(clients).where(clients.c.id == client_id).values(worker_id=worker_id))
        theirs = select(items.c.id).where(
            items.c.client_id == client_id,
            items.c.assigned_to == before,
            items.c.resolved_at.is_(None),
            items.c.merged_into.is_(None),
        )
        for item in connection.scalars(theirs).all():
            escalations.reassign(connection, item, worker_id, why, by, county, now)
        gone = {"from": before, "to": worker_id}
        log.append(
            entry(
                Kind.CLIENT_TRANSFERRED,
                now,
                client_id=client_id,
                worker_id=worker_id,
                actor=by,
                reason=why,
                detail=gone,
            )
        )
    engagement.append(connection, log)
