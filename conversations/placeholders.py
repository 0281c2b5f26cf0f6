"""What stands for a `{name}` in a sentence: an allow-list of names, and where the value of each comes from.

What is missing, or is private, has a stand-in that lets the sentence read on (domain guide R21, 3.5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from conversations.dates import say_moment, say_near
from conversations.effects import Effect, PlanNudge, ReviewStep, SaveGoal, Sentence, TellWorker
from conversations.goals import Goal, GoalStatus, Moment, Step, StepStatus
from conversations.labels import label
from conversations.languages import Language
from conversations.notation import _
from conversations.nudges import NudgeKind
from conversations.privacy import is_private
from conversations.situation import Situation

NAME = 20
TIME_WORDS = 24
LABELS = {"goal": 32, "step": 32, "where": 32, "obstacle": 24, "detour": 32}
"""The client's own words, and the most characters of each that a text repeats (domain guide R21)."""

YOUR_PLAN = Sentence("instead/goal", _("your plan"))
YOUR_WAY = Sentence("instead/where", _("your own way"))
PLANS_CHANGE = Sentence("instead/obstacle", _("plans change"))
ASK_A_PERSON = Sentence("instead/detour", _("text 0 for a person"))
SOON = Sentence("instead/when", _("soon"))
OUR_TEAM = Sentence("instead/worker", _("our team"))

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
    def private(self) -> bool:
        return self.shared or is_private(self.goal, self.answers)

    def moment(self, at: datetime) -> str:
        return say_near(at, self.language.code, self.situation.client.zone, self.now)


def value_of(facts: Facts, name: str) -> str:
    """What to say for a placeholder; "" for a name that is not on the list."""
    instead = INSTEAD.get(name)
    found = VALUES[name](facts) if name in VALUES else ""
    return found or (facts.language.translate(instead.context, instead.text) if instead else "")


def _own_words(name: str, known: Callable[[Facts], str]) -> Callable[[Facts], str]:
    def value(facts: Facts) -> str:
        return "" if facts.private else label(facts.answers.get(name) or known(facts), LABELS[name])

    return value


def _when(facts: Facts) -> str:
    """A day and hour are no secret; the client's own words for a time may be ("after my class")."""
    planned = facts.step.when if facts.step else Moment(None)
    moment = Moment.read(facts.answers["when"]) if "when" in facts.answers else planned
    if moment.at is None:
        return "" if facts.private else label(moment.words, TIME_WORDS)
    return say_moment(moment.at, facts.language.code, facts.situation.client.zone)


def _remind(facts: Facts) -> str:
    """When the reminder goes out that was planned in the same breath."""
    planned = [effect for effect in facts.effects if isinstance(effect, PlanNudge)]
    due = [nudge.due_at for nudge in planned if nudge.kind is NudgeKind.STEP_REMINDER]
    return facts.moment(due[-1]) if due else ""


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
    "worker": lambda facts: label(facts.situation.client.worker, NAME),
    "goal": _own_words("goal", lambda facts: facts.goal.text if facts.goal else ""),
    "step": _own_words("step", lambda facts: facts.step.text if facts.step else ""),
    "where": _own_words("where", lambda facts: facts.step.where if facts.step else ""),
    "obstacle": _own_words("obstacle", lambda facts: facts.step.obstacle if facts.step else ""),
    "detour": _own_words("detour", lambda facts: facts.step.detour if facts.step else ""),
    "when": _when,
    "remind": _remind,
    "due": _due,
    "n": _steps_done,
}
"""Every placeholder that a sentence may hold. There are no others."""
