"""What waits to leave, and what will: the segments of texts that are due, and the nudges whose moment comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from conversations.nudges import UNHEARD, NudgeKind
from records.tables import BY_PROVIDER, UNPROMPTED, messages, nudges

MOSTLY_UNHEARD = UNHEARD | {NudgeKind.SILENCE, NudgeKind.PROMISE}
"""Timers that seldom become a text."""

SEEN = 1000
"""So many of the latest unprompted texts tell how long one is."""


def due(connection: Connection) -> int:
    """Segments of all texts that have not begun to leave by the provider."""
    waiting = select(func.sum(messages.c.segments)).where(
        text("messages.state = 'due'"), text(f"messages.{BY_PROVIDER}")
    )
    return connection.scalar(waiting) or 0


def planned(connection: Connection, until: datetime) -> Sequence[tuple[datetime, int]]:
    """When nudges fall due before `until` (aware), each moment with how many. Some will be held, merged or dropped."""
    wanted = (
        select(nudges.c.due_at, func.count())
        .where(text("nudges.state = 'planned'"), nudges.c.due_at < until, nudges.c.kind.not_in(MOSTLY_UNHEARD))
        .group_by(nudges.c.due_at)
        .order_by(nudges.c.due_at)
    )
    return [(row[0], row[1]) for row in connection.execute(wanted)]


def segments_each(connection: Connection) -> float:
    """Of the texts that nobody asked for, on average; 1 where none has gone yet."""
    latest: Any = (
        select(messages.c.segments).where(text(UNPROMPTED)).order_by(messages.c.id.desc()).limit(SEEN).subquery()
    )
    found: float | None = connection.scalar(select(func.avg(latest.c.segments)))
    return float(found) if found else 1.0
