"""What falls due for a client: a reminder, a check-in, a worker's nudge, a silence. Rows are the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NudgeKind(StrEnum):
    """Why something falls due."""

    INVITE = "invite"  # what a worker asked for outside the sending hours
    STEP_REMINDER = "step_reminder"
    CHECK_IN = "check_in"
    WORKER_NUDGE = "worker_nudge"
    SILENCE = "silence"
    QUIET = "quiet"  # a silence after which a person is told, and the client hears nothing
    END_OF_REST = "end_of_rest"


OF_SILENCE = frozenset({NudgeKind.SILENCE, NudgeKind.QUIET})
"""Timers of an open question: they end with it."""


class NudgeState(StrEnum):
    """What became of a nudge. A held one stays planned, with a later moment and the reason in the engagement log."""

    PLANNED = "planned"
    SENT = "sent"
    MERGED = "merged"
    DROPPED = "dropped"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Nudge:
    """A nudge that is due.

    `due_at` is aware (UTC); `wanted_at` is the moment first asked for; `held` counts how often it was held back.
    `subject` says what it is about: "goal.step" ("2.1") for a reminder or check-in, the ISO `asked_at` of the open
    question for a silence. `words` is the text of a worker's nudge in the client's language.
    """

    id: str
    kind: NudgeKind
    due_at: datetime
    wanted_at: datetime
    subject: str = ""
    words: str = ""
    held: int = 0
