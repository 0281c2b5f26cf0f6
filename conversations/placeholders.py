"""What stands for a `{name}` in a sentence: an allow-list of names, and where the value of each comes from.

What is missing, or is private, has a stand-in that lets the sentence read on (domain guide R21, 3.5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from conversations import repeats
from conversations.dates import say_choice, say_hour, say_moment, say_near, say_weekdays
from conversations.effects import Effect, PlanNudge, ReviewStep, SaveGoal, SaveReminder, SaveVisit, Sentence, TellWorker
from conversations.goals import Goal, GoalStatus, Moment, Step, StepStatus
from conversations.labels import label
from conversations.languages import Language
from conversations.notation import _
from conversations.nudges import NudgeKind
from conversations.own_reminders import OwnReminder
from conversations.privacy import is_private
from conversations.reminder_acts import IN_HAND, planned
from conversations.roadmap_acts import GOAL_AHEAD, MARKS
from conversations.situation import Situation
from conversations.visit_acts import VISIT, numbered
from conversations.visits import Visit

NAME = 20
TIME_WORDS = 24
LABELS = {
    "goal": 32,
    "m1": 32,
    "m2": 32,
    "m3": 32,
    "road": 32,
    "step": 32,
    "where": 32,
    "obstacle": 24,
    "detour": 32,
    "place": 20,
    "bring": 20,
    "leave": 8,
    "what": 40,
}
"""What people typed, and the most characters of each that a text repeats (domain guide R21)."""

YOUR_PLAN = Sentence("instead/goal", _("your plan"))
YOUR_WAY = Sentence("instead/where", _("your own way"))
PLANS_CHANGE = Sentence("instead/obstacle", _("plans change"))
ASK_A_PERSON = Sentence("instead/detour", _("text 0 for a person"))
SOON = Sentence("instead/when", _("soon"))
OUR_TEAM = Sentence("instead/worker", _("our team"))
THE_PLACE_YOU_KNOW = Sentence("instead/place", _("the place you know"))
YOUR_REMINDER = Sentence("instead/what", _("what you asked for"))

EVERY_DAY = Sentence("again/when", _("every day"))
EVERY_WEEKDAY = Sentence("again/when", _("every weekday"))
EVERY_WEEK = Sentence("again/when", _("every {days}"))
EVERY_MONTH = Sentence("again/when", _("every month, day {number}"))
AGAIN = (EVERY_DAY, EVERY_WEEKDAY, EVERY_WEEK, EVERY_MONTH)
"""How often a reminder comes, as a part of {when}."""

INSTEAD = {
    "goal": YOUR_PLAN,
    "step": YOUR_PLAN,
    "where": YOUR_WAY,
    "obstacle": PLANS_CHANGE,
    "detour": ASK_A_PERSON,
    "when": SOON,
    "remind": SOON,
    "due": SOON,
    "worker": OUR_TEAM,
    "whom": OUR_TEAM,
    "place": THE_PLACE_YOU_KNOW,
    "what": YOUR_REMINDER,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Where values come from: the talk's answers, then what is being decided just now, then what was known before.

    `now` is aware. `shared` says whether others read this phone.
    """

    answers: Mapping[str, str]
    effects: tuple[Effect, ...]
    situation: Situation
    language: Language
    now: datetime
    shared: bool

    @property
    def goal(self) -> Goal | None:
        saved = [effect.goal for effect in self.effects if isinstance(effect, SaveGoal)]
        live = [goal for goal in saved if goal.status is GoalStatus.ACTIVE]
        return live[-1] if live else self.situation.goal

    @property
    def step(self) -> Step | None:
        return self.goal.step if self.goal else None

    @property
    def visit(self) -> Visit | None:
        """The visit that the talk is about."""
        if VISIT not in self.answers:
            return None
        saved = [effect.visit for effect in self.effects if isinstance(effect, SaveVisit)]
        return saved[-1] if saved else numbered(self.situation, self.answers[VISIT])

    @property
    def reminder(self) -> OwnReminder | None:
        """The reminder that the talk is making or changing."""
        return None if IN_HAND.isdisjoint(self.answers) else planned(self.situation, self.answers, self.now)

    @property
    def private(self) -> bool:
        return self.shared or is_private(self.goal, self.answers)

    def moment(self, at: datetime) -> str:
        return say_near(at, self.language.code, self.situation.client.zone, self.now)

    def choice(self, at: datetime) -> str:
        return say_choice(at, self.language.code, self.situation.client.zone, self.now)


def value_of(facts: Facts, name: str) -> str:
    """What to say for a placeholder; "" for a name that is not on the list."""
    instead = INSTEAD.get(name)
    found = VALUES[name](facts) if name in VALUES else ""
    return found or (facts.language.translate(instead.context, instead.text) if instead else "")


def _own_words(name: str, known: Callable[[Facts], str]) -> Callable[[Facts], str]:
    def value(facts: Facts) -> str:
        return "" if facts.private else label(facts.answers.get(name) or known(facts), LABELS[name])

    return value


