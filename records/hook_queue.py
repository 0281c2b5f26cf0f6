"""Notices on their way to other systems, chats and staff: ids and moments, no name, no number, no client's words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, select, text, update

from conversations.county import Audience, County, Hook, HookKind
from conversations.escalations import Level
from records.bulk import inserting
from records.ids import new_id
from records.tables import escalations, hook_deliveries

Row = dict[str, Any]

DUE = "due"
DELIVERED = "delivered"
PARKED = "parked"
CANCELLED = "cancelled"

OPENED = "opened"
HALF_TIME = "half_time"
RESOLVED = "resolved"
PROMISE_BROKEN = "promise_broken"
RAISED = "raised"
AGAIN = "again"
PASSED_UP = "passed_up"
DIGEST = "digest"
WEEKLY = "weekly"
"""Occasions. The last five are followed by a colon and a word: the level, a count, who has it now, the day, Monday."""

CALLS_AGAIN = frozenset({AGAIN, HALF_TIME, PASSED_UP})
"""Nothing new in them: once somebody has taken the item, they are not wanted."""

ABOVE = frozenset({"supervisor", "manager"})
"""Who has an item, of `escalations.held_by`, once it was passed up."""

LEASE = timedelta(minutes=2)
"""How long a claimed notice is ours. If nothing is heard of it, it is tried again: the receiver sees its id twice."""


@dataclass(frozen=True, slots=True)
class HookDelivery:
    """A notice to hand over. `tries` counts this one; moments are UTC.

    A digest is of no escalation: then all about one is None. `staff_id` is whose digest it is, if it is one person's.
    """

    id: str
    hook: str
    occasion: str
    tries: int
    staff_id: str | None
    escalation_id: str | None
    level: Level | None
    due_at: datetime | None

    @property
    def kind(self) -> str:
        return kind_of(self.occasion)


@dataclass(frozen=True, slots=True)
class Parked:
    """A notice that was given up. `error` is a kind of error or a status code."""

    id: str
    hook: str
    occasion: str
    tries: int
    error: str
    escalation_id: str | None


def kind_of(occasion: str) -> str:
    """The occasion without what follows its colon."""
    return occasion.partition(":")[0]


def rows(county: County, escalation: Mapping[str, Any], occasion: str, now: datetime) -> list[Row]:
    """What the county's hooks are to hear of an occasion, as rows of `hook_deliveries`, to be `put`.

    `escalation` has the columns id, level, assigned_to, held_by and to_supervisor. `occasion` is one of those above, or
    any other word: all that is not said here of a word is as for OPENED.
    """
    level = Level(escalation["level"])
    concerned = audiences(occasion, level, escalation)
    return [
        delivery(hook.name, occasion, now, escalation_id=escalation["id"])
        for hook in county.hooks
        if level in hook.levels and _hears(hook, occasion, concerned)
    ]


def delivery(
    hook: str, occasion: str, now: datetime, *, escalation_id: str | None = None, staff_id: str | None = None
) -> Row:
    """A row of `hook_deliveries` that is due now."""
    return {
        "id": new_id(now),
        "hook": hook,
        "escalation_id": escalation_id,
        "staff_id": staff_id,
        "occasion": occasion,
        "state": DUE,
        "due_at": now,
        "tries": 0,
        "last_error": "",
    }


def _hears(hook: Hook, occasion: str, concerned: frozenset[Audience]) -> bool:
    if occasion == RESOLVED:
        return hook.kind is HookKind.WEBHOOK
    return bool(hook.to & concerned)


def audiences(occasion: str, level: Level, escalation: Mapping[str, Any]) -> frozenset[Audience]:
    """Whom an occasion concerns (domain guide 7.1). What nobody is assigned to is the team's."""
    kind = kind_of(occasion)
    if kind == HALF_TIME:
        return frozenset({Audience.TEAM})
    if kind == PASSED_UP and level is not Level.U0:
        return frozenset({Audience.SUPERVISOR})
    concerned = {Audience.WORKER if escalation["assigned_to"] else Audience.TEAM}
    if level is Level.U0:
        concerned |= {Audience.SUPERVISOR, Audience.ON_CALL}
    if kind == PROMISE_BROKEN or escalation["to_supervisor"] or escalation["held_by"] in ABOVE:
        concerned.add(Audience.SUPERVISOR)
    return frozenset(concerned)


_PUT = inserting(hook_deliveries, hook_deliveries.c.keys(), "ON CONFLICT DO NOTHING")


def put(connection: Connection, found: Sequence[Row]) -> None:
    """Store notices. One that is there already, or was, stays as it is."""
    _PUT.run(connection, found)


