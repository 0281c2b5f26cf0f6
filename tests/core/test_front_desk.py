from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from conversations.decide import decide
from conversations.effects import (
    CancelNudges,
    ChangeConsent,
    Effect,
    Purpose,
    SaveTalk,
    Send,
    SetPreference,
    TellWorker,
)
from conversations.escalations import Level, Trigger
from conversations.events import Said
from conversations.nudges import END_WITH_CONSENT
from conversations.situation import Consent, Situation, Talk
from tests.core.people import GOAL, JOINED, LANGUAGES, MARIA, NOW, WITH_PLAN

E = TypeVar("E")
ASKED_WHERE = Talk("goal_setting", "where", NOW - timedelta(hours=1), {"goal": "a job", "step": "call"})
ASKED_RESULT = Talk("goal_check_in", "how_did_it_go", NOW - timedelta(hours=1))


def after(situation: Situation, text: str, now: datetime = NOW, *, media: bool = False) -> tuple[Effect, ...]:
    return decide(situation, Said(text, media), now, LANGUAGES)


def told(effects: tuple[Effect, ...]) -> list[str]:
    return [effect.says.context for effect in effects if isinstance(effect, Send)]


def only(effects: tuple[Effect, ...], kind: type[E]) -> E:
    found = [effect for effect in effects if isinstance(effect, kind)]
    assert len(found) == 1, effects
    return found[0]


@pytest.mark.parametrize("text", ["STOP", "stop.", "Unsubscribe", "alto", "BASTA", "🛑", "leave me alone"])
@pytest.mark.parametrize("talk", [None, ASKED_WHERE, ASKED_RESULT])
def test_a_whole_message_that_says_stop_ends_all_texts_whatever_was_asked(text: str, talk: Talk | None) -> None:
    effects = after(replace(WITH_PLAN, talk=talk), text)
    assert only(effects, ChangeConsent).to is Consent.REVOKED
    assert only(effects, CancelNudges).kinds == END_WITH_CONSENT
    assert only(effects, SaveTalk) == SaveTalk(None)
    assert only(effects, TellWorker).trigger is Trigger.OPTED_OUT
    assert told(effects) == ["single/stopped"]


@pytest.mark.parametrize("text", ["cancel my appointment", "I can't stop smiling", "end of month works", "al final"])
def test_a_stop_word_inside_a_sentence_is_an_answer(text: str) -> None:
    effects = after(replace(JOINED, talk=ASKED_WHERE), text)
    talk = only(effects, SaveTalk).talk
    assert talk is not None
    assert talk.answers["where"] == text


def test_a_stop_that_the_provider_has_confirmed_is_not_confirmed_again() -> None:
    effects = decide(JOINED, Said("STOP", is_answered=True), NOW, LANGUAGES)
    assert only(effects, ChangeConsent).to is Consent.REVOKED
    assert told(effects) == []


def test_help_that_the_provider_has_answered_is_not_answered_again() -> None:
    assert decide(JOINED, Said("HELP", is_answered=True), NOW, LANGUAGES) == ()


def test_a_second_stop_says_nothing() -> None:
    revoked = replace(JOINED, client=replace(MARIA, consent=Consent.REVOKED))
    assert after(revoked, "STOP") == ()


@pytest.mark.parametrize("consent", [Consent.NONE, Consent.REVOKED, Consent.CLOSED, Consent.INVITED])
def test_without_consent_any_other_text_hears_help_once_a_day(consent: Consent) -> None:
    silent = replace(JOINED, client=replace(MARIA, consent=consent))
    assert told(after(silent, "hello?")) == ["single/help"]
    assert after(replace(silent, last_heard_at=NOW - timedelta(hours=3)), "hello?") == ()
    assert told(after(replace(silent, last_heard_at=NOW - timedelta(hours=25)), "hello?")) == ["single/help"]


def test_help_is_always_answered_even_right_after_a_stop() -> None:
    stopped = replace(JOINED, client=replace(MARIA, consent=Consent.REVOKED), last_heard_at=NOW)
    assert told(after(stopped, "HELP")) == ["single/help"]


def test_start_joins_without_an_invitation() -> None:
    effects = after(replace(JOINED, client=replace(MARIA, consent=Consent.NONE)), "START")
    assert only(effects, ChangeConsent).to is Consent.ACTIVE
    assert told(effects) == ["welcome/welcome", "welcome/privacy"]


def test_after_stop_start_comes_back_and_schedules_wait_for_a_rhythm() -> None:
    effects = after(replace(WITH_PLAN, client=replace(MARIA, consent=Consent.REVOKED)), "start")
    assert only(effects, ChangeConsent).to is Consent.ACTIVE
    assert told(effects) == ["welcome/welcome_back", "welcome/rhythm"]


def test_an_invited_client_joins_by_saying_yes() -> None:
    talk = Talk("welcome", "invite", NOW - timedelta(hours=1))
    invited = replace(JOINED, client=replace(MARIA, consent=Consent.INVITED), talk=talk)
    effects = after(invited, "Sí")
    assert only(effects, ChangeConsent).to is Consent.ACTIVE


