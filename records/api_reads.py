"""What other systems read, in pages by ids: what is added meanwhile comes after, so that no record is skipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, tuple_

from conversations.nudges import UNHEARD, NudgeKind
from records.errors import NotFoundError
from records.ids import first_id
from records.log_reads import SETTLES, in_sight
from records.sight import Sight, shown
from records.tables import clients, engagement, escalations, messages, nudges, staff, visits


@dataclass(frozen=True, slots=True)
class ApiClient:
    """Moments are UTC; `worker_email` is that of the client's worker, `external_id` "" for none."""

    id: str
    external_id: str | None
    number: str
    first_name: str
    language: str
    zone: str
    phone_is_shared: bool
    consent: str
    consented_at: datetime | None
    worker_email: str
    last_heard_at: datetime | None
    created_at: datetime


_CLIENTS: Select[Any] = select(
    clients.c.id,
    clients.c.external_id,
    clients.c.number,
    clients.c.first_name,
    clients.c.language,
    clients.c.zone,
    clients.c.phone_is_shared,
    clients.c.consent,
    clients.c.consented_at,
    staff.c.email,
    clients.c.last_heard_at,
    clients.c.created_at,
).join(staff, staff.c.id == clients.c.worker_id)


def client(connection: Connection, client_id: str, sight: Sight) -> ApiClient:
    """Raises NotFoundError if there is none, or they are out of sight."""
    return ApiClient(*_found(connection, _CLIENTS.where(clients.c.id == client_id, shown(sight))))


def client_by_external_id(connection: Connection, external_id: str, sight: Sight) -> ApiClient:
    """Raises NotFoundError as `client` does."""
    return ApiClient(*_found(connection, _CLIENTS.where(clients.c.external_id == external_id, shown(sight))))


def clients_after(
    connection: Connection, sight: Sight, after: str | None, limit: int, *, consent: str | None, worker: str | None
) -> list[ApiClient]:
    """Those with greater ids than `after`. `worker` is an e-mail address."""
    wanted = _CLIENTS.where(shown(sight)).order_by(clients.c.id).limit(limit)
    if after is not None:
        wanted = wanted.where(clients.c.id > after)
    if consent is not None:
        wanted = wanted.where(clients.c.consent == consent)
    if worker is not None:
        wanted = wanted.where(staff.c.email == worker)
    return [ApiClient(*row) for row in connection.execute(wanted)]


@dataclass(frozen=True, slots=True)
class ApiVisit:
    """Moments are UTC. `number` counts from 1 within the client."""

    client_id: str
    number: int
    external_id: str | None
    starts_at: datetime
    place: str
    bring: str
    by_phone: bool
    status: str
    worker_email: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class VisitsAsked:
    """All that are given must fit. `since` is included, `until` is not."""

    client_id: str | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    changed_since: datetime | None = None


_VISITS: Select[Any] = (
    select(
        visits.c.client_id,
        visits.c.number,
        visits.c.external_id,
        visits.c.starts_at,
        visits.c.place,
        visits.c.bring,
        visits.c.by_phone,
        visits.c.status,
        staff.c.email,
        visits.c.changed_at,
    )
    .join(clients, clients.c.id == visits.c.client_id)
    .join(staff, staff.c.id == visits.c.worker_id)
)


def visit(connection: Connection, client_id: str, number: int, sight: Sight) -> ApiVisit:
    """Raises NotFoundError if there is none, or its client is out of sight."""
    return ApiVisit(
        *_found(connection, _VISITS.where(visits.c.client_id == client_id, visits.c.number == number, shown(sight)))
    )


def visits_by_external_id(connection: Connection, external_id: str, sight: Sight) -> list[ApiVisit]:
    """The one of this id, or none."""
    wanted = _VISITS.where(visits.c.external_id == external_id, shown(sight))
    return [ApiVisit(*row) for row in connection.execute(wanted)]


