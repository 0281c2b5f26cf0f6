"""What the staff pages show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, and_, func, select, text

from conversations.county import County
from conversations.goals import GoalStatus
from conversations.nudges import OF_SILENCE, UNHEARD, NudgeKind, NudgeState
from conversations.situation import Consent, Situation
from records import api_tokens, escalation_reads, nudge_book
from records.errors import NotFoundError
from records.sight import Sight, shown
from records.situations import CLIENTS, load
from records.tables import UNPROMPTED, clients, goals, messages, nudges, staff, steps

OPEN = (GoalStatus.ACTIVE, GoalStatus.PAUSED)
LATEST = 200
REPLACED_BY = frozenset({"replanned", nudge_book.REPLACED, nudge_book.MOVED_ON})
MOST_NAMES = 500

NOT_HEARD = frozenset({NudgeKind.SILENCE, NudgeKind.PROMISE})
"""Timers of which it is not known that the client hears anything."""


@dataclass(frozen=True, slots=True)
class Case:
    """A client in the list. Moments are UTC; `plan` is the goal and its step, empty without a goal."""

    id: str
    first_name: str
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
class ClientCard:
    """Who a client is."""

    id: str
    first_name: str
    language: str
    zone: ZoneInfo
    consent: Consent
    phone_is_shared: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a thread. `at` is when it came, or when it was meant to go (UTC); `author` "client", "bot" or an id."""

    id: str
    direction: str
    body: str
    language: str
    author: str
    state: str
    reason: str
    error_code: int | None
    at: datetime
    redacted: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A nudge that has not gone out. Moments are UTC."""

    id: str
    kind: str
    words: str
    template: str
    due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class FellAway:
    """A nudge that did not go out. `wanted_at` is UTC; `state` a NudgeState."""

    kind: str
    state: str
    wanted_at: datetime
    reason: str


def staff_names(connection: Connection) -> Mapping[str, str]:
    """First names by id, for who did what; and the names of other systems' tokens."""
    first_names = {row.id: row.first_name for row in connection.execute(select(staff.c.id, staff.c.first_name))}
    return api_tokens.names(connection) | first_names


def client_names(connection: Connection, sight: Sight) -> Sequence[tuple[str, str]]:
    """(id, first name) in the order of the names: the first 500, for a list to choose from."""
    wanted = select(clients.c.id, clients.c.first_name).where(shown(sight))
    rows = connection.execute(wanted.order_by(clients.c.first_name, clients.c.id).limit(MOST_NAMES))
    return [(row.id, row.first_name) for row in rows]


def caseload_of(connection: Connection, worker_id: str, sight: Sight) -> Sequence[tuple[str, str]]:
    """(id, first name) of all the clients of a worker, as far as they are in sight, by name."""
    wanted = select(clients.c.id, clients.c.first_name).where(clients.c.worker_id == worker_id, shown(sight))
    return [(row.id, row.first_name) for row in connection.execute(wanted.order_by(clients.c.first_name, clients.c.id))]


def cases(connection: Connection, sight: Sight) -> Sequence[Case]:
    """The clients: those for whom somebody is due first, then by name."""
    plans, planned = _plans(connection, sight), _next_nudges(connection, sight)
    counts: dict[str, int] = defaultdict(int)
    for one in escalation_reads.waiting(connection, sight):
        counts[one.client_id] += 1
    wanted = select(clients, staff.c.first_name.label("worker")).join(staff, staff.c.id == clients.c.worker_id)
    rows = connection.execute(wanted.where(shown(sight)).order_by(clients.c.first_name, clients.c.id))
    found = [_case(row, plans.get(row.id, ""), planned.get(row.id), counts[row.id]) for row in rows]
    return sorted(found, key=lambda case: not case.waiting)


def client_card(connection: Connection, client_id: str, sight: Sight) -> ClientCard:
    """Raises NotFoundError if there is no such client, or they are out of sight."""
    row = connection.execute(select(clients).where(clients.c.id == client_id, shown(sight))).first()
    if row is None:
        raise NotFoundError
    zone, consent = ZoneInfo(row.zone), Consent(row.consent)
    return ClientCard(row.id, row.first_name, row.language, zone, consent, row.phone_is_shared)


def situation(connection: Connection, client_id: str, sight: Sight, county: County, now: datetime) -> Situation:
    """What is known of a client just now, without a lock. Raises NotFoundError as `client_card` does."""
    wanted: Select[Any] = CLIENTS.where(clients.c.id == client_id, shown(sight))
    rows = connection.execute(wanted).all()
    if not rows:
        raise NotFoundError
    return load(connection, rows, county, now, locks=False)[client_id].situation


def situations(
    connection: Connection, client_ids: Collection[str], sight: Sight, county: County, now: datetime
) -> Sequence[tuple[Situation, Sequence[datetime]]]:
    """Of those who are in sight, by name: what is known, and when unprompted texts went or are to go to them (UTC)."""
    wanted: Select[Any] = CLIENTS.where(clients.c.id.in_(client_ids), shown(sight))
    rows = connection.execute(wanted.order_by(clients.c.first_name, clients.c.id)).all()
    to_come: dict[str, list[datetime]] = defaultdict(list)
    planned_ones = select(nudges.c.client_id, nudges.c.due_at).where(
        nudges.c.client_id.in_([row.id for row in rows]),
        nudges.c.state == NudgeState.PLANNED,
        nudges.c.kind.not_in(UNHEARD | NOT_HEARD),
    )
    for row in connection.execute(planned_ones):
        to_come[row.client_id].append(row.due_at)
    loaded = load(connection, rows, county, now, locks=False)
    known = [loaded[row.id].situation for row in rows]
    return [(one, [*one.sent.moments, *to_come[one.client.id]]) for one in known]


