"""The life of a goal, and a moment as it is stored."""

from dataclasses import replace
from datetime import date, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from conversations.goals import (
    LIFE_CYCLE,
    Goal,
    GoalEvent,
    GoalStatus,
    LifeCycleError,
    Moment,
    Step,
    StepStatus,
    after,
    setbacks_after,
)

ZONE = ZoneInfo("America/Los_Angeles")
STEP = Step(1, "sign up", Moment(None, "soon"))
GOAL = Goal(1, "get a card", step=STEP, setbacks=1)


@pytest.mark.parametrize(("status", "event"), list(product(GoalStatus, GoalEvent)), ids=str)
def test_a_goal_goes_only_where_its_life_cycle_has_an_arrow(status: GoalStatus, event: GoalEvent) -> None:
    if (status, event) in LIFE_CYCLE:
        assert after(status, event) is LIFE_CYCLE[status, event]
    else:
        with pytest.raises(LifeCycleError, match=f"{status} cannot be {event}"):
            after(status, event)


def test_there_is_no_failed_goal() -> None:
    assert not [status for status in GoalStatus if "fail" in status]


def test_a_goal_that_ended_stays_ended() -> None:
    ended = {GoalStatus.ACHIEVED, GoalStatus.REPLACED, GoalStatus.RELEASED}
    assert not [status for status, _event in LIFE_CYCLE if status in ended]


@pytest.mark.parametrize("ended", [GoalEvent.ACHIEVED, GoalEvent.REPLACED, GoalEvent.RELEASED])
def test_a_resting_goal_can_end_without_being_taken_up(ended: GoalEvent) -> None:
    assert after(GoalStatus.PAUSED, ended) not in {GoalStatus.ACTIVE, GoalStatus.PAUSED}


@pytest.mark.parametrize(
    ("result", "running"),
    [
        (StepStatus.NOT_YET, 2),
        (StepStatus.CHANGED, 2),
        (StepStatus.NO_REPLY, 1),
        (StepStatus.SOME, 0),
        (StepStatus.DONE, 0),
    ],
)
def test_setbacks_run_until_something_is_done_and_silence_is_none(result: StepStatus, running: int) -> None:
    assert setbacks_after(GOAL, result) == running


def test_a_setback_that_is_told_twice_counts_once() -> None:
    told = replace(GOAL, step=replace(STEP, status=StepStatus.NOT_YET))
    assert setbacks_after(told, StepStatus.NOT_YET) == 1


def test_a_goal_without_a_step_can_have_a_setback() -> None:
    assert setbacks_after(replace(GOAL, step=None), StepStatus.CHANGED) == 2


@pytest.mark.parametrize(
    "moment",
    [
        Moment(datetime(2027, 3, 2, 10, 0, tzinfo=ZONE)),
        Moment(datetime(2027, 11, 7, 1, 30, fold=1, tzinfo=ZONE)),
        Moment(date(2027, 3, 2)),
        Moment(None, "after my class"),
        Moment(None, "Thursday"),
        Moment(None),
    ],
    ids=str,
)
def test_a_moment_is_the_same_after_it_was_stored(moment: Moment) -> None:
    read = Moment.read(moment.stored())
    assert read.stored() == moment.stored()
    assert read.has_hour is moment.has_hour


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Moment(datetime(2027, 3, 2, 10))  # noqa: DTZ001


def test_a_stored_hour_without_a_zone_is_only_words() -> None:
    assert Moment.read("2027-03-02T10:00") == Moment(None, "2027-03-02T10:00")
