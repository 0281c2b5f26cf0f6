"""What can happen to a client. Every event is decided on in one place, `decide.decide`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conversations.nudges import NudgeKind


@dataclass(frozen=True, slots=True)
class Said:
    """The client texted. `text` is as written, up to 1,600 characters; `has_media` when pictures or sound came with it.

    `answered_by_provider` is set when the provider has itself replied to a keyword (Twilio's OptOutType): we must not.
    """

    text: str
    has_media: bool = False
    answered_by_provider: bool = False


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


Event = Said | FellDue | WorkerInvited


@dataclass(frozen=True, slots=True)
class Answered:
    """To the engine: the client's text, read as one of the replies on offer.

    `reply` is its name. `value` is what to keep (the client's words, a moment in stored form, a picked idea).
    `comment` is what followed a digit ("3 kids got sick").
    """

    reply: str
    value: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """To the engine: the client's text is none of the replies on offer."""


@dataclass(frozen=True, slots=True)
class FellSilent:
    """To the engine: a timer fired. It counts only if the question it was set for is still the open one."""

    asked_at: datetime


TurnEvent = Answered | NotUnderstood | FellSilent
