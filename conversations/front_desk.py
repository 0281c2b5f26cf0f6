"""The order of tests on an inbound text (domain guide 3.1), as one table. The first rule that answers counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations import open_talk, understand
from conversations import single_texts as texts
from conversations.commands import COMMANDS
from conversations.effects import (
    CancelNudges,
    ChangeConsent,
    Effect,
    Level,
    Preference,
    Purpose,
    SaveTalk,
    Send,
    SetPreference,
    TellWorker,
    Trigger,
)
from conversations.engine import open_question, read_from
from conversations.events import Answered, NotUnderstood, Said
from conversations.flows import FLOWS
from conversations.languages import Language
from conversations.notation import ANYTHING, FINISHED, SKIP, VAGUE, Known, Reads
from conversations.nudges import NudgeKind
from conversations.office_hours import due
from conversations.situation import Consent, Situation, Talk

HELP_AGAIN_AFTER = timedelta(days=1)

IN_LOOSE_WORDS = frozenset({ANYTHING.name, VAGUE.name})
"""The replies that any words at all would be."""

Effects = tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One inbound text with everything a rule may look at. `now` is aware."""

    said: Said
    situation: Situation
    languages: Mapping[str, Language]
    now: datetime

    @property
    def language(self) -> Language:
        return self.languages[self.situation.client.language]

    @property
    def intent(self) -> str | None:
        return understand.intent(self.said.text, self.languages)

    def answer_to(self, talk: Talk) -> Answered | NotUnderstood:
        """The text, read as an answer to the question this talk waits at; in another language where theirs says less.

        Who texts in two languages writes "done" under a Spanish menu.
        """
        ask = open_question(FLOWS[talk.flow], talk)
        offered = ask.offers(Known(self.situation, talk, self.now)) if ask.offers else ()
        read_at = read_from(ask, talk, self.now.astimezone(self.situation.client.zone))
        others = (language for language in self.languages.values() if language is not self.language)
        said = [understand.answer(ask, self.said.text, each, offered, read_at) for each in (self.language, *others)]
        return next((each for each in said if isinstance(each, Answered) and each.reply != VAGUE.name), said[0])

    def is_late_for(self, talk: Talk) -> bool:
        return self.now - talk.asked_at > self.situation.county.flow_parked_after


def opt_out(arrival: Arrival) -> Effects | None:
    """A whole message that says stop, in any language, always wins (domain guide 6.4)."""
    if arrival.intent != "opt_out":
        return None
    if arrival.situation.client.consent is Consent.REVOKED:
        return ()
    revoked = (
        ChangeConsent(Consent.REVOKED, texts.STOPPED),
        CancelNudges(frozenset(NudgeKind), "opted_out"),
        SaveTalk(None),
        TellWorker(Trigger.OPTED_OUT, Level.U3, due(Level.U3, arrival.now, arrival.situation.county)),
    )
    return revoked if arrival.said.answered_by_provider else (*revoked, Send(texts.STOPPED, purpose=Purpose.LEGAL))


def without_consent(arrival: Arrival) -> Effects | None:
    """Who has not agreed hears the help text once a day, until they write START or answer the invitation.

    The word HELP itself is always answered (domain guide 6.4).
    """
    situation = arrival.situation
    if situation.client.consent is Consent.ACTIVE:
        return None
    if situation.client.consent is Consent.INVITED and situation.talk:
        return None
    if arrival.intent == "help":
        return help_wanted(arrival)
    if arrival.intent == "opt_in":
        back = situation.client.consent is Consent.REVOKED
        return open_talk.begin(situation, arrival.now, "welcome", at="rhythm_again" if back else "joined")
    heard = situation.last_heard_at
    if heard is not None and arrival.now - heard < HELP_AGAIN_AFTER:
        return ()
    return (Send(texts.HELP, purpose=Purpose.LEGAL),)


def help_wanted(arrival: Arrival) -> Effects | None:
    if arrival.intent != "help":
        return None
    return () if arrival.said.answered_by_provider else (Send(texts.HELP, purpose=Purpose.LEGAL),)


def person_wanted(arrival: Arrival) -> Effects | None:
    if arrival.intent != "person" and not names_worker(arrival):
        return None
    return (open_talk.set_aside(arrival.situation), *texts.bring_person(arrival.situation, arrival.now))


def names_worker(arrival: Arrival) -> bool:
    worker = understand.fold(arrival.situation.client.worker)
    return bool(worker) and understand.fold(arrival.said.text) == worker


