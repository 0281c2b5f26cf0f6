"""Whose mail a notice is: the staff whom its occasion concerns, as things stand when it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from conversations.county import Audience, Hook
from conversations.escalations import Level
from records.escalation_calls import MANAGER
from records.hook_queue import WEEKLY, HookDelivery, audiences
from records.roles import Right, Role, roles_with
from records.tables import clients, escalations, staff

HANDS = roles_with(Right.ANSWER) - {Role.SUPERVISOR}
"""The roles that make a team: they answer what nobody is asked for by name."""


def addresses(connection: Connection, hook: Hook, one: HookDelivery) -> Sequence[str]:
    """E-mail addresses of staff who are active, sorted. Empty when nobody is concerned who could be written to."""
    if one.escalation_id is not None:
        whose = _concerned(connection, hook, one)
    else:
        whose = staff.c.id == one.staff_id
        if one.kind == WEEKLY:
            whose &= staff.c.weekly_digest
    return connection.scalars(select(staff.c.email).where(staff.c.active, whose).order_by(staff.c.email)).all()


def _concerned(connection: Connection, hook: Hook, one: HookDelivery) -> ColumnElement[bool]:
    columns = (escalations.c.level, escalations.c.assigned_to, escalations.c.held_by, escalations.c.to_supervisor)
    whose = select(*columns, staff.c.team_id).join(clients, clients.c.id == escalations.c.client_id)
    whose = whose.join(staff, staff.c.id == clients.c.worker_id).where(escalations.c.id == one.escalation_id)
    row = connection.execute(whose).one()._asdict()
    near = or_(staff.c.team_id.is_(None), staff.c.team_id == row["team_id"])
    boss = and_(staff.c.role == Role.SUPERVISOR, near)
    concerned = audiences(one.occasion, Level(row["level"]), row) & hook.to
    found = {
        Audience.WORKER: staff.c.id == row["assigned_to"],
        Audience.TEAM: and_(staff.c.role.in_(HANDS), near),
        Audience.SUPERVISOR: or_(boss, staff.c.role == Role.MANAGER) if row["held_by"] == MANAGER else boss,
        Audience.ON_CALL: false(),  # reached by a notify hook: a mail box is not watched at night
    }
    return or_(false(), *(found[audience] for audience in concerned))