def test_help_answers_and_leaves_the_open_question_as_it_is() -> None:
    effects = after(replace(JOINED, talk=ASKED_WHERE), "help")
    assert told(effects) == ["single/help"]
    assert not any(isinstance(effect, SaveTalk) for effect in effects)


@pytest.mark.parametrize("text", ["0", "worker", "Talk to someone", "persona", "Ana", "ana!"])
def test_a_person_comes_when_asked_for_and_the_talk_is_set_aside(text: str) -> None:
    effects = after(replace(JOINED, talk=ASKED_WHERE), text)
    wanted = only(effects, TellWorker)
    assert (wanted.trigger, wanted.level) == (Trigger.ASKED_FOR_PERSON, Level.U1)
    assert only(effects, SaveTalk) == SaveTalk(None, ASKED_WHERE)
    assert told(effects) == ["single/person"]


def test_outside_office_hours_the_client_hears_that_nobody_reads_now() -> None:
    assert told(after(JOINED, "0", NOW + timedelta(hours=12))) == ["single/person_when_closed"]


def test_the_language_switches_in_the_middle_and_the_question_is_put_again() -> None:
    effects = after(replace(JOINED, talk=ASKED_WHERE), "en español por favor")
    assert only(effects, SetPreference).value == "es"
    assert told(effects) == ["single/language_set", "goal_setting/where"]
    talk = only(effects, SaveTalk).talk
    assert talk is not None
    assert talk.answers == ASKED_WHERE.answers


def test_the_language_switches_with_nothing_open() -> None:
    assert told(after(JOINED, "ESPANOL")) == ["single/language_set"]


def test_a_picture_alone_gets_a_kind_answer_and_is_shown_to_the_worker() -> None:
    effects = after(JOINED, "", media=True)
    assert told(effects) == ["single/media"]
    assert only(effects, TellWorker).trigger is Trigger.MEDIA


def test_a_picture_with_words_is_read_by_its_words_and_shown_to_the_worker() -> None:
    effects = after(JOINED, "PLAN", media=True)
    assert told(effects) == ["single/no_plan"]
    assert only(effects, TellWorker).trigger is Trigger.MEDIA


def test_words_of_danger_beside_a_picture_are_told_as_such() -> None:
    effects = after(JOINED, "I want to kill myself", media=True)
    assert [(one.trigger, one.level) for one in effects if isinstance(one, TellWorker)] == [
        (Trigger.SELF_HARM, Level.U0)
    ]


def test_a_command_in_capitals_is_one_even_where_any_words_would_be_an_answer() -> None:
    assert told(after(replace(WITH_PLAN, talk=ASKED_WHERE), "PLAN")) == ["single/plan"]


def test_the_same_word_in_small_letters_is_an_answer() -> None:
    assert told(after(replace(WITH_PLAN, talk=ASKED_WHERE), "plan")) != ["single/plan"]


def test_capitals_that_answer_the_question_are_an_answer() -> None:
    storming = Talk("goal_storming", "more", NOW, {"ideas": "a job"})
    assert told(after(replace(JOINED, talk=storming), "DONE")) == ["goal_storming/picture"]


def test_capitals_that_are_no_command_are_an_answer() -> None:
    assert told(after(replace(JOINED, talk=ASKED_WHERE), "AT THE LIBRARY")) == ["goal_setting/support"]


def test_the_answer_comes_before_commands() -> None:
    assert told(after(replace(WITH_PLAN, talk=ASKED_RESULT), "done")) == ["goal_check_in/helped"]


def test_a_command_is_heard_where_a_menu_was_asked() -> None:
    assert told(after(replace(WITH_PLAN, talk=ASKED_RESULT), "plan")) == ["single/plan"]


def test_a_command_in_capitals_is_one_where_a_day_was_asked() -> None:
    asked_when = Talk("goal_setting", "which_day", NOW, {"goal": "a job", "step": "call"})
    effects = after(replace(JOINED, talk=asked_when), "PAUSE")
    assert told(effects) == ["single/resting"]
    assert only(effects, SaveTalk).parked == asked_when


def test_a_command_of_the_other_language_is_heard() -> None:
    assert told(after(WITH_PLAN, "listo")) == ["goal_check_in/helped"]


def test_an_answer_in_the_other_language_counts_where_their_own_says_less() -> None:
    spanish = replace(WITH_PLAN, client=replace(MARIA, language="es"))
    assert told(after(replace(spanish, talk=ASKED_RESULT), "done")) == ["goal_check_in/helped"]
    asked_when = Talk("goal_setting", "when", NOW, {"goal": "a job", "step": "call"})
    assert told(after(replace(JOINED, talk=asked_when), "viernes a las 10")) == ["goal_setting/where"]
    assert told(after(replace(JOINED, talk=asked_when), "soon")) == ["goal_setting/which_day"]


