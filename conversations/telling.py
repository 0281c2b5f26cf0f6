"""Bringing a person: the one place where a level becomes a moment by which somebody acts."""

from __future__ import annotations

from datetime import datetime

from conversations.effects import TellWorker
from conversations.escalations import Level, Trigger
from conversations.office_hours import due
from conversations.situation import Situation


def tell(
    situation: Situation,
    trigger: Trigger,
    level: Level,
    now: datetime,
    *,
    about: str = "",
    to_supervisor: bool = False,
) -> TellWorker:
    """A person is told, and acts within the level's time. `about` and `to_supervisor` as in `TellWorker`."""
    by = due(level, now, situation.county)
    return TellWorker(trigger, level, by, about=about, to_supervisor=to_supervisor)
