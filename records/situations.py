"""Loading what is known of clients: one statement a table, for as many clients as wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, select, text

from conversations import goals as core
from conversations.county import County
from conversations.goals import Difficulty, Goal, GoalStatus, Reminder, Step, StepStatus
from conversations.nudges import NudgeState
from conversations.situation import Client, Consent, PartOfDay, Rhythm, Sent, Situation, Talk
from records.bulk import one_of
from records.nudge_book import NudgeBook, PlannedNudge
from records.tables import UNPROMPTED, clients, escalations, goals, ideas, messages, nudges, staff, steps, talks

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
LONGEST_MONTH = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class OpenEscalation:
    id: str
    trigger: str
    level: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Loaded:
    """A client's situation, and what saving needs beside it."""

    situation: Situation
    number: str
    worker_id: str
    book: NudgeBook
    escalations: Mapping[str, OpenEscalation] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        return self.situation.client.id


CLIENTS = select(
    clients.c.id,
    clients.c.number,
    clients.c.first_name,
    clients.c.language,
    clients.c.zone,
    clients.c.consent,
    clients.c.phone_is_shared,
    clients.c.part_of_day,
    clients.c.rhythm,
    clients.c.resting_until,
    clients.c.last_heard_at,
    clients.c.last_check_in_at,
    clients.c.worker_id,
    staff.c.first_name.label("worker"),
).join(staff, staff.c.id == clients.c.worker_id)

_locked = CLIENTS.with_for_update(of=clients, key_share=True)
_BY_NUMBER = _locked.where(one_of(clients.c.number, "numbers")).order_by(clients.c.id)
_BY_ID = _locked.where(one_of(clients.c.id, "ids")).order_by(clients.c.id)
_WITH_DUE = (
    CLIENTS.join(nudges, nudges.c.client_id == clients.c.id)
    .where(text("nudges.state = 'planned'"), nudges.c.due_at <= bindparam("now"))
    .order_by(nudges.c.due_at, nudges.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=clients, key_share=True, skip_locked=True)
)

AnyRow = Row[*tuple[Any, ...]]
ClientRow = AnyRow


def lock_by_number(connection: Connection, numbers: Sequence[str]) -> Sequence[ClientRow]:
    return connection.execute(_BY_NUMBER, {"numbers": numbers}).all()


def lock_by_id(connection: Connection, ids: Sequence[str]) -> Sequence[ClientRow]:
    return connection.execute(_BY_ID, {"ids": ids}).all()


def lock_with_due(connection: Connection, now: datetime, most: int) -> Sequence[ClientRow]:
    """Clients with nudges that are due, the longest due first. Those in another process's hands are left to it."""
    found = connection.execute(_WITH_DUE, {"now": now, "most": most}).all()
    return list({row.id: row for row in found}.values())


_TALKS = select(
    talks.c.client_id,
    talks.c.place,
    talks.c.flow,
    talks.c.at,
    talks.c.asked_at,
    talks.c.answers,
    talks.c.misses,
).where(one_of(talks.c.client_id, "ids"))

_any = steps.alias("any_step")
_latest = (
    select(func.max(_any.c.number))
    .where(_any.c.client_id == goals.c.client_id, _any.c.goal == goals.c.number)
    .correlate(goals)
    .scalar_subquery()
)
_GOALS = (
    select(
        goals.c.client_id,
        goals.c.number,
        goals.c.text,
        goals.c.meaning,
        goals.c.difficulty,
        goals.c.status,
        goals.c.version,
        goals.c.private,
        goals.c.shared,
        goals.c.setbacks,
        steps.c.number.label("step"),
        steps.c.text.label("step_text"),
        steps.c.when,
        steps.c.where,
        steps.c.support,
        steps.c.obstacle,
        steps.c.detour,
        steps.c.first_action,
        steps.c.reminder,
        steps.c.status.label("step_status"),
    )
    .select_from(goals)
    .outerjoin(
        steps,
        and_(
            steps.c.client_id == goals.c.client_id,
            steps.c.goal == goals.c.number,
            steps.c.number == _latest,
        ),
    )
    .where(one_of(goals.c.client_id, "ids"))
    .order_by(goals.c.client_id, goals.c.number)
)
_IDEAS = select(ideas.c.client_id, ideas.c.text).where(one_of(ideas.c.client_id, "ids")).order_by(ideas.c.id)
_DONE = select(steps.c.client_id, steps.c.reviewed_at).where(
    one_of(steps.c.client_id, "ids"), steps.c.status == StepStatus.DONE, steps.c.reviewed_at > bindparam("since")
)
_SENT = select(messages.c.client_id, messages.c.at, func.coalesce(messages.c.nudge_id, messages.c.id)).where(
    one_of(messages.c.client_id, "ids"), text(UNPROMPTED), messages.c.at > bindparam("since")
)
_ESCALATIONS = select(
    escalations.c.client_id, escalations.c.id, escalations.c.trigger, escalations.c.level, escalations.c.due_at
).where(one_of(escalations.c.client_id, "ids"), escalations.c.resolved_at.is_(None))
_NUDGES = select(
    nudges.c.client_id,
    nudges.c.id,
    nudges.c.kind,
    nudges.c.key,
    nudges.c.subject,
    nudges.c.words,
    nudges.c.state,
    nudges.c.due_at,
    nudges.c.wanted_at,
    nudges.c.held,
    nudges.c.created_by,
)
_PLANNED = _NUDGES.where(one_of(nudges.c.client_id, "ids"), text("nudges.state = 'planned'")).order_by(nudges.c.id)
_BY_KEY = _NUDGES.where(
    one_of(nudges.c.client_id, "ids"),
    one_of(nudges.c.key, "keys"),
    nudges.c.state != NudgeState.PLANNED,
)