def language_switch(arrival: Arrival) -> Effects | None:
    """The open question is put again in the new language; answers are kept (domain guide D16)."""
    code = understand.language_named(arrival.said.text, arrival.languages)
    if code is None:
        return None
    switched = (SetPreference(Preference.LANGUAGE, code), Send(texts.LANGUAGE_SET))
    situation = arrival.situation
    if situation.talk is None:
        return switched
    return (*switched, *open_talk.ask_again(situation, situation.talk, arrival.now, situation.parked))


def media_alone(arrival: Arrival) -> Effects | None:
    if not arrival.said.has_media or arrival.said.text.strip():
        return None
    return (
        TellWorker(Trigger.MEDIA, Level.U3, due(Level.U3, arrival.now, arrival.situation.county)),
        Send(texts.MEDIA),
    )


def capital_command(arrival: Arrival) -> Effects | None:
    """A command in the capitals our texts show it in is one even where any words would be an answer."""
    talk = arrival.situation.talk
    if talk is None or not arrival.said.text.strip().isupper():
        return None
    if not isinstance(read := arrival.answer_to(talk), Answered) or read.reply not in IN_LOOSE_WORDS:
        return None
    return command(arrival)


def late_answer(arrival: Arrival) -> Effects | None:
    """After 72 hours a bare number or loose words may mean something else: the client is offered the way back."""
    talk = arrival.situation.talk
    if talk is None or not arrival.is_late_for(talk):
        return None
    if is_menu_in_words(arrival, talk):
        return None
    if FLOWS[talk.flow].is_passing:
        return command(arrival) or way_back(arrival) or out_of_the_blue(arrival)
    return command(arrival) or open_talk.begin(arrival.situation, arrival.now, "resume", answers=talk.answers)


def is_menu_in_words(arrival: Arrival, talk: Talk) -> bool:
    """Was a choice said in words ("not yet")? Unlike a bare number, that still means what it says days later."""
    said_in_digits = arrival.said.text.strip()[:1].isdigit()
    is_menu = open_question(FLOWS[talk.flow], talk).reads is Reads.MENU
    is_answer = arrival.intent != "thanks" and isinstance(arrival.answer_to(talk), Answered)
    return is_menu and not said_in_digits and is_answer


def open_question_answered(arrival: Arrival) -> Effects | None:
    """The answer to the open question comes before commands, so that "plan" inside an answer is not hijacked."""
    talk = arrival.situation.talk
    if talk is None or isinstance(answer := arrival.answer_to(talk), NotUnderstood):
        return None
    if arrival.intent == "thanks" and answer.reply in IN_LOOSE_WORDS:
        return only_thanks(arrival, talk)
    return open_talk.go_on(arrival.situation, talk, answer, arrival.now)


def only_thanks(arrival: Arrival, talk: Talk) -> Effects:
    """An "ok" or "thanks" where words of their own were asked for is none: on without them, or the question again."""
    replies = open_question(FLOWS[talk.flow], talk).when
    if way := next((reply for reply in (SKIP, FINISHED) if reply in replies), None):
        return open_talk.go_on(arrival.situation, talk, Answered(way.name), arrival.now)
    return open_talk.ask_again(arrival.situation, talk, arrival.now, arrival.situation.parked)


def command(arrival: Arrival) -> Effects | None:
    """The client's own language comes first, as one word may be two commands."""
    in_order = (arrival.language, *arrival.languages.values())
    named = (understand.command(arrival.said.text, language) for language in in_order)
    run = COMMANDS.get(next((name for name in named if name), ""))
    return run(arrival.situation, arrival.now) if run else None


def thanks(arrival: Arrival) -> Effects | None:
    """Thanks is the most frequent text of all, and never an error."""
    return (Send(texts.GLAD),) if arrival.intent == "thanks" else None


def not_understood(arrival: Arrival) -> Effects | None:
    talk = arrival.situation.talk
    return open_talk.go_on(arrival.situation, talk, NotUnderstood(), arrival.now) if talk else None


def way_back(arrival: Arrival) -> Effects | None:
    """Nothing is open, but a talk was set aside: it is offered again."""
    parked = arrival.situation.parked
    return open_talk.begin(arrival.situation, arrival.now, "resume", answers=parked.answers) if parked else None


def out_of_the_blue(arrival: Arrival) -> Effects:
    return open_talk.begin(arrival.situation, arrival.now, "front_door")


RULES: tuple[Callable[[Arrival], Effects | None], ...] = (
    opt_out,
    without_consent,
    help_wanted,
    person_wanted,
    language_switch,
    media_alone,
    capital_command,
    late_answer,
    open_question_answered,
    command,
    thanks,
    not_understood,
    way_back,
    out_of_the_blue,
)


def receive(arrival: Arrival) -> Effects:
    """What an inbound text leads to. Empty where nothing is to be done or said."""
    return next(effects for rule in RULES if (effects := rule(arrival)) is not None)