def visits_after(
    connection: Connection, sight: Sight, after: tuple[str, int] | None, limit: int, asked: VisitsAsked
) -> list[ApiVisit]:
    """By client and number; `after` is the last of the page before."""
    key = tuple_(visits.c.client_id, visits.c.number)
    wanted = _VISITS.where(shown(sight)).order_by(visits.c.client_id, visits.c.number).limit(limit)
    if after is not None:
        wanted = wanted.where(key > after)
    if asked.client_id is not None:
        wanted = wanted.where(visits.c.client_id == asked.client_id)
    if asked.status is not None:
        wanted = wanted.where(visits.c.status == asked.status)
    if asked.since is not None:
        wanted = wanted.where(visits.c.starts_at >= asked.since)
    if asked.until is not None:
        wanted = wanted.where(visits.c.starts_at < asked.until)
    if asked.changed_since is not None:
        wanted = wanted.where(visits.c.changed_at >= asked.changed_since)
    return [ApiVisit(*row) for row in connection.execute(wanted)]


@dataclass(frozen=True, slots=True)
class ApiNudge:
    """Moments are UTC. `words` are a worker's, empty for what Milepost words itself."""

    id: str
    client_id: str
    kind: str
    state: str
    due_at: datetime
    wanted_at: datetime
    reason: str
    words: str
    template: str
    created_at: datetime


_NUDGES: Select[Any] = select(
    nudges.c.id,
    nudges.c.client_id,
    nudges.c.kind,
    nudges.c.state,
    nudges.c.due_at,
    nudges.c.wanted_at,
    nudges.c.reason,
    nudges.c.words,
    nudges.c.template,
    nudges.c.created_at,
).join(clients, clients.c.id == nudges.c.client_id)


def nudge(connection: Connection, nudge_id: str, sight: Sight) -> ApiNudge:
    """Raises NotFoundError if there is none, or its client is out of sight."""
    return _nudge(_found(connection, _NUDGES.where(nudges.c.id == nudge_id, _heard(), shown(sight))))


def nudges_after(
    connection: Connection, sight: Sight, after: str | None, limit: int, *, client_id: str | None, state: str | None
) -> list[ApiNudge]:
    """What a client hears or heard, with greater ids than `after`."""
    wanted = _NUDGES.where(shown(sight), _heard()).order_by(nudges.c.id).limit(limit)
    if after is not None:
        wanted = wanted.where(nudges.c.id > after)
    if client_id is not None:
        wanted = wanted.where(nudges.c.client_id == client_id)
    if state is not None:
        wanted = wanted.where(nudges.c.state == state)
    return [_nudge(row) for row in connection.execute(wanted)]


def _heard() -> ColumnElement[bool]:
    return nudges.c.kind.not_in(sorted(UNHEARD))


def _nudge(row: Any) -> ApiNudge:  # noqa: ANN401  a row of _NUDGES
    one = ApiNudge(*row)
    return one if one.kind == NudgeKind.WORKER_NUDGE else replace(one, words="")


@dataclass(frozen=True, slots=True)
class ApiText:
    """A text of a thread. `author` is "client", "bot" or a staff id; `at` when it came, or is to go (UTC)."""

    id: str
    direction: str
    author: str
    body: str
    language: str
    state: str
    error_code: int | None
    at: datetime
    channel: str


def texts_after(connection: Connection, client_id: str, after: str | None, limit: int) -> list[ApiText]:
    """A client's thread, the oldest first. Who may see it is the caller's to know, and to log."""
    wanted = select(
        messages.c.id,
        messages.c.direction,
        messages.c.author,
        messages.c.body,
        messages.c.language,
        messages.c.state,
        messages.c.error_code,
        func.coalesce(messages.c.due_at, messages.c.at),
        messages.c.channel,
    ).where(messages.c.client_id == client_id)
    if after is not None:
        wanted = wanted.where(messages.c.id > after)
    return [ApiText(*row) for row in connection.execute(wanted.order_by(messages.c.id).limit(limit))]


@dataclass(frozen=True, slots=True)
class ApiEscalation:
    """Moments are UTC. What staff wrote about it stays here."""

    id: str
    client_id: str
    trigger: str
    level: str
    opened_at: datetime
    due_at: datetime
    times: int
    held_by: str
    assigned_to_email: str | None
    promised_by: datetime | None
    acknowledged_at: datetime | None
    contacted_at: datetime | None
    snoozed_until: datetime | None
    merged_into: str | None
    reopens: str | None
    resolved_at: datetime | None
    outcome: str | None


