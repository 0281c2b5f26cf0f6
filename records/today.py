"""What a worker's day asks of them: replies owed, visits, clients who went quiet, and wins to celebrate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select, union_all

from conversations.goals import GoalStatus, StepStatus
from conversations.situation import Consent, Mode
from records.sight import Sight, shown
from records.tables import clients, goals, staff, steps

MOST = 50
"""Lines of one list; who has more to do has enough to do."""

QUIET_AFTER = timedelta(days=7)
"""Without a word from the client (domain guide 7.2: a call may help more than a text)."""

WINS_OF = timedelta(days=4)
"""So long a win waits for a word from the worker: two working days (domain guide 8.2, M13), over a weekend too."""


@dataclass(frozen=True, slots=True)
class Line:
    """A client, whose they are, and since when (UTC) it is so; None if the client has never texted."""

    client_id: str
    first_name: str
    worker: str
    zone: ZoneInfo
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Win:
    """A step that went well, wholly or in part, or a goal that was reached. Only what the client shares."""

    client_id: str
    first_name: str
    zone: ZoneInfo
    at: datetime
    what: str
    status: str


def replies_owed(connection: Connection, sight: Sight) -> Sequence[Line]:
    """Clients who wrote last, while Milepost is silent. Who has waited longest comes first."""
    unanswered = or_(clients.c.person_wrote_at.is_(None), clients.c.person_wrote_at < clients.c.last_heard_at)
    silent = clients.c.mode.in_((Mode.HUMAN, Mode.STOPPED))
    return _lines(connection, clients.c.last_heard_at, shown(sight), silent, unanswered)


def quiet(connection: Connection, sight: Sight, now: datetime) -> Sequence[Line]:
    """Clients who get texts and have said nothing for a week, the longest first."""
    return _lines(connection, _HEARD, shown(sight), is_quiet(now))


_HEARD = func.coalesce(clients.c.last_heard_at, clients.c.consented_at, clients.c.created_at)


def is_quiet(now: datetime) -> ColumnElement[bool]:
    """For a query that has `clients`. Who rests by their own wish is left in peace."""
    awake = or_(clients.c.resting_until.is_(None), clients.c.resting_until <= now)
    reached = clients.c.consent == Consent.ACTIVE, clients.c.mode == Mode.BOT
    return and_(awake, *reached, now - QUIET_AFTER >= _HEARD)


def wins(connection: Connection, sight: Sight, now: datetime) -> Sequence[Win]:
    """The latest first; one to which the worker has written since is celebrated, and not here."""
    since = now - WINS_OF
    went_well = (
        select(steps.c.client_id, steps.c.goal, steps.c.reviewed_at.label("at"), steps.c.text, steps.c.status)
        .where(steps.c.status.in_((StepStatus.DONE, StepStatus.SOME)), steps.c.reviewed_at > since)
        .join(clients, clients.c.id == steps.c.client_id)
        .where(shown(sight))
    )
    reached = (
        select(goals.c.client_id, goals.c.number, goals.c.closed_at, goals.c.text, literal(GoalStatus.ACHIEVED.value))
        .where(goals.c.status == GoalStatus.ACHIEVED, goals.c.closed_at > since)
        .join(clients, clients.c.id == goals.c.client_id)
        .where(shown(sight))
    )
    won = union_all(went_well, reached).subquery()
    whose = (goals.c.client_id == won.c.client_id) & (goals.c.number == won.c.goal)
    wanted = (
        select(clients.c.id, clients.c.first_name, clients.c.zone, won.c.at, won.c.text, won.c.status)
        .select_from(won)
        .join(clients, clients.c.id == won.c.client_id)
        .join(goals, whose)
        .where(goals.c.shared, or_(clients.c.person_wrote_at.is_(None), clients.c.person_wrote_at < won.c.at))
        .order_by(won.c.at.desc(), clients.c.id)
        .limit(MOST)
    )
    rows = connection.execute(wanted)
    return [Win(row.id, row.first_name, ZoneInfo(row.zone), row.at, row.text, row.status) for row in rows]


def _lines(
    connection: Connection, since: ColumnElement[datetime | None], *those: ColumnElement[bool]
) -> Sequence[Line]:
    wanted = (
        select(
            clients.c.id,
            clients.c.first_name,
            staff.c.first_name.label("worker"),
            clients.c.zone,
            clients.c.last_heard_at,
        )
        .join(staff, staff.c.id == clients.c.worker_id)
        .where(*those)
    )
    rows = connection.execute(wanted.order_by(since, clients.c.id).limit(MOST))
    return [Line(row.id, row.first_name, row.worker, ZoneInfo(row.zone), row.last_heard_at) for row in rows]
