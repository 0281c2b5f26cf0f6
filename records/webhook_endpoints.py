"""Where other systems want to be told of events, and how far each has been told.

The engagement log is the queue: an endpoint has a place in it, which moves on when an event was delivered. So events
come in order, none is lost while an endpoint is away, and nothing has to be stored twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, false, func, insert, or_, select, true, update

from records.api_tokens import Scope
from records.engagement import Kind
from records.errors import NotFoundError, RefusedError
from records.ids import first_id
from records.log_reads import SETTLES, in_sight, settled
from records.roles import Reach
from records.sight import Sight
from records.states import MessageState
from records.tables import api_tokens, engagement, webhook_endpoints

MOST = 20
EVENTS_AT_ONCE = 50
LEASE = timedelta(minutes=20)
"""So long what was claimed is ours; longer than all events of one claim may take."""
IDLE = timedelta(seconds=5)
"""So long an endpoint with nothing to hear is left alone."""

ACTIVE, PARKED = "active", "parked"


class Event(StrEnum):
    """What other systems can be told of."""

    CLIENT_CHANGED = "client.changed"
    CONSENT_CHANGED = "client.consent_changed"
    GOAL_CHANGED = "goal.changed"
    VISIT_CHANGED = "visit.changed"
    NUDGE_CHANGED = "nudge.changed"
    TEXT_FAILED = "text.failed"
    ESCALATION_OPENED = "escalation.opened"
    ESCALATION_ACKNOWLEDGED = "escalation.acknowledged"
    ESCALATION_RESOLVED = "escalation.resolved"


def _beginning(*words: str) -> frozenset[Kind]:
    return frozenset(kind for kind in Kind if kind.startswith(words))


KINDS: Mapping[Event, frozenset[Kind]] = {
    Event.CLIENT_CHANGED: _beginning("client_"),
    Event.CONSENT_CHANGED: frozenset({Kind.CONSENT_CHANGED}),
    Event.GOAL_CHANGED: _beginning("goal_"),
    Event.VISIT_CHANGED: _beginning("visit_"),
    Event.NUDGE_CHANGED: _beginning("nudge_"),
    Event.TEXT_FAILED: frozenset({Kind.TEXT_STATUS}),
    Event.ESCALATION_OPENED: frozenset({Kind.ESCALATION_OPENED}),
    Event.ESCALATION_ACKNOWLEDGED: frozenset({Kind.ESCALATION_ACKNOWLEDGED}),
    Event.ESCALATION_RESOLVED: frozenset({Kind.ESCALATION_RESOLVED}),
}
"""The kinds of rows of the log that are such an event; a text's only where it failed."""

FAILED = frozenset({MessageState.FAILED, MessageState.UNDELIVERED})

NEEDS: Mapping[Event, Scope] = {
    Event.CLIENT_CHANGED: Scope.CLIENTS_READ,
    Event.CONSENT_CHANGED: Scope.CLIENTS_READ,
    Event.GOAL_CHANGED: Scope.LOG_READ,
    Event.VISIT_CHANGED: Scope.VISITS_READ,
    Event.NUDGE_CHANGED: Scope.NUDGES_READ,
    Event.TEXT_FAILED: Scope.LOG_READ,
    Event.ESCALATION_OPENED: Scope.ESCALATIONS_READ,
    Event.ESCALATION_ACKNOWLEDGED: Scope.ESCALATIONS_READ,
    Event.ESCALATION_RESOLVED: Scope.ESCALATIONS_READ,
}
"""The scope by which one reads what an event is about: without it nobody asks for the event."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`tries` are of the event that is next; `last_error` a kind of error or a status code. Moments are UTC."""

    id: str
    url: str
    events: Sequence[str]
    secret_salt: str
    state: str
    tries: int
    last_error: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Happening:
    """A row of the log as an event. `subject` and `detail` are the row's."""

    id: str
    at: datetime
    event: Event
    kind: str
    client_id: str | None
    subject: str
    detail: Mapping[str, Any]


def create(
    connection: Connection, endpoint_id: str, url: str, events: Collection[Event], salt: str, by: str, now: datetime
) -> None:
    """It hears of what happens from now on. `by` is a token's id, and its reach. Raises RefusedError."""
    if (connection.scalar(select(func.count()).select_from(webhook_endpoints)) or 0) >= MOST:
        raise RefusedError("there are %(most)s already; delete one that is not needed", most=MOST)
    team_id = connection.scalar(select(api_tokens.c.team_id).where(api_tokens.c.id == by))
    row = {
        "id": endpoint_id,
        "url": url,
        "events": sorted(events),
        "team_id": team_id,
        "secret_salt": salt,
        "through": first_id(now),
        "state": ACTIVE,
        "due_at": now,
        "tries": 0,
        "last_error": "",
        "created_by": by,
        "created_at": now,
    }
    connection.execute(insert(webhook_endpoints).values(row))


