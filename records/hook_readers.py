"""Whose mail a notice is: the staff whom its occasion concerns, as things stand when it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, false, or_, select

from conversations.county import Audience, Hook
from conversations.escalations import Level
from records.hook_queue import HookDelivery, audiences
from records.tables import escalations, staff

WORKER = "worker"


def addresses(connection: Connection, hook: Hook, one: HookDelivery) -> Sequence[str]:
    """E-mail addresses of staff who are active, sorted. Empty when nobody is concerned who could be written to."""
    whose = staff.c.id == one.staff_id if one.escalation_id is None else _concerned(connection, hook, one)
    return connection.scalars(select(staff.c.email).where(staff.c.active, whose).order_by(staff.c.email)).all()


def _concerned(connection: Connection, hook: Hook, one: HookDelivery) -> ColumnElement[bool]:
    columns = (escalations.c.level, escalations.c.assigned_to, escalations.c.held_by, escalations.c.to_supervisor)
    row = connection.execute(select(*columns).where(escalations.c.id == one.escalation_id)).one()._asdict()
    concerned = audiences(one.occasion, Level(row["level"]), row) & hook.to
    found = {
        Audience.WORKER: staff.c.id == row["assigned_to"],
        Audience.TEAM: staff.c.role == WORKER,
        Audience.SUPERVISOR: staff.c.role != WORKER,
        Audience.ON_CALL: false(),  # reached by a notify hook: a mail box is not watched at night
    }
    return or_(false(), *(found[audience] for audience in concerned))
