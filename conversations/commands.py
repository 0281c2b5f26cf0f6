"""What a client can ask for at any time with one word (domain guide 3.4). The words are each language's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from conversations import acts, open_talk
from conversations import single_texts as texts
from conversations.effects import CancelNudges, Effect, Preference, Send, SetPreference
from conversations.events import Answered
from conversations.goals import Goal, GoalStatus, StepStatus
from conversations.nudges import NudgeKind
from conversations.situation import Situation, Talk

Effects = tuple[Effect, ...]


def plan(situation: Situation, _now: datetime) -> Effects:
    return (Send(texts.pocket_plan(situation)),)


def goal(situation: Situation, now: datetime) -> Effects:
    return open_talk.begin(situation, now, "goal_setting")


def ideas(situation: Situation, now: datetime) -> Effects:
    return open_talk.begin(situation, now, "goal_storming")


def change(situation: Situation, now: datetime) -> Effects:
    if situation.goal is None or not has_open_step(situation.goal):
        return (Send(texts.NO_PLAN),)
    return open_talk.begin(situation, now, "goal_setting", at="change_which", answers=answers_of(situation.goal))


def done(situation: Situation, now: datetime) -> Effects:
    """The client reports before we asked, or long after: a check-in whose first question is already answered."""
    goal = situation.goal
    if goal is None or goal.step is None or goal.step.status is StepStatus.DONE:
        return (Send(texts.GLAD),)
    asked = Talk("goal_check_in", "how_did_it_go", now)
    others = CancelNudges(frozenset({NudgeKind.CHECK_IN, NudgeKind.STEP_REMINDER}), "already_reported")
    return (others, *open_talk.go_on(replace(situation, talk=asked), asked, Answered("done"), now))


def rest(situation: Situation, now: datetime) -> Effects:
    return (open_talk.set_aside(situation), *acts.resting(situation, now), Send(texts.RESTING))


def go(situation: Situation, now: datetime) -> Effects:
    """Back to where we were: the open question, the talk set aside, the goal that rests; or else what would help."""
    awake: Effects = ()
    rests = situation.goal is not None and situation.goal.status is GoalStatus.PAUSED
    if situation.client.resting_until:
        ended = CancelNudges(frozenset({NudgeKind.END_OF_REST}), "rest_ended")
        awake = (SetPreference(Preference.RESTING_UNTIL, ""), ended)
    if situation.talk:
        return (*awake, *open_talk.ask_again(situation, situation.talk, now, situation.parked))
    if situation.parked:
        return (*awake, *open_talk.ask_again(situation, situation.parked, now, None))
    return (*awake, *open_talk.begin(situation, now, "fresh_start" if awake or rests else "front_door"))


def later(situation: Situation, _now: datetime) -> Effects:
    """A check-in keeps its own gentle timers; any other question is set aside until GO."""
    if situation.talk and situation.talk.flow == "goal_check_in":
        return (Send(texts.NO_RUSH),)
    return (open_talk.set_aside(situation), Send(texts.NO_RUSH))


def who(_situation: Situation, _now: datetime) -> Effects:
    return (Send(texts.WHO),)


def preferences(situation: Situation, now: datetime) -> Effects:
    return open_talk.begin(situation, now, "welcome", at="privacy")


COMMANDS: Mapping[str, Callable[[Situation, datetime], Effects]] = {
    "plan": plan,
    "goal": goal,
    "ideas": ideas,
    "change": change,
    "done": done,
    "pause": rest,
    "go": go,
    "later": later,
    "who": who,
    "privacy": preferences,
    "set": preferences,
}


def has_open_step(goal: Goal) -> bool:
    return goal.step is not None and goal.step.status is StepStatus.PLANNED


def answers_of(goal: Goal) -> dict[str, str]:
    """A saved plan as a talk's answers, so that one part of it can be changed and the rest read back."""
    step = goal.step
    if step is None:
        return {"goal": goal.text}
    answers = {
        "goal": goal.text,
        "step": step.text,
        "when": step.when.stored(),
        "where": step.where,
        "support": step.support,
        "obstacle": step.obstacle,
        "detour": step.detour,
        "first_action": step.first_action,
    }
    return {name: words for name, words in answers.items() if words}
