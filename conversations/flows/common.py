"""What several conversations share: how a person is brought in, and how a day and time is asked for."""

from __future__ import annotations

from conversations import single_texts
from conversations.escalations import Level, Trigger
from conversations.notation import DAY_ONLY, DONT_KNOW, EXACT, VAGUE, Ask, End, Reads, Reply, Step, _, days, hours

NEW_GOAL = Reply("new_goal", _("new goal"))
TALK_TO_WORKER = Reply("talk_to_worker", _("talk to {worker}"))
WITH_WORKER = Reply("with_worker", _("with {worker}"))
NOW = Reply("now", _("now"))
LATER = Reply("later", _("later"))

QUIET = (days(7), "gone_quiet")
"""Domain guide 7.2: after a week without an answer a call may help more than a text."""

ONE_DAY = hours(24)
"""One timely nudge to a talk that stalled (domain guide 5)."""

NO_TEXTS_WHEN_QUIET = days(14)
NO_TEXTS_WHEN_UNCLEAR = hours(24)
"""Domain guide 7.2: what the bot does once a person was told."""

UNCLEAR = (2, "hand_over")
"""Domain guide 11: after two replies that are not understood, a person takes over."""

SMALLER = _("Good to know. What is a first piece you could do in 15 minutes?")
SAVED = _("Saved. Starting is success! We'll text you {remind}. Text PLAN to see it or CHANGE to edit it.")
SAVED_WITHOUT_REMINDER = _("Saved. Starting is success! Text PLAN to see it or CHANGE to edit it.")
RESTING = single_texts.RESTING.text

GET_WORKER = single_texts.PERSON.text
GET_WORKER_WHEN_CLOSED = single_texts.PERSON_WHEN_CLOSED.text
LETS_GET_A_PERSON = _("Let's get you a person. {worker} will reach you by {due}, or call {phone}.")


def bring_worker(trigger: Trigger = Trigger.ASKED_FOR_PERSON) -> End:
    """The client wants a person: today (domain guide 7.2)."""
    return End(GET_WORKER, when_closed=GET_WORKER_WHEN_CLOSED, tell_worker=(trigger, Level.U1), hands_over=True)


def gone_quiet() -> End:
    """Silence is never a result: a person is told, and the talk waits at its question."""
    return End(tell_worker=(Trigger.QUIET, Level.U3), holds=NO_TEXTS_WHEN_QUIET, parks=True)


def hand_over(*, parks: bool = True) -> End:
    """We did not understand twice: a person is told, and the talk waits at its question (domain guide D18)."""
    told = (Trigger.NOT_UNDERSTOOD, Level.U2)
    return End(LETS_GET_A_PERSON, tell_worker=told, holds=NO_TEXTS_WHEN_UNCLEAR, parks=parks)


def asking_when(then: str) -> dict[str, Step]:
    """The questions for a day and time. A vague answer is asked about once; then what is said is taken as it is."""
    return {
        "when": Ask(
            _("When will you do it? Day and time, like Tue 10am."),
            reads=Reads.MOMENT,
            save="when",
            when={EXACT: then, DAY_ONLY: "hour", VAGUE: "which_day"},
        ),
        "hour": Ask(
            _("What time {when}?"),
            reads=Reads.MOMENT,
            save="when",
            on_the_day=True,
            when={EXACT: then, DAY_ONLY: then, VAGUE: then},
        ),
        "which_day": Ask(
            _("Good thinking. Which day could that be?"),
            reads=Reads.MOMENT,
            save="when",
            when={EXACT: then, DAY_ONLY: then, VAGUE: then, DONT_KNOW: then},
        ),
    }
