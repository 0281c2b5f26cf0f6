"""The open question: what is an answer to it, what is not, and what was said in one breath (domain guide 3.3, 3.8)."""

from __future__ import annotations

from conversations import open_talk
from conversations.arrival import IN_LOOSE_WORDS, Arrival, Effects
from conversations.commands import command
from conversations.effects import WaitForMore
from conversations.engine import open_question
from conversations.events import Answered, NotUnderstood
from conversations.flows import FLOWS
from conversations.notation import ANYTHING, FINISHED, SKIP, Reads
from conversations.situation import Talk


def more_of_a_breath(arrival: Arrival) -> Effects | None:
    """What was said a moment ago still waits: this is more of it."""
    before = arrival.situation.said_so_far
    return _wait(arrival, f"{before}\n{arrival.said.text}") if before and not arrival.said.is_whole else None


def first_of_a_breath(arrival: Arrival) -> Effects | None:
    """Words of their own may come in several texts; a moment is waited for more, and they are one answer."""
    talk = arrival.situation.talk
    if arrival.said.is_whole or talk is None or not arrival.situation.county.words_joined_within:
        return None
    answer = arrival.answer_to(talk)
    in_own_words = isinstance(answer, Answered) and answer.reply == ANYTHING.name and arrival.intent != "thanks"
    return _wait(arrival, arrival.said.text) if in_own_words else None


def _wait(arrival: Arrival, words: str) -> Effects:
    return (WaitForMore(words, arrival.now + arrival.situation.county.words_joined_within),)


def capital_command(arrival: Arrival) -> Effects | None:
    """A command in the capitals our texts show it in is one even where any words would be an answer."""
    if arrival.situation.talk is None or not arrival.said.text.strip().isupper():
        return None
    return None if isinstance(arrival.answer, NotUnderstood) or arrival.is_plain_answer else command(arrival)


def late_answer(arrival: Arrival) -> Effects | None:
    """After 72 hours a bare number or loose words may mean something else: the client is offered the way back."""
    talk = arrival.situation.talk
    if talk is None or not arrival.is_late_for(talk) or is_menu_in_words(arrival, talk):
        return None
    if FLOWS[talk.flow].is_passing:
        return command(arrival) or way_back(arrival) or out_of_the_blue(arrival)
    return command(arrival) or open_talk.begin(arrival.situation, arrival.now, "resume", answers=talk.answers)


def is_menu_in_words(arrival: Arrival, talk: Talk) -> bool:
    """Was a choice said in words ("not yet")? Unlike a bare number, that still means what it says days later."""
    said_in_digits = arrival.said.text.strip()[:1].isdigit()
    is_menu = open_question(FLOWS[talk.flow], talk).reads is Reads.MENU
    is_answer = arrival.intent != "thanks" and isinstance(arrival.answer, Answered)
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


def not_understood(arrival: Arrival) -> Effects | None:
    """What is no answer to a passing talk may be meant for the one that was set aside for it: that is offered again."""
    talk = arrival.situation.talk
    if talk is None:
        return None
    if FLOWS[talk.flow].is_passing and talk.flow != "resume" and (back := way_back(arrival)):
        return back
    return open_talk.go_on(arrival.situation, talk, NotUnderstood(), arrival.now)


def way_back(arrival: Arrival) -> Effects | None:
    """A talk was set aside: it is offered again."""
    parked = arrival.situation.parked
    return open_talk.begin(arrival.situation, arrival.now, "resume", answers=parked.answers) if parked else None


def out_of_the_blue(arrival: Arrival) -> Effects:
    return open_talk.begin(arrival.situation, arrival.now, "front_door")
