"""Every arrow of every flow is walked, talks being stored and read back between all turns."""

from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any

import pytest

from conversations.acts import GoalOnHand
from conversations.effects import CheckIn, KeepIdea, Preference, ReviewStep, SaveGoal, SetPreference
from conversations.flows import FLOWS
from conversations.goals import Goal, GoalEvent, GoalStatus, Moment, Step, StepStatus
from conversations.notation import Ask, Branch, End, Flow, FlowError, Known, Reply
from conversations.paths import Scene, Walk, check, remembered, typical_scenes, walk
from conversations.situation import Talk
from conversations.talks import loaded, saved

SCENE = typical_scenes()[0]
GOAL = Goal(1, "get a card", step=Step(1, "sign up", Moment(None, "soon")))


@cache
def checked(name: str) -> Walk:
    return check(FLOWS[name])


@pytest.mark.parametrize("flow", list(FLOWS.values()), ids=lambda flow: flow.name)
def test_every_arrow_is_walked_and_every_question_comes_to_an_end(flow: Flow) -> None:
    walked = checked(flow.name)
    assert walked.arrows == set(flow.arrows())
    assert set(walked.talks) == {name for name, step in flow.steps.items() if isinstance(step, Ask)}


def test_a_branch_that_never_takes_a_way_is_found() -> None:
    def always_none(_known: Known) -> Enum:
        return GoalOnHand.NONE

    lazy = flow_of(
        {
            "goal": Branch(
                always_none,
                when={GoalOnHand.NONE: "end", GoalOnHand.ACTIVE: "rare", GoalOnHand.PAUSED: "end"},
            ),
            "rare": End("Rare."),
            "end": End("Bye."),
        }
    )
    with pytest.raises(FlowError, match=r"never walked .*'rare'.* never ended at \['rare'\]"):
        check(lazy)


def test_a_question_that_only_leads_back_to_itself_is_stuck() -> None:
    more = Reply("more", "more")
    circle = flow_of({"again": Ask("Again?", when={more: "again"})}, if_unclear=(2, "again"))
    assert walk(circle, [SCENE]).stuck == {"again"}


def test_an_end_counts_as_reached_from_the_question_before_it() -> None:
    yes = Reply("yes")
    walked = walk(flow_of({"sure": Ask("Sure?", when={yes: "end"}), "end": End("Bye.")}), [SCENE])
    assert walked.endings == {"end"}
    assert not walked.stuck
    assert not walked.never_walked


def test_a_talk_is_the_same_after_it_was_stored() -> None:
    talk = Talk(
        "goal_setting", "when", datetime(2027, 3, 1, 18, 5, 9, 12, tzinfo=UTC), {"step": "año\n✋"}, 1, over=True
    )
    assert loaded(saved(talk)) == talk


def test_a_stored_talk_holds_no_sentence_of_ours() -> None:
    ours = {step.text for flow in FLOWS.values() for step in flow.steps.values() if isinstance(step, Ask)}
    for stored in (stored for name in FLOWS for stored in checked(name).talks.values()):
        assert not any(text in stored for text in ours)


def test_what_is_kept_shows_in_the_next_situation() -> None:
    done = ReviewStep(1, GOAL.step or Step(1, "", Moment(None)), StepStatus.DONE)
    after = remembered(
        SCENE.situation,
        [
            SaveGoal(GOAL, GoalEvent.SET),
            done,
            KeepIdea("a job"),
            SetPreference(Preference.PHONE_IS_SHARED, "yes"),
            SetPreference(Preference.LANGUAGE, "es"),
        ],
    )
    assert after.goal is not None
    assert after.goal.step is not None
    assert after.goal.step.status is StepStatus.DONE
    assert (after.goals_so_far, after.steps_this_month, after.ideas) == (1, 1, ("a job",))
    assert after.client.phone_is_shared


def test_a_result_that_is_told_twice_is_one_step_done() -> None:
    situation = replace(SCENE.situation, goal=GOAL)
    step = Step(1, "sign up", Moment(None, "soon"))
    once = remembered(situation, [ReviewStep(1, step, StepStatus.DONE)])
    assert once.goal is not None
    assert once.goal.step is not None
    twice = remembered(once, [ReviewStep(1, once.goal.step, StepStatus.DONE, {"helped": "a friend"})])
    assert twice.steps_this_month == 1


def test_a_goal_that_is_closed_is_no_longer_on_hand() -> None:
    released = replace(GOAL, status=GoalStatus.RELEASED)
    after = remembered(
        replace(SCENE.situation, goal=GOAL),
        [SaveGoal(released, GoalEvent.RELEASED), CheckIn(1, Step(1, "", Moment(None)))],
    )
    assert after.goal is None


def flow_of(steps: dict[str, Any], if_unclear: tuple[int, str] = (2, "end")) -> Flow:
    return Flow("small", "A small flow.", next(iter(steps)), steps, if_unclear)


def test_a_scene_begins_with_the_answers_it_holds() -> None:
    scene = Scene("led here", SCENE.situation, SCENE.now, {"meaning": "home by three"})
    talk = loaded(walk(FLOWS["goal_setting"], [scene]).talks["goal"])
    assert talk.answers == {"meaning": "home by three"}
