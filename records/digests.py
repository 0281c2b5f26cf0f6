"""Once a working day: what is open, overdue and passed up, in numbers (domain guide 7.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from conversations.county import Audience, County, Hook, HookKind
from conversations.escalations import Level
from conversations.office_hours import works_on
from records import hook_queue
from records.hook_queue import Row
from records.roles import REACH, Right, Role, roles_with
from records.sight import Sight, shown
from records.tables import clients, escalations, staff

ANSWERING = roles_with(Right.ANSWER) - {Role.SUPERVISOR}
HANDS = frozenset({Audience.WORKER, Audience.TEAM})


@dataclass(frozen=True, slots=True)
class Counts:
    """`open` by level, the gravest first. What is snoozed or merged into another item is not counted."""

    open: Mapping[Level, int]
    overdue: int
    passed_up: int

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return any(self.open.values()) or bool(self.overdue or self.passed_up)


def day_of(now: datetime, county: County) -> date | None:
    """The day whose digest is to be made at this moment; None outside its hours, from `digest_at` until the close."""
    local = now.astimezone(county.zone)
    if works_on(local.date(), county) and county.digest_at <= local.time() < county.office_hours.closes:
        return local.date()
    return None


def make(connection: Connection, county: County, day: date, now: datetime) -> None:
    """Put the day's digests on their way. However often and by however many it is called, each is made once."""
    occasion = f"{hook_queue.DIGEST}:{day.isoformat()}"
    readers = connection.execute(select(staff.c.id, staff.c.role).where(staff.c.active)).all()
    made: list[Row] = []
    for hook in county.hooks:
        if not hook.digest:
            continue
        if hook.kind is HookKind.STAFF_MAIL:
            made += [row(hook, occasion, now, id_) for id_, role in readers if _reads(hook, role)]
        else:
            made.append(row(hook, occasion, now))
    hook_queue.put(connection, made)


def _reads(hook: Hook, role: str) -> bool:
    if role in ANSWERING:
        return bool(hook.to & HANDS)
    return role in (Role.SUPERVISOR, Role.MANAGER) and Audience.SUPERVISOR in hook.to


def row(hook: Hook, occasion: str, now: datetime, staff_id: str | None = None) -> Row:
    """Of a digest. Its id follows from what it is, so that a second one has no place."""
    said = "\n".join((hook.name, occasion, staff_id or ""))
    found = hook_queue.delivery(hook.name, occasion, now, staff_id=staff_id)
    return found | {"id": hashlib.sha256(said.encode()).hexdigest()[:32]}


def of_hook(connection: Connection, hook: Hook, now: datetime) -> Counts:
    """The whole county's numbers; what is open only where the hook speaks to those who work on it."""
    return _counts(connection, now, true(), with_open=bool(hook.to & HANDS))


def of_person(connection: Connection, staff_id: str, now: datetime) -> Counts:
    """A worker's own items; for a supervisor the team's that are overdue or passed up, for a manager the county's."""
    who = connection.execute(select(staff.c.role, staff.c.team_id).where(staff.c.id == staff_id)).one()
    if who.role in ANSWERING:
        return _counts(connection, now, escalations.c.assigned_to == staff_id, with_open=True)
    if who.role == Role.MANAGER:
        return _counts(connection, now, true(), with_open=False)
    seen = select(clients.c.id).where(shown(Sight(REACH[Role(who.role)], staff_id, who.team_id)))
    return _counts(connection, now, escalations.c.client_id.in_(seen), with_open=False)


def _counts(connection: Connection, now: datetime, whose: ColumnElement[bool], *, with_open: bool) -> Counts:
    waiting = and_(
        escalations.c.resolved_at.is_(None),
        escalations.c.merged_into.is_(None),
        or_(escalations.c.snoozed_until.is_(None), escalations.c.snoozed_until <= now),
        whose,
    )
    late = and_(escalations.c.due_at <= now, escalations.c.contacted_at.is_(None))
    by_level = {
        level: (number, overdue, passed_up)
        for level, number, overdue, passed_up in connection.execute(
            select(
                escalations.c.level,
                func.count(),
                func.count().filter(late),
                func.count().filter(escalations.c.held_by.in_(hook_queue.ABOVE)),
            )
            .where(waiting)
            .group_by(escalations.c.level)
        )
    }
    found = by_level.values()
    opened = {level: by_level.get(level, (0,))[0] for level in Level} if with_open else {}
    return Counts(opened, sum(row[1] for row in found), sum(row[2] for row in found))
