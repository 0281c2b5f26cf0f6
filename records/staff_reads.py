"""What the staff pages show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, case, func, select, text

from conversations.county import County
from conversations.goals import GoalStatus
from conversations.nudges import OF_SILENCE, UNHEARD, NudgeKind, NudgeState
from conversations.situation import Consent, Situation
from records import api_tokens, nudge_book, pictures
from records.channels import ChannelName
from records.errors import NotFoundError
from records.sight import Sight, shown
from records.situations import CLIENTS, load
from records.tables import UNPROMPTED, clients, messages, nudges, staff

OPEN = (GoalStatus.ACTIVE, GoalStatus.PAUSED)
LATEST = 200
REPLACED_BY = frozenset({"replanned", nudge_book.REPLACED, nudge_book.MOVED_ON})
MOST_NAMES = 500

NOT_HEARD = frozenset({NudgeKind.SILENCE, NudgeKind.PROMISE})
"""Timers of which it is not known that the client hears anything."""


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
    """A text of a thread. `at` is when it came, or when it was meant to go (UTC); `author` "client", "bot" or an id.

    `channel` is "" while it is not chosen. `by_sms_at` is when a text in the web chat goes by SMS if nobody opens it,
    or went; None for others, and for one that stays there.
    """

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
    channel: str = ChannelName.SMS
    by_sms_at: datetime | None = None
    pictures: Sequence[pictures.Shown] = ()


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


def worker_of(connection: Connection, client_id: str, sight: Sight) -> str:
    """The id of whose client this is. Raises NotFoundError if there is no such client, or they are out of sight."""
    row = connection.execute(select(clients.c.worker_id).where(clients.c.id == client_id, shown(sight))).first()
    if row is None:
        raise NotFoundError
    return str(row.worker_id)


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


_TEXTS: Select[Any] = select(
    messages.c.id,
    messages.c.direction,
    messages.c.body,
    messages.c.language,
    messages.c.author,
    messages.c.state,
    messages.c.reason,
    messages.c.error_code,
    func.coalesce(messages.c.due_at, messages.c.at),
    messages.c.redacted,
    messages.c.channel,
    case((messages.c.by_sms_at < messages.c.expires_at, messages.c.by_sms_at)),
)
"""In the order of `Text`."""


def thread(connection: Connection, client_id: str, before: str | None = None) -> Sequence[Text]:
    """The latest 200 texts, the newest last; `before` is the id of a text, of which the older ones are wanted."""
    wanted = _TEXTS.where(messages.c.client_id == client_id).order_by(messages.c.id.desc()).limit(LATEST)
    if before is not None:
        wanted = wanted.where(messages.c.id < before)
    return _texts(connection, client_id, reversed(connection.execute(wanted).all()))


def transcript(
    connection: Connection, client_id: str, since: datetime | None, until: datetime | None, after: str = ""
) -> Sequence[Text]:
    """The oldest 200 texts of a span of time behind the text `after`: `since` is included, `until` is not; both UTC."""
    wanted = _TEXTS.where(messages.c.client_id == client_id, messages.c.id > after)
    if since is not None:
        wanted = wanted.where(messages.c.at >= since)
    if until is not None:
        wanted = wanted.where(messages.c.at < until)
    return _texts(connection, client_id, connection.execute(wanted.order_by(messages.c.id).limit(LATEST)).all())


def _texts(connection: Connection, client_id: str, rows: Iterable[Sequence[Any]]) -> Sequence[Text]:
    """The older ones first."""
    texts = [Text(*row) for row in rows]
    if not texts:
        return texts
    came_with = pictures.in_thread(connection, client_id, texts[0].id, texts[-1].id)
    return [replace(text, pictures=came_with[text.id]) if text.id in came_with else text for text in texts]


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


def merged_into(connection: Connection, client_id: str) -> str | None:
    """The record of which this one is part since; None for one that stands by itself, or is none."""
    found: str | None = connection.scalar(select(clients.c.merged_into).where(clients.c.id == client_id))
    return found
