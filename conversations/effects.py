"""What to do about an event. The core names it; the planner says when, the wording says how, the records keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from conversations.goals import Goal, GoalEvent, Step, StepStatus
from conversations.nudges import NudgeKind, NudgeState
from conversations.situation import Consent, Talk


class Purpose(StrEnum):
    """What kind of text this is (the log's `kind`, domain guide 8.5). A reply never counts against the caps."""

    REPLY = "reply"
    REMINDER = "reminder"
    CHECK_IN = "check_in"
    NUDGE = "nudge"
    INVITE = "invite"
    LEGAL = "legal"


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English sentence and the flow step it stands in ("goal_setting/when"): gettext's msgid and context."""

    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Send:
    """Text the client. `menu` holds the choices on offer, each a sentence of the catalog or the client's own words.

    `answers` are the talk's answers at this moment; the wording fills placeholders from them before it looks at the
    situation.
    """

    says: Sentence
    menu: tuple[Sentence | str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    purpose: Purpose = Purpose.REPLY


@dataclass(frozen=True, slots=True)
class SendWords:
    """Text the client a worker's own words, as written."""

    words: str
    purpose: Purpose = Purpose.NUDGE


@dataclass(frozen=True, slots=True)
class Texted:
    """A text as it will reach the phone: what the wording makes of `Send` and `SendWords`.

    `template` is the sentence's context, empty for a worker's own words. `encoding` is "GSM-7" or "UCS-2".
    """

    body: str
    language: str
    segments: int
    encoding: str
    purpose: Purpose
    template: str = ""


@dataclass(frozen=True, slots=True)
class SaveTalk:
    """The open talk and the parked one, as they are from now on. A talk that is over is not kept."""

    talk: Talk | None
    parked: Talk | None = None


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Wake the open question if it is still unanswered then; `texts` says whether the client is texted about it."""

    when: datetime
    asked_at: datetime
    texts: bool = True


@dataclass(frozen=True, slots=True)
class ChangeConsent:
    """`shown` is the sentence that the client answered, as evidence (domain guide 6.1)."""

    to: Consent
    shown: Sentence | None = None


class Preference(StrEnum):
    """What a client can set about being texted. Values are the enums' own, a language's code, an ISO moment."""

    LANGUAGE = "language"
    PHONE_IS_SHARED = "phone_is_shared"
    PART_OF_DAY = "part_of_day"
    RHYTHM = "rhythm"
    RESTING_UNTIL = "resting_until"


@dataclass(frozen=True, slots=True)
class SetPreference:
    what: Preference
    value: str


@dataclass(frozen=True, slots=True)
class KeepIdea:
    text: str


@dataclass(frozen=True, slots=True)
class SaveGoal:
    """A goal as it is from now on, and what happened to it. `reason` is the client's words or a reply's name."""

    goal: Goal
    what: GoalEvent
    reason: str = ""
    replaced_by: int | None = None


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """How a step went. `words` keeps what the client said by the name it was asked under (helped, learned, ...).

    It comes twice: the result as soon as it is said (`step` still has its old status), then once more with the words.
    `setbacks` is the goal's new number of setbacks running, to be stored as it is.
    """

    goal: int
    step: Step
    result: StepStatus
    words: Mapping[str, str] = field(default_factory=dict)
    setbacks: int = 0


@dataclass(frozen=True, slots=True)
class RemindOfStep:
    """Remind of this step as the client chose; the planner finds the moment and replaces an earlier reminder of it."""

    goal: int
    step: Step


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Ask how it went at the client's rhythm, after the step's own day."""

    goal: int
    step: Step


@dataclass(frozen=True, slots=True)
class EndRestAt:
    when: datetime


@dataclass(frozen=True, slots=True)
class CancelNudges:
    """Nudges of these kinds that have not gone out are cancelled, with the reason in the log."""

    kinds: frozenset[NudgeKind]
    reason: str


@dataclass(frozen=True, slots=True)
class PlanNudge:
    """What the planner makes of the wishes above: something falls due at `due_at`.

    `key` is unique for a client (purpose, subject, local occurrence), so that planning twice plans once. `due_at` is
    aware; `wanted_at` is the moment before the time rules moved it, and `reason` says why they did.
    """

    kind: NudgeKind
    key: str
    due_at: datetime
    subject: str = ""
    wanted_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SettleNudge:
    """What became of a nudge that fell due. PLANNED with `until` means held until then; `reason` always says why."""

    nudge: str
    to: NudgeState
    reason: str
    until: datetime | None = None


class Level(StrEnum):
    """How soon a person is due (domain guide 7.1)."""

    U0 = "U0"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"


class Trigger(StrEnum):
    """Why a person is needed (domain guide 7.2, the first cut)."""

    ASKED_FOR_PERSON = "asked_for_person"
    NOT_UNDERSTOOD = "not_understood"
    SECOND_SETBACK = "second_setback"
    QUIET = "quiet"
    SUPPORTIVE_SERVICE = "supportive_service"
    OPTED_OUT = "opted_out"
    INVITE_UNANSWERED = "invite_unanswered"
    MEDIA = "media"
    NUDGE_EXPIRED = "nudge_expired"
    SET_ASIDE = "set_aside"
    """Deciding on a text or a nudge failed in our own code; opened by the records."""


@dataclass(frozen=True, slots=True)
class TellWorker:
    """Open an escalation, or add to the open one of the same trigger. By `due_at` (aware) a person acts."""

    trigger: Trigger
    level: Level
    due_at: datetime


Effect = (
    Send
    | SendWords
    | Texted
    | SaveTalk
    | WaitUntil
    | ChangeConsent
    | SetPreference
    | KeepIdea
    | SaveGoal
    | ReviewStep
    | RemindOfStep
    | CheckIn
    | EndRestAt
    | CancelNudges
    | PlanNudge
    | SettleNudge
    | TellWorker
)
