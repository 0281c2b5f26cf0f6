"""What to do about an event. The core names it; the planner says when, the wording says how, the records keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from conversations.escalations import Level, Trigger
from conversations.goals import Goal, GoalEvent, Step, StepStatus
from conversations.nudges import NudgeKind, NudgeState
from conversations.own_reminders import OwnReminder
from conversations.roadmaps import Roadmap
from conversations.situation import Consent, Idle, Mode, Talk
from conversations.visits import Visit, VisitEvent


class Purpose(StrEnum):
    """What kind of text this is (the log's `kind`, domain guide 8.5). A reply never counts against the caps."""

    REPLY = "reply"
    REMINDER = "reminder"
    CHECK_IN = "check_in"
    VISIT = "visit"
    NUDGE = "nudge"
    INVITE = "invite"
    LEGAL = "legal"
    CRISIS = "crisis"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English sentence and the flow step it stands in ("goal_setting/when"): gettext's msgid and context."""

    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Send:
    """Text the client. `menu` holds the choices on offer: sentences of the catalog, the client's own words, moments.

    `answers` are the talk's answers at this moment; the wording fills placeholders from them before it looks at the
    situation.
    """

    says: Sentence
    menu: tuple[Sentence | str | datetime, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    purpose: Purpose = Purpose.REPLY


@dataclass(frozen=True, slots=True)
class SendWords:
    """Text the client a worker's own words, as written; `signed` puts their first name before them."""

    words: str
    purpose: Purpose = Purpose.NUDGE
    signed: str = ""


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
    """`shown` is what the client answered, as evidence; the wording makes of it the words as they stood on the phone.

    Domain guide 6.1. `channel` is how the client said so, where it was not the way the event came.
    """

    to: Consent
    shown: Sentence | str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ChangeMode:
    """Who answers in this thread from now on; `reason` is in a person's words."""

    to: Mode
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HoldTexts:
    """Texts that go out by themselves wait until then; a later hold that stands is left alone.

    `reason` is one word, `why` are those of the member of staff who wants it.
    """

    until: datetime
    reason: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class EndHold:
    """Texts that go out by themselves are held back no longer."""


@dataclass(frozen=True, slots=True)
class CountIdle:
    """Keep the count of answers that led nowhere."""

    idle: Idle


@dataclass(frozen=True, slots=True)
class WaitForMore:
    """What the client said so far in this breath waits for more until then; then it is taken as said."""

    words: str
    until: datetime


class Preference(StrEnum):
    """What a client can set about being texted. Values are the enums' own, a language's code, an ISO moment.

    Of channels the conversations know nothing but that they can be set: `records.client_channels` has the values.
    """

    LANGUAGE = "language"
    PHONE_IS_SHARED = "phone_is_shared"
    PART_OF_DAY = "part_of_day"
    RHYTHM = "rhythm"
    RESTING_UNTIL = "resting_until"
    PREFERRED_CHANNEL = "preferred_channel"
    CHANNELS_OFF = "channels_off"


@dataclass(frozen=True, slots=True)
class SetPreference:
    """`heard` is how they said it to staff, "" where they texted it."""

    what: Preference
    value: str
    heard: str = ""


@dataclass(frozen=True, slots=True)
class KeepIdea:
    text: str


@dataclass(frozen=True, slots=True)
class KeepRoadmap:
    """A client's roadmap as it is from now on."""

    roadmap: Roadmap


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
class AskAgainAt:
    """The client will hear the open question again then."""

    when: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class WatchConsent:
    """Ask again, when a year or 90 silent days have passed, whether the texts are welcome (domain guide 3.10)."""


@dataclass(frozen=True, slots=True)
class WatchSilence:
    """If the client stays silent until then, a person is told once more (domain guide 7.2)."""

    until: datetime


@dataclass(frozen=True, slots=True)
class SaveVisit:
    """A visit as it is from now on, and what happened to it. `reason` is the client's words."""

    visit: Visit
    what: VisitEvent
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RemindOfVisit:
    """Ask and remind as the visit's day comes near; the planner replaces what was planned for this visit before."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class HoldTimes:
    """These free times are kept for this client until then; others that were kept for them are free again."""

    times: tuple[str, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class TakeTime:
    """A free time becomes the visit's; others that were kept for the client are free again."""

    time: str
    visit: int


@dataclass(frozen=True, slots=True)
class SaveReminder:
    """A client's own reminder as it is from now on; the planner plans it when it is set, and cancels it when over."""

    reminder: OwnReminder


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """An answer to an instrument that staff may read ("life_pulse"): a number, and words or none."""

    instrument: str
    value: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class CancelNudges:
    """Nudges of these kinds that have not gone out are cancelled, with the reason in the log.

    With a `subject` only those about it: one visit, one reminder.
    """

    kinds: frozenset[NudgeKind]
    reason: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class PlanNudge:
    """What the planner makes of the wishes above: something falls due at `due_at`.

    `key` is unique for a client (purpose, subject, local occurrence), so that planning twice plans once. `due_at` is
    aware; `wanted_at` is the moment before the time rules moved it, and `reason` says why they did. `words` are those
    of a breath.
    """

    kind: NudgeKind
    key: str
    due_at: datetime
    subject: str = ""
    wanted_at: datetime | None = None
    reason: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class SettleNudge:
    """What became of a nudge that fell due. PLANNED with `until` means held until then; `reason` always says why."""

    nudge: str
    to: NudgeState
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TellWorker:
    """Open an escalation, or add to the open one of the same trigger. By `due_at` (aware) a person acts.

    `promised` says that the client was told so: the promise is a timer. `about` names in one word of ours what it is
    about ("ride"); `to_supervisor` brings it to the supervisor too.
    """

    trigger: Trigger
    level: Level
    due_at: datetime
    promised: bool = False
    about: str = ""
    to_supervisor: bool = False


Effect = (
    Send
    | SendWords
    | Texted
    | SaveTalk
    | WaitUntil
    | ChangeConsent
    | ChangeMode
    | HoldTexts
    | EndHold
    | CountIdle
    | WaitForMore
    | SetPreference
    | KeepIdea
    | KeepRoadmap
    | SaveGoal
    | ReviewStep
    | RemindOfStep
    | CheckIn
    | EndRestAt
    | AskAgainAt
    | WatchConsent
    | WatchSilence
    | SaveVisit
    | RemindOfVisit
    | HoldTimes
    | TakeTime
    | SaveReminder
    | KeepAnswer
    | CancelNudges
    | PlanNudge
    | SettleNudge
    | TellWorker
)
