"""Goals that live, plans that are whole, and what followed a review: M7 to M12.

What stood at a past moment is read from the history, not from what stands today, so that no month changes afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from conversations.goals import SETBACKS, GoalEvent, GoalStatus, Moment, StepStatus
from records.engagement import Kind
from records.ids import first_id
from records.measures.figures import Figure, share
from records.measures.period import Period
from records.measures.reading import CLOCKS_APART, Where, enrolled, within
from records.tables import clients, engagement, goal_events, steps

TOUCHED_WITHIN = timedelta(days=30)
WEEK = timedelta(days=7)
FORWARD = frozenset({StepStatus.DONE, StepStatus.SOME})
RESULTS = FORWARD | SETBACKS
OUTCOMES = ("achieved", "revised", "replaced", "active", "paused", "released")
PARTS = ("text", "when", "where", "obstacle", "detour", "first_action")
LEADS_TO: Mapping[str, GoalStatus] = {
    GoalEvent.SET: GoalStatus.ACTIVE,
    GoalEvent.REVISED: GoalStatus.ACTIVE,
    GoalEvent.RESUMED: GoalStatus.ACTIVE,
    GoalEvent.ACHIEVED: GoalStatus.ACHIEVED,
    GoalEvent.REPLACED: GoalStatus.REPLACED,
    GoalEvent.PAUSED: GoalStatus.PAUSED,
    GoalEvent.RELEASED: GoalStatus.RELEASED,
}

Key = tuple[str, int]
"""A client's id, and the number of their goal."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a goal stood at some moment, and since when."""

    status: GoalStatus
    version: int
    since: datetime

    @property
    def outcome(self) -> str:
        return "revised" if self.status is GoalStatus.ACTIVE and self.version > 1 else self.status.value


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A step whose result the client told."""

    key: Key
    step: str
    result: str
    at: datetime


def living(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M7."""
    since = period.until - TOUCHED_WITHIN
    active = {key for key, stand in _stood(connection, period.until, where).items() if stand.status == "active"}
    touched = {one.key for one in reviews(connection, since, period.until, where)}
    touched |= {key for key, _, _ in _changes(connection, since, period.until, where)}
    people = {client for client, _ in active & touched}
    return [share("living", ((client, client in people) for client in enrolled(connection, period, where)))]


