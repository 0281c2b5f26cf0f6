from dataclasses import replace
from datetime import timedelta

from conversations.effects import CountIdle, Effect, Send
from conversations.folding import trace
from conversations.situation import Idle, Situation
from tests.core.desk import ASKED_WHERE, after, asked_for, told
from tests.core.people import JOINED, NOW


def texts(situation: Situation, text: str, times: int) -> tuple[list[int], list[tuple[Effect, ...]]]:
    """How many texts went back each time, and all effects."""
    counts, all_effects = [], []
    for nth in range(times):
        effects = after(situation, text, NOW + timedelta(seconds=nth))
        idle = [effect.idle for effect in effects if isinstance(effect, CountIdle)]
        situation = replace(situation, idle=idle[-1]) if idle else situation
        counts.append(sum(isinstance(effect, Send) for effect in effects))
        all_effects.append(effects)
    return counts, all_effects


def test_what_goes_round_in_a_circle_gets_six_answers_and_then_a_person_is_told_once() -> None:
    counts, effects = texts(JOINED, "the library is open", 9)
    assert counts == [1] * 6 + [0] * 3
    assert [asked_for(each) for each in effects[6:]] == [[("answering_machine", "U3")], [], []]


def test_after_ten_minutes_it_is_answered_again() -> None:
    stopped = replace(JOINED, idle=Idle(7, NOW - timedelta(minutes=10)))
    assert told(after(stopped, "hello there")) == ["front_door/what_would_help"]


def test_the_same_words_over_and_over_are_a_circle_even_where_they_answer_a_question() -> None:
    again = replace(JOINED, talk=ASKED_WHERE, idle=Idle(6, NOW, trace("At the library")))
    assert told(after(again, "at the library!")) == []
    assert asked_for(after(again, "at the library!")) == [("answering_machine", "U3")]


def test_a_person_who_answers_menus_is_no_machine() -> None:
    talk = replace(ASKED_WHERE, at="size")
    again = replace(JOINED, talk=talk, idle=Idle(6, NOW, trace("1")))
    assert told(after(again, "1")) == ["goal_setting/bigger"]


def test_a_stop_is_heard_whatever_went_before() -> None:
    assert told(after(replace(JOINED, idle=Idle(9, NOW)), "STOP")) == ["single/stopped"]


def test_a_reply_that_a_phone_gave_by_itself_is_not_answered() -> None:
    assert told(after(JOINED, "I'm driving right now, I'll get back to you later. Sent from My Car")) == []