@pytest.mark.parametrize(
    ("flow", "at", "then"),
    [
        ("goal_setting", "goal", "goal_setting/goal"),
        ("goal_setting", "which_day", "goal_setting/which_day"),
        ("goal_setting", "meaning", "goal_setting/size"),
        ("goal_storming", "more", "goal_storming/picture"),
    ],
)
def test_thanks_is_not_taken_for_words_of_their_own(flow: str, at: str, then: str) -> None:
    talk = Talk(flow, at, NOW, {"ideas": "a job"})
    effects = after(replace(JOINED, talk=talk), "ok thanks")
    assert told(effects) == [then]
    saved = only(effects, SaveTalk).talk
    assert saved is not None
    assert "ok thanks" not in saved.answers.values()


def test_late_thanks_is_no_answer_to_an_old_menu() -> None:
    asked = Talk("goal_setting", "size", NOW - timedelta(hours=73), {"goal": "a job"})
    assert told(after(replace(JOINED, talk=asked), "ok")) == ["resume/ready_to_go_on"]


def test_thanks_is_never_an_error() -> None:
    for talk in (None, ASKED_RESULT):
        assert told(after(replace(JOINED, talk=talk), "Thank you!!")) == ["single/glad"]


def test_what_is_not_understood_is_asked_again_and_then_a_person_comes() -> None:
    first = after(replace(WITH_PLAN, talk=ASKED_RESULT), "purple")
    assert told(first) == ["fallback/choice"]
    talk = only(first, SaveTalk).talk
    second = after(replace(WITH_PLAN, talk=talk), "purple")
    assert only(second, TellWorker).trigger is Trigger.NOT_UNDERSTOOD
    assert only(second, SaveTalk).talk is None


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "?!", "x" * 1600])
@pytest.mark.parametrize("talk", [None, ASKED_WHERE, ASKED_RESULT])
def test_an_empty_odd_or_very_long_text_gets_a_kind_answer(text: str, talk: Talk | None) -> None:
    assert told(after(replace(WITH_PLAN, talk=talk), text))


def test_a_late_number_is_not_taken_for_an_old_menu() -> None:
    late = replace(WITH_PLAN, talk=replace(ASKED_RESULT, asked_at=NOW - timedelta(hours=73)))
    effects = after(late, "3")
    assert told(effects) == ["resume/ready"]
    assert only(effects, SaveTalk).parked == late.talk


def test_a_late_answer_in_words_still_counts() -> None:
    late = replace(WITH_PLAN, talk=replace(ASKED_RESULT, asked_at=NOW - timedelta(hours=73)))
    assert told(after(late, "not yet")) == ["goal_check_in/got_in_way"]


def test_a_late_command_is_a_command() -> None:
    late = replace(WITH_PLAN, talk=replace(ASKED_RESULT, asked_at=NOW - timedelta(hours=73)))
    assert told(after(late, "plan")) == ["single/plan"]


def test_a_passing_talk_that_is_late_is_forgotten() -> None:
    front_door = Talk("front_door", "what_would_help", NOW - timedelta(hours=73))
    assert told(after(replace(JOINED, talk=front_door), "2")) == ["front_door/what_would_help"]
    assert told(after(replace(JOINED, talk=front_door), "plan")) == ["single/no_plan"]
    assert told(after(replace(JOINED, talk=front_door, parked=ASKED_WHERE), "2")) == ["resume/ready"]


def test_the_next_text_is_offered_the_way_back_to_what_was_set_aside() -> None:
    effects = after(replace(JOINED, parked=ASKED_WHERE), "hi")
    assert told(effects) == ["resume/ready"]
    talk = only(effects, SaveTalk).talk
    back = after(replace(JOINED, talk=talk, parked=ASKED_WHERE), "1")
    assert told(back) == ["goal_setting/where"]
    assert only(back, SaveTalk).parked is None


def test_starting_fresh_begins_the_same_conversation_anew() -> None:
    talk = Talk("resume", "ready", NOW)
    effects = after(replace(JOINED, talk=talk, parked=ASKED_WHERE), "2")
    assert told(effects) == ["goal_setting/goal"]


def test_the_way_back_to_what_is_no_longer_there_still_has_an_answer() -> None:
    assert told(after(replace(JOINED, talk=Talk("resume", "ready", NOW)), "1")) == ["front_door/what_would_help"]


def test_a_text_out_of_the_blue_is_asked_what_would_help() -> None:
    effects = after(JOINED, "hola buenas")
    assert told(effects) == ["front_door/what_would_help"]
    talk = only(effects, SaveTalk).talk
    assert told(after(replace(WITH_PLAN, talk=talk), "1")) == ["single/plan"]
    assert told(after(replace(JOINED, talk=talk), "2")) == ["goal_setting/goal"]
    assert only(after(replace(JOINED, talk=talk), "3"), TellWorker).trigger is Trigger.ASKED_FOR_PERSON


def test_replies_are_never_counted_as_unprompted() -> None:
    effects = after(replace(WITH_PLAN, talk=ASKED_RESULT), "done")
    assert {effect.purpose for effect in effects if isinstance(effect, Send)} == {Purpose.REPLY}
    assert GOAL.step is not None
