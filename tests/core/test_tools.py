"""A county uses some tools and leaves others out (domain guide 2.16, 11)."""

from dataclasses import replace

import pytest

from conversations.commands import COMMANDS
from conversations.county import UNTIL_CHOSEN, Tool
from conversations.events import WorkerStarted
from conversations.flows import FLOWS
from conversations.situation import Situation, Talk
from conversations.tools import OF_COMMAND, OF_FLOW
from tests.core.desk import after, happens, told
from tests.core.people import COUNTY, JOINED, NOW, WITH_PLAN


def using(*tools: Tool, situation: Situation = JOINED) -> Situation:
    return replace(situation, county=replace(COUNTY, tools=frozenset(tools)))


def test_tools_are_told_by_commands_and_flows_that_there_are() -> None:
    assert set(OF_COMMAND) <= set(COMMANDS)
    assert set(OF_FLOW) <= set(FLOWS)
    assert {*OF_COMMAND.values(), *OF_FLOW.values()} == set(Tool)


@pytest.mark.parametrize(("command", "tool"), OF_COMMAND.items())
def test_a_command_of_a_tool_that_is_off_is_none(command: str, tool: Tool) -> None:
    front_door = ["front_door/without_plan" if tool is Tool.POCKET_PLAN else "front_door/what_would_help"]
    others = set(Tool) - {tool}
    assert told(after(using(*others, situation=WITH_PLAN), command)) == front_door
    assert told(after(using(*Tool, situation=WITH_PLAN), command)) != front_door


def test_a_command_that_is_off_may_be_an_answer_in_capitals() -> None:
    asked = Talk("goal_setting", "step", NOW, {"goal": "a job"})
    off = replace(using(), talk=asked)
    assert told(after(off, "IDEAS")) == ["goal_setting/when"]
    assert told(after(replace(off, county=COUNTY), "IDEAS")) == ["goal_storming/idea"]


def test_a_reminder_is_asked_for_in_vain_where_there_are_none() -> None:
    words = "remind me to call the school fri 9am"
    assert told(after(JOINED, words)) == ["own_reminder/confirm"]
    assert told(after(using(), words)) == ["front_door/without_plan"]


def test_roadmaps_are_off_until_a_county_chooses_them() -> None:
    assert told(after(JOINED, "road")) == ["front_door/what_would_help"]
    assert told(after(using(*UNTIL_CHOSEN, Tool.ROADMAP), "road")) == ["roadmap/ask"]


def test_without_goal_storming_nobody_is_led_there() -> None:
    asked = Talk("goal_setting", "goal", NOW)
    assert told(after(replace(JOINED, talk=asked), "idk")) == ["goal_storming/idea"]
    assert told(after(replace(using(), talk=asked), "idk")) == ["goal_setting/no_rush"]


def test_without_detours_a_plan_is_made_without_a_pothole() -> None:
    asked = Talk("goal_setting", "support", NOW, {"goal": "a job", "step": "call", "when": "2027-03-04"})
    assert told(after(replace(JOINED, talk=asked), "none")) == ["goal_setting/pothole"]
    assert told(after(replace(using(), talk=asked), "none")) == ["goal_setting/rehearse"]


def test_a_worker_starts_nothing_that_the_county_leaves_out() -> None:
    assert happens(JOINED, WorkerStarted("life_pulse")) == ()
    assert told(happens(using(Tool.LIFE_PULSE), WorkerStarted("life_pulse"))) == ["life_pulse/pulse"]
    assert told(happens(using(), WorkerStarted("goal_setting"))) == ["goal_setting/goal"]
