"""The order of tests on an inbound text (domain guide 3.1), as one table. The first rule that answers counts.

A duplicate never comes here, and who is writing from a shared phone is settled before (`shared_phone.route`).
"""

from __future__ import annotations

from collections.abc import Callable

from conversations import consent, danger, hand_over, loops, open_talk, reminder_events, tools, understand, wishes
from conversations import single_texts as texts
from conversations.answers import (
    capital_command,
    first_of_a_breath,
    late_answer,
    more_of_a_breath,
    not_understood,
    open_question_answered,
    out_of_the_blue,
    way_back,
)
from conversations.arrival import Arrival, Effects
from conversations.commands import command
from conversations.effects import EndHold, Preference, Send, SendWords, SetPreference, TellWorker
from conversations.escalations import Level, Trigger
from conversations.situation import Mode

Rule = Callable[[Arrival], Effects | None]


def answered_by_a_machine(arrival: Arrival) -> Effects | None:
    """Nobody is there to read an answer ("I'm driving right now"), and none is due."""
    if arrival.is_choice_or_command or not wishes.is_automatic(arrival.said.text, arrival.languages):
        return None
    return ()


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


def language_not_offered(arrival: Arrival) -> Effects | None:
    """Better a call with an interpreter than a text in a language they did not ask for (domain guide 6.7)."""
    named = wishes.other_language_named(arrival.said.text, arrival.languages)
    if named is None:
        return None
    told = arrival.tell(Trigger.LANGUAGE_NOT_OFFERED, Level.U2)
    return (told, Send(texts.LANGUAGE_NOT_OFFERED, answers={"language": named}))


def private_number(arrival: Arrival) -> Effects | None:
    """The number is hidden already; what else was said goes on if it is a plain answer (domain guide 3.1)."""
    if not arrival.said.held_private:
        return None
    warned = (arrival.tell(Trigger.PRIVATE_NUMBER_SENT, Level.U3), Send(texts.PRIVATE_NUMBER))
    goes_on = open_question_answered(arrival) if arrival.is_plain_answer else None
    return (*warned, *(goes_on or ()))


def media_alone(arrival: Arrival) -> Effects | None:
    if not arrival.said.has_media or arrival.said.text.strip():
        return None
    return (arrival.tell(Trigger.MEDIA, Level.U3), Send(texts.MEDIA))


def what_came_with_words(arrival: Arrival, answer: Effects) -> Effects:
    """The words are answered as ever; a person is to look at the picture, if none is told of this text already."""
    is_told = any(isinstance(effect, TellWorker) for effect in answer)
    return () if is_told or not arrival.said.has_media else (arrival.tell(Trigger.MEDIA, Level.U3),)


def reminder_wanted(arrival: Arrival) -> Effects | None:
    """As in "remind me to call the school fri 9am" (domain guide 3.7); where any words are an answer, said outright."""
    behind = wishes.wants_reminder(arrival.said.text, arrival.languages, outright=arrival.is_answer)
    if behind is None or arrival.is_plain_answer or not tools.has_command("remind", arrival.situation.county):
        return None
    others = arrival.languages.values()
    return reminder_events.requested(arrival.situation, behind, arrival.now, arrival.language, others)


def out_of_scope(arrival: Arrival) -> Effects | None:
    """Money, notices, documents, months: a question for the worker, also where any words would be an answer."""
    if arrival.is_choice_or_command or not wishes.asks_out_of_scope(arrival.said.text, arrival.languages):
        return None
    return (arrival.tell(Trigger.OUT_OF_SCOPE, Level.U2), Send(texts.OUT_OF_SCOPE))


def thanks(arrival: Arrival) -> Effects | None:
    """Thanks is the most frequent text of all, and never an error."""
    return (Send(texts.GLAD),) if arrival.intent == "thanks" else None


RULES: tuple[Rule, ...] = (
    consent.opt_out,
    danger.safety_word,
    danger.words_of_danger,
    consent.opt_out_in_plain_words,
    consent.wrong_number,
    consent.without_consent,
    answered_by_a_machine,
    consent.help_wanted,
    danger.safe_contact_answered,
    hand_over.person_wanted,
    hand_over.complaint,
    hand_over.with_a_person,
    language_switch,
    language_not_offered,
    private_number,
    media_alone,
    more_of_a_breath,
    capital_command,
    late_answer,
    reminder_wanted,
    out_of_scope,
    first_of_a_breath,
    open_question_answered,
    command,
    thanks,
    not_understood,
    way_back,
    out_of_the_blue,
)

LEADS_NOWHERE: frozenset[Rule] = frozenset(
    {
        consent.without_consent,
        consent.help_wanted,
        language_switch,
        language_not_offered,
        private_number,
        media_alone,
        out_of_scope,
        thanks,
        not_understood,
        way_back,
        out_of_the_blue,
    }
)
"""Rules whose answers bring no talk on. Where only they answer, two machines may be texting each other."""

UNTIL_HEARD = frozenset({Trigger.QUIET.value, Trigger.DELIVERY_FAILING.value})
"""Why texts are held back until the client is heard from."""


def receive(arrival: Arrival) -> Effects:
    """What an inbound text leads to. Empty where nothing is to be done or said."""
    answers = ((rule, rule(arrival)) for rule in RULES)
    rule, effects = next((rule, effects) for rule, effects in answers if effects is not None)
    effects = loops.kept_short(arrival, effects, leads_nowhere=rule in LEADS_NOWHERE)
    if arrival.situation.client.mode is Mode.SILENT:
        effects = tuple(effect for effect in effects if not isinstance(effect, Send | SendWords))
    effects = (*effects, *danger.hint_of_danger(arrival, effects))
    effects = (*effects, *what_came_with_words(arrival, effects))
    hold = arrival.situation.hold
    return (EndHold(), *effects) if hold and hold.reason in UNTIL_HEARD else effects
