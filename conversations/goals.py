"""Goal, Plan, Do, Review/Revise as records: what a goal is and how it lives (domain guide 2.1, 3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class GoalStatus(StrEnum):
    """Where a goal stands. There is no failed state; being revised is an event in the life of an active goal."""

    ACTIVE = "active"
    ACHIEVED = "achieved"
    REPLACED = "replaced"
    PAUSED = "paused"
    RELEASED = "released"


class GoalEvent(StrEnum):
    """What can happen to a goal."""

    SET = "set"
    REVISED = "revised"
    ACHIEVED = "achieved"
    REPLACED = "replaced"
    PAUSED = "paused"
    RESUMED = "resumed"
    RELEASED = "released"


LIFE_CYCLE: dict[tuple[GoalStatus, GoalEvent], GoalStatus] = {
    (GoalStatus.ACTIVE, GoalEvent.REVISED): GoalStatus.ACTIVE,
    (GoalStatus.ACTIVE, GoalEvent.ACHIEVED): GoalStatus.ACHIEVED,
    (GoalStatus.ACTIVE, GoalEvent.REPLACED): GoalStatus.REPLACED,
    (GoalStatus.ACTIVE, GoalEvent.PAUSED): GoalStatus.PAUSED,
    (GoalStatus.ACTIVE, GoalEvent.RELEASED): GoalStatus.RELEASED,
    (GoalStatus.PAUSED, GoalEvent.RESUMED): GoalStatus.ACTIVE,
    (GoalStatus.PAUSED, GoalEvent.REVISED): GoalStatus.ACTIVE,
    (GoalStatus.PAUSED, GoalEvent.ACHIEVED): GoalStatus.ACHIEVED,
    (GoalStatus.PAUSED, GoalEvent.REPLACED): GoalStatus.REPLACED,
    (GoalStatus.PAUSED, GoalEvent.RELEASED): GoalStatus.RELEASED,
}
"""From where a goal may go, and where to. What is not here cannot happen."""


class StepStatus(StrEnum):
    """How a step went, in the client's own answer; silence is `no_reply`, never a result."""

    PLANNED = "planned"
    DONE = "done"
    SOME = "some"
    NOT_YET = "not_yet"
    CHANGED = "changed"
    NO_REPLY = "no_reply"


SETBACKS = frozenset({StepStatus.NOT_YET, StepStatus.CHANGED})


class Difficulty(StrEnum):
    EASY = "easy"
    JUST_RIGHT = "just_right"
    A_LOT = "a_lot"


class Reminder(StrEnum):
    """When the client wants to be reminded of a step (`plan.reminder`)."""

    THAT_MORNING = "that_morning"
    HOUR_BEFORE = "hour_before"
    NIGHT_BEFORE = "night_before"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Moment:
    """When the client will do something: an aware datetime in their zone, a day alone, or only words ("soon")."""

    at: datetime | date | None
    words: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.at, datetime) and self.at.tzinfo is None:
            raise ValueError("a moment needs a time zone")

    @property
    def has_hour(self) -> bool:
        return isinstance(self.at, datetime)

    def stored(self) -> str:
        """As kept in a talk's answers: ISO 8601 to the minute with offset, an ISO date, or the bare words."""
        if isinstance(self.at, datetime):
            return self.at.isoformat(timespec="minutes")
        return self.at.isoformat() if self.at else self.words

    @classmethod
    def read(cls, stored: str) -> Moment:
        """What `stored` wrote; anything else counts as words."""
        try:
            if "T" in stored:
                at = datetime.fromisoformat(stored)
                return cls(at) if at.tzinfo else cls(None, stored)
            return cls(date.fromisoformat(stored))
        except ValueError:
            return cls(None, stored)


@dataclass(frozen=True, slots=True)
class Step:
    """One small step of a goal. `number` counts from 1 within the goal; texts are the client's own words."""

    number: int
    text: str
    when: Moment
    where: str = ""
    support: str = ""
    obstacle: str = ""
    detour: str = ""
    first_action: str = ""
    reminder: Reminder = Reminder.NONE
    status: StepStatus = StepStatus.PLANNED


@dataclass(frozen=True, slots=True)
class Goal:
    """A client's goal. `number` counts from 1 within the client; `version` from 1, one more with each revision."""

    number: int
    text: str
    meaning: str = ""
    difficulty: Difficulty | None = None
    status: GoalStatus = GoalStatus.ACTIVE
    version: int = 1
    private: bool = False
    shared: bool = False
    step: Step | None = None
    setbacks: int = 0
    """Setbacks running: check-ins in a row that ended in `not_yet` or `changed`."""


class LifeCycleError(ValueError):
    """A goal was asked to do what its status does not allow."""


def after(status: GoalStatus, event: GoalEvent) -> GoalStatus:
    """The status an event leads to; raises LifeCycleError where the life cycle has no such arrow."""
    try:
        return LIFE_CYCLE[status, event]
    except KeyError:
        raise LifeCycleError(f"a goal that is {status} cannot be {event}") from None


def setbacks_after(goal: Goal, result: StepStatus) -> int:
    """How many setbacks run in a row once the goal's step is reviewed so.

    Silence is no setback, and a result that is given again counts once.
    """
    if result is StepStatus.NO_REPLY or (goal.step is not None and goal.step.status is result):
        return goal.setbacks
    return goal.setbacks + 1 if result in SETBACKS else 0
