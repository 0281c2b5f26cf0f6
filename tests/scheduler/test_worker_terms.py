"""What a worker settled about a text is looked at when it falls due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations import repeats
from conversations.nudge_terms import NO_TERMS, SkipIf, Terms, next_round, read
from conversations.situation import Situation
from conversations.visits import Visit, VisitStatus
from scheduler.worker_terms import needless, over
from tests.scheduler.people import NOW, somebody

PACIFIC = ZoneInfo("America/Los_Angeles")
DAY = timedelta(days=1)
WITH_PLAN = somebody()
BEFORE_VISIT = Terms(anchor="visit:1", offset=-DAY)
MISSED_IT = Terms(anchor="visit:1", offset=DAY, skip_if=SkipIf.ATTENDED)


def with_visit(status: VisitStatus, starts_at: datetime) -> Situation:
    return somebody(visits=(Visit(1, starts_at, "Ana", "our office", status=status),))


@pytest.mark.parametrize(
    ("terms", "situation", "why"),
    [
        (NO_TERMS, WITH_PLAN, ""),
        (Terms(not_after=NOW - DAY), WITH_PLAN, "past_its_end"),
        (Terms(not_after=NOW + DAY), WITH_PLAN, ""),
        (Terms(skip_if=SkipIf.ANSWERED, since=NOW - DAY), WITH_PLAN, ""),
        (Terms(skip_if=SkipIf.ANSWERED, since=NOW - DAY), somebody(last_heard_at=NOW - 2 * DAY), ""),
        (Terms(skip_if=SkipIf.ANSWERED, since=NOW - DAY), somebody(last_heard_at=NOW), "answered"),
        (Terms(skip_if=SkipIf.GOAL_CLOSED), somebody(goal=None), "goal_closed"),
        (BEFORE_VISIT, with_visit(VisitStatus.PLANNED, NOW + DAY), ""),
        (BEFORE_VISIT, with_visit(VisitStatus.ENDED_BY_OFFICE, NOW + DAY), "visit_ended_by_office"),
        (BEFORE_VISIT, WITH_PLAN, "too_late"),
        (MISSED_IT, with_visit(VisitStatus.MISSED, NOW - DAY), ""),
        (MISSED_IT, WITH_PLAN, "visit_attended"),
        (Terms(anchor="step:1.1", offset=-DAY), WITH_PLAN, "step_changed"),
    ],
)
def test_what_is_not_needed_says_why(terms: Terms, situation: Situation, why: str) -> None:
    assert needless(terms, situation, NOW) == why


def test_what_cannot_go_before_its_visit_or_its_last_day_comes_too_late() -> None:
    soon = with_visit(VisitStatus.PLANNED, NOW + DAY)
    assert not over(BEFORE_VISIT, soon, NOW)
    assert over(BEFORE_VISIT, soon, NOW + DAY)
    assert over(Terms(not_after=NOW), soon, NOW + DAY)


def test_it_is_stored_and_read_as_it_was() -> None:
    terms = Terms(SkipIf.ANSWERED, NOW, NOW + DAY, "visit:1", -DAY, "weekly:0", 3, "moved")
    assert read(terms.stored()) == terms
    assert read(NO_TERMS.stored()) == NO_TERMS


@pytest.mark.parametrize(
    ("every", "days"), [("weekly:0", [9, 16, 23]), (repeats.TWO_WEEKS, [16, 30]), ("monthly:2", [2, 2])]
)
def test_it_comes_again_at_the_same_hour_of_the_clock_also_when_the_clocks_change(every: str, days: list[int]) -> None:
    terms: Terms = Terms(comes_again=every, rounds_left=len(days), beyond_cap="once")
    at = datetime(2026, 3, 2, 10, tzinfo=PACIFIC)
    found = []
    while again := next_round(terms, at, PACIFIC, at.astimezone(UTC)):
        at, terms = again
        found.append((at.day, at.hour))
    assert found == [(day, 10) for day in days]
    assert terms.beyond_cap == ""


def test_after_its_last_day_it_does_not_come_again() -> None:
    assert next_round(Terms(comes_again="weekly:0", not_after=NOW + DAY), NOW, PACIFIC, NOW) is None
    assert next_round(Terms(comes_again="weekly:0", rounds_left=0), NOW, PACIFIC, NOW) is None
    assert next_round(NO_TERMS, NOW, PACIFIC, NOW) is None
