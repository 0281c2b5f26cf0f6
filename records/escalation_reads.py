"""What the staff pages show of escalations. Moments are UTC; who took, wrote to or closed one is a first name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from conversations.county import County
from records import leaves
from records.engagement import Kind
from records.errors import NotFoundError
from records.escalation_calls import MANAGER, SUPERVISOR, TEAM
from records.sight import Sight, of_the_team, shown
from records.tables import clients, engagement, escalations, staff

OF_AN_ITEM = frozenset(kind for kind in Kind if kind.startswith("escalation_")) | {Kind.PROMISE_BROKEN}


@dataclass(frozen=True, slots=True)
class Waiting:
    """An escalation. `assigned_to` is the first name of who is asked, "" for the team; `held_by` as it is stored.

    `merged_into` is the id of the item that leads, `reopens` that of the one before it; "" for none.
    """

    id: str
    client_id: str
    first_name: str
    trigger: str
    about: str
    level: str
    opened_at: datetime
    due_at: datetime
    times: int
    told_at: datetime | None
    promised_by: datetime | None
    promise_broken_at: datetime | None
    assigned_to: str
    held_by: str
    to_supervisor: bool
    passes_up_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    contacted_at: datetime | None
    contacted_by: str
    snoozed_until: datetime | None
    snoozed_because: str
    merged_into: str
    reopens: str
    resolved_at: datetime | None
    resolved_by: str
    outcome: str
    note: str
    next_step: str
    next_step_by: str


@dataclass(frozen=True, slots=True)
class Matter:
    """An item that leads, and those that merged into it."""

    leader: Waiting
    under: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of an item's history. `actor` is "client", "bot" or the id of a member of staff; `at` is UTC."""

    at: datetime
    kind: str
    actor: str
    reason: str
    detail: Mapping[str, Any]


def waiting(connection: Connection, sight: Sight, client_id: str | None = None) -> Sequence[Waiting]:
    """Open escalations, the soonest due first."""
    return _open(connection, shown(sight), *([escalations.c.client_id == client_id] if client_id else []))


def of_worker(connection: Connection, staff_id: str, county: County, now: datetime) -> Sequence[Waiting]:
    """What this member of staff is asked for today: their own items, and those of whom they cover for."""
    asked = {staff_id, *leaves.covered_by(connection, staff_id, county, now)}
    return _open(connection, escalations.c.assigned_to.in_(asked))


def of_team(connection: Connection, sight: Sight, county: County, now: datetime) -> Sequence[Waiting]:
    """What the team is asked for today: nobody's items, those at half-time, and those of who is away without cover."""
    away = leaves.covered_by(connection, None, county, now)
    half_time = and_(escalations.c.held_by == TEAM, escalations.c.acknowledged_at.is_(None))
    asked = or_(escalations.c.assigned_to.is_(None), half_time, escalations.c.assigned_to.in_(away))
    return _open(connection, of_the_team(sight), asked)


def overdue(connection: Connection, sight: Sight, now: datetime) -> Sequence[Waiting]:
    """Open items whose client no person turned to in time."""
    return _open(connection, shown(sight), escalations.c.due_at <= now, escalations.c.contacted_at.is_(None))


def passed_up(connection: Connection, sight: Sight) -> Sequence[Waiting]:
    """Items that nobody took in time and that lie with the supervisor or the manager."""
    held = escalations.c.held_by.in_((SUPERVISOR, MANAGER))
    return _open(connection, shown(sight), held, escalations.c.acknowledged_at.is_(None))


def by_leader(items: Iterable[Waiting]) -> Sequence[Matter]:
    """The same items, those that merged under the one they merged into. An item whose leader is not here leads."""
    found = list(items)
    here = {one.id for one in found}
    under: dict[str, list[Waiting]] = {}
    for one in found:
        under.setdefault(one.merged_into if one.merged_into in here else "", []).append(one)
    return [Matter(leader, tuple(under.get(leader.id, ()))) for leader in under.get("", ())]


def escalation(connection: Connection, escalation_id: str, sight: Sight) -> Waiting:
    """One escalation, open or closed; all of a team may look at the team's. Raises NotFoundError."""
    teams = and_(of_the_team(sight), or_(escalations.c.assigned_to.is_(None), escalations.c.held_by == TEAM))
    seen = or_(shown(sight), teams)
    row = connection.execute(_ESCALATIONS.where(escalations.c.id == escalation_id, seen)).first()
    if row is None:
        raise NotFoundError
    return Waiting(*row)


def history(connection: Connection, one: Waiting) -> Sequence[Happened]:
    """What happened to an item, the oldest first."""
    wanted = (
        select(engagement.c.at, engagement.c.kind, engagement.c.actor, engagement.c.reason, engagement.c.detail)
        .where(engagement.c.client_id == one.client_id, engagement.c.kind.in_(OF_AN_ITEM))
        .order_by(engagement.c.id)
    )
    return [Happened(*row) for row in connection.execute(wanted) if row.detail.get("escalation") == one.id]


def _open(connection: Connection, *where: ColumnElement[bool]) -> Sequence[Waiting]:
    wanted = _ESCALATIONS.where(escalations.c.resolved_at.is_(None), *where)
    return [Waiting(*row) for row in connection.execute(wanted.order_by(escalations.c.due_at, escalations.c.id))]


def _all() -> Select[Any]:
    asked, taker, caller, closer = (staff.alias(name) for name in ("asked", "taker", "caller", "closer"))
    names = {
        "first_name": clients.c.first_name,
        "assigned_to": func.coalesce(asked.c.first_name, ""),
        "acknowledged_by": func.coalesce(taker.c.first_name, ""),
        "contacted_by": func.coalesce(caller.c.first_name, ""),
        "resolved_by": func.coalesce(closer.c.first_name, ""),
        "merged_into": func.coalesce(escalations.c.merged_into, ""),
        "reopens": func.coalesce(escalations.c.reopens, ""),
        "outcome": func.coalesce(escalations.c.outcome, ""),
    }
    columns = [names[name] if name in names else escalations.c[name] for name in Waiting.__dataclass_fields__]
    return (
        select(*columns)
        .join(clients, clients.c.id == escalations.c.client_id)
        .outerjoin(asked, asked.c.id == escalations.c.assigned_to)
        .outerjoin(taker, taker.c.id == escalations.c.acknowledged_by)
        .outerjoin(caller, caller.c.id == escalations.c.contacted_by)
        .outerjoin(closer, closer.c.id == escalations.c.resolved_by)
    )


_ESCALATIONS = _all()