def load(connection: Connection, rows: Sequence[ClientRow], county: County, now: datetime) -> dict[str, Loaded]:
    """The situations of clients whose rows are locked, by client id."""
    if not rows:
        return {}
    ids = [row.id for row in rows]
    talks_of = _grouped(connection, _TALKS, {"ids": ids})
    goals_of = _grouped(connection, _GOALS, {"ids": ids})
    ideas_of = _grouped(connection, _IDEAS, {"ids": ids})
    done_of = _grouped(connection, _DONE, {"ids": ids, "since": now - LONGEST_MONTH})
    sent_of = _grouped(connection, _SENT, {"ids": ids, "since": now - MONTH})
    escalations_of = _grouped(connection, _ESCALATIONS, {"ids": ids})
    planned_of = _grouped(connection, _PLANNED, {"ids": ids})
    loaded: dict[str, Loaded] = {}
    for row in rows:
        key = row.id
        told = {one.trigger: OpenEscalation(*one[1:]) for one in escalations_of.get(key, ())}
        waiting = {one.place: _talk(one) for one in talks_of.get(key, ())}
        all_goals = goals_of.get(key, ())
        client = _client(row)
        situation = Situation(
            client,
            county,
            waiting.get("open"),
            waiting.get("parked"),
            _open_goal(all_goals),
            len(all_goals),
            _this_month(done_of.get(key, ()), client.zone, now),
            tuple(one.text for one in ideas_of.get(key, ())),
            _sent(sent_of.get(key, ()), client.zone, now),
            row.last_heard_at,
            row.last_check_in_at,
            frozenset(told),
        )
        book = NudgeBook([PlannedNudge(*one[1:]) for one in planned_of.get(key, ())])
        loaded[key] = Loaded(situation, row.number, row.worker_id, book, told)
    return loaded


def load_keys(connection: Connection, wanted: Mapping[str, Iterable[str]], loaded: Mapping[str, Loaded]) -> None:
    """Put the settled nudges of these keys, by client, into the books: what is planned again may have been before."""
    keys = {key for theirs in wanted.values() for key in theirs}
    if not keys:
        return
    for row in connection.execute(_BY_KEY, {"ids": list(wanted), "keys": list(keys)}):
        loaded[row.client_id].book.know(PlannedNudge(*row[1:]))


def _grouped(
    connection: Connection, asked: Select[*tuple[Any, ...]], values: dict[str, Any]
) -> dict[str, list[AnyRow]]:
    groups: dict[str, list[AnyRow]] = {}
    for row in connection.execute(asked, values):
        groups.setdefault(row[0], []).append(row)
    return groups


def _client(row: ClientRow) -> Client:
    return Client(
        row.id,
        row.first_name,
        row.language,
        ZoneInfo(row.zone),
        Consent(row.consent),
        row.phone_is_shared,
        PartOfDay(row.part_of_day) if row.part_of_day else None,
        Rhythm(row.rhythm),
        row.resting_until,
        row.worker,
    )


def _talk(row: AnyRow) -> Talk:
    return Talk(row.flow, row.at, row.asked_at, row.answers, row.misses)


def _open_goal(rows: Sequence[AnyRow]) -> Goal | None:
    """The newest goal that is active, or else paused."""
    for status in (GoalStatus.ACTIVE, GoalStatus.PAUSED):
        for row in reversed(rows):
            if row.status == status:
                return read_goal(row)
    return None


def read_goal(row: AnyRow) -> Goal:
    return Goal(
        row.number,
        row.text,
        row.meaning,
        Difficulty(row.difficulty) if row.difficulty else None,
        GoalStatus(row.status),
        row.version,
        row.private,
        row.shared,
        None if row.step is None else _step(row),
        row.setbacks,
    )


def _step(row: AnyRow) -> Step:
    return Step(
        row.step,
        row.step_text,
        core.Moment.read(row.when),
        row.where,
        row.support,
        row.obstacle,
        row.detour,
        row.first_action,
        Reminder(row.reminder),
        StepStatus(row.step_status),
    )


def _this_month(rows: Sequence[AnyRow], zone: ZoneInfo, now: datetime) -> int:
    if not rows:
        return 0
    here = now.astimezone(zone)
    months = [row.reviewed_at.astimezone(zone) for row in rows]
    return sum(at.month == here.month and at.year == here.year for at in months)


def _sent(rows: Sequence[AnyRow], zone: ZoneInfo, now: datetime) -> Sent:
    """What the caps count. Two texts that one nudge made count once."""
    if not rows:
        return Sent()
    first = {row[2]: row[1] for row in rows}.values()
    today = now.astimezone(zone).date()
    return Sent(
        sum(at.astimezone(zone).date() == today for at in first),
        sum(at > now - WEEK for at in first),
        len(first),
    )
