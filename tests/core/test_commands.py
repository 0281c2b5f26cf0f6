from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.commands import COMMANDS, answers_of
from conversations.effects import (
    AskAgainAt,
    CancelNudges,
    EndRestAt,
    Preference,
    ReviewStep,
    SaveGoal,
    SaveTalk,
    Send,
    SetPreference,
)
from conversations.goals import GoalEvent, GoalStatus, StepStatus
from conversations.nudges import OF_SILENCE, NudgeKind
from conversations.situation import Situation, Talk
from tests.core.people import COUNTY, GOAL, JOINED, LANGUAGES, MARIA, NOW, STEP, WITH_PLAN

ASKED_WHERE = Talk("goal_setting", "where", NOW - timedelta(hours=1), {"goal": "a job", "step": "call"})
ASKED_RESULT = Talk("goal_check_in", "how_did_it_go", NOW - timedelta(hours=1))
OVER = replace(WITH_PLAN, goal=replace(GOAL, step=replace(STEP, status=StepStatus.DONE)))


def told(name: str, situation: Situation) -> list[str]:
    return [effect.says.context for effect in COMMANDS[name](situation, NOW) if isinstance(effect, Send)]


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=list(LANGUAGES))
def test_every_command_has_words_in_every_language(language: object) -> None:
    assert set(COMMANDS) <= set(language.commands)  # type: ignore[attr-defined]


def test_plan_shows_the_plan_that_stands() -> None:
    assert told("plan", WITH_PLAN) == ["single/plan"]
    bare = replace(WITH_PLAN, goal=replace(GOAL, step=replace(STEP, obstacle="", detour="")))
    assert told("plan", bare) == ["single/plan_without_detour"]
    assert told("plan", JOINED) == told("plan", OVER) == ["single/no_plan"]


def test_plan_says_no_more_of_a_private_plan_than_when_it_is() -> None:
    assert told("plan", replace(WITH_PLAN, goal=replace(GOAL, private=True))) == ["single/plan_private"]
    assert told("plan", replace(WITH_PLAN, client=replace(MARIA, phone_is_shared=True))) == ["single/plan_private"]


def test_goal_ideas_and_road_open_their_conversations() -> None:
    assert told("goal", JOINED) == ["goal_setting/goal"]
    assert told("ideas", JOINED) == ["goal_storming/idea"]
    assert told("road", JOINED) == ["roadmap/ask"]


def test_change_asks_which_part_and_knows_the_rest() -> None:
    assert told("change", WITH_PLAN) == ["goal_setting/change_which"]
    assert told("change", JOINED) == told("change", OVER) == ["single/no_plan"]


def test_done_reports_the_step_before_we_ask() -> None:
    effects = COMMANDS["done"](WITH_PLAN, NOW)
    assert [effect.result for effect in effects if isinstance(effect, ReviewStep)] == [StepStatus.DONE]
    assert CancelNudges(frozenset({NudgeKind.CHECK_IN, NudgeKind.STEP_REMINDER}), "already_reported") in effects
    assert told("done", OVER) == told("done", JOINED) == ["single/glad"]


@pytest.mark.parametrize("status", [StepStatus.NO_REPLY, StepStatus.NOT_YET, StepStatus.SOME])
def test_done_counts_long_after_we_asked_too(status: StepStatus) -> None:
    late = replace(WITH_PLAN, goal=replace(GOAL, step=replace(STEP, status=status)))
    assert told("done", late) == ["goal_check_in/helped"]


def test_pause_rests_for_the_countys_weeks_and_keeps_the_talk() -> None:
    effects = COMMANDS["pause"](replace(WITH_PLAN, talk=ASKED_RESULT), NOW)
    until = NOW + timedelta(weeks=COUNTY.rest_weeks)
    assert EndRestAt(until) in effects
    assert SetPreference(Preference.RESTING_UNTIL, until.isoformat()) in effects
    assert SaveTalk(None, ASKED_RESULT) in effects
    assert [effect.what for effect in effects if isinstance(effect, SaveGoal)] == [GoalEvent.PAUSED]


def test_go_takes_up_the_open_question_then_the_one_set_aside_then_the_goal_that_rests() -> None:
    assert told("go", replace(JOINED, talk=ASKED_WHERE, parked=ASKED_RESULT)) == ["goal_setting/where"]
    assert told("go", replace(JOINED, parked=ASKED_WHERE)) == ["goal_setting/where"]
    assert told("go", replace(JOINED, goal=replace(GOAL, status=GoalStatus.PAUSED))) == ["fresh_start/pick_up"]


def test_go_says_nothing_of_a_rest_to_who_had_none() -> None:
    assert told("go", JOINED) == told("go", WITH_PLAN) == ["front_door/what_would_help"]


def test_go_ends_a_rest() -> None:
    resting = replace(JOINED, client=replace(MARIA, resting_until=NOW + timedelta(days=3)))
    effects = COMMANDS["go"](resting, NOW)
    assert SetPreference(Preference.RESTING_UNTIL, "") in effects
    assert CancelNudges(frozenset({NudgeKind.END_OF_REST}), "rest_ended") in effects


@pytest.mark.parametrize("talk", [ASKED_WHERE, ASKED_RESULT])
def test_later_puts_the_open_question_again_tomorrow_and_is_patient_until_then(talk: Talk) -> None:
    effects = COMMANDS["later"](replace(JOINED, talk=talk), NOW)
    assert AskAgainAt(NOW + timedelta(days=1), talk.asked_at) in effects
    assert CancelNudges(OF_SILENCE, "asked_for_later") in effects
    assert not any(isinstance(effect, SaveTalk) for effect in effects)
    assert told("later", replace(JOINED, talk=talk)) == ["single/tomorrow"]


def test_later_with_nothing_open_is_no_error() -> None:
    assert told("later", JOINED) == ["single/no_rush"]


def test_a_detour_is_added_to_the_plan_that_stands() -> None:
    assert told("detour", WITH_PLAN) == ["goal_setting/pothole"]
    assert told("detour", JOINED) == ["single/no_plan"]


def test_who_privacy_and_settings_answer() -> None:
    assert told("who", JOINED) == ["single/who"]
    assert told("privacy", JOINED) == ["preferences/privacy"]
    assert told("set", JOINED) == ["preferences/which"]


def test_a_passing_talk_is_not_set_aside() -> None:
    front_door = Talk("front_door", "what_would_help", NOW)
    effects = COMMANDS["pause"](replace(JOINED, talk=front_door), NOW)
    assert SaveTalk(None, None) in effects


def test_a_plan_as_answers_leaves_out_what_was_not_said() -> None:
    bare = replace(GOAL, step=replace(STEP, obstacle="", detour=""))
    assert answers_of(bare) == {
        "goal": GOAL.text,
        "step": STEP.text,
        "when": "2027-03-04T10:00-08:00",
        "where": "library",
    }
    assert answers_of(replace(GOAL, step=None)) == {"goal": GOAL.text}
