"""What is known of a client at the moment something happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from conversations.escalations import OpenItem
from conversations.goals import Goal
from conversations.own_reminders import OwnReminder
from conversations.roadmaps import Roadmap
from conversations.visits import FreeTime, Visit

if TYPE_CHECKING:
    from conversations.county import County


class Consent(StrEnum):
    """May we text? (domain guide 3.10). CLOSED is an invitation that was declined or never answered."""

    NONE = "none"
    INVITED = "invited"
    ACTIVE = "active"
    RENEW_DUE = "renew_due"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WRONG_NUMBER = "wrong_number"
    CLOSED = "closed"


MAY_BE_INVITED = frozenset({Consent.NONE, Consent.CLOSED, Consent.EXPIRED})
"""After a stop nobody but the client can start the texts again; after a wrong number staff enters another one first."""

SAID_YES = frozenset({Consent.ACTIVE, Consent.RENEW_DUE})


class Mode(StrEnum):
    """Who answers in this thread (domain guide 3.1, 7.2).

    STOPPED is after a crisis: nothing goes out by itself until a person starts it again. SILENT is when the client said
    that texts are not safe: nothing at all goes out until then.
    """

    BOT = "bot"
    HUMAN = "human"
    STOPPED = "stopped"
    SILENT = "silent"


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

    def moved_to(self, step: str, now: datetime) -> Talk:
        return Talk(self.flow, step, now, self.answers, 0, self.over)

    def knowing(self, answers: Mapping[str, str]) -> Talk:
        """With these answers in place of those it had."""
        return Talk(self.flow, self.at, self.asked_at, answers, self.misses, self.over)


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
    mode: Mode = Mode.BOT
    safety_word: str = ""
    consented_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Texts that go out by themselves wait until then (UTC), and in one word why. Visits and own reminders do not."""

    until: datetime
    reason: str


PAUSED = "paused"
"""The reason of a hold that a worker placed: it ends on its day, or when a worker ends it."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Answers of ours to texts that led nowhere, since a moment (UTC), and what was said last (`folding.trace`).

    Two machines that answer each other are told from a person by these.
    """

    replies: int = 0
    since: datetime | None = None
    last_said: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """Unprompted texts sent to this client so far: in the client's day, the last 7 days, the last 30 days.

    `moments` are those of the last 30 days (UTC), oldest first. The client's own reminders do not count.
    """

    today: int = 0
    in_7_days: int = 0
    in_30_days: int = 0
    moments: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a decision may look at.

    `goal` is the goal that is active or paused, with its latest step. `talk` is the open talk; `parked` one that was
    set aside and to which the client is offered the way back. `goals_so_far` and `steps_this_month` count this
    client's goals and the steps reported done in the client's calendar month. `roadmap` is the newest, None where the
    county leaves that tool out. `last_heard_at` is the client's last inbound text, `person_wrote_at` the last text that
    a person wrote to them, `warned_at` our last answer to words of danger. `cover` is the first name of who answers
    while the worker is on leave, "" when it is the team, None when the worker is there.

    `visits` are those ahead, and those of the last 60 days that were missed or ended by the office, soonest first;
    `visits_so_far` counts all. `free_times` are offered by the client's worker, soonest first; those held for this
    client are among them. `own_reminders` are the open ones, soonest first. `said_so_far` are the client's words of the
    same breath that wait for more. `others_here` are the first names of the other people who text from this number.
    """

    client: Client
    county: County
    talk: Talk | None = None
    parked: Talk | None = None
    goal: Goal | None = None
    goals_so_far: int = 0
    steps_this_month: int = 0
    ideas: tuple[str, ...] = ()
    roadmap: Roadmap | None = None
    sent: Sent = Sent()
    last_heard_at: datetime | None = None
    last_check_in_at: datetime | None = None
    open_items: tuple[OpenItem, ...] = ()
    cover: str | None = None
    hold: Hold | None = None
    idle: Idle = Idle()
    person_wrote_at: datetime | None = None
    warned_at: datetime | None = None
    visits: tuple[Visit, ...] = ()
    visits_so_far: int = 0
    free_times: tuple[FreeTime, ...] = ()
    own_reminders: tuple[OwnReminder, ...] = ()
    reminders_so_far: int = 0
    said_so_far: str = ""
    others_here: tuple[str, ...] = ()
