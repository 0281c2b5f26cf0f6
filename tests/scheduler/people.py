"""A client with a step ahead, on a Wednesday morning in California: who the tests of the plan ask about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from conversations.county import County
from conversations.goals import Goal, Moment, Reminder, Step
from conversations.situation import Client, Consent, Situation
from conversations.visits import Visit, VisitStatus

LA = ZoneInfo("America/Los_Angeles")
COUNTY = County("Demo", "Goal Line", "707 555 0100", LA)
CLIENT = Client("1", "Maria", "en", LA, Consent.ACTIVE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LA)


def utc(text: str) -> datetime:
    """The moment of a local day and hour."""
    return local(text).astimezone(UTC)


NOW = utc("2026-03-04T10:00")  # a Wednesday


def step(at: str, reminder: Reminder = Reminder.NONE) -> Step:
    """`at` is a day, a local day and hour, or only words."""
    when = Moment(local(at)) if "T" in at else Moment.read(at)
    return Step(1, "call the school", when, reminder=reminder)


def somebody(*, its_step: Step | None = None, **changes: object) -> Situation:
    goal = Goal(2, "finish my GED", step=its_step or step("2026-03-06T15:00"))
    return replace(Situation(CLIENT, COUNTY, goal=goal), **changes)  # type: ignore[arg-type]


def visit(at: str, status: VisitStatus = VisitStatus.PLANNED, number: int = 3) -> Visit:
    return Visit(number, utc(at), "Ana", "Koster office", status=status)