def listed(connection: Connection, sight: Sight) -> Sequence[Endpoint]:
    """Those of this reach, and all for who reaches the county; the oldest first."""
    rows = connection.execute(select(webhook_endpoints).where(_reached(sight)).order_by(webhook_endpoints.c.id))
    return [_endpoint(row) for row in rows]


def find(connection: Connection, endpoint_id: str, sight: Sight) -> Endpoint:
    """Raises NotFoundError if there is none, or it is out of reach."""
    one = select(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id, _reached(sight))
    row = connection.execute(one).first()
    if row is None:
        raise NotFoundError("no such endpoint")
    return _endpoint(row)


def remove(connection: Connection, endpoint_id: str, sight: Sight) -> None:
    """Raises NotFoundError as `find` does."""
    one = delete(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id, _reached(sight))
    if not connection.execute(one).rowcount:
        raise NotFoundError("no such endpoint")


def resume(connection: Connection, endpoint_id: str, now: datetime) -> None:
    """Go on where it was parked: nothing that happened meanwhile is left out."""
    parked = webhook_endpoints.c.id == endpoint_id, webhook_endpoints.c.state == PARKED
    connection.execute(update(webhook_endpoints).where(*parked).values(state=ACTIVE, due_at=now, tries=0))


def any_due(connection: Connection, now: datetime) -> bool:
    return connection.execute(select(webhook_endpoints.c.id).where(_due(now)).limit(1)).first() is not None


def claim(
    connection: Connection, now: datetime, busy: Collection[str]
) -> Sequence[tuple[Endpoint, Sequence[Happening]]]:
    """The endpoints that are due, with what each is to hear next, in order; for as long as the `LEASE`."""
    wanted = select(webhook_endpoints).where(_due(now), webhook_endpoints.c.id.not_in(busy))
    claimed = []
    for row in connection.execute(wanted.with_for_update(of=webhook_endpoints, skip_locked=True)).all():
        happened = _next(connection, row, now)
        if happened:
            _set(connection, row.id, due_at=now + LEASE)
            claimed.append((_endpoint(row), happened))
        else:
            _set(connection, row.id, due_at=now + IDLE, through=max(row.through, settled(connection, now)))
    return claimed


def delivered(connection: Connection, endpoint_id: str, happening_id: str) -> None:
    _set(connection, endpoint_id, through=happening_id, tries=0, last_error="")


def release(connection: Connection, endpoint_id: str, now: datetime) -> None:
    """All that was claimed is delivered."""
    _set(connection, endpoint_id, due_at=now)


def retry(connection: Connection, endpoint_id: str, tries: int, at: datetime, error: str) -> None:
    """The event that is next is tried again at `at`."""
    _set(connection, endpoint_id, tries=tries, due_at=at, last_error=error[:80])


def park(connection: Connection, endpoint_id: str, error: str) -> None:
    """Tell it nothing more until somebody looks, and has it resumed."""
    _set(connection, endpoint_id, state=PARKED, last_error=error[:80])


def _set(connection: Connection, endpoint_id: str, **values: object) -> None:
    connection.execute(update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id).values(**values))


def _due(now: datetime) -> ColumnElement[bool]:
    """Whoever is shut out is told nothing more."""
    let_in = webhook_endpoints.c.created_by.in_(select(api_tokens.c.id).where(api_tokens.c.revoked_at.is_(None)))
    return and_(webhook_endpoints.c.state == ACTIVE, webhook_endpoints.c.due_at <= now, let_in)


def _reached(sight: Sight) -> ColumnElement[bool]:
    return true() if sight.sees_all else webhook_endpoints.c.team_id == sight.team_id


def _next(connection: Connection, endpoint: Row[Any], now: datetime) -> Sequence[Happening]:
    heard = {kind: Event(event) for event in endpoint.events for kind in KINDS[Event(event)]}
    plain = sorted(kind for kind in heard if kind is not Kind.TEXT_STATUS)
    texts = and_(engagement.c.kind == Kind.TEXT_STATUS, engagement.c.subject.in_(sorted(FAILED)))
    wanted = (
        select(
            engagement.c.id,
            engagement.c.at,
            engagement.c.kind,
            engagement.c.client_id,
            engagement.c.subject,
            engagement.c.detail,
        )
        .where(
            engagement.c.id > endpoint.through,
            engagement.c.at >= endpoint.created_at,
            engagement.c.at <= now - SETTLES,
            or_(engagement.c.kind.in_(plain), texts if Kind.TEXT_STATUS in heard else false()),
            in_sight(Sight(Reach.TEAM, team_id=endpoint.team_id)),
        )
        .order_by(engagement.c.id)
        .limit(EVENTS_AT_ONCE)
    )
    return [
        Happening(row.id, row.at, heard[Kind(row.kind)], row.kind, row.client_id, row.subject, row.detail)
        for row in connection.execute(wanted)
    ]


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(row.id, row.url, row.events, row.secret_salt, row.state, row.tries, row.last_error, row.created_at)
