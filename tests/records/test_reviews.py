"""How a step went, as it is stored: a result comes twice, and counts once."""

from dataclasses import replace

from conversations.effects import ReviewStep, SaveGoal
from conversations.goals import Goal, GoalEvent, Moment, Step, StepStatus
from records.engagement import Kind
from records.tables import engagement, goals, steps
from tests.records.place import Place

STEP = Step(1, "sign up", Moment(None, "soon"))
GOAL = Goal(1, "get a card", step=STEP)


async def test_a_result_that_comes_again_with_its_words_is_one_setback_and_one_entry_in_the_log(place: Place) -> None:
    await place.decides(SaveGoal(GOAL, GoalEvent.SET))
    await place.decides(ReviewStep(1, STEP, StepStatus.NOT_YET, setbacks=1))
    told = replace(STEP, status=StepStatus.NOT_YET)
    loaded = await place.decides(ReviewStep(1, told, StepStatus.NOT_YET, {"learned": "go early"}, setbacks=1))
    assert loaded.goal is not None
    assert (loaded.goal.setbacks, loaded.goal.step) == (1, told)
    assert [row.setbacks for row in place.rows(goals)] == [1]
    assert [(row.status, row.review) for row in place.rows(steps)] == [("not_yet", {"learned": "go early"})]
    assert len(place.rows(engagement, engagement.c.kind == Kind.STEP_REVIEWED)) == 1


async def test_a_step_done_ends_the_setbacks(place: Place) -> None:
    await place.decides(SaveGoal(replace(GOAL, setbacks=2), GoalEvent.SET))
    await place.decides(ReviewStep(1, STEP, StepStatus.DONE, setbacks=0))
    assert [row.setbacks for row in place.rows(goals)] == [0]
