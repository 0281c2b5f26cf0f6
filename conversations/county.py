"""What one county has decided: its name, its hours, its limits. Read from the county file at the edge."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from conversations.escalations import Level


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of local wall time, `opens` included and `closes` excluded."""

    opens: time
    closes: time

    def holds(self, at: time) -> bool:
        return self.opens <= at < self.closes


WEEKDAYS = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Caps:
    """The most unprompted texts a client gets (domain guide 3.8). Replies to the client do not count."""

    a_day: int = 1
    a_week: int = 4
    a_month: int = 12


class HookKind(StrEnum):
    """How a hook tells: a signed post to a system, a line to a chat or an address, a mail to the staff it concerns."""

    WEBHOOK = "webhook"
    NOTIFY = "notify"
    STAFF_MAIL = "staff_mail"


class Audience(StrEnum):
    """Whom an occasion concerns (domain guide 7.1)."""

    WORKER = "worker"
    SUPERVISOR = "supervisor"
    ON_CALL = "on_call"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Hook:
    """Who hears through it that a person is needed, and of which levels. Its address is known at the edge alone.

    `digest` is once a working day: what is open, and the looks (U3) that nobody is called for. `weekly`, of a mail
    server for staff, is once a week, to supervisors and managers: how clients fare.
    """

    name: str
    kind: HookKind = HookKind.WEBHOOK
    levels: frozenset[Level] = frozenset({Level.U0, Level.U1, Level.U2})
    to: frozenset[Audience] = frozenset(Audience)
    digest: bool = False
    weekly: bool = False


class Tool(StrEnum):
    """What a county may use beside GPDR/R itself (domain guide 2.16)."""

    GOAL_STORMING = "goal_storming"
    DETOUR = "detour"
    POCKET_PLAN = "pocket_plan"
    VISITS = "visits"
    OWN_REMINDERS = "own_reminders"
    ROADMAP = "roadmap"
    LIFE_PULSE = "life_pulse"


UNTIL_CHOSEN = frozenset(Tool) - {Tool.ROADMAP, Tool.LIFE_PULSE}
"""The tools of a county that has not said which (domain guide 11)."""


@dataclass(frozen=True, slots=True)
class County:
    """County settings, with the defaults of domain guide 11. Days count from Monday = 0; hours are local wall time."""

    name: str
    program: str
    phone: str
    zone: ZoneInfo
    languages: tuple[str, ...] = ("en", "es")
    send_hours: Hours = field(default=Hours(time(9), time(20)))
    legal_hours: Hours = field(default=Hours(time(8), time(21)))
    send_days: frozenset[int] = WEEKDAYS
    office_hours: Hours = field(default=Hours(time(8), time(17)))
    office_days: frozenset[int] = WEEKDAYS
    holidays: frozenset[date] = frozenset()
    caps: Caps = field(default=Caps())
    approval_over: int = 25  # to more people than this a text needs a supervisor's yes
    tools: frozenset[Tool] = UNTIL_CHOSEN
    asks_for_support: bool = True
    drafts_allowed: bool = False
    flow_parked_after: timedelta = timedelta(hours=72)
    words_joined_within: timedelta = timedelta(seconds=20)
    speaker_known_for: timedelta = timedelta(minutes=30)
    on_call: bool = False
    rest_weeks: int = 2
    chat_unopened_for: timedelta = timedelta(hours=2)
    """So long a text waits in the web chat to be opened; then it goes by SMS."""
    hooks: tuple[Hook, ...] = ()
    digest_at: time = time(8, 30)
    weekly_on: int = 0
    """A day of the week, 0 for Monday."""
    weekly_at: time = time(8, 30)
