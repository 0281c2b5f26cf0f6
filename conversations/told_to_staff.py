"""What a client told staff rather than texted: kept as if they had texted it, and they are not texted about it."""

from __future__ import annotations

from datetime import datetime

from conversations import consent
from conversations.effects import CheckIn, Effect, Preference, SetPreference
from conversations.events import OptedOut, PreferencesTold
from conversations.goals import GoalStatus, StepStatus
from conversations.situation import Situation

Effects = tuple[Effect, ...]


def told(situation: Situation, event: OptedOut | PreferencesTold, now: datetime) -> Effects:
    if isinstance(event, OptedOut):
        return consent.told_to_stop(situation, event, now)
    return _preferences(situation, event)


def _preferences(situation: Situation, event: PreferencesTold) -> Effects:
    """A new rhythm holds for the plan that stands, too."""
    kept = tuple(SetPreference(what, value, event.channel) for what, value in event.changes.items())
    goal = situation.goal
    if Preference.RHYTHM not in event.changes or goal is None or goal.status is not GoalStatus.ACTIVE:
        return kept
    if goal.step is None or goal.step.status is not StepStatus.PLANNED:
        return kept
    return (*kept, CheckIn(goal.number, goal.step))
