"""Groups of one's own clients that a worker keeps: chosen by hand, or whoever fits a description just now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Select, delete, insert, or_, select

from conversations.visits import AHEAD
from records.errors import NotFoundError, RefusedError
from records.sight import Sight, shown
from records.tables import client_groups, clients, group_members, visits

QUIET_FOR = timedelta(days=7)
VISIT_WITHIN = timedelta(days=7)


class Only(StrEnum):
    """Who belongs to a group: all, those chosen by hand, or those who are so when it is used."""

    ALL = ""
    CHOSEN = "chosen"
    QUIET = "quiet"
    VISIT_SOON = "visit_soon"


@dataclass(frozen=True, slots=True)
class Group:
    """`language` is "" for any. `clients` are how many belong to it just now."""

    id: str
    name: str
    language: str
    only: Only
    clients: int = 0


def save(
    connection: Connection, group: Group, chosen: Collection[str], staff_id: str, sight: Sight, now: datetime
) -> bool:
    """Keep it under its id; False if it is there already. Raises RefusedError with what to do about it."""
    if connection.scalar(select(client_groups.c.id).where(client_groups.c.id == group.id)):
        return False
    if not group.name:
        raise RefusedError("Give the group a name.")
    taken = select(client_groups.c.id).where(client_groups.c.staff_id == staff_id, client_groups.c.name == group.name)
    if connection.scalar(taken):
        raise RefusedError("You have a group of this name already. Choose another name.")
    theirs: list[str] = []
    if group.only is Only.CHOSEN:
        theirs = list(connection.scalars(select(clients.c.id).where(clients.c.id.in_(chosen), shown(sight))))
        if not theirs:
            raise RefusedError("Choose at least one client.")
    row = {"id": group.id, "staff_id": staff_id, "name": group.name, "language": group.language, "only": group.only}
    connection.execute(insert(client_groups), [{**row, "created_at": now}])
    if theirs:
        connection.execute(insert(group_members), [{"group_id": group.id, "client_id": one} for one in theirs])
    return True


def of_staff(connection: Connection, staff_id: str, sight: Sight, now: datetime) -> Sequence[Group]:
    """By name."""
    wanted = select(client_groups).where(client_groups.c.staff_id == staff_id).order_by(client_groups.c.name)
    found = [Group(row.id, row.name, row.language, Only(row.only)) for row in connection.execute(wanted)]
    return [replace(one, clients=len(members(connection, one, sight, now))) for one in found]


def find(connection: Connection, group_id: str, staff_id: str) -> Group:
    """Raises NotFoundError if it is not this member of staff's."""
    mine = select(client_groups).where(client_groups.c.id == group_id, client_groups.c.staff_id == staff_id)
    row = connection.execute(mine).first()
    if row is None:
        raise NotFoundError("no such group")
    return Group(row.id, row.name, row.language, Only(row.only))


def members(connection: Connection, group: Group, sight: Sight, now: datetime) -> Sequence[str]:
    """The ids of those who belong to it just now and are in sight."""
    return list(connection.scalars(_in(group, sight, now)))


def remove(connection: Connection, group_id: str, staff_id: str) -> None:
    """Raises NotFoundError as `find`. What was sent to it stays."""
    find(connection, group_id, staff_id)
    connection.execute(delete(group_members).where(group_members.c.group_id == group_id))
    connection.execute(delete(client_groups).where(client_groups.c.id == group_id))


def _in(group: Group, sight: Sight, now: datetime) -> Select[tuple[str]]:
    wanted = select(clients.c.id).where(shown(sight), _fits(group.only, group.id, now))
    return wanted.where(clients.c.language == group.language) if group.language else wanted


def _fits(only: Only, group_id: str, now: datetime) -> ColumnElement[bool]:
    match only:
        case Only.CHOSEN:
            chosen = select(group_members.c.client_id).where(group_members.c.group_id == group_id)
            return clients.c.id.in_(chosen)
        case Only.QUIET:
            return or_(clients.c.last_heard_at.is_(None), clients.c.last_heard_at <= now - QUIET_FOR)
        case Only.VISIT_SOON:
            soon = visits.c.starts_at.between(now, now + VISIT_WITHIN)
            return clients.c.id.in_(select(visits.c.client_id).where(visits.c.status.in_(AHEAD), soon))
        case Only.ALL:
            return clients.c.id.is_not(None)