def _on_the_road(name: str, answer: str) -> Callable[[Facts], str]:
    def value(facts: Facts) -> str:
        return "" if facts.private else label(facts.answers.get(answer, ""), LABELS[name])

    return value


def _worker(facts: Facts) -> str:
    """Whom the talk is about; or else who answers: the worker, or who covers for them."""
    cover = facts.situation.cover
    answers = facts.situation.client.worker if cover is None else cover
    return label(facts.answers.get("worker") or answers, NAME)


def _of_visit(name: str, known: Callable[[Visit], str]) -> Callable[[Facts], str]:
    def value(facts: Facts) -> str:
        return label(known(facts.visit), LABELS.get(name, NAME)) if facts.visit else ""

    return value


def _place(facts: Facts) -> str:
    """Left out where others read along (domain guide 3.5)."""
    return label(facts.visit.place, LABELS["place"]) if facts.visit and not facts.shared else ""


def _when(facts: Facts) -> str:
    """A day and hour are no secret; the client's own words for a time may be ("after my class")."""
    if facts.reminder:
        often = _often(facts.reminder, facts)
        return often or say_moment(facts.reminder.at, facts.language.code, facts.situation.client.zone)
    if facts.visit:
        return say_moment(facts.visit.starts_at, facts.language.code, facts.situation.client.zone)
    of_step = facts.step.when if facts.step else Moment(None)
    moment = Moment.read(facts.answers["when"]) if "when" in facts.answers else of_step
    if moment.at is None:
        return "" if facts.private else label(moment.words, TIME_WORDS)
    return say_moment(moment.at, facts.language.code, facts.situation.client.zone)


def _remind(facts: Facts) -> str:
    """When the reminder goes out that was planned in the same breath."""
    saved = [effect.reminder for effect in facts.effects if isinstance(effect, SaveReminder)]
    if saved:
        return _often(saved[-1], facts) or facts.moment(saved[-1].at)
    nudges = [effect for effect in facts.effects if isinstance(effect, PlanNudge)]
    due = [nudge.due_at for nudge in nudges if nudge.kind is NudgeKind.STEP_REMINDER]
    return facts.moment(due[-1]) if due else ""


def _often(reminder: OwnReminder, facts: Facts) -> str:
    """How often, and at what hour ("every Mon, 9am"); "" for what comes once."""
    if not reminder.repeats:
        return ""
    number = repeats.day_of_month(reminder.repeats)
    days = say_weekdays(repeats.weekdays(reminder.repeats), facts.language.code)
    says = {repeats.DAILY: EVERY_DAY, repeats.WEEKDAYS: EVERY_WEEKDAY}.get(reminder.repeats, EVERY_WEEK)
    says = EVERY_MONTH if number else says
    often = facts.language.translate(says.context, says.text).replace("{days}", days).replace("{number}", str(number))
    return f"{often}, {say_hour(reminder.at.astimezone(facts.situation.client.zone))}"


def _due(facts: Facts) -> str:
    """By when a person acts. Of two promises in one breath the later is the one that will be kept."""
    due = [effect.due_at for effect in facts.effects if isinstance(effect, TellWorker)]
    return facts.moment(max(due)) if due else ""


def _steps_done(facts: Facts) -> str:
    reviews = [effect for effect in facts.effects if isinstance(effect, ReviewStep)]
    done = sum(review.result is StepStatus.DONE and review.step.status is not StepStatus.DONE for review in reviews)
    return str(facts.situation.steps_this_month + done)


VALUES: Mapping[str, Callable[[Facts], str]] = {
    "program": lambda facts: facts.situation.county.program,
    "county": lambda facts: facts.situation.county.name,
    "phone": lambda facts: facts.situation.county.phone,
    "weeks": lambda facts: str(facts.situation.county.rest_weeks),
    "name": lambda facts: label(facts.situation.client.first_name, NAME),
    "worker": _worker,
    "goal": _own_words("goal", lambda facts: facts.goal.text if facts.goal else ""),
    "m1": _on_the_road("m1", MARKS[0]),
    "m2": _on_the_road("m2", MARKS[1]),
    "m3": _on_the_road("m3", MARKS[2]),
    "road": _on_the_road("road", GOAL_AHEAD),
    "step": _own_words("step", lambda facts: facts.step.text if facts.step else ""),
    "where": _own_words("where", lambda facts: facts.step.where if facts.step else ""),
    "obstacle": _own_words("obstacle", lambda facts: facts.step.obstacle if facts.step else ""),
    "detour": _own_words("detour", lambda facts: facts.step.detour if facts.step else ""),
    "when": _when,
    "whom": _of_visit("whom", lambda visit: visit.worker),
    "place": _place,
    "bring": _of_visit("bring", lambda visit: visit.bring),
    "leave": _of_visit("leave", lambda visit: visit.leaves_at),
    "remind": _remind,
    "what": _own_words("what", lambda facts: facts.reminder.what if facts.reminder else ""),
    "due": _due,
    "language": lambda facts: label(facts.answers.get("language", ""), NAME),
    "n": _steps_done,
}
"""Every placeholder that a sentence may hold. There are no others."""