def completeness(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M8, of the plans as they stood at the end of the period."""
    active = [key for key, stand in _stood(connection, period.until, where).items() if stand.status == "active"]
    plans = _plans(connection, period.until, where)
    given = [(client, [part for part in PARTS if _is_given(plans.get((client, n)), part)]) for client, n in active]
    return [
        share("whole", ((client, len(parts) == len(PARTS)) for client, parts in given)),
        *(share(part, [(client, part in parts) for client, parts in given]) for part in PARTS),
    ]


def outcomes(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M9, where each goal stood a week after the period, or stands today if that is sooner."""
    stands = _stood(connection, min(period.until + WEEK, period.now), where)
    days = _target_days(connection, where)
    due = [
        (key, stand)
        for key, stand in stands.items()
        if (day := days.get(key) or _closed(stand)) is not None and period.since <= day < period.until
    ]
    return [share(name, [(key[0], stand.outcome == name) for key, stand in due], part=True) for name in OUTCOMES]


def follow_through(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M10; silence beside it, of steps whose day came."""
    last = {(one.key, one.step): one for one in reviews(connection, period.since, period.until, where)}
    until = period.until + WEEK
    told = {(one.key, one.step) for one in reviews(connection, period.since - WEEK, until, where)}
    return [
        share("followed", [(one.key[0], one.result in FORWARD) for one in last.values()]),
        share(
            "no_reply",
            [
                (row.client_id, ((row.client_id, row.goal), str(row.number)) not in told)
                for row in _due(connection, period, where)
            ],
        ),
    ]


def timely(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M11: a goal with several steps in the period counts once, and only if each was reviewed in time."""
    looks: dict[tuple[Key, str], list[datetime]] = {}
    for one in reviews(connection, period.since - WEEK, period.until + WEEK, where):
        looks.setdefault((one.key, one.step), []).append(one.at)
    in_time: dict[Key, bool] = {}
    for row in _due(connection, period, where):
        key = row.client_id, row.goal
        in_a_week = any(abs(at - row.due_at) <= WEEK for at in looks.get((key, str(row.number)), ()))
        in_time[key] = in_time.get(key, True) and in_a_week
    return [share("timely", ((client, yes) for (client, _), yes in in_time.items()))]


def learning(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M12."""
    turns: dict[Key, list[datetime]] = {}
    for key, kind, at in _changes(connection, period.since, period.until + WEEK, where):
        if kind in (GoalEvent.REVISED, GoalEvent.REPLACED):
            turns.setdefault(key, []).append(at)
    setbacks = [
        one
        for one in reviews(connection, period.since, period.until, where)
        if one.result in SETBACKS and one.at + WEEK <= period.now
    ]
    return [
        share(
            "turned",
            [
                (one.key[0], any(timedelta() <= at - one.at <= WEEK for at in turns.get(one.key, ())))
                for one in setbacks
            ],
        )
    ]


def reviews(connection: Connection, since: datetime, until: datetime, where: Where) -> Sequence[Reviewed]:
    """In their order. Silence is no review."""
    it = engagement.c
    rows = connection.execute(
        select(it.client_id, it.subject, it.reason, it.at)
        .join(clients, clients.c.id == it.client_id)
        .where(where, within(engagement, since, until), it.kind == Kind.STEP_REVIEWED, it.reason.in_(RESULTS))
        .order_by(it.id)
    )
    return [Reviewed((client, int(goal)), step, result, at) for client, goal, step, result, at in _split(rows)]


def _split(rows: Any) -> Iterator[tuple[str, str, str, str, datetime]]:  # noqa: ANN401  a result
    for client, subject, result, at in rows:
        goal, _, step = subject.partition(".")
        yield client, goal, step, result, at


def _changes(
    connection: Connection, since: datetime, until: datetime, where: Where
) -> Sequence[tuple[Key, str, datetime]]:
    """Goals set, and plans that became others: a reminder that is chosen or a plan that is shared is none."""
    it = goal_events.c
    rows = connection.execute(
        select(it.client_id, it.goal, it.kind, it.at, it.version, it.was)
        .join(clients, clients.c.id == it.client_id)
        .where(where, within(goal_events, since, until))
        .where(it.kind.in_([GoalEvent.SET, GoalEvent.REVISED, GoalEvent.REPLACED]))
    )
    return [
        ((client, goal), kind, at)
        for client, goal, kind, at, version, was in rows
        if kind != GoalEvent.REVISED or was is None or version > was["version"]
    ]


def _stood(connection: Connection, at: datetime, where: Where) -> Mapping[Key, Stand]:
    it = goal_events.c
    rows = connection.execute(
        select(it.client_id, it.goal, it.kind, it.version, it.at)
        .join(clients, clients.c.id == it.client_id)
        .where(where, it.at < at)
        .order_by(it.id)
    )
    return {(client, goal): Stand(LEADS_TO[kind], version, since) for client, goal, kind, version, since in rows}


def _closed(stand: Stand) -> datetime | None:
    return stand.since if stand.status not in (GoalStatus.ACTIVE, GoalStatus.PAUSED) else None


def _target_days(connection: Connection, where: Where) -> Mapping[Key, datetime]:
    """The day of the last step of each goal that has one."""
    last = _last_step()
    rows = connection.execute(
        select(steps.c.client_id, steps.c.goal, steps.c.due_at)
        .join(clients, clients.c.id == steps.c.client_id)
        .join(last, _is_last(last))
        .where(where, steps.c.due_at.is_not(None))
    )
    return {(client, goal): due_at for client, goal, due_at in rows}


def _plans(connection: Connection, at: datetime, where: Where) -> Mapping[Key, Mapping[str, Any]]:
    """Each goal's last step as it was at this moment: as it is now, unless a later event says what was before it."""
    last = _last_step()
    now = connection.execute(
        select(steps).join(clients, clients.c.id == steps.c.client_id).join(last, _is_last(last)).where(where)
    ).mappings()
    found: dict[Key, Mapping[str, Any]] = {(row["client_id"], row["goal"]): dict(row) for row in now}
    it = goal_events.c
    later = connection.execute(
        select(it.client_id, it.goal, it.was)
        .join(clients, clients.c.id == it.client_id)
        .where(where, it.id >= first_id(at - CLOCKS_APART), it.at >= at)
        .order_by(it.id.desc())
    )
    return found | {(row.client_id, row.goal): row.was["step"] or {} for row in later if row.was is not None}


def _due(connection: Connection, period: Period, where: Where) -> Sequence[Any]:
    """Steps whose day came in the period, and a week ago or more: until then there is time to review them."""
    it = steps.c
    until = min(period.until, period.now - WEEK)
    wanted = select(it.client_id, it.goal, it.number, it.due_at).join(clients, clients.c.id == it.client_id)
    return connection.execute(wanted.where(where, it.due_at >= period.since, it.due_at < until)).all()


def _last_step() -> Any:  # noqa: ANN401  a subquery
    it = steps.c
    last = select(it.client_id, it.goal, func.max(it.number).label("number"))
    return last.group_by(it.client_id, it.goal).subquery()


def _is_last(last: Any) -> Where:  # noqa: ANN401  a subquery
    it = steps.c
    found: Where = (it.client_id == last.c.client_id) & (it.goal == last.c.goal) & (it.number == last.c.number)
    return found


def _is_given(plan: Mapping[str, Any] | None, part: str) -> bool:
    if plan is None:
        return False
    return Moment.read(plan[part]).has_hour if part == "when" else bool(plan[part])
