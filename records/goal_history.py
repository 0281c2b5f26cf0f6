"""How a client's goals and plans came to be what they are: what each was before, when it changed, by whom, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from conversations.goals import GoalEvent, Moment
from records.engagement import CLIENT
from records.tables import engagement, goal_events, goals, steps

LATEST = 200
LOGGED = frozenset(f"goal_{event}" for event in GoalEvent)
Actors = Mapping[tuple[datetime, str, str], str]
"""By moment, kind and subject of the row."""

GOAL_PARTS = ("text", "meaning", "difficulty")
STEP_PARTS = ("text", "when", "where", "support", "obstacle", "detour", "first_action", "reminder")


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of the plan, such as "step.when", before and after; "" where there was none. Whens are as stored."""

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """`at` is UTC; `kind` a GoalEvent; `version` the one that it led to; `actor` "client", "bot" or a staff id."""

    at: datetime
    kind: str
    version: int
    actor: str
    reason: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class PastStep:
    """A step, with how it went in the client's answer, and what they said of it."""

    number: int
    text: str
    when: Moment
    status: str
    reviewed_at: datetime | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoalHistory:
    """A goal as it stands, and all that came before; the newest first in both."""

    number: int
    text: str
    meaning: str
    status: str
    version: int
    private: bool
    shared: bool
    set_at: datetime
    changes: tuple[Change, ...]
    steps: tuple[PastStep, ...]


def of_client(connection: Connection, client_id: str) -> Sequence[GoalHistory]:
    """All goals, the newest first, with the latest 200 changes among them."""
    found = connection.execute(goals.select().where(goals.c.client_id == client_id).order_by(goals.c.number.desc()))
    taken = _steps(connection, client_id)
    happened, actors = _events(connection, client_id), _actors(connection, client_id)
    return [_history(row, happened.get(row.number, ()), taken.get(row.number, ()), actors) for row in found]


def _events(connection: Connection, client_id: str) -> Mapping[int, Sequence[Row[Any]]]:
    """By goal, the newest first."""
    it = goal_events.c
    wanted: Select[Any] = select(it.goal, it.at, it.kind, it.version, it.reason, it.was).where(
        it.client_id == client_id
    )
    by_goal: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(wanted.order_by(it.id.desc()).limit(LATEST)):
        by_goal.setdefault(row.goal, []).append(row)
    return by_goal


def _actors(connection: Connection, client_id: str) -> Actors:
    """Who acted, as the log has it: its row was written in the same moment as the event."""
    it = engagement.c
    wanted = select(it.at, it.kind, it.subject, it.actor).where(it.client_id == client_id, it.kind.in_(LOGGED))
    return {(row.at, row.kind, row.subject): row.actor for row in connection.execute(wanted)}


def _steps(connection: Connection, client_id: str) -> Mapping[int, Sequence[Row[Any]]]:
    by_goal: dict[int, list[Row[Any]]] = {}
    wanted = steps.select().where(steps.c.client_id == client_id).order_by(steps.c.goal, steps.c.number.desc())
    for row in connection.execute(wanted):
        by_goal.setdefault(row.goal, []).append(row)
    return by_goal


def _history(
    goal: Row[Any],
    events: Sequence[Row[Any]],
    taken: Sequence[Row[Any]],
    actors: Actors,
) -> GoalHistory:
    after = _parts(_as_it_is(goal, taken))
    changes = []
    for event in events:
        before = _parts(event.was)
        actor = actors.get((event.at, f"goal_{event.kind}", str(goal.number)), CLIENT)
        changes.append(_change(event, actor, before, after))
        after = before
    about = (goal.number, goal.text, goal.meaning, goal.status, goal.version, goal.private, goal.shared, goal.set_at)
    return GoalHistory(*about, tuple(changes), tuple(_past_step(row) for row in taken))


def _change(event: Row[Any], actor: str, before: Mapping[str, str], after: Mapping[str, str]) -> Change:
    differences = tuple(
        Difference(part, before.get(part, ""), after.get(part, ""))
        for part in {**after, **before}
        if before.get(part, "") != after.get(part, "")
    )
    return Change(event.at, event.kind, event.version, actor, event.reason, differences)


def _as_it_is(goal: Row[Any], taken: Sequence[Row[Any]]) -> Mapping[str, Any]:
    step = {part: getattr(taken[0], part) for part in STEP_PARTS} if taken else None
    return {**{part: getattr(goal, part) for part in GOAL_PARTS}, "step": step}


def _parts(was: Mapping[str, Any] | None) -> dict[str, str]:
    """A goal with its step as one level of names; nothing where there was no goal."""
    if was is None:
        return {}
    own = {part: was.get(part) or "" for part in GOAL_PARTS}
    step = was.get("step") or {}
    return own | {f"step.{part}": step.get(part) or "" for part in STEP_PARTS}


def _past_step(row: Row[Any]) -> PastStep:
    words = tuple(str(said) for said in row.review.values() if said)
    return PastStep(row.number, row.text, Moment.read(row.when), row.status, row.reviewed_at, words)
