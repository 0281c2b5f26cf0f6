"""Escalations that nobody takes go on, at the right minute. NOW is Monday 2 March 2026, 10:00 in California."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.escalations import Level, Trigger
from records import consent, escalation_watch, escalations
from records.engagement import Kind
from records.tables import engagement
from records.tables import escalations as table
from tests.records.desk import calls, close, hire, item, logged, needs, opened, take
from tests.records.place import NOW, ZONE, Place

MONDAY, FRIDAY, SATURDAY, NEXT_MONDAY = (date(2026, 3, day) for day in (2, 6, 7, 9))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(ZONE))


def watch(place: Place, now: datetime) -> int:
    """Everything that is due at `now`; gives how many steps that was."""
    place.now, steps = now, 0
    while done := place.do(lambda c: escalation_watch.run(c, now, place.county)):
        steps += done
    return steps


def steps_until(place: Place, end: datetime) -> Sequence[tuple[datetime, str]]:
    """What is passed on, and to whom, when somebody looks every minute in which something is due."""
    while moment := next_moment(place):
        if moment > end:
            break
        assert watch(place, moment - timedelta(seconds=1)) == 0, "too early"
        assert watch(place, moment) > 0
    rows = place.rows(engagement, engagement.c.kind.in_([Kind.ESCALATION_PASSED_ON, Kind.ESCALATION_CALLED_AGAIN]))
    return [(row.at.astimezone(ZoneInfo(ZONE)), row.reason) for row in rows]


def next_moment(place: Place) -> datetime | None:
    rows = place.rows(table)
    return min((row.passes_up_at for row in rows if row.passes_up_at), default=None)


@pytest.mark.parametrize(
    ("level", "opened_at", "steps"),
    [
        (
            Level.U1,
            at(MONDAY, 10),
            [("team", at(MONDAY, 11)), ("supervisor", at(MONDAY, 12)), ("manager", at(MONDAY, 14))],
        ),
        (
            Level.U1,  # Tuesday 10 March is a holiday
            at(FRIDAY, 15, 30),
            [
                ("team", at(FRIDAY, 16, 30)),
                ("supervisor", at(NEXT_MONDAY, 8, 30)),
                ("manager", at(NEXT_MONDAY, 10, 30)),
            ],
        ),
        (
            Level.U1,
            at(NEXT_MONDAY, 15, 45),
            [
                ("team", at(NEXT_MONDAY, 16, 45)),
                ("supervisor", at(date(2026, 3, 11), 8, 45)),
                ("manager", at(date(2026, 3, 11), 10, 45)),
            ],
        ),
        (
            Level.U2,
            at(FRIDAY, 16),
            [("supervisor", at(NEXT_MONDAY, 17)), ("manager", at(date(2026, 3, 12), 9))],
        ),
        (
            Level.U3,
            at(SATURDAY, 12),
            [("supervisor", at(date(2026, 3, 12), 17)), ("manager", at(date(2026, 3, 17), 17))],
        ),
    ],
)
async def test_what_nobody_takes_is_passed_on_over_a_weekend_and_a_holiday_at_the_right_minute(
    place: Place, level: Level, opened_at: datetime, steps: list[tuple[str, datetime]]
) -> None:
    with_holiday(place)
    place.now = opened_at
    await opened(place, Trigger.OUT_OF_SCOPE, level)
    assert steps_until(place, at(date(2026, 4, 1), 0)) == [(moment, to) for to, moment in steps]
    assert (item(place, Trigger.OUT_OF_SCOPE).held_by, next_moment(place)) == ("manager", None)


def with_holiday(place: Place) -> None:
    """Tuesday 10 March."""
    place.county = replace(place.county, holidays=frozenset({date(2026, 3, 10)}))


async def test_each_step_calls_who_is_concerned(place: Place) -> None:
    await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    steps_until(place, at(FRIDAY, 17))
    assert calls(place, Trigger.ASKED_FOR_PERSON) == [
        "opened",
        "half_time",
        "passed_up:supervisor",
        "passed_up:manager",
    ]


async def test_a_danger_calls_again_every_15_minutes_in_office_hours_until_somebody_takes_it(place: Place) -> None:
    place.now = at(FRIDAY, 16, 40)
    one = await opened(place, Trigger.SELF_HARM, Level.U0)
    steps = steps_until(place, at(NEXT_MONDAY, 8, 25))
    assert steps == [
        (at(FRIDAY, 16, 55), "supervisor"),
        (at(FRIDAY, 16, 55), "1"),
        (at(NEXT_MONDAY, 8, 10), "manager"),
        (at(NEXT_MONDAY, 8, 10), "2"),
        (at(NEXT_MONDAY, 8, 25), "3"),
    ]
    assert calls(place, Trigger.SELF_HARM) == [
        "opened",
        "passed_up:supervisor",
        "again:1",
        "passed_up:manager",
        "again:2",
        "again:3",
    ]
    take(place, one)
    assert watch(place, at(NEXT_MONDAY, 12)) == 0


async def test_where_somebody_is_on_call_a_danger_calls_again_at_night(place: Place) -> None:
    place.county, place.now = replace(place.county, on_call=True), at(SATURDAY, 3)
    await opened(place, Trigger.SELF_HARM, Level.U0)
    steps = steps_until(place, at(SATURDAY, 3, 45))
    assert [(moment, to) for moment, to in steps if to.isdigit()] == [
        (at(SATURDAY, 3, 15), "1"),
        (at(SATURDAY, 3, 30), "2"),
        (at(SATURDAY, 3, 45), "3"),
    ]


async def test_after_a_standstill_what_was_missed_is_not_called_over_and_over(place: Place) -> None:
    await opened(place, Trigger.SELF_HARM, Level.U0)
    watch(place, at(MONDAY, 14, 7))
    assert item(place, Trigger.SELF_HARM).held_by == "manager"
    assert item(place, Trigger.SELF_HARM).passes_up_at == at(MONDAY, 14, 22)
    watch(place, at(MONDAY, 14, 22))
    assert [call for call in calls(place, Trigger.SELF_HARM) if call.startswith("again")] == [
        "again:1",
        "again:2",
        "again:17",
    ]


async def test_after_a_standstill_the_half_time_of_what_is_overdue_is_left_out(place: Place) -> None:
    await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    watch(place, at(MONDAY, 13))
    assert calls(place, Trigger.ASKED_FOR_PERSON) == ["opened", "passed_up:supervisor"]
    assert next_moment(place) == at(MONDAY, 14)


async def test_what_is_taken_or_closed_is_not_passed_on(place: Place) -> None:
    taken = await opened(place, Trigger.QUIET, Level.U1, client=0)
    take(place, taken)
    closed = await opened(place, Trigger.QUIET, Level.U1, client=1)
    close(place, closed)
    assert watch(place, at(FRIDAY, 17)) == 0


async def test_under_a_leader_an_item_goes_on_without_a_call_of_its_own(place: Place) -> None:
    await place.decides(needs(place, Trigger.OUT_OF_SCOPE, Level.U2), needs(place, Trigger.NOT_UNDERSTOOD, Level.U2))
    steps_until(place, at(FRIDAY, 17))
    assert item(place, Trigger.NOT_UNDERSTOOD).held_by == "manager"
    assert calls(place, Trigger.NOT_UNDERSTOOD) == []


async def test_what_was_put_off_comes_back_at_its_moment_and_then_goes_on(place: Place) -> None:
    one = await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    until = at(FRIDAY, 9)
    place.do(lambda c: escalations.snooze(c, one, until, "she is away", place.worker, place.now))
    assert steps_until(place, at(FRIDAY, 11)) == [(at(FRIDAY, 11), "supervisor")]
    assert calls(place, Trigger.ASKED_FOR_PERSON) == ["opened", "back:2026-03-06T17:00:00", "passed_up:supervisor"]
    assert [(row.at, row.reason) for row in logged(place, Kind.ESCALATION_BACK)] == [(until, "she is away")]


async def test_what_was_taken_and_put_off_comes_back_to_who_took_it(place: Place) -> None:
    one = await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    take(place, one)
    place.do(lambda c: escalations.snooze(c, one, at(FRIDAY, 9), "she is away", place.worker, place.now))
    assert watch(place, at(FRIDAY, 9)) == 1
    assert (item(place, Trigger.ASKED_FOR_PERSON).snoozed_until, next_moment(place)) == (None, None)


async def test_what_was_put_off_and_lies_with_the_manager_stays_there(place: Place) -> None:
    one = await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    watch(place, at(MONDAY, 16))
    place.do(lambda c: escalations.snooze(c, one, at(FRIDAY, 9), "she is away", place.worker, place.now))
    watch(place, at(FRIDAY, 16))
    assert (item(place, Trigger.ASKED_FOR_PERSON).held_by, next_moment(place)) == ("manager", None)


async def test_what_is_given_to_somebody_goes_on_from_there(place: Place) -> None:
    one, ben = await opened(place, Trigger.OUT_OF_SCOPE, Level.U2), hire(place, "Ben")
    watch(place, at(date(2026, 3, 3), 17))
    place.do(lambda c: escalations.reassign(c, one, ben, "he knows her", place.worker, place.county, place.now))
    assert (item(place, Trigger.OUT_OF_SCOPE).held_by, item(place, Trigger.OUT_OF_SCOPE).assigned_to) == ("worker", ben)
    assert next_moment(place) == at(date(2026, 3, 5), 15)


async def test_of_many_processes_one_takes_each_step(place: Place) -> None:
    for client in range(5):
        await opened(place, Trigger.OUT_OF_SCOPE, Level.U2, client=client)
    place.now = at(date(2026, 3, 3), 17)
    runs = [asyncio.to_thread(watch, place, place.now) for _ in range(4)]
    assert sum(await asyncio.gather(*runs)) == 5
    assert len(logged(place, Kind.ESCALATION_PASSED_ON)) == 5


@pytest.mark.parametrize("migrated_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_a_client_in_another_process_s_hands_is_left_to_it(place: Place) -> None:
    await opened(place, Trigger.OUT_OF_SCOPE, Level.U2)
    with place.engine.begin() as other:
        consent.LOCK.rows(other, {"ids": [place.ids[0]]})
        assert watch(place, at(FRIDAY, 17)) == 0
    assert watch(place, at(FRIDAY, 17)) > 0


async def test_the_writer_passes_up_what_is_due_by_its_clock(place: Place) -> None:
    await opened(place, Trigger.OUT_OF_SCOPE, Level.U2)
    place.now = NOW + timedelta(hours=1)
    assert await place.writer.pass_up() == 0
    place.now = at(date(2026, 3, 3), 17)
    assert await place.writer.pass_up() == 1


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_to_look_when_nothing_is_due_reads_one_index(place: Place) -> None:
    asked = str(escalation_watch._WAITING.compile(dialect=place.engine.dialect))
    plan = place.do(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (1, 100, 0)).all())
    assert "USING INDEX ix_escalations_passing_up (passes_up_at<?)" in str(plan)
    assert "SCAN" not in str(plan)
