"""What a client can ask for at any time with one word (domain guide 3.4). The words are each language's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from conversations import acts, open_talk, reminder_events, tools, understand, visit_events
from conversations import single_texts as texts
from conversations.arrival import Arrival
from conversations.effects import AskAgainAt, CancelNudges, Effect, Preference, Send, SetPreference
from conversations.events import Answered
from conversations.goals import Goal, GoalStatus, StepStatus
from conversations.nudges import OF_SILENCE, NudgeKind
from conversations.situation import Situation, Talk

Effects = tuple[Effect, ...]

A_DAY = timedelta(days=1)


def plan(situation: Situation, _now: datetime) -> Effects:
    return (Send(texts.pocket_plan(situation)),)


def goal(situation: Situation, now: datetime) -> Effects:
    return open_talk.begin(situation, now, "goal_setting")


def ideas(situation: Situation, now: datetime) -> Effects:
    return open_talk.begin(situation, now, "goal_storming")


def road(situation: Situation, now: datetime) -> Effects:
    return open_talk.begin(situation, now, "roadmap")


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


def later(situation: Situation, now: datetime) -> Effects:
    """The open question comes again tomorrow, and does not grow impatient until then (domain guide 3.4)."""
    talk = situation.talk
    if talk is None:
        return (Send(texts.NO_RUSH),)
    return (CancelNudges(OF_SILENCE, "asked_for_later"), AskAgainAt(now + A_DAY, talk.asked_at), Send(texts.TOMORROW))


def who(_situation: Situation, _now: datetime) -> Effects:
    return (Send(texts.WHO),)


def detour(situation: Situation, now: datetime) -> Effects:
    """What might get in the way of the plan that stands, and what then (domain guide 2.4)."""
    if situation.goal is None or not has_open_step(situation.goal):
        return (Send(texts.NO_PLAN),)
    answers = {**answers_of(situation.goal), "change": "pothole"}
    return open_talk.begin(situation, now, "goal_setting", at="pothole", answers=answers)


def privacy(situation: Situation, now: datetime) -> Effects:
    return open_talk.begin(situation, now, "preferences", at="privacy")


def preferences(situation: Situation, now: datetime) -> Effects:
    return open_talk.begin(situation, now, "preferences")


COMMANDS: Mapping[str, Callable[[Situation, datetime], Effects]] = {
    "plan": plan,
    "goal": goal,
    "ideas": ideas,
    "road": road,
    "change": change,
    "done": done,
    "pause": rest,
    "go": go,
    "later": later,
    "who": who,
    "privacy": privacy,
    "detour": detour,
    "visit": visit_events.show,
    "remind": reminder_events.ask,
    "list": reminder_events.show,
    "set": preferences,
}


def command(arrival: Arrival) -> Effects | None:
    """A text that is one command and nothing else, of a tool that the county uses.

    The client's own language comes first: one word may be two.
    """
    in_order = (arrival.language, *arrival.languages.values())
    named = (understand.command(arrival.said.text, language) for language in in_order)
    name = next((name for name in named if name), "")
    run = COMMANDS.get(name) if tools.has_command(name, arrival.situation.county) else None
    return run(arrival.situation, arrival.now) if run else None


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