_ESCALATIONS: Select[Any] = (
    select(
        escalations.c.id,
        escalations.c.client_id,
        escalations.c.trigger,
        escalations.c.level,
        escalations.c.opened_at,
        escalations.c.due_at,
        escalations.c.times,
        escalations.c.held_by,
        staff.c.email,
        escalations.c.promised_by,
        escalations.c.acknowledged_at,
        escalations.c.contacted_at,
        escalations.c.snoozed_until,
        escalations.c.merged_into,
        escalations.c.reopens,
        escalations.c.resolved_at,
        escalations.c.outcome,
    )
    .join(clients, clients.c.id == escalations.c.client_id)
    .outerjoin(staff, staff.c.id == escalations.c.assigned_to)
)


def escalation(connection: Connection, escalation_id: str, sight: Sight) -> ApiEscalation:
    """Raises NotFoundError if there is none, or its client is out of sight."""
    return ApiEscalation(*_found(connection, _ESCALATIONS.where(escalations.c.id == escalation_id, shown(sight))))


def escalations_after(
    connection: Connection,
    sight: Sight,
    after: str | None,
    limit: int,
    *,
    client_id: str | None,
    is_open: bool | None,
) -> list[ApiEscalation]:
    """Those with greater ids than `after`."""
    wanted = _ESCALATIONS.where(shown(sight)).order_by(escalations.c.id).limit(limit)
    if after is not None:
        wanted = wanted.where(escalations.c.id > after)
    if client_id is not None:
        wanted = wanted.where(escalations.c.client_id == client_id)
    if is_open is not None:
        wanted = wanted.where(
            escalations.c.resolved_at.is_(None) if is_open else escalations.c.resolved_at.is_not(None)
        )
    return [ApiEscalation(*row) for row in connection.execute(wanted)]


@dataclass(frozen=True, slots=True)
class ApiLogRow:
    """A row of the engagement log, without names, and without what anybody wrote. `at` is UTC."""

    id: str
    at: datetime
    kind: str
    client_id: str | None
    actor: str
    subject: str
    language: str
    message_id: str | None
    detail: Mapping[str, Any]


_LOG: Select[Any] = select(
    engagement.c.id,
    engagement.c.at,
    engagement.c.kind,
    engagement.c.client_id,
    engagement.c.actor,
    engagement.c.subject,
    engagement.c.language,
    engagement.c.message_id,
    engagement.c.detail,
)
_TOLD = frozenset(
    {"escalation", "level", "nudge", "about", "due_at", "starts_at", "status", "version", "until", "outcome"}
)
"""What of a row's detail others may know: ids, moments and words of ours."""


@dataclass(frozen=True, slots=True)
class LogAsked:
    """All that are given must fit. `since` is included, `until` is not."""

    client_id: str | None = None
    kinds: frozenset[str] = frozenset()
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def log_after(
    connection: Connection, sight: Sight, after: str | None, limit: int, asked: LogAsked, now: datetime
) -> list[ApiLogRow]:
    """Rows with greater ids than `after`, the oldest first: those that have settled, so that none is ever missed."""
    wanted = _LOG.where(in_sight(sight), engagement.c.at <= now - SETTLES)
    if after is not None:
        wanted = wanted.where(engagement.c.id > after)
    if asked.client_id is not None:
        wanted = wanted.where(engagement.c.client_id == asked.client_id)
    if asked.kinds:
        wanted = wanted.where(engagement.c.kind.in_(sorted(asked.kinds)))
    if asked.language is not None:
        wanted = wanted.where(engagement.c.language == asked.language)
    if asked.since is not None:  # no id is smaller than its moment's, and the ids are the table's key
        wanted = wanted.where(engagement.c.id >= first_id(asked.since), engagement.c.at >= asked.since)
    if asked.until is not None:
        wanted = wanted.where(engagement.c.at < asked.until)
    return [_log_row(row) for row in connection.execute(wanted.order_by(engagement.c.id).limit(limit))]


def log_row(connection: Connection, row_id: str, sight: Sight) -> ApiLogRow:
    """Raises NotFoundError if there is none, or it is out of sight."""
    return _log_row(_found(connection, _LOG.where(engagement.c.id == row_id, in_sight(sight))))


def _log_row(row: Any) -> ApiLogRow:  # noqa: ANN401  a row of _LOG
    one = ApiLogRow(*row)
    return replace(one, detail={name: value for name, value in one.detail.items() if name in _TOLD})


def _found(connection: Connection, wanted: Select[Any]) -> Any:  # noqa: ANN401  a row of any query
    row = connection.execute(wanted).first()
    if row is None:
        raise NotFoundError
    return row
