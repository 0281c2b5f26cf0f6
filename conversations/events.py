"""What can happen to a client. Every event is decided on in one place, `decide.decide`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from conversations.effects import Preference
from conversations.nudges import NudgeKind
from conversations.visits import Visit, VisitEvent


@dataclass(frozen=True, slots=True)
class Said:
    """The client texted. `text` is as written, up to 1,600 characters; `has_media` when pictures or sound came with it.

    `is_answered` is set when somebody has replied to it already: the provider to a keyword (Twilio's OptOutType), or we
    to another person of the same number. `held_private` says that numbers nobody should text were taken out of it.
    `is_whole` says that no more words of the same breath are waited for.
    """

    text: str
    has_media: bool = False
    is_answered: bool = False
    held_private: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class FellDue:
    """A nudge's moment has come, and the time rules let it go out. `subject` and `words` as in `nudges.Nudge`."""

    kind: NudgeKind
    subject: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class WorkerInvited:
    """A worker recorded a spoken or written yes; the client is asked to confirm by text (domain guide 3.10)."""

    worker: str


@dataclass(frozen=True, slots=True)
class WorkerJoined:
    """A person takes the thread over. `name` is the first name that the client will see."""

    name: str


@dataclass(frozen=True, slots=True)
class WorkerWrote:
    """A person wrote to the client, now, in their own words. It goes out under their first `name`."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class WorkerLeft:
    """A person hands the thread back, or starts the texts again after a crisis, saying `why`.

    `says_so` tells the client.
    """

    name: str
    says_so: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class WorkerStarted:
    """A worker opens a conversation with the client: the name of a flow that may be started so."""

    flow: str


@dataclass(frozen=True, slots=True)
class WorkerPlanned:
    """A worker wrote down a plan. The client is asked; until they say yes, nothing of it is kept (domain guide 2.1).

    `answers` are by the names that `goal_setting` saves under; `when` is a stored `Moment`.
    """

    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WorkerPaused:
    """A worker has what goes out by itself wait until then (aware), and says why. The client hears nothing of it."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class WorkerResumed:
    """A worker ends what keeps texts waiting."""


@dataclass(frozen=True, slots=True)
class VisitChanged:
    """Staff entered a visit, or changed one. `visit` is as it is from now on."""

    visit: Visit
    what: VisitEvent


@dataclass(frozen=True, slots=True)
class OptedOut:
    """The client told staff that the texts shall stop (domain guide 6.4).

    `channel` is "voice", "mail" or "in_person"; `words` are the client's, as staff heard or read them.
    """

    channel: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class PreferencesTold:
    """The client told staff, or set on their own page, how they want to be texted: `changes` has what, and its value.

    `channel` as in `OptedOut`; of their own page it is "web_chat".
    """

    changes: Mapping[Preference, str]
    channel: str


@dataclass(frozen=True, slots=True)
class TextsFail:
    """The carrier refuses our texts to this client: for good, or three times in a week (domain guide 7.2)."""

    error_code: int


Event = (
    Said
    | FellDue
    | WorkerInvited
    | WorkerJoined
    | WorkerWrote
    | WorkerLeft
    | WorkerStarted
    | WorkerPlanned
    | WorkerPaused
    | WorkerResumed
    | VisitChanged
    | OptedOut
    | PreferencesTold
    | TextsFail
)


@dataclass(frozen=True, slots=True)
class Answered:
    """To the engine: the client's text, read as one of the replies on offer.

    `reply` is its name. `value` is what to keep (the client's words, a moment in stored form, a picked idea).
    `comment` is what followed a digit ("3 kids got sick"). `also` holds what else the text answers, by name.
    """

    reply: str
    value: str = ""
    comment: str = ""
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """To the engine: the client's text is none of the replies on offer."""


@dataclass(frozen=True, slots=True)
class FellSilent:
    """To the engine: a timer fired. It counts only if the question it was set for is still the open one."""

    asked_at: datetime


TurnEvent = Answered | NotUnderstood | FellSilent
