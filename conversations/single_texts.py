"""The texts that stand alone: they answer or remind, and open no question. Menus and questions live in the flows."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.effects import Sentence
from conversations.goals import StepStatus
from conversations.notation import _
from conversations.safety import DangerKind
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
    "single/media",
    _(
        "Thank you. {worker} has been told and can see pictures. "
        "I read only words: if it was voice or a file, please text it."
    ),
)
GLAD = Sentence("single/glad", _("You're welcome. We're cheering for you."))
RESTING = Sentence("single/resting", _("OK, resting for {weeks} weeks. Text GO any time to pick up again."))
NO_RUSH = Sentence("single/no_rush", _("No rush. Text GO any time to pick this up again."))
TOMORROW = Sentence("single/tomorrow", _("No rush. I'll ask you again tomorrow, or text GO any time."))
WRONG_NUMBER = Sentence(
    "single/wrong_number", _("Thanks for telling us, and sorry for the mix-up. We won't text this number again.")
)
OUT_OF_SCOPE = Sentence(
    "single/out_of_scope",
    _("That's one for {worker}. I passed it on and you'll hear by {due}. You can also call {phone}."),
)
PRIVATE_NUMBER = Sentence(
    "single/private_number",
    _("Please don't text ID, Social or card numbers. {worker} can take those safely. We hid that message."),
)
LANGUAGE_NOT_OFFERED = Sentence(
    "single/language_not_offered",
    _("We can't text in {language} yet. Someone will call you by {due} with a free interpreter."),
)
LANGUAGES_OFFERED = Sentence("single/languages_offered", _("Text the language you like: ENGLISH or ESPANOL."))
WHO_IS_THIS = Sentence("single/who_is_this", _("Thanks for texting. Who is this?"))
NOBODY_HERE = Sentence("single/who_is_this", _("someone else"))
SOMEONE_ELSE = Sentence(
    "single/someone_else", _("OK. I'll only share plans with the person they belong to. Call {phone} for help.")
)
RECEIVED = Sentence("single/received", _("Got it. Thanks."))
SELF_HARM = Sentence(
    "danger/self_harm",
    _(
        "I'm an automated line, so please reach a person now: call or text 988, day or night. In danger, call 911. "
        "I've alerted our team."
    ),
)
SELF_HARM_WHEN_CLOSED = Sentence(
    "danger/self_harm_when_closed",
    _(
        "I'm an automated line and nobody reads this now. Please reach a person: call or text 988, day or night. "
        "In danger, call 911."
    ),
)
HARM = Sentence(
    "danger/harm",
    _(
        "Thank you for telling us. If anyone is in danger now, call 911. "
        "A person on our team will contact you by {due}."
    ),
)
MEDICAL = Sentence(
    "danger/medical", _("Please call 911 now. I'm an automated line and can't send help. I've alerted our team.")
)
MEDICAL_WHEN_CLOSED = Sentence(
    "danger/medical_when_closed",
    _("Please call 911 now. I'm an automated line and can't send help. Nobody on our team reads this now."),
)
IN_NEED = Sentence(
    "danger/in_need",
    _(
        "Thanks for telling us. For food, shelter or other help right now, call 211. "
        "{worker} will contact you by {due}."
    ),
)
STRANGER_IN_DANGER = Sentence(
    "danger/stranger",
    _(
        "I'm an automated line. In danger, call 911. To talk to someone, call or text 988, day or night. "
        "For food or shelter, call 211."
    ),
)
WORKER_JOINED = Sentence("single/worker_joined", _("Hi {name}, {worker} here. I read your messages. I'm with you now."))
WORKER_LEFT = Sentence(
    "single/worker_left",
    _("{worker} has signed off for now. I can keep helping with your goals. Text 0 any time for a person."),
)
STILL_COMING = Sentence(
    "single/still_coming",
    _("Thanks for your patience. {worker} is still busy, so a teammate will reach you by {due}."),
)
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


def in_danger(kind: DangerKind, *, is_open: bool) -> Sentence:
    """The one right reply to words of danger, true about whether anybody reads along (domain guide 7.1, 9)."""
    match kind:
        case DangerKind.SELF_HARM:
            return SELF_HARM if is_open else SELF_HARM_WHEN_CLOSED
        case DangerKind.MEDICAL:
            return MEDICAL if is_open else MEDICAL_WHEN_CLOSED
        case _:
            return HARM


def all_single_texts() -> Iterator[Sentence]:
    """Every sentence of this module, for the catalogs and their checks."""
    yield from (value for value in globals().values() if isinstance(value, Sentence))
