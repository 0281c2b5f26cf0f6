"""What becomes of it when a person is needed: opened, added to, raised, led by the gravest, opened again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from conversations.effects import CancelNudges, ChangeConsent, PlanNudge, Purpose, SettleNudge, TellWorker
from conversations.escalations import Level, Trigger
from conversations.events import WorkerWrote
from conversations.nudges import END_WITH_CONSENT, NudgeKind, NudgeState
from conversations.office_hours import due
from conversations.situation import Consent
from records import escalations, leaves
from records.engagement import Kind
from records.escalations import Outcome
from records.tables import escalations as table
from records.tables import nudges
from tests.records.desk import calls, close, contact, hire, item, logged, needs, take
from tests.records.place import NOW, Place, texted


async def test_what_the_client_was_promised_is_kept_with_the_item(place: Place) -> None:
    await place.decides(needs(place, Trigger.HELP_GETTING_THERE, Level.U1, promised=True, about="ride"))
    one = item(place, Trigger.HELP_GETTING_THERE)
    in_two_hours = NOW + timedelta(hours=2)
    assert (one.about, one.told_at, one.promised_by, one.due_at) == ("ride", NOW, in_two_hours, in_two_hours)
    assert (one.assigned_to, one.held_by, one.passes_up_at) == (place.worker, "worker", NOW + timedelta(hours=1))
    (opened,) = logged(place, Kind.ESCALATION_OPENED)
    assert opened.detail["promised_by"] == in_two_hours.isoformat()


async def test_what_is_not_promised_has_no_told_moment(place: Place) -> None:
    await place.decides(needs(place, Trigger.COMPLAINT, Level.U2, to_supervisor=True))
    one = item(place, Trigger.COMPLAINT)
    assert (one.told_at, one.promised_by, one.to_supervisor) == (None, None, True)
    assert one.passes_up_at == one.due_at


async def test_twice_in_one_decision_is_once_at_the_higher_level_and_the_sooner_moment(place: Place) -> None:
    later, sooner = NOW + timedelta(hours=3), NOW + timedelta(hours=1)
    await place.decides(
        TellWorker(Trigger.QUIET, Level.U2, sooner, about="ride"),
        TellWorker(Trigger.QUIET, Level.U1, later, promised=True),
    )
    (one,) = place.rows(table)
    assert (one.level, one.due_at, one.times, one.about, one.promised_by) == ("U1", sooner, 1, "ride", sooner)


async def test_while_the_worker_is_away_who_covers_is_asked_or_else_the_team(place: Place) -> None:
    ben, cy = hire(place, "Ben"), hire(place, "Cy")
    today = date(2026, 3, 2)

    def away(staff_id: str, cover: str | None) -> None:
        place.do(lambda c: leaves.add(c, staff_id, today, today, cover, place.worker, NOW))

    away(place.worker, ben)
    await place.decides(needs(place, Trigger.QUIET, Level.U3), client=0)
    away(ben, cy)
    await place.decides(needs(place, Trigger.QUIET, Level.U3), client=1)
    away(cy, None)
    await place.decides(needs(place, Trigger.ASKED_FOR_PERSON, Level.U1), client=2)
    assert [(row.assigned_to, row.held_by) for row in place.rows(table)] == [
        (ben, "worker"),
        (cy, "worker"),
        (None, "team"),
    ]
    assert item(place, Trigger.ASKED_FOR_PERSON).passes_up_at == NOW + timedelta(hours=2)  # the team has it already


async def test_more_of_the_same_is_counted_and_calls_nobody(place: Place) -> None:
    await place.decides(needs(place, Trigger.NOT_UNDERSTOOD, Level.U2))
    place.later(minutes=5)
    await place.decides(needs(place, Trigger.NOT_UNDERSTOOD, Level.U2))
    (one,) = place.rows(table)
    assert one.times == 2
    assert one.due_at == due(Level.U2, NOW, place.county)
    assert calls(place, Trigger.NOT_UNDERSTOOD) == ["opened"]


async def test_a_higher_level_calls_and_goes_on_sooner(place: Place) -> None:
    await place.decides(needs(place, Trigger.SECOND_SETBACK, Level.U2))
    place.later(minutes=30)
    await place.decides(needs(place, Trigger.SECOND_SETBACK, Level.U1))
    one = item(place, Trigger.SECOND_SETBACK)
    assert (one.level, one.due_at, one.passes_up_at) == (
        "U1",
        place.now + timedelta(hours=2),
        place.now + timedelta(hours=1),
    )
    assert calls(place, Trigger.SECOND_SETBACK) == ["opened", "raised:U1"]
    (repeated,) = logged(place, Kind.ESCALATION_REPEATED)
    assert repeated.reason == "U1"


async def test_a_lower_level_or_a_later_moment_changes_neither(place: Place) -> None:
    await place.decides(needs(place, Trigger.VISIT_MISSED, Level.U2))
    before = item(place, Trigger.VISIT_MISSED)
    place.later(days=1)
    await place.decides(needs(place, Trigger.VISIT_MISSED, Level.U3))
    after = item(place, Trigger.VISIT_MISSED)
    assert (after.level, after.due_at, after.passes_up_at) == (before.level, before.due_at, before.passes_up_at)


async def test_who_took_it_still_has_it_when_it_is_raised(place: Place) -> None:
    await place.decides(needs(place, Trigger.SECOND_SETBACK, Level.U2))
    take(place, item(place, Trigger.SECOND_SETBACK).id)
    await place.decides(needs(place, Trigger.SECOND_SETBACK, Level.U1))
    one = item(place, Trigger.SECOND_SETBACK)
    assert (one.level, one.acknowledged_by, one.passes_up_at) == ("U1", place.worker, None)
    assert calls(place, Trigger.SECOND_SETBACK) == ["opened", "raised:U1"]


async def test_what_comes_after_a_person_turned_to_the_client_must_be_taken_anew(place: Place) -> None:
    await place.decides(needs(place, Trigger.ASKED_FOR_PERSON, Level.U1, promised=True))
    contact(place, item(place, Trigger.ASKED_FOR_PERSON).id)
    place.later(days=1)
    await place.decides(needs(place, Trigger.ASKED_FOR_PERSON, Level.U1, promised=True))
    one = item(place, Trigger.ASKED_FOR_PERSON)
    assert (one.times, one.acknowledged_at, one.contacted_at) == (2, None, None)
    assert (one.told_at, one.promised_by) == (place.now, place.now + timedelta(hours=2))
    assert (one.due_at, one.passes_up_at) == (one.promised_by, place.now + timedelta(hours=1))
    assert calls(place, Trigger.ASKED_FOR_PERSON) == ["opened", "repeated:2"]
    (turned,) = logged(place, Kind.ESCALATION_CONTACTED)
    assert turned.detail["promised_by"] == (NOW + timedelta(hours=2)).isoformat()  # the first promise was kept


@pytest.mark.parametrize(("later", "calls_again"), [(50, False), (70, True)])
async def test_a_danger_that_comes_again_an_hour_after_it_was_taken_calls_again(
    place: Place,
    later: int,
    calls_again: bool,  # noqa: FBT001
) -> None:
    await place.decides(needs(place, Trigger.SELF_HARM, Level.U0))
    take(place, item(place, Trigger.SELF_HARM).id)
    place.later(minutes=later)
    await place.decides(needs(place, Trigger.SELF_HARM, Level.U0))
    one = item(place, Trigger.SELF_HARM)
    assert (one.acknowledged_at is None) is calls_again
    assert one.passes_up_at == (place.now + timedelta(minutes=15) if calls_again else None)
    assert calls(place, Trigger.SELF_HARM) == (["opened", "repeated:2"] if calls_again else ["opened"])


async def test_a_new_item_of_no_higher_level_goes_under_the_open_one_and_calls_nobody(place: Place) -> None:
    await place.decides(needs(place, Trigger.OUT_OF_SCOPE, Level.U2))
    await place.decides(needs(place, Trigger.NOT_UNDERSTOOD, Level.U2), needs(place, Trigger.MEDIA, Level.U3))
    leader = item(place, Trigger.OUT_OF_SCOPE)
    assert leader.merged_into is None
    assert [item(place, one).merged_into for one in (Trigger.NOT_UNDERSTOOD, Trigger.MEDIA)] == [leader.id] * 2
    assert calls(place, Trigger.NOT_UNDERSTOOD) == []
    assert [row.detail["into"] for row in logged(place, Kind.ESCALATION_MERGED)] == [leader.id] * 2


async def test_what_is_pressing_calls_even_when_it_goes_under_another(place: Place) -> None:
    await place.decides(needs(place, Trigger.SELF_HARM, Level.U0))
    await place.decides(needs(place, Trigger.BASIC_NEED, Level.U1))
    assert item(place, Trigger.BASIC_NEED).merged_into == item(place, Trigger.SELF_HARM).id
    assert calls(place, Trigger.BASIC_NEED) == ["opened"]


async def test_a_graver_item_leads_from_then_on(place: Place) -> None:
    await place.decides(needs(place, Trigger.OUT_OF_SCOPE, Level.U2))
    await place.decides(needs(place, Trigger.MEDIA, Level.U3))
    await place.decides(needs(place, Trigger.BASIC_NEED, Level.U1))
    leader = item(place, Trigger.BASIC_NEED)
    assert leader.merged_into is None
    assert [item(place, one).merged_into for one in (Trigger.OUT_OF_SCOPE, Trigger.MEDIA)] == [leader.id] * 2


async def test_an_item_that_is_raised_above_its_leader_leads(place: Place) -> None:
    await place.decides(needs(place, Trigger.OUT_OF_SCOPE, Level.U2))
    await place.decides(needs(place, Trigger.SECOND_SETBACK, Level.U2))
    await place.decides(needs(place, Trigger.SECOND_SETBACK, Level.U1))
    assert item(place, Trigger.SECOND_SETBACK).merged_into is None
    assert item(place, Trigger.OUT_OF_SCOPE).merged_into == item(place, Trigger.SECOND_SETBACK).id
    assert calls(place, Trigger.SECOND_SETBACK) == ["raised:U1"]


async def test_two_clients_items_never_merge(place: Place) -> None:
    await place.decides(needs(place, Trigger.OUT_OF_SCOPE, Level.U2), client=0)
    await place.decides(needs(place, Trigger.NOT_UNDERSTOOD, Level.U2), client=1)
    assert [row.merged_into for row in place.rows(table)] == [None, None]


@pytest.mark.parametrize(("days", "reopens"), [(13, True), (15, False)])
async def test_the_same_trigger_within_two_weeks_opens_the_matter_again(
    place: Place,
    days: int,
    reopens: bool,  # noqa: FBT001
) -> None:
    await place.decides(needs(place, Trigger.QUIET, Level.U3))
    before = item(place, Trigger.QUIET).id
    close(place, before)
    place.later(days=days)
    await place.decides(needs(place, Trigger.QUIET, Level.U3), needs(place, Trigger.MEDIA, Level.U3))
    assert item(place, Trigger.QUIET).reopens == (before if reopens else None)
    assert item(place, Trigger.MEDIA).reopens is None
    opened = logged(place, Kind.ESCALATION_OPENED)[1:]
    assert [row.detail.get("reopens") for row in opened if row.subject == Trigger.QUIET] == [
        before if reopens else None
    ]


async def test_a_snoozed_item_wakes_only_for_what_is_graver(place: Place) -> None:
    await place.decides(needs(place, Trigger.SECOND_SETBACK, Level.U2))
    one, until = item(place, Trigger.SECOND_SETBACK).id, NOW + timedelta(days=3)
    place.do(lambda c: escalations.snooze(c, one, until, "after her exam", place.worker, place.now))
    await place.decides(needs(place, Trigger.SECOND_SETBACK, Level.U2))
    assert item(place, Trigger.SECOND_SETBACK).passes_up_at == until
    await place.decides(needs(place, Trigger.SECOND_SETBACK, Level.U1))
    woken = item(place, Trigger.SECOND_SETBACK)
    assert (woken.snoozed_until, woken.passes_up_at) == (None, NOW + timedelta(hours=1))


async def promise(place: Place) -> None:
    """The client asks for a person, and is promised one; `falls_due` is when the promise's moment has come."""
    told = needs(place, Trigger.ASKED_FOR_PERSON, Level.U1, promised=True)
    key = f"promise:{told.trigger}:{told.due_at.isoformat()}"
    await place.decides(told, PlanNudge(NudgeKind.PROMISE, key, told.due_at, subject=told.trigger))


