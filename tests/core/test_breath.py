from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.effects import CancelNudges, Effect, SaveTalk, Send, WaitForMore
from conversations.events import FellDue
from conversations.nudges import NudgeKind
from conversations.situation import Situation, Talk
from tests.core.desk import ASKED_RESULT, ASKED_SIZE, ASKED_WHERE, after, happens, none, only, told
from tests.core.people import JOINED, NOW, WITH_PLAN

IN_BREATHS = replace(JOINED.county, words_joined_within=timedelta(seconds=20))
ASKED = replace(JOINED, county=IN_BREATHS, talk=ASKED_WHERE)
WAITING = replace(ASKED, said_so_far="library computer")


def due(situation: Situation) -> tuple[Effect, ...]:
    return happens(situation, FellDue(NudgeKind.BREATH, words=situation.said_so_far))


def test_words_of_their_own_wait_twenty_seconds_for_more() -> None:
    effects = after(ASKED, "library computer")
    assert only(effects, WaitForMore) == WaitForMore("library computer", NOW + timedelta(seconds=20))
    assert none(effects, Send)


def test_what_follows_in_the_same_breath_is_added() -> None:
    effects = after(WAITING, "the big one downtown")
    assert only(effects, WaitForMore).words == "library computer\nthe big one downtown"


def test_all_of_it_is_one_answer_once_nothing_more_comes() -> None:
    effects = due(replace(WAITING, said_so_far="library computer\nthe big one downtown"))
    talk = only(effects, SaveTalk).talk
    assert talk is not None
    assert talk.answers["where"] == "library computer the big one downtown"
    assert told(effects) == ["goal_setting/support"]


@pytest.mark.parametrize(
    ("talk", "text", "says"),
    [
        (ASKED_RESULT, "1", "goal_check_in/helped"),
        (ASKED_RESULT, "not yet", "goal_check_in/got_in_way"),
        (ASKED_SIZE, "just right", "goal_setting/step"),
        (ASKED_WHERE, "skip", "goal_setting/support"),
        (ASKED_WHERE, "HELP", "single/help"),
        (ASKED_WHERE, "0", "single/person"),
        (ASKED_WHERE, "ok thanks", "goal_setting/support"),
        (Talk("goal_setting", "when", NOW, {"goal": "a", "step": "b"}), "tue 10", "goal_setting/where"),
    ],
)
def test_what_is_plain_at_once_is_answered_at_once(talk: Talk, text: str, says: str) -> None:
    effects = after(replace(WITH_PLAN, county=IN_BREATHS, talk=talk), text)
    assert told(effects) == [says]


def test_a_stop_in_the_same_breath_takes_back_what_waited() -> None:
    assert NudgeKind.BREATH in only(after(WAITING, "STOP"), CancelNudges).kinds


def test_words_of_danger_that_only_both_texts_together_make_are_heard() -> None:
    assert told(due(replace(ASKED, said_so_far="i want\nto die"))) == ["danger/self_harm"]


def test_a_digit_behind_words_belongs_to_them() -> None:
    assert only(after(WAITING, "2"), WaitForMore).words == "library computer\n2"
