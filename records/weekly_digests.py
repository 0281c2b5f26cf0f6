"""Once a week, to supervisors and managers by e-mail: what waits. It leaves the house, so it is numbers alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from conversations.county import County
from conversations.office_hours import works_on
from records import campaigns, digests, hook_queue
from records.roles import REACH, RIGHTS, Right, Role
from records.sight import Sight
from records.tables import staff

READERS = frozenset({Role.SUPERVISOR, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class Waiting:
    """For whom a digest is, in which language they read ("" for none chosen), and how much waits.

    `approvals` is None for who decides on none.
    """

    sight: Sight
    language: str
    overdue: int
    passed_up: int
    approvals: int | None


def week_of(now: datetime, county: County) -> date | None:
    """The Monday of the week whose digests are to be made at this moment; None outside of their hours.

    These are from `weekly_at` to the close, on `weekly_on` and each working day of the week after it: a holiday, or a
    day on which nothing ran, puts them off.
    """
    local = now.astimezone(county.zone)
    day = local.date()
    if day.weekday() < county.weekly_on or not works_on(day, county):
        return None
    if not county.weekly_at <= local.time() < county.office_hours.closes:
        return None
    return day - timedelta(days=day.weekday())


def make(connection: Connection, county: County, week: date, now: datetime) -> None:
    """Put the week's digests on their way. However often and by however many it is called, each is made once."""
    wanted = select(staff.c.id).where(staff.c.active, staff.c.weekly_digest, staff.c.role.in_(READERS))
    readers = connection.scalars(wanted).all()
    occasion = f"{hook_queue.WEEKLY}:{week.isoformat()}"
    hooks = [hook for hook in county.hooks if hook.weekly]
    hook_queue.put(connection, [digests.row(hook, occasion, now, id_) for hook in hooks for id_ in readers])


def of_person(connection: Connection, staff_id: str, now: datetime) -> Waiting:
    columns = (staff.c.role, staff.c.team_id, staff.c.language)
    who = connection.execute(select(*columns).where(staff.c.id == staff_id)).one()
    role = Role(who.role)
    sight = Sight(REACH[role], staff_id, who.team_id)
    counts = digests.of_person(connection, staff_id, now)
    approvals = len(campaigns.waiting(connection, sight)) if Right.OVERSEE in RIGHTS[role] else None
    return Waiting(sight, who.language, counts.overdue, counts.passed_up, approvals)
