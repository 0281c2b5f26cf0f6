"""Who hears of what, and what becomes of a notice: on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from conversations.county import Audience, County, Hook, HookKind
from conversations.escalations import Level
from records import digests, hook_queue
from records.ids import new_id
from records.tables import escalations, hook_deliveries
from tests.records.place import NOW, ZONE, Place

ALL = Hook("all", levels=frozenset(Level))
USUAL = Hook("usual")
WORKER = Hook("worker", HookKind.STAFF_MAIL, to=frozenset({Audience.WORKER}))
TEAM = Hook("team", HookKind.NOTIFY, to=frozenset({Audience.TEAM}))
BOSS = Hook("boss", HookKind.STAFF_MAIL, to=frozenset({Audience.SUPERVISOR}))
NIGHT = Hook("night", HookKind.NOTIFY, frozenset({Level.U0}), frozenset({Audience.ON_CALL}))
HOOKS = (ALL, USUAL, WORKER, TEAM, BOSS, NIGHT)


def item(place: Place, **columns: object) -> Mapping[str, object]:
    """An open escalation of the first client's."""
    row: dict[str, object] = {
        "id": new_id(NOW),
        "client_id": place.ids[0],
        "trigger": "quiet",
        "level": "U1",
        "opened_at": NOW,
        "due_at": NOW,
        "assigned_to": place.worker,
        "held_by": "worker",
        "to_supervisor": False,
    }
    place.do(lambda c: c.execute(insert(escalations).values(**row | columns)))
    return row | columns


def county(place: Place, *hooks: Hook) -> County:
    return County("", "", "", place.county.zone, hooks=hooks)


@pytest.mark.parametrize(
    ("occasion", "columns", "hear"),
    [
        ("opened", {}, "all usual worker"),
        ("opened", {"level": "U0"}, "all usual worker boss night"),
        ("opened", {"level": "U3"}, "all"),
        ("opened", {"assigned_to": None}, "all usual team"),
        ("opened", {"to_supervisor": True}, "all usual worker boss"),
        ("raised:U0", {"level": "U0"}, "all usual worker boss night"),
        ("again:3", {"level": "U0", "held_by": "manager"}, "all usual worker boss night"),
        ("half_time", {}, "all usual team"),
        ("passed_up:supervisor", {}, "all usual boss"),
        ("passed_up:supervisor", {"level": "U0"}, "all usual worker boss night"),
        ("promise_broken", {}, "all usual worker boss"),
        ("repeated:2", {"held_by": "supervisor"}, "all usual worker boss"),
        ("resolved", {}, "all usual"),
    ],
)
def test_an_occasion_is_for_those_whom_it_concerns(occasion: str, columns: dict[str, object], hear: str) -> None:
    row = {"id": "e", "level": "U1", "assigned_to": "a", "held_by": "worker", "to_supervisor": False} | columns
    alder = County("", "", "", ZoneInfo(ZONE), hooks=HOOKS)
    assert [one["hook"] for one in hook_queue.rows(alder, row, occasion, NOW)] == hear.split()


def test_a_notice_of_the_same_occasion_is_there_once(place: Place) -> None:
    one = item(place)
    for occasion in ("opened", "opened", "repeated:2", "opened"):
        found = hook_queue.rows(county(place, ALL), one, occasion, NOW)
        place.do(partial(hook_queue.put, found=found))
    assert [row.occasion for row in place.rows(hook_deliveries)] == ["opened", "repeated:2"]


def told(place: Place, *occasions: str, **columns: object) -> None:
    one = item(place, **columns)
    for occasion in occasions:
        found = hook_queue.rows(county(place, ALL), one, occasion, NOW)
        place.do(partial(hook_queue.put, found=found))


def claimed(place: Place, at: timedelta = timedelta(0), busy: tuple[str, ...] = ()) -> list[str]:
    return [one.occasion for one in place.do(lambda c: hook_queue.claim(c, NOW + at, 10, busy))]


def test_that_an_item_is_resolved_waits_until_all_else_of_it_is_delivered_or_parked(place: Place) -> None:
    told(place, "opened", "resolved")
    assert claimed(place) == ["opened"]
    assert claimed(place) == []
    opened = next(row.id for row in place.rows(hook_deliveries) if row.occasion == "opened")
    place.do(lambda c: hook_queue.park(c, opened, "status 500"))
    assert claimed(place) == ["resolved"]


@pytest.mark.parametrize("column", ["acknowledged_at", "resolved_at"])
def test_what_only_calls_again_is_cancelled_once_somebody_has_the_item(place: Place, column: str) -> None:
    told(place, "opened", "again:1", "half_time", "passed_up:manager", "back:2026", **{column: NOW})
    assert claimed(place) == ["opened", "back:2026"]
    cancelled = {row.occasion for row in place.rows(hook_deliveries) if row.state == "cancelled"}
    assert cancelled == {"again:1", "half_time", "passed_up:manager"}


def test_a_hook_that_is_busy_is_left_alone(place: Place) -> None:
    told(place, "opened")
    assert claimed(place, busy=("all",)) == []
    assert claimed(place, busy=("other",)) == ["opened"]


def test_what_was_given_up_is_shown_the_newest_first(place: Place) -> None:
    told(place, "opened", "repeated:2")
    for one in place.do(lambda c: hook_queue.claim(c, NOW, 10)):
        place.do(partial(hook_queue.park, delivery_id=one.id, error="x" * 200))
    found = place.do(hook_queue.parked)
    assert [(one.hook, one.occasion, one.tries, one.error) for one in found] == [
        ("all", "repeated:2", 1, "x" * 80),
        ("all", "opened", 1, "x" * 80),
    ]


def test_a_digest_is_made_once_a_day_and_hook_and_person(place: Place) -> None:
    hooks = (Hook("system", digest=True), Hook("mail", HookKind.STAFF_MAIL, digest=True), USUAL)
    for _ in range(2):
        place.do(lambda c: digests.make(c, county(place, *hooks), NOW.date(), NOW))
    place.do(lambda c: digests.make(c, county(place, *hooks), NOW.date() + timedelta(days=1), NOW))
    made = [(row.hook, row.staff_id) for row in place.rows(hook_deliveries)]
    assert sorted(made, key=str) == [("mail", place.worker)] * 2 + [("system", None)] * 2


def test_a_digest_counts_what_waits(place: Place) -> None:
    item(place, level="U0", held_by="supervisor")
    item(place, trigger="media", level="U3", due_at=NOW + timedelta(days=1))
    item(place, trigger="complaint", assigned_to=None, contacted_at=NOW)
    item(place, trigger="basic_need", snoozed_until=NOW + timedelta(days=1))
    item(place, trigger="wrong_number", merged_into="e" * 32)
    item(place, trigger="opted_out", resolved_at=NOW)
    whole = place.do(lambda c: digests.of_hook(c, ALL, NOW))
    assert whole == digests.Counts({Level.U0: 1, Level.U1: 1, Level.U2: 0, Level.U3: 1}, overdue=1, passed_up=1)
    assert place.do(lambda c: digests.of_hook(c, BOSS, NOW)) == digests.Counts({}, overdue=1, passed_up=1)
    hers = place.do(lambda c: digests.of_person(c, place.worker, NOW))
    assert hers == digests.Counts({Level.U0: 1, Level.U1: 0, Level.U2: 0, Level.U3: 1}, overdue=1, passed_up=1)
    place.do(lambda c: c.execute(update(escalations).values(resolved_at=NOW)))
    assert not place.do(lambda c: digests.of_person(c, place.worker, NOW))
