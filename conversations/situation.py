"""What is known of a client at the moment something happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from conversations.goals import Goal

if TYPE_CHECKING:
    from conversations.county import County


class Consent(StrEnum):
    """May we text? (domain guide 3.10). Renewal, expiry and wrong numbers come with the front desk."""

    NONE = "none"
    INVITED = "invited"
    ACTIVE = "active"
    REVOKED = "revoked"
    CLOSED = "closed"


MAY_BE_INVITED = frozenset({Consent.NONE, Consent.CLOSED})
"""After a stop nobody but the client can start the texts again."""


class PartOfDay(StrEnum):
    MORNING = "morning"
    MIDDAY = "midday"
    EVENING = "evening"


class Rhythm(StrEnum):
    """How often the client wants a check-in."""

    DAILY = "daily"
    WEEKLY = "weekly"
    TWO_WEEKS = "two_weeks"
    WHEN_I_TEXT = "when_i_text"


@dataclass(frozen=True, slots=True)
class Talk:
    """All that is stored about one conversation: names, meanings and the client's own words, never our sentences."""

    flow: str
    at: str
    asked_at: datetime
    answers: Mapping[str, str] = field(default_factory=dict)
    misses: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """A person we text with. `worker` is the first name the client knows their worker by."""

    id: str
    first_name: str
    language: str
    zone: ZoneInfo
    consent: Consent = Consent.NONE
    phone_is_shared: bool = False
    part_of_day: PartOfDay | None = None
    rhythm: Rhythm = Rhythm.WEEKLY
    resting_until: datetime | None = None
    worker: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """Unprompted texts sent to this client so far: in the client's day, the last 7 days, the last 30 days."""

    today: int = 0
    in_7_days: int = 0
    in_30_days: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a decision may look at.

    `goal` is the goal that is active or paused, with its latest step. `talk` is the open talk; `parked` one that was
    set aside and to which the client is offered the way back. `goals_so_far` and `steps_this_month` count this
    client's goals and the steps reported done in the client's calendar month. `last_heard_at` is the client's last
    inbound text.
    """

    client: Client
    county: County
    talk: Talk | None = None
    parked: Talk | None = None
    goal: Goal | None = None
    goals_so_far: int = 0
    steps_this_month: int = 0
    ideas: tuple[str, ...] = ()
    sent: Sent = Sent()
    last_heard_at: datetime | None = None
    last_check_in_at: datetime | None = None
    open_escalations: frozenset[str] = frozenset()
