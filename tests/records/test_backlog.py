"""What waits to leave, and what will."""

from dataclasses import replace
from datetime import timedelta

from conversations.effects import PlanNudge, Purpose
from conversations.nudges import NudgeKind
from records import backlog
from tests.records.place import NOW, Place, texted

HOUR = timedelta(hours=1)


async def test_segments_of_texts_that_have_not_begun_to_leave_are_counted(place: Place) -> None:
    assert place.do(backlog.due) == 0
    await place.says("hello")
    await place.says("hello", client=1)
    assert place.do(backlog.due) == 2


async def test_nudges_that_fall_due_are_counted_by_their_moment_and_timers_are_not(place: Place) -> None:
    at = [NOW + hours * HOUR for hours in (1, 1, 2, 30)]
    plans = [PlanNudge(NudgeKind.VISIT_ASK, f"visit {nth}", when, str(nth)) for nth, when in enumerate(at)]
    place.script.on_text = lambda _situation, _event: [*plans, PlanNudge(NudgeKind.STILL_QUIET, "quiet", at[0])]
    await place.says("hello")
    assert place.do(lambda c: backlog.planned(c, NOW + 24 * HOUR)) == [(NOW + HOUR, 2), (NOW + 2 * HOUR, 1)]


async def test_how_long_a_text_is_is_told_by_those_that_nobody_asked_for(place: Place) -> None:
    assert place.do(backlog.segments_each) == 1.0
    reminder = texted(purpose=Purpose.CHECK_IN)
    place.script.on_text = lambda _situation, _event: [texted(), reminder, replace(reminder, segments=2)]
    await place.says("hello")
    assert place.do(backlog.segments_each) == 1.5
