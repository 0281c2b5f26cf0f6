from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversations.effects import CancelNudges, ChangeMode, HoldTexts, Purpose, SaveTalk, Send, TellWorker
from conversations.events import Said
from conversations.nudges import NudgeKind
from conversations.situation import Mode, Talk
from tests.core.desk import ASKED_RESULT, ASKED_WHERE, after, asked_for, happens, in_mode, none, only, told
from tests.core.people import JOINED, NOW, WITH_PLAN

AT_NIGHT = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)  # 1:00 in Los Angeles
HINT = "this bus is killing me. we have no food"
ASKED_WHETHER_SAFE = Talk("safe_contact", "is_it_safe", NOW)


@pytest.mark.parametrize(
    ("text", "trigger", "says"),
    [
        ("i dont want to be here anymore", "self_harm", "danger/self_harm"),
        ("ya no quiero vivir", "self_harm", "danger/self_harm"),
        ("he hit me again im scared", "partner_violence", "safe_contact/is_it_safe"),
        ("me volvió a pegar tengo miedo", "partner_violence", "safe_contact/is_it_safe"),
        ("grandma hurt my son", "harm_to_others", "danger/harm"),
        ("le pega a mi hija", "harm_to_others", "danger/harm"),
        ("i cant breathe", "medical", "danger/medical"),
        ("tengo dolor de pecho", "medical", "danger/medical"),
    ],
)
@pytest.mark.parametrize("talk", [None, ASKED_WHERE, ASKED_RESULT])
def test_words_of_danger_have_one_right_reply_and_stop_everything_else(
    text: str, trigger: str, says: str, talk: Talk | None
) -> None:
    effects = after(replace(WITH_PLAN, talk=talk), text)
    assert told(effects) == [says]
    assert only(effects, Send).purpose is Purpose.CRISIS
    assert only(effects, ChangeMode).to is Mode.STOPPED
    assert asked_for(effects) == [(trigger, "U0")]
    assert only(effects, SaveTalk).parked == talk


def test_at_night_the_client_is_told_clearly_that_nobody_reads_along() -> None:
    assert told(after(JOINED, "i want to die", AT_NIGHT)) == ["danger/self_harm_when_closed"]
    assert told(after(JOINED, "i cant breathe", AT_NIGHT)) == ["danger/medical_when_closed"]
    on_call = replace(JOINED, county=replace(JOINED.county, on_call=True))
    assert told(after(on_call, "i want to die", AT_NIGHT)) == ["danger/self_harm"]


def test_the_reply_comes_at_most_once_an_hour_and_people_are_told_each_time() -> None:
    warned = replace(in_mode(JOINED, Mode.STOPPED), warned_at=NOW - timedelta(minutes=30))
    effects = after(warned, "i want to die")
    assert told(effects) == []
    assert asked_for(effects) == [("self_harm", "U0")]
    assert told(after(replace(warned, warned_at=NOW - timedelta(minutes=61)), "i want to die")) == ["danger/self_harm"]


def test_what_was_said_in_the_same_breath_is_for_a_person_to_read() -> None:
    assert only(after(JOINED, "i want to die"), CancelNudges).kinds == {NudgeKind.BREATH}


def test_a_doubtful_match_is_looked_at_as_soon_as_a_sure_one_and_the_client_hears_that_a_person_will() -> None:
    effects = after(replace(JOINED, talk=ASKED_WHERE), "this bus is killing me. he hit me again")
    assert asked_for(effects) == [("crisis_in_doubt", "U0")]
    assert only(effects, TellWorker).promised
    assert only(effects, ChangeMode).to is Mode.HUMAN
    assert told(effects) == ["single/person"]
    assert asked_for(after(in_mode(JOINED, Mode.HUMAN), "this bus is killing me. he hit me again")) == [
        ("crisis_in_doubt", "U0")
    ]


def test_at_a_mere_hint_the_talk_goes_on_and_a_person_reads_it() -> None:
    effects = after(replace(JOINED, talk=ASKED_WHERE), HINT)
    assert asked_for(effects) == [("hint_of_danger", "U2")]
    assert not only(effects, TellWorker).promised
    assert only(effects, SaveTalk).talk
    in_a_persons_hands = after(in_mode(JOINED, Mode.HUMAN), HINT)
    assert asked_for(in_a_persons_hands) == [("waits_for_reply", "U1")]


@pytest.mark.parametrize(
    "text", ["we got notice to move out end of month", "nos dieron aviso de mudarnos a fin de mes"]
)
def test_a_basic_need_comes_before_the_flow_and_check_ins_wait_two_days(text: str) -> None:
    what_changed = Talk("goal_check_in", "what_changed", NOW)
    effects = after(replace(WITH_PLAN, talk=what_changed), text)
    assert told(effects) == ["danger/in_need"]
    assert asked_for(effects) == [("basic_need", "U1")]
    assert only(effects, HoldTexts).until == NOW + timedelta(hours=48)
    assert only(effects, SaveTalk) == SaveTalk(None, what_changed)
    assert none(effects, ChangeMode)


def test_who_says_that_texts_are_not_safe_gets_no_more_of_them() -> None:
    asked = replace(in_mode(JOINED, Mode.STOPPED), talk=ASKED_WHETHER_SAFE)
    effects = after(asked, "2")
    assert only(effects, ChangeMode).to is Mode.SILENT
    assert ("unsafe_to_text", "U0") in asked_for(effects)
    assert none(effects, Send)


@pytest.mark.parametrize("text", ["hello", "HELP", "i want to die", "english", "0", "2"])
def test_a_silent_thread_stays_silent_whatever_comes(text: str) -> None:
    effects = after(in_mode(JOINED, Mode.SILENT), text)
    assert none(effects, Send)
    assert asked_for(effects) or text == "HELP"


def test_who_says_that_texts_are_safe_hears_by_when_a_person_writes() -> None:
    asked = replace(in_mode(JOINED, Mode.STOPPED), talk=ASKED_WHETHER_SAFE)
    effects = after(asked, "1")
    assert told(effects) == ["safe_contact/safe"]
    assert none(effects, ChangeMode)


def test_what_is_no_answer_to_that_question_is_for_a_person() -> None:
    asked = replace(in_mode(JOINED, Mode.STOPPED), talk=ASKED_WHETHER_SAFE)
    effects = after(asked, "i went to my sister")
    assert told(effects) == []
    assert asked_for(effects) == [("waits_for_reply", "U1")]


def test_the_safety_word_looks_like_nothing_and_brings_a_person_at_once() -> None:
    agreed = replace(JOINED, client=replace(JOINED.client, safety_word="bluebird"), talk=ASKED_WHERE)
    effects = after(agreed, "Did the BLUEBIRD thing")
    assert told(effects) == ["single/received"]
    assert asked_for(effects) == [("safety_word", "U0")]
    assert only(effects, ChangeMode).to is Mode.STOPPED


def test_of_several_people_on_one_number_only_one_hears_the_reply() -> None:
    effects = happens(JOINED, Said("i want to die", is_answered=True))
    assert asked_for(effects) == [("self_harm", "U0")]
    assert told(effects) == []
    assert told(happens(JOINED, Said("we have no food", is_answered=True))) == []
    assert told(happens(JOINED, Said("this bus is killing me. he hit me again", is_answered=True))) == []


def test_a_need_said_again_within_the_hour_is_answered_again() -> None:
    warned = replace(JOINED, warned_at=NOW - timedelta(minutes=5))
    assert told(after(warned, "we have no food")) == ["danger/in_need"]
