"""What falls due for a client: a reminder, a check-in, a worker's nudge, a silence. Rows are the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from conversations.nudge_terms import NO_TERMS, Terms


class NudgeKind(StrEnum):
    """Why something falls due."""

    INVITE = "invite"  # what a worker asked for outside the sending hours
    RENEWAL = "renewal"  # are the texts still welcome?
    STEP_REMINDER = "step_reminder"
    OWN_REMINDER = "own_reminder"  # what the client asked to be reminded of
    VISIT_ASK = "visit_ask"
    VISIT_TOMORROW = "visit_tomorrow"
    VISIT_TODAY = "visit_today"
    VISIT_MISSED = "visit_missed"
    VISIT_ENDED = "visit_ended"  # by the office: another time is offered
    CHECK_IN = "check_in"
    WORKER_NUDGE = "worker_nudge"
    LATER = "later"  # an open question that the client asked to hear again
    SILENCE = "silence"
    QUIET = "quiet"  # a silence after which a person is told, and the client hears nothing
    STILL_QUIET = "still_quiet"  # three weeks of it
    END_OF_REST = "end_of_rest"
    BREATH = "breath"  # words that waited for more of the same breath are taken as said
    PROMISE = "promise"  # by now a person was to have turned to the client


OF_SILENCE = frozenset({NudgeKind.SILENCE, NudgeKind.QUIET, NudgeKind.LATER})
"""Timers of an open question: they end with it."""

OF_A_VISIT = frozenset(
    {
        NudgeKind.VISIT_ASK,
        NudgeKind.VISIT_TOMORROW,
        NudgeKind.VISIT_TODAY,
        NudgeKind.VISIT_MISSED,
        NudgeKind.VISIT_ENDED,
    }
)

END_WITH_CONSENT = frozenset(NudgeKind) - {NudgeKind.PROMISE}
"""A promise binds people: one that is not kept is theirs to hear of, whatever became of the consent."""

UNHEARD = frozenset({NudgeKind.QUIET, NudgeKind.STILL_QUIET, NudgeKind.BREATH})
"""Timers that bring the client no text of their own accord: any hour will do, and the log does not show them."""


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
    `subject` says what it is about: "goal.step" ("2.1") for a reminder or check-in, the number of a visit or of an own
    reminder, the ISO `asked_at` of the open question for a silence, the trigger of a promise. `words` is the text of a
    worker's nudge in the client's language, or what the client said in one breath so far. `terms` are a worker's.
    """

    id: str
    kind: NudgeKind
    due_at: datetime
    wanted_at: datetime
    subject: str = ""
    words: str = ""
    held: int = 0
    terms: Terms = NO_TERMS
