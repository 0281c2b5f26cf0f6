"""What those who watch over the service count: what waits, how long, and what came to nothing. Numbers only.

A label is one of a few words that we wrote. Whatever else stands in the database counts as "other", so that nothing
that anybody wrote can get out by this way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, case, func, select, text, true

from conversations.effects import Purpose
from conversations.escalations import Level
from conversations.provider_errors import TABLE
from conversations.situation import Consent, Mode
from records import backlog, unopened, watermarks
from records.engagement import Kind
from records.holds import Scope
from records.ids import first_id
from records.states import UNPROMPTED, MessageState, Outcome
from records.tables import (
    BY_PROVIDER,
    UNFINISHED,
    UNOPENED,
    attempts,
    engagement,
    escalations,
    holds,
    hook_deliveries,
    messages,
    nudges,
)

OTHER = "other"
HOUR = timedelta(hours=1)

WAITING = (MessageState.DUE, MessageState.CLAIMED, MessageState.UNKNOWN)
CAME_TO_NOTHING = (
    MessageState.SUPPRESSED,
    MessageState.CANCELLED,
    MessageState.EXPIRED,
    MessageState.FAILED,
    MessageState.UNDELIVERED,
    MessageState.PARKED,
)
WHY_A_TEXT = frozenset(
    {
        "too late to be useful",
        "held until it was too late to be useful",
        "nobody knows whether it went out",
        "no consent any more",
        "restored",
        unopened.NOT_OPENED,
        *(f"consent is {consent}" for consent in Consent),
        *(f"mode is {mode}" for mode in Mode),
        *(f"error {error.code}" for error in TABLE),
    }
)

ANSWERS = (Purpose.REPLY, Purpose.LEGAL, Purpose.CRISIS)
LONGEST_HAND_OVER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Gauge:
    """`values` go with a word for each of `labels`."""

    name: str
    means: str
    labels: tuple[str, ...]
    values: Mapping[tuple[str, ...], float]


def read(connection: Connection, now: datetime, words: Collection[str]) -> list[Gauge]:
    """`now` is aware. `words` are the reasons for dropping a nudge that may be named."""
    late = _late_nudges(connection, now)  # before texts: the other way round, one that becomes a text is in neither
    return [
        *late,
        *_texts(connection, now),
        *_held(connection),
        Gauge(
            "milepost_dropped_last_hour",
            "Nudges and texts that came to nothing in the last hour, by reason.",
            ("what", "reason"),
            {**_dropped_nudges(connection, now, words), **_dropped_texts(connection, now)},
        ),
        Gauge(
            "milepost_escalations_open",
            "Clients who wait for a person, by level.",
            ("level",),
            _by(connection, escalations.c.level, Level, escalations.c.resolved_at.is_(None)),
        ),
        _one(
            "milepost_hooks_parked",
            "Calls to other systems that were given up.",
            _count(connection, hook_deliveries.c.state == "parked"),
        ),
        *_behind(connection, now),
    ]


def reply_seconds(connection: Connection, since: datetime, until: datetime) -> list[float]:
    """How long clients waited: from their text to the provider's acceptance of its first answer.

    Of those accepted after `since` (aware) and not after `until`. What waited for more of the same breath, or for a
    person, is no such answer.
    """
    before = messages.alias("before")
    latest = select(func.max(before.c.id)).where(
        before.c.client_id == messages.c.client_id, before.c.id < messages.c.id
    )
    heard = messages.alias("heard")
    answers = (
        select(attempts.c.finished_at, heard.c.at)
        .join(messages, messages.c.id == attempts.c.message_id)
        .join(heard, heard.c.id == latest.scalar_subquery())
        .where(
            attempts.c.id >= first_id(since - LONGEST_HAND_OVER),
            attempts.c.outcome == Outcome.ACCEPTED,
            attempts.c.finished_at > since,
            attempts.c.finished_at <= until,
            messages.c.purpose.in_(ANSWERS),
            messages.c.nudge_id.is_(None),
            heard.c.direction == "in",
        )
    )
    return [max(0.0, (row.finished_at - row.at).total_seconds()) for row in connection.execute(answers)]


def last_happened(connection: Connection) -> datetime | None:
    """The latest moment in the engagement log, in UTC."""
    found: datetime | None = connection.scalar(select(func.max(engagement.c.at)))
    return found


def _late_nudges(connection: Connection, now: datetime) -> list[Gauge]:
    late = (text("nudges.state = 'planned'"), nudges.c.due_at <= now)
    count, oldest = connection.execute(select(func.count(), func.min(nudges.c.due_at)).where(*late)).one()
    return [
        _one("milepost_nudges_due", "Nudges whose moment has come.", count),
        _one("milepost_nudge_oldest_seconds", "How long the oldest due nudge has waited.", _age(oldest, now)),
    ]


def _texts(connection: Connection, now: datetime) -> list[Gauge]:
    due = select(func.min(messages.c.due_at)).where(text("messages.state = 'due'"), text(f"messages.{BY_PROVIDER}"))
    unknown = select(messages.c.id).where(text(UNFINISHED), messages.c.state == MessageState.UNKNOWN)
    began = select(func.min(attempts.c.claimed_at)).where(
        attempts.c.message_id.in_(unknown), attempts.c.outcome == Outcome.UNKNOWN
    )
    lately = and_(_since(messages, now - HOUR), messages.c.direction == "out")
    return [
        Gauge(
            "milepost_messages_waiting",
            "Texts that have not left, by state.",
            ("state",),
            _by(connection, messages.c.state, WAITING, and_(text(UNFINISHED))),
        ),
        _one(
            "milepost_segments_due", "Segments of the texts that are due: the pace eats them.", backlog.due(connection)
        ),
        _one(
            "milepost_message_oldest_seconds",
            "How long the oldest due text has waited.",
            _age(connection.scalar(due), now),
        ),
        _one(
            "milepost_unknown_oldest_seconds",
            "How long ago the oldest text began to leave of which nobody knows whether it left.",
            _age(connection.scalar(began), now),
        ),
        _one(
            "milepost_chat_unopened",
            "Texts in the web chat that nobody has opened yet: they go by SMS, or expire.",
            connection.scalar(select(func.count()).select_from(messages).where(text(UNOPENED))) or 0,
        ),
        Gauge(
            "milepost_texts_last_hour",
            "Texts that were written to clients in the last hour, by what became of them.",
            ("state",),
            _by(connection, messages.c.state, _OUTGOING, lately),
        ),
    ]


_OUTGOING = [state for state in MessageState if state is not MessageState.RECEIVED]


def _held(connection: Connection) -> list[Gauge]:
    stands = holds.c.released_at.is_(None)
    standing = _by(connection, holds.c.scope, Scope, stands)
    kept: Mapping[Scope, ColumnElement[bool]] = {
        Scope.ALL: true(),
        Scope.UNPROMPTED: messages.c.priority == UNPROMPTED,
        Scope.CLIENT: messages.c.client_id.in_(select(holds.c.subject).where(stands, holds.c.scope == Scope.CLIENT)),
        Scope.CAMPAIGN: messages.c.campaign.in_(select(holds.c.subject).where(stands, holds.c.scope == Scope.CAMPAIGN)),
    }
    counts = [func.count(case((condition, 1))) for condition in kept.values()]
    held = connection.execute(select(*counts).where(text("messages.state = 'held'"))).one()
    return [
        Gauge("milepost_holds_standing", "Holds that nobody has released, by what they hold.", ("scope",), standing),
        Gauge(
            "milepost_messages_held",
            "Texts that are held back, by the hold; under two holds in both.",
            ("scope",),
            {(scope,): count if standing[(scope,)] else 0 for scope, count in zip(kept, held, strict=True)},
        ),
    ]


def _dropped_nudges(connection: Connection, now: datetime, words: Collection[str]) -> Mapping[tuple[str, ...], float]:
    dropped = _logged(Kind.NUDGE_DROPPED, now).group_by(engagement.c.reason)
    found: Counter[tuple[str, ...]] = Counter()
    for reason, _state, count in connection.execute(dropped.group_by(engagement.c.subject)):
        found["nudge", reason if reason in words else OTHER] += count
    return found


def _dropped_texts(connection: Connection, now: datetime) -> Mapping[tuple[str, ...], float]:
    ended = _logged(Kind.TEXT_STATUS, now).where(engagement.c.subject.in_(CAME_TO_NOTHING))
    found: Counter[tuple[str, ...]] = Counter()
    for reason, state, count in connection.execute(ended.group_by(engagement.c.reason, engagement.c.subject)):
        found["text", reason if reason in WHY_A_TEXT else state] += count
    return found


def _logged(kind: Kind, now: datetime) -> Select[str, str, int]:
    return select(engagement.c.reason, engagement.c.subject, func.count()).where(
        engagement.c.kind == kind, _since(engagement, now - HOUR)
    )


def _since(table: Table, at: datetime) -> ColumnElement[bool]:
    """Rows of this moment on, found by their ids: where a clock was set back these lie ahead of their time."""
    return and_(table.c.id >= first_id(at), table.c.at >= at)


def _behind(connection: Connection, now: datetime) -> list[Gauge]:
    mark = watermarks.read(connection, watermarks.INBOUND)
    means = "How long ago the provider was last asked for texts that did not reach us."
    return [_one("milepost_inbound_behind_seconds", means, _age(mark, now))] if mark else []


def _by(
    connection: Connection, column: ColumnElement[str], known: Iterable[StrEnum], where: ColumnElement[bool]
) -> Mapping[tuple[str, ...], float]:
    return _named(connection, select(column, func.count()).where(where).group_by(column), known)


def _named(
    connection: Connection, counts: Select[str, int], known: Iterable[StrEnum]
) -> Mapping[tuple[str, ...], float]:
    """Zero for those of the known that there are none of."""
    found: Counter[tuple[str, ...]] = Counter({(word.value,): 0 for word in known})
    for word, count in connection.execute(counts):
        found[(word,) if (word,) in found else (OTHER,)] += count
    return found


def _one(name: str, means: str, value: float) -> Gauge:
    return Gauge(name, means, (), {(): value})


def _count(connection: Connection, where: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).where(where)) or 0


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