_earlier = hook_deliveries.alias("earlier")
_waits_for_its_turn = and_(
    hook_deliveries.c.occasion == RESOLVED,
    exists().where(
        _earlier.c.hook == hook_deliveries.c.hook,
        _earlier.c.escalation_id == hook_deliveries.c.escalation_id,
        _earlier.c.occasion != RESOLVED,
        _earlier.c.state == DUE,
    ),
)
_DUE = (
    select(
        hook_deliveries.c.id,
        hook_deliveries.c.hook,
        hook_deliveries.c.occasion,
        (hook_deliveries.c.tries + 1).label("tries"),
        hook_deliveries.c.staff_id,
        hook_deliveries.c.escalation_id,
        escalations.c.level,
        escalations.c.due_at,
        func.coalesce(escalations.c.acknowledged_at, escalations.c.resolved_at).label("taken_at"),
    )
    .select_from(hook_deliveries)
    .outerjoin(escalations, escalations.c.id == hook_deliveries.c.escalation_id)
    .where(
        text("hook_deliveries.state = 'due'"),  # the index's own words
        hook_deliveries.c.due_at <= bindparam("now"),
        hook_deliveries.c.hook.not_in(bindparam("busy", expanding=True)),
        ~_waits_for_its_turn,
    )
    .order_by(hook_deliveries.c.due_at, hook_deliveries.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=hook_deliveries, skip_locked=True)
)
_CLAIM = (
    update(hook_deliveries)
    .where(hook_deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(tries=hook_deliveries.c.tries + 1, due_at=bindparam("again"))
)
_CANCEL = (
    update(hook_deliveries).where(hook_deliveries.c.id.in_(bindparam("ids", expanding=True))).values(state=CANCELLED)
)


def claim(connection: Connection, now: datetime, limit: int, busy: Collection[str] = ()) -> Sequence[HookDelivery]:
    """Up to `limit` notices that are due, ours for LEASE, the oldest first; none of the hooks that are `busy`.

    What only calls again for an item that somebody has taken is cancelled. That an item is resolved is told after all
    else of it.
    """
    found = connection.execute(_DUE, {"now": now, "most": limit, "busy": list(busy)}).all()
    idle = [row.id for row in found if row.taken_at and kind_of(row.occasion) in CALLS_AGAIN]
    if idle:
        connection.execute(_CANCEL, {"ids": idle})
    ours = [
        HookDelivery(
            row.id,
            row.hook,
            row.occasion,
            row.tries,
            row.staff_id,
            row.escalation_id,
            Level(row.level) if row.level else None,
            row.due_at,
        )
        for row in found
        if row.id not in idle
    ]
    if ours:
        connection.execute(_CLAIM, {"ids": [one.id for one in ours], "again": now + LEASE})
    return ours


def delivered(connection: Connection, delivery_id: str) -> None:
    _set(connection, delivery_id, state=DELIVERED, last_error="")


def cancel(connection: Connection, delivery_id: str) -> None:
    """There is nothing to say after all."""
    _set(connection, delivery_id, state=CANCELLED)


def retry(connection: Connection, delivery_id: str, at: datetime, error: str) -> None:
    """Try again at `at`. `error` is a kind of error or a status code, never the answer's text."""
    _set(connection, delivery_id, due_at=at, last_error=error[:80])


def park(connection: Connection, delivery_id: str, error: str) -> None:
    """Give up until a person looks."""
    _set(connection, delivery_id, state=PARKED, last_error=error[:80])


def take_up(connection: Connection, delivery_id: str, now: datetime) -> bool:
    """Somebody looked: try a parked notice again from the start. False if it is not parked (any more)."""
    wanted = update(hook_deliveries).where(hook_deliveries.c.id == delivery_id, hook_deliveries.c.state == PARKED)
    return bool(connection.execute(wanted.values(state=DUE, due_at=now, tries=0, last_error="")).rowcount)


def _set(connection: Connection, delivery_id: str, **values: object) -> None:
    connection.execute(update(hook_deliveries).where(hook_deliveries.c.id == delivery_id).values(**values))


def parked(connection: Connection, limit: int = 100) -> Sequence[Parked]:
    """What was given up, the newest first."""
    wanted = select(
        hook_deliveries.c.id,
        hook_deliveries.c.hook,
        hook_deliveries.c.occasion,
        hook_deliveries.c.tries,
        hook_deliveries.c.last_error,
        hook_deliveries.c.escalation_id,
    ).where(hook_deliveries.c.state == PARKED)
    found = connection.execute(wanted.order_by(hook_deliveries.c.id.desc()).limit(limit))
    return [Parked(*row) for row in found]