def thread(connection: Connection, client_id: str, before: str | None = None) -> Sequence[Text]:
    """The latest 200 texts, the newest last; `before` is the id of a text, of which the older ones are wanted."""
    at = func.coalesce(messages.c.due_at, messages.c.at)
    wanted = (
        select(
            messages.c.id,
            messages.c.direction,
            messages.c.body,
            messages.c.language,
            messages.c.author,
            messages.c.state,
            messages.c.reason,
            messages.c.error_code,
            at,
            messages.c.redacted,
        )
        .where(messages.c.client_id == client_id)
        .order_by(messages.c.id.desc())
        .limit(LATEST)
    )
    if before is not None:
        wanted = wanted.where(messages.c.id < before)
    return [Text(*row) for row in reversed(connection.execute(wanted).all())]


def unprompted(connection: Connection, client_id: str, since: datetime) -> Sequence[datetime]:
    """When texts that nobody asked for went to this client (UTC): what the caps count."""
    wanted = select(func.min(messages.c.at)).where(
        messages.c.client_id == client_id, text(UNPROMPTED), messages.c.at > since
    )
    return list(connection.execute(wanted.group_by(func.coalesce(messages.c.nudge_id, messages.c.id))).scalars())


def planned(connection: Connection, client_id: str) -> Sequence[Planned]:
    """The texts that fall due for this client, the soonest first."""
    wanted = (
        select(nudges.c.id, nudges.c.kind, nudges.c.words, nudges.c.template, nudges.c.due_at, nudges.c.reason)
        .where(nudges.c.client_id == client_id, nudges.c.state == NudgeState.PLANNED)
        .where(nudges.c.kind.not_in(UNHEARD))
        .order_by(nudges.c.due_at, nudges.c.id)
    )
    return [Planned(*row) for row in connection.execute(wanted)]


def fell_away(connection: Connection, client_id: str, since: datetime) -> Sequence[FellAway]:
    """What was planned since then and did not go out as itself, the latest first; not what a newer plan replaced."""
    it = nudges.c
    wanted = (
        select(it.kind, it.state, it.wanted_at, it.reason)
        .where(it.client_id == client_id, it.wanted_at > since)
        .where(it.state.in_([NudgeState.DROPPED, NudgeState.CANCELLED, NudgeState.MERGED]))
        .where(it.kind.not_in(OF_SILENCE | UNHEARD | {NudgeKind.PROMISE}), it.reason.not_in(REPLACED_BY))
    )
    return [FellAway(*row) for row in connection.execute(wanted.order_by(it.wanted_at.desc(), it.id.desc()))]


def is_mid_breath(connection: Connection, client_id: str) -> bool:
    """Whether the client's last words wait, a moment, for more of the same breath."""
    waiting = select(nudges.c.id).where(
        nudges.c.client_id == client_id, nudges.c.kind == NudgeKind.BREATH, nudges.c.state == NudgeState.PLANNED
    )
    return connection.execute(waiting).first() is not None


def _case(row: Row[Any], plan: str, nudge: Planned | None, count: int) -> Case:
    return Case(
        id=row.id,
        first_name=row.first_name,
        language=row.language,
        zone=ZoneInfo(row.zone),
        consent=row.consent,
        worker=row.worker,
        last_heard_at=row.last_heard_at,
        plan=plan,
        next_kind=nudge.kind if nudge else "",
        next_due_at=nudge.due_at if nudge else None,
        waiting=count,
    )


def _plans(connection: Connection, sight: Sight) -> dict[str, str]:
    """Goal and latest step in one line, by client."""
    latest = (
        select(steps.c.client_id, steps.c.goal, func.max(steps.c.number).label("number"))
        .group_by(steps.c.client_id, steps.c.goal)
        .subquery()
    )
    wanted = (
        select(goals.c.client_id, goals.c.text, steps.c.text.label("step"))
        .join(clients, clients.c.id == goals.c.client_id)
        .outerjoin(latest, and_(latest.c.client_id == goals.c.client_id, latest.c.goal == goals.c.number))
        .outerjoin(
            steps,
            and_(
                steps.c.client_id == latest.c.client_id,
                steps.c.goal == latest.c.goal,
                steps.c.number == latest.c.number,
            ),
        )
        .where(goals.c.status.in_(OPEN), shown(sight))
        .order_by(goals.c.number)
    )
    rows = connection.execute(wanted)
    return {row.client_id: f"{row.text}: {row.step}" if row.step else row.text for row in rows}


def _next_nudges(connection: Connection, sight: Sight) -> dict[str, Planned]:
    nth = func.row_number().over(partition_by=nudges.c.client_id, order_by=(nudges.c.due_at, nudges.c.id)).label("nth")
    numbered = (
        select(nudges, nth)
        .join(clients, clients.c.id == nudges.c.client_id)
        .where(
            nudges.c.state == NudgeState.PLANNED,
            nudges.c.kind.not_in(OF_SILENCE | UNHEARD),
            shown(sight),
        )
        .subquery()
    ).c
    wanted = select(
        numbered.client_id,
        numbered.id,
        numbered.kind,
        numbered.words,
        numbered.template,
        numbered.due_at,
        numbered.reason,
    ).where(numbered.nth == 1)
    return {client_id: Planned(*rest) for client_id, *rest in connection.execute(wanted)}
