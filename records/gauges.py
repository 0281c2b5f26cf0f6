"""How much waits, counted for those who watch over the service. Numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text
from sqlalchemy.sql.selectable import TypedReturnsRows

from conversations.nudges import NudgeState
from records.states import MessageState
from records.tables import engagement, escalations, hook_deliveries, messages, nudges

Label = tuple[str, str]

UNFINISHED = (MessageState.DUE, MessageState.CLAIMED, MessageState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Gauge:
    """`values` go with a label (name, value) each, or with none."""

    name: str
    means: str
    values: Sequence[tuple[Label | None, float]]


def try_to_write(connection: Connection) -> None:
    """Writes a row as it is. Raises what the database raises when it is gone, full or locked."""
    connection.execute(text("UPDATE alembic_version SET version_num = version_num"))


def read(connection: Connection, now: datetime) -> list[Gauge]:
    """`now` is aware."""
    waiting = select(messages.c.state, func.count()).where(messages.c.state.in_(UNFINISHED)).group_by(messages.c.state)
    late = select(func.count()).where(nudges.c.state == NudgeState.PLANNED, nudges.c.due_at <= now)
    needed = select(escalations.c.level, func.count()).where(escalations.c.resolved_at.is_(None))
    parked = select(func.count()).where(hook_deliveries.c.state == "parked")
    return [
        # Nudges before texts, the way they go: the other way round, one that is just becoming a text is in neither.
        Gauge("milepost_nudges_due", "Nudges whose moment has come.", _one(connection, late)),
        Gauge("milepost_messages_waiting", "Texts that have not left, by state.", _by(connection, "state", waiting)),
        Gauge("milepost_message_oldest_seconds", "How long the oldest due text has waited.", _oldest(connection, now)),
        Gauge(
            "milepost_escalations_open",
            "Clients who wait for a person, by level.",
            _by(connection, "level", needed.group_by(escalations.c.level)),
        ),
        Gauge("milepost_hooks_parked", "Calls to other systems that were given up.", _one(connection, parked)),
    ]


def _by(connection: Connection, name: str, question: TypedReturnsRows[str, int]) -> list[tuple[Label | None, float]]:
    return [((name, value), count) for value, count in connection.execute(question)]


def _one(connection: Connection, question: TypedReturnsRows[int]) -> list[tuple[Label | None, float]]:
    return [(None, connection.scalar(question) or 0)]


def _oldest(connection: Connection, now: datetime) -> list[tuple[Label | None, float]]:
    since = connection.scalar(select(func.min(messages.c.due_at)).where(messages.c.state == MessageState.DUE))
    return [(None, max(0.0, (now - since).total_seconds()) if since else 0.0)]


def last_happened(connection: Connection) -> datetime | None:
    """The latest moment in the engagement log, in UTC."""
    found: datetime | None = connection.scalar(select(func.max(engagement.c.at)))
    return found
