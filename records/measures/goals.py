"""Goals that live, plans that are whole, and what followed a review: M7 to M12."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from conversations.goals import SETBACKS, GoalEvent, GoalStatus, StepStatus
from records.measures.figures import Figure, share
from records.measures.period import Period
from records.measures.reading import Where, enrolled, within
from records.tables import clients, goal_events, goals, steps

TOUCHED_WITHIN = timedelta(days=30)
WEEK = timedelta(days=7)
TOUCHES = (GoalEvent.SET, GoalEvent.REVISED)
FORWARD = frozenset({StepStatus.DONE, StepStatus.SOME})
RESULTS = FORWARD | SETBACKS
OUTCOMES = ("achieved", "revised", "replaced", "active", "paused", "released")
PARTS = ("text", "when", "where", "obstacle", "detour", "first_action")


def living(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M7."""
    since = period.until - TOUCHED_WITHIN
    on_goal = (goals.c.client_id == steps.c.client_id) & (goals.c.number == steps.c.goal)
    reviewed = (
        select(steps.c.client_id)
        .join(goals, on_goal)
        .join(clients, clients.c.id == steps.c.client_id)
        .where(where, _is_active(period), steps.c.reviewed_at >= since, steps.c.reviewed_at < period.until)
    )
    on_event = (goals.c.client_id == goal_events.c.client_id) & (goals.c.number == goal_events.c.goal)
    changed = (
        select(goal_events.c.client_id)
        .join(goals, on_event)
        .join(clients, clients.c.id == goal_events.c.client_id)
        .where(where, _is_active(period), within(goal_events, since, period.until), goal_events.c.kind.in_(TOUCHES))
    )
    touched = set(connection.scalars(reviewed)) | set(connection.scalars(changed))
    return [share("living", ((client, client in touched) for client in enrolled(connection, period, where)))]


def completeness(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M8, of plans as they stand now."""
    last = _last_step()
    rows = connection.execute(
        select(goals.c.client_id, *(steps.c[part] for part in PARTS))
        .join(clients, clients.c.id == goals.c.client_id)
        .outerjoin(last, (last.c.client_id == goals.c.client_id) & (last.c.goal == goals.c.number))
        .outerjoin(steps, _is_last(last))
        .where(where, _is_active(period))
    ).all()
    whole = share("whole", ((row.client_id, all(_is_given(row, part) for part in PARTS)) for row in rows))
    return [whole, *(share(part, [(row.client_id, _is_given(row, part)) for row in rows]) for part in PARTS)]


def outcomes(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M9: of goals whose last step's day fell in the period, where they stand now."""
    last = _last_step()
    rows = connection.execute(
        select(goals.c.client_id, goals.c.status, goals.c.version)
        .join(clients, clients.c.id == goals.c.client_id)
        .join(last, (last.c.client_id == goals.c.client_id) & (last.c.goal == goals.c.number))
        .join(steps, _is_last(last))
        .where(where, steps.c.due_at >= period.since, steps.c.due_at < period.until)
    ).all()
    stands = [(row.client_id, _outcome(row)) for row in rows]
    return [share(name, [(client, one == name) for client, one in stands], part=True) for name in OUTCOMES]


def follow_through(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M10; silence beside it, of steps whose day came."""
    reviewed = _steps(connection, where, steps.c.reviewed_at >= period.since, steps.c.reviewed_at < period.until)
    due = _steps(connection, where, steps.c.due_at >= period.since, steps.c.due_at < period.until)
    return [
        share("followed", [(row.client_id, row.status in FORWARD) for row in reviewed if row.status in RESULTS]),
        share("no_reply", [(row.client_id, row.status not in RESULTS) for row in due]),
    ]


def timely(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M11: a goal with several steps in the period counts once, and only if each was reviewed in time."""
    in_time: dict[tuple[str, int], bool] = {}
    for row in _steps(connection, where, steps.c.due_at >= period.since, steps.c.due_at < period.until):
        key = row.client_id, row.goal
        reviewed = row.reviewed_at is not None and row.reviewed_at <= row.due_at + WEEK
        in_time[key] = in_time.get(key, True) and reviewed
    return [share("timely", ((client, yes) for (client, _), yes in in_time.items()))]


def learning(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M12."""
    turns: dict[tuple[str, int], list[Any]] = {}
    events = connection.execute(
        select(goal_events.c.client_id, goal_events.c.goal, goal_events.c.at)
        .join(clients, clients.c.id == goal_events.c.client_id)
        .where(where, within(goal_events, period.since, period.until + WEEK))
        .where(goal_events.c.kind.in_([GoalEvent.REVISED, GoalEvent.REPLACED]))
    )
    for client, goal, at in events:
        turns.setdefault((client, goal), []).append(at)
    setbacks = _steps(
        connection,
        where,
        steps.c.reviewed_at >= period.since,
        steps.c.reviewed_at < period.until,
        steps.c.status.in_(SETBACKS),
    )
    return [
        share(
            "turned",
            [
                (row.client_id, any(timedelta() <= at - row.reviewed_at <= WEEK for at in turns.get(row[:2], ())))
                for row in setbacks
            ],
        )
    ]


def _steps(connection: Connection, *where: Where) -> Sequence[Any]:
    it = steps.c
    wanted = select(it.client_id, it.goal, it.status, it.due_at, it.reviewed_at)
    return connection.execute(wanted.join(clients, clients.c.id == it.client_id).where(*where)).all()


def _is_active(period: Period) -> Where:
    """Not over before the period ended. A pause is known only as it stands now."""
    it = goals.c
    still = or_(it.closed_at.is_(None), it.closed_at >= period.until)
    return still & (it.set_at < period.until) & (it.status != GoalStatus.PAUSED)


def _last_step() -> Any:  # noqa: ANN401  a subquery
    it = steps.c
    last = select(it.client_id, it.goal, func.max(it.number).label("number"))
    return last.group_by(it.client_id, it.goal).subquery()


def _is_last(last: Any) -> Where:  # noqa: ANN401  a subquery
    it = steps.c
    found: Where = (it.client_id == last.c.client_id) & (it.goal == last.c.goal) & (it.number == last.c.number)
    return found


def _is_given(row: Any, part: str) -> bool:  # noqa: ANN401  a row
    return bool(getattr(row, part))


def _outcome(row: Any) -> str:  # noqa: ANN401  a row
    if row.status == GoalStatus.ACTIVE and row.version > 1:
        return "revised"
    return str(row.status)
