"""The conversations as they are: whole, connected, and true to every name that was ever released."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from conversations import engine
from conversations.flows import FLOWS, registry
from conversations.notation import Ask, End, Flow, FlowError, Into
from conversations.paths import events, typical_scenes
from conversations.talks import loaded
from conversations.visit_acts import VISIT

HERE = Path(__file__).parent
LOCK = HERE / "flows.lock.toml"
"""For each release, by flow: the names of its steps and of the answers it saves. Stored talks hold these names."""

RELEASED_TALKS = HERE / "talks_from_0.1.json"
"""What release 0.1 stored while it waited at each of its questions (`paths.Walk.talks`)."""


def test_every_conversation_is_registered_under_its_name() -> None:
    assert all(name == flow.name for name, flow in FLOWS.items())


def test_two_flows_cannot_share_a_name() -> None:
    with pytest.raises(FlowError, match="two flows"):
        registry([small_flow(End("Bye.")), small_flow(End("Hi."))])


def test_a_hand_over_to_no_flow_is_refused() -> None:
    with pytest.raises(FlowError, match="no flow 'nowhere'"):
        registry([small_flow(End(then=Into("nowhere")))])


def test_a_hand_over_must_lead_to_a_start_or_an_entry() -> None:
    with pytest.raises(FlowError, match="no entry"):
        registry([*FLOWS.values(), small_flow(End(then=Into("goal_setting", at="where")))])
    assert "small" in registry([*FLOWS.values(), small_flow(End(then=Into("goal_setting", at="step")))])


@pytest.mark.parametrize("flow", list(FLOWS.values()), ids=lambda flow: flow.name)
def test_a_person_takes_over_after_two_replies_that_are_not_understood(flow: Flow) -> None:
    times, there = flow.if_unclear
    end = flow.steps[there]
    assert times == (1 if flow.name == "stop_or_not" else 2)  # whether to stop is asked once
    assert isinstance(end, End)
    assert end.tell_worker is not None


def test_what_is_carried_into_another_flow_is_saved_where_it_comes_from_or_came_from() -> None:
    """An answer that nobody saves cannot be carried: the name is misspelt. A visit is named when a talk begins."""
    saved = {step.save for flow in FLOWS.values() for step in flow.steps.values() if isinstance(step, Ask)}
    carried = {
        name
        for flow in FLOWS.values()
        for step in flow.steps.values()
        if isinstance(step, End) and isinstance(step.then, Into)
        for name in step.then.carries
    }
    assert carried <= {*saved, VISIT}


def test_no_released_step_or_answer_is_lost() -> None:
    """Clients wait at these steps. A renamed step stays in its flow's `moved`."""
    for release, flows in tomllib.loads(LOCK.read_text())["release"].items():
        for name, locked in flows.items():
            flow = FLOWS[name]
            assert set(locked["steps"]) <= {*flow.steps, *flow.moved}, f"{release}: {name} lost a step"
            assert set(locked["answers"]) <= answer_names(flow), f"{release}: {name} lost an answer"


def test_every_name_of_today_is_locked() -> None:
    """New names go into the lock with the release that brings them, as this failure prints them."""
    releases = tomllib.loads(LOCK.read_text())["release"].values()
    for flow in FLOWS.values():
        locked = [release[flow.name] for release in releases if flow.name in release]
        steps = {step for entry in locked for step in entry["steps"]}
        answers = {answer for entry in locked for answer in entry["answers"]}
        assert set(flow.steps) <= steps, f"add to {LOCK.name}:\n{as_toml(flow)}"
        assert answer_names(flow) <= answers, f"add to {LOCK.name}:\n{as_toml(flow)}"


def released_talks() -> Mapping[str, Mapping[str, str]]:
    stored: Mapping[str, Mapping[str, str]] = json.loads(RELEASED_TALKS.read_text())
    return stored


def test_a_talk_of_an_earlier_release_goes_on_at_every_question_with_every_reply() -> None:
    for name, talks in released_talks().items():
        flow = FLOWS[name]
        for stored in talks.values():
            talk = loaded(stored)
            for scene in typical_scenes():
                for event, later in events(flow, talk, scene.situation, scene.now):
                    turn = engine.turn(flow, talk, event, scene.situation, later)
                    assert turn.talk.at in {*flow.steps, talk.at}


def test_the_talks_of_release_0_1_stand_at_every_question_it_had() -> None:
    locked = tomllib.loads(LOCK.read_text())["release"]["0.1"]
    questions = {
        name: {step for step in entry["steps"] if isinstance(FLOWS[name].steps.get(step), Ask)}
        for name, entry in locked.items()
    }
    assert {name: set(talks) for name, talks in released_talks().items()} == questions


def test_a_lost_step_is_found_when_a_talk_comes_back_to_it() -> None:
    talk = loaded(released_talks()["goal_setting"]["when"])
    with pytest.raises(engine.LostStepError, match="goal_setting/once"):
        engine.open_question(FLOWS["goal_setting"], replace(talk, at="once"))


def answer_names(flow: Flow) -> set[str]:
    return {step.save for step in flow.steps.values() if isinstance(step, Ask) and step.save}


def as_toml(flow: Flow) -> str:
    return f'[release."?".{flow.name}]\nsteps = {list(flow.steps)}\nanswers = {sorted(answer_names(flow))}\n'


def small_flow(end: End) -> Flow:
    return Flow("small", "A flow of one end.", "end", {"end": end}, (2, "end"))