async def falls_due(place: Place) -> None:
    place.script.on_due = lambda _situation, waiting: [SettleNudge(one.id, NudgeState.SENT, "") for one in waiting]
    await place.writer.take_due(place.later(hours=2))


async def test_a_promise_whose_moment_comes_before_a_person_does_is_broken(place: Place) -> None:
    await promise(place)
    await falls_due(place)
    assert item(place, Trigger.ASKED_FOR_PERSON).promise_broken_at == place.now
    assert calls(place, Trigger.ASKED_FOR_PERSON) == ["opened", "promise_broken"]
    (broken,) = logged(place, Kind.PROMISE_BROKEN)
    assert broken.detail["promised_by"] == place.now.isoformat()


async def test_a_promise_to_who_stops_is_looked_after_all_the_same(place: Place) -> None:
    await promise(place)
    await place.decides(ChangeConsent(Consent.REVOKED), CancelNudges(END_WITH_CONSENT, "opted_out"))
    await falls_due(place)
    assert item(place, Trigger.ASKED_FOR_PERSON).promise_broken_at == place.now


async def test_a_promise_is_kept_when_a_person_writes_in_time(place: Place) -> None:
    await promise(place)
    place.later(minutes=30)
    place.script.on_text = lambda _situation, _event: [texted("Ana: hello", Purpose.HUMAN, "")]
    await place.writer.act(place.ids[0], WorkerWrote("Ana", "hello"), place.worker)
    one = item(place, Trigger.ASKED_FOR_PERSON)
    assert (one.acknowledged_at, one.acknowledged_by) == (place.now, place.worker)
    assert (one.contacted_at, one.contacted_by, one.passes_up_at) == (place.now, place.worker, None)
    (nudge,) = place.rows(nudges, nudges.c.kind == NudgeKind.PROMISE)
    assert nudge.state == NudgeState.CANCELLED
    assert [row.subject for row in logged(place, Kind.NUDGE_CANCELLED)] == [NudgeKind.PROMISE]


async def test_a_promise_of_something_closed_meanwhile_is_not_broken(place: Place) -> None:
    await promise(place)
    place.later(minutes=30)
    close(place, item(place, Trigger.ASKED_FOR_PERSON).id, Outcome.NOT_NEEDED)
    await falls_due(place)
    assert logged(place, Kind.PROMISE_BROKEN) == []


async def test_due_moments_are_kept_in_utc(place: Place) -> None:
    await place.decides(needs(place, Trigger.QUIET, Level.U3))
    assert item(place, Trigger.QUIET).due_at == datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
