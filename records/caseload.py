"""The list of clients, a page at a time, as somebody looks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, not_, select, tuple_

from conversations.folding import fold
from conversations.goals import GoalStatus
from conversations.nudges import OF_SILENCE, UNHEARD, NudgeKind, NudgeState
from conversations.situation import Consent
from records import today
from records.sight import Sight, shown
from records.tables import clients, escalations, goals, nudges, staff, steps
from records.telling_apart import number_ends

OPEN = (GoalStatus.ACTIVE, GoalStatus.PAUSED)
SHORTEST_NUMBER = 3
"""So many digits are looked for at the end of numbers; fewer fit too many."""


class Show(StrEnum):
    """Which clients."""

    ALL = ""
    WAITING = "waiting"
    QUIET = "quiet"
    WITHOUT_PLAN = "without_plan"
    WITHOUT_TEXTS = "without_texts"


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for: all that is given must fit. `words` are of a name, or the end of a number."""

    words: str = ""
    show: Show = Show.ALL
    language: str = ""
    worker_id: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A client in the list. Moments are UTC; `plan` is the goal and its step, empty without a goal.

    `number_ends` is given where somebody else has the same first name; `waiting` counts what is open for a person.
    """

    id: str
    first_name: str
    number_ends: str
    language: str
    zone: ZoneInfo
    consent: str
    worker: str
    last_heard_at: datetime | None
    plan: str
    next_kind: str
    next_due_at: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Next:
    """What a client hears next, and when (UTC)."""

    kind: str
    due_at: datetime


_OPEN_ITEMS = (
    select(func.count())
    .where(escalations.c.client_id == clients.c.id, escalations.c.resolved_at.is_(None))
    .scalar_subquery()
)
_RANK = case((_OPEN_ITEMS > 0, 0), else_=1)
_ORDER = (_RANK, clients.c.first_name, clients.c.id)


def page(
    connection: Connection, sight: Sight, sought: Sought, now: datetime, *, after: str = "", limit: int = 50
) -> Sequence[Case]:
    """Those for whom a person is due first, then by name; `after` is the id of the last one of the page before."""
    wanted = (
        select(clients, staff.c.first_name.label("worker"), _OPEN_ITEMS.label("waiting"))
        .join(staff, staff.c.id == clients.c.worker_id)
        .where(*_conditions(connection, sight, sought, now))
        .order_by(*_ORDER)
        .limit(limit)
    )
    if after:
        last = connection.execute(select(*_ORDER).where(clients.c.id == after)).first()
        if last is not None:
            wanted = wanted.where(tuple_(*_ORDER) > tuple_(*(literal(value) for value in last)))
    rows = connection.execute(wanted).all()
    ids = [row.id for row in rows]
    plans, following, ends = _plans(connection, ids), _next_texts(connection, ids), number_ends(connection, ids, sight)
    return [
        Case(
            id=row.id,
            first_name=row.first_name,
            number_ends=ends.get(row.id, ""),
            language=row.language,
            zone=ZoneInfo(row.zone),
            consent=row.consent,
            worker=row.worker,
            last_heard_at=row.last_heard_at,
            plan=plans.get(row.id, ""),
            next_kind=following[row.id].kind if row.id in following else "",
            next_due_at=following[row.id].due_at if row.id in following else None,
            waiting=row.waiting,
        )
        for row in rows
    ]


def count(connection: Connection, sight: Sight, sought: Sought, now: datetime) -> int:
    wanted = select(func.count()).select_from(clients).where(*_conditions(connection, sight, sought, now))
    return connection.execute(wanted).scalar_one()


def _conditions(connection: Connection, sight: Sight, sought: Sought, now: datetime) -> Sequence[ColumnElement[bool]]:
    fits = [shown(sight)]
    if sought.words:
        fits.append(clients.c.id.in_(_named(connection, sight, sought.words)))
    if sought.language:
        fits.append(clients.c.language == sought.language)
    if sought.worker_id:
        fits.append(clients.c.worker_id == sought.worker_id)
    match sought.show:
        case Show.WAITING:
            fits.append(_OPEN_ITEMS > 0)
        case Show.QUIET:
            fits.append(today.is_quiet(now))
        case Show.WITHOUT_PLAN:
            fits += [clients.c.consent == Consent.ACTIVE, not_(_has_goal())]
        case Show.WITHOUT_TEXTS:
            fits.append(clients.c.consent != Consent.ACTIVE)
        case Show.ALL:
            pass
    return fits


def _has_goal() -> ColumnElement[bool]:
    return select(goals.c.client_id).where(goals.c.client_id == clients.c.id, goals.c.status.in_(OPEN)).exists()


def _named(connection: Connection, sight: Sight, words: str) -> Sequence[str]:
    """In Python, as no database here compares without accents."""
    sought, digits = fold(words), "".join(letter for letter in words if letter.isdigit())
    rows = connection.execute(select(clients.c.id, clients.c.first_name, clients.c.number).where(shown(sight)))
    if len(digits) >= SHORTEST_NUMBER:
        return [row.id for row in rows if row.number.endswith(digits)]
    return [row.id for row in rows if sought and sought in fold(row.first_name)]


def _plans(connection: Connection, client_ids: Sequence[str]) -> Mapping[str, str]:
    """Goal and latest step in one line, by client."""
    latest = (
        select(steps.c.client_id, steps.c.goal, func.max(steps.c.number).label("number"))
        .where(steps.c.client_id.in_(client_ids))
        .group_by(steps.c.client_id, steps.c.goal)
        .subquery()
    )
    of_latest = (
        steps.c.client_id == latest.c.client_id,
        steps.c.goal == latest.c.goal,
        steps.c.number == latest.c.number,
    )
    wanted = (
        select(goals.c.client_id, goals.c.text, steps.c.text.label("step"))
        .outerjoin(latest, and_(latest.c.client_id == goals.c.client_id, latest.c.goal == goals.c.number))
        .outerjoin(steps, and_(*of_latest))
        .where(goals.c.status.in_(OPEN), goals.c.client_id.in_(client_ids))
        .order_by(goals.c.number)
    )
    rows = connection.execute(wanted)
    return {row.client_id: f"{row.text}: {row.step}" if row.step else row.text for row in rows}


def _next_texts(connection: Connection, client_ids: Sequence[str]) -> Mapping[str, Next]:
    nth = func.row_number().over(partition_by=nudges.c.client_id, order_by=(nudges.c.due_at, nudges.c.id)).label("nth")
    numbered: Select[tuple[str, str, datetime, int]] = select(
        nudges.c.client_id, nudges.c.kind, nudges.c.due_at, nth
    ).where(
        nudges.c.state == NudgeState.PLANNED,
        nudges.c.kind.not_in(OF_SILENCE | UNHEARD | {NudgeKind.PROMISE}),
        nudges.c.client_id.in_(client_ids),
    )
    one = numbered.subquery().c
    rows = connection.execute(select(one.client_id, one.kind, one.due_at).where(one.nth == 1))
    return {client_id: Next(kind, due_at) for client_id, kind, due_at in rows}
