"""Whose clients a member of staff may see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from records.roles import Reach
from records.tables import clients, escalations, referrals, staff


@dataclass(frozen=True, slots=True)
class Sight:
    """How far `staff_id` sees. A team counts for who reaches the team's clients; without one these are all."""

    reach: Reach
    staff_id: str = ""
    team_id: str | None = None
    covers: frozenset[str] = frozenset()
    """The colleagues who are away, and for whom this member of staff answers."""

    @property
    def sees_all(self) -> bool:
        return self.reach is Reach.ALL or (self.reach is Reach.TEAM and self.team_id is None)


EVERYBODY = Sight(Reach.ALL)
"""For what is no person's question."""


def shown(sight: Sight) -> ColumnElement[bool]:
    """For a query that has `clients`. Of one with two records, the record that went is shown to nobody."""
    return and_(clients.c.merged_into.is_(None), reached(sight))


def reached(sight: Sight) -> ColumnElement[bool]:
    """As `shown`, and the records that went into others are there too: the log names them for ever."""
    if sight.sees_all:
        return true()
    match sight.reach:
        case Reach.TEAM:
            return or_(clients.c.worker_id.in_(_team(sight)), own(sight))
        case Reach.OWN:
            return own(sight)
        case Reach.AGREED:
            return clients.c.id.in_(_referred(sight).where(referrals.c.agreed_at.is_not(None)))
        case _:
            return false()


def oversees(sight: Sight, worker_id: ColumnElement[str]) -> ColumnElement[bool]:
    """For a query with a column of workers' ids: those of who sees, and of the workers whose clients they see."""
    if sight.sees_all:
        return true()
    own = worker_id.in_({sight.staff_id, *sight.covers})
    return or_(own, worker_id.in_(_team(sight))) if sight.reach is Reach.TEAM else own


def of_the_team(sight: Sight) -> ColumnElement[bool]:
    """For a query that has `clients`: those for whom one's team answers. Who is in no team answers for all."""
    return true() if sight.team_id is None else clients.c.worker_id.in_(_team(sight))


def own(sight: Sight) -> ColumnElement[bool]:
    """For a query that has `clients`: those with whom one works oneself, whatever else one sees."""
    asked = and_(escalations.c.assigned_to == sight.staff_id, escalations.c.resolved_at.is_(None))
    return or_(
        clients.c.worker_id.in_({sight.staff_id, *sight.covers}),
        clients.c.id.in_(select(escalations.c.client_id).where(asked)),
        clients.c.id.in_(_referred(sight)),
    )


def _team(sight: Sight) -> Select[tuple[str]]:
    return select(staff.c.id).where(staff.c.team_id == sight.team_id)


def _referred(sight: Sight) -> Select[tuple[str]]:
    return select(referrals.c.client_id).where(referrals.c.staff_id == sight.staff_id, referrals.c.ended_at.is_(None))
