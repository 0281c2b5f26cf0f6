from dataclasses import replace

import pytest

from conversations.effects import CheckIn, Preference, SetPreference
from conversations.events import PreferencesTold, WorkerPlanned
from conversations.goals import GoalStatus, StepStatus
from conversations.hand_over import show_plan
from conversations.situation import Mode, Situation
from conversations.told_to_staff import told
from tests.core.people import GOAL, JOINED, NOW, STEP

RARER = PreferencesTold({Preference.RHYTHM: "monthly"}, "voice")
KEPT = SetPreference(Preference.RHYTHM, "monthly", "voice")


def test_a_new_rhythm_holds_for_the_plan_that_stands() -> None:
    assert told(replace(JOINED, goal=GOAL), RARER, NOW) == (KEPT, CheckIn(GOAL.number, STEP))


@pytest.mark.parametrize(
    "situation",
    [
        JOINED,
        replace(JOINED, goal=replace(GOAL, status=GoalStatus.PAUSED)),
        replace(JOINED, goal=replace(GOAL, step=None)),
        replace(JOINED, goal=replace(GOAL, step=replace(STEP, status=StepStatus.DONE))),
    ],
)
def test_without_a_step_to_come_there_is_only_the_rhythm_to_keep(situation: Situation) -> None:
    assert told(situation, RARER, NOW) == (KEPT,)


def test_a_plan_of_the_workers_is_not_shown_while_a_person_has_the_thread() -> None:
    busy = replace(JOINED, client=replace(JOINED.client, mode=Mode.HUMAN))
    assert show_plan(busy, WorkerPlanned({}), NOW) == ()
