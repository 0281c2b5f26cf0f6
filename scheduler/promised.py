"""The texts ahead that others leave room for under the caps: what the client was promised, and their visits. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from conversations import reminders
from conversations.goals import GoalStatus, StepStatus
from conversations.situation import Situation
from scheduler.visit_times import keep_room_for


def step_reminder(situation: Situation, now: datetime) -> Iterator[datetime]:
    """When the client will be reminded of the step ahead, if they asked for it."""
    goal, client, county = situation.goal, situation.client, situation.county
    if goal is None or goal.step is None or goal.status is not GoalStatus.ACTIVE:
        return
    at = reminders.first_choice(goal.step, client.zone, county.legal_hours)
    if at is not None and at > now and goal.step.status is StepStatus.PLANNED:
        yield at


def visit_texts(situation: Situation, now: datetime) -> Iterator[datetime]:
    """When the client will be asked about the visits ahead and reminded of them."""
    for visit in situation.visits:
        yield from keep_room_for(visit, situation, now)
