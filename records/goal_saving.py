"""Goals, their steps and how these went, with a history of what each goal was before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from conversations.effects import ReviewStep, SaveGoal
from conversations.goals import Goal, GoalEvent, GoalStatus, Step
from conversations.situation import Client
from records.batch import OneClient, Row
from records.bulk import inserting, replaced
from records.engagement import Kind
from records.ids import new_id
from records.tables import goal_events, goals, steps

OVER = frozenset({GoalStatus.ACHIEVED, GoalStatus.REPLACED, GoalStatus.RELEASED})

_GOAL = (
    "text",
    "meaning",
    "difficulty",
    "status",
    "version",
    "private",
    "shared",
    "setbacks",
    "closed_at",
    "replaced_by",
)
_STEP = (
    "text",
    "when",
    "due_at",
    "where",
    "support",
    "obstacle",
    "detour",
    "first_action",
    "reminder",
    "status",
)

UPSERT_GOALS = inserting(
    goals,
    goals.c.keys(),
    f"ON CONFLICT (client_id, number) DO UPDATE SET {replaced(*_GOAL)}",
)
UPSERT_STEPS = inserting(
    steps,
    steps.c.keys(),
    f"ON CONFLICT (client_id, goal, number) DO UPDATE SET {replaced(*_STEP)}, "
    "reviewed_at = COALESCE(excluded.reviewed_at, steps.reviewed_at), "
    "review = CASE WHEN excluded.reviewed_at IS NULL THEN steps.review ELSE excluded.review END",
)
INSERT_EVENTS = inserting(goal_events, goal_events.c.keys())


def goal(one: OneClient, effect: SaveGoal) -> None:
    goal = effect.goal
    was = one.goal if one.goal is not None and one.goal.number == goal.number else None
    one.batch.put(UPSERT_GOALS, (one.client.id, goal.number), _goal_row(one.client.id, effect, one.now))
    if goal.step is not None:
        _put_step(one, goal.number, goal.step)
    event = {
        "id": new_id(one.now),
        "client_id": one.client.id,
        "goal": goal.number,
        "at": one.now,
        "kind": effect.what,
        "version": goal.version,
        "reason": effect.reason,
        "was": None if was is None else goal_as_it_was(was),
    }
    one.batch.add(INSERT_EVENTS, event)
    one.log(
        Kind(f"goal_{effect.what}"),
        str(goal.number),
        "" if effect.what is GoalEvent.SET else effect.reason,  # a new goal's is in the client's own words
        message_id=one.cause.message_id,
        detail={"version": goal.version},
    )
    one.goal = goal


def review(one: OneClient, effect: ReviewStep) -> None:
    row = _put_step(one, effect.goal, effect.step)
    row.update(status=effect.result, reviewed_at=one.now, review=dict(effect.words))
    _put_setbacks(one, effect)
    if effect.step.status is not effect.result:  # it comes a second time, with what the client said about it
        subject = f"{effect.goal}.{effect.step.number}"
        one.log(Kind.STEP_REVIEWED, subject, effect.result, message_id=one.cause.message_id)


def _put_setbacks(one: OneClient, effect: ReviewStep) -> None:
    goal = one.goal
    if goal is None or goal.number != effect.goal or goal.setbacks == effect.setbacks:
        return
    one.goal = replace(goal, setbacks=effect.setbacks)
    key = one.client.id, goal.number
    now_so = _goal_row(one.client.id, SaveGoal(one.goal, GoalEvent.REVISED), one.now)
    row = one.batch.found(UPSERT_GOALS, key) or now_so
    one.batch.put(UPSERT_GOALS, key, row | {"setbacks": effect.setbacks})


def _put_step(one: OneClient, goal: int, step: Step) -> Row:
    key = one.client.id, goal, step.number
    row = _step_row(one.client, goal, step, one.now)
    if (earlier := one.batch.found(UPSERT_STEPS, key)) and earlier["reviewed_at"]:
        row.update({name: earlier[name] for name in ("status", "reviewed_at", "review")})
    one.batch.put(UPSERT_STEPS, key, row)
    return row


def _goal_row(client_id: str, effect: SaveGoal, now: datetime) -> Row:
    goal = effect.goal
    return {
        "client_id": client_id,
        "number": goal.number,
        "text": goal.text,
        "meaning": goal.meaning,
        "difficulty": goal.difficulty,
        "status": goal.status,
        "version": goal.version,
        "private": goal.private,
        "shared": goal.shared,
        "setbacks": goal.setbacks,
        "set_at": now,
        "closed_at": now if goal.status in OVER else None,
        "replaced_by": effect.replaced_by,
    }


def _step_row(client: Client, goal: int, step: Step, now: datetime) -> Row:
    return {
        "client_id": client.id,
        "goal": goal,
        "number": step.number,
        "text": step.text,
        "when": step.when.stored(),
        "due_at": _due(step.when.at, client.zone),
        "where": step.where,
        "support": step.support,
        "obstacle": step.obstacle,
        "detour": step.detour,
        "first_action": step.first_action,
        "reminder": step.reminder,
        "status": step.status,
        "planned_at": now,
        "reviewed_at": None,
        "review": {},
    }


def _due(at: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    """The moment of a step; of a day alone, its first."""
    if at is None or isinstance(at, datetime):
        return at
    return datetime.combine(at, time(), zone)


def goal_as_it_was(goal: Goal) -> Row:
    """A goal and its step, for the version history."""
    step = goal.step
    return {
        "text": goal.text,
        "meaning": goal.meaning,
        "difficulty": goal.difficulty,
        "status": goal.status,
        "version": goal.version,
        "step": None
        if step is None
        else {
            "number": step.number,
            "text": step.text,
            "when": step.when.stored(),
            "where": step.where,
            "support": step.support,
            "obstacle": step.obstacle,
            "detour": step.detour,
            "first_action": step.first_action,
            "reminder": step.reminder,
            "status": step.status,
        },
    }
