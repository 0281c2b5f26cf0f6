"""The texts that stand alone: they answer or remind, and open no question. Menus and questions live in the flows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from conversations.effects import Effect, Level, Send, Sentence, TellWorker, Trigger
from conversations.goals import StepStatus
from conversations.notation import _
from conversations.office_hours import due, is_open
from conversations.situation import Situation

HELP = Sentence(
    "single/help",
    _(
        "{program}, {county}: texts to help you reach your goals. For a person reply 0 or call {phone}. "
        "Msg&data rates may apply. Reply STOP to end."
    ),
)
STOPPED = Sentence(
    "single/stopped",
    _("{program}: You're unsubscribed and will get no more texts. Text START to come back. For help call {phone}."),
)
WHO = Sentence(
    "single/who", _("I'm an automated helper for {program}. {worker} can read these texts. Reply 0 for a person.")
)
PERSON = Sentence("single/person", _("OK, I'm getting {worker} for you. You'll hear by {due}."))
PERSON_WHEN_CLOSED = Sentence(
    "single/person_when_closed",
    _(
        "The office is closed now. {worker} will reply by {due}. To talk to someone now call or text 988. "
        "In danger, call 911."
    ),
)
LANGUAGE_SET = Sentence("single/language_set", _("OK, I'll text you in English. Para español, escriba ESPANOL."))
MEDIA = Sentence(
    "single/media", _("I can read words but not pictures or voice yet. {worker} has been told you sent one.")
)
GLAD = Sentence("single/glad", _("You're welcome. We're cheering for you."))
RESTING = Sentence("single/resting", _("OK, resting for {weeks} weeks. Text GO any time to pick up again."))
NO_RUSH = Sentence("single/no_rush", _("No rush. Text GO any time to pick this up again."))
PLAN = Sentence(
    "single/plan", _("Your goal: {goal}. Step: {step}, {when}. If {obstacle}: {detour}. Text CHANGE to edit.")
)
PLAN_WITHOUT_DETOUR = Sentence(
    "single/plan_without_detour", _("Your goal: {goal}. Step: {step}, {when}. Text CHANGE to edit.")
)
PLAN_PRIVATE = Sentence(
    "single/plan_private", _("Your plan stands: {when}. Text CHANGE to edit it, or 0 for a person.")
)
NO_PLAN = Sentence("single/no_plan", _("You have no open plan right now. Text GOAL to make one, or 0 for a person."))
STEP_TODAY = Sentence(
    "single/step_today", _("Your step: {step}, {when}. You've got your plan. If {obstacle}: {detour}.")
)
STEP_TODAY_WITHOUT_DETOUR = Sentence(
    "single/step_today_without_detour", _("Your step: {step}, {when}. You've got your plan.")
)
STEP_TODAY_PRIVATE = Sentence("single/step_today_private", _("Hi {name}. Your plan is on for {when}. You've got this."))


def pocket_plan(situation: Situation) -> Sentence:
    """The plan a client asks for with PLAN, as a direct reply (domain guide 2.6); private, only that it stands."""
    goal = situation.goal
    if goal is None or goal.step is None or goal.step.status is not StepStatus.PLANNED:
        return NO_PLAN
    if situation.client.phone_is_shared or goal.private:
        return PLAN_PRIVATE
    return PLAN if goal.step.obstacle and goal.step.detour else PLAN_WITHOUT_DETOUR


def step_reminder(situation: Situation) -> Sentence:
    """The Do of GPDR/R: on the day, the step and its detour; nothing private on a shared phone (domain guide 3.5)."""
    goal = situation.goal
    if situation.client.phone_is_shared or goal is None or goal.private or goal.step is None:
        return STEP_TODAY_PRIVATE
    return STEP_TODAY if goal.step.obstacle and goal.step.detour else STEP_TODAY_WITHOUT_DETOUR


def bring_person(situation: Situation, now: datetime) -> tuple[Effect, ...]:
    """A client asked for a person: one is told, and the client hears the truth about when (domain guide 7.1)."""
    county = situation.county
    says = PERSON if is_open(now, county) else PERSON_WHEN_CLOSED
    return (TellWorker(Trigger.ASKED_FOR_PERSON, Level.U1, due(Level.U1, now, county)), Send(says))


def all_single_texts() -> Iterator[Sentence]:
    """Every sentence of this module, for the catalogs and their checks."""
    yield from (value for value in globals().values() if isinstance(value, Sentence))
