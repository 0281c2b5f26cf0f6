"""What the staff pages show of escalations."""

from datetime import date, timedelta

import pytest

from conversations.escalations import Level, Trigger
from records import escalation_reads, escalation_watch, leaves, staff_reads
from records.errors import NotFoundError
from records.roles import Reach
from records.sight import EVERYBODY, Sight
from tests.records.desk import contact, hire, item, needs, opened, take
from tests.records.place import NOW, Place

TODAY = date(2026, 3, 2)


def triggers(items: list[escalation_reads.Waiting]) -> list[str]:
    return [one.trigger for one in items]


def of_worker(place: Place, staff_id: str) -> list[str]:
    return triggers(place.do(lambda c: escalation_reads.of_worker(c, staff_id, place.county, place.now)))


def of_team(place: Place) -> list[str]:
    return triggers(place.do(lambda c: escalation_reads.of_team(c, EVERYBODY, place.county, place.now)))


def away(place: Place, staff_id: str, cover: str | None) -> None:
    place.do(lambda c: leaves.add(c, staff_id, TODAY, TODAY, cover, place.worker, NOW))


def watch(place: Place) -> None:
    while place.do(lambda c: escalation_watch.run(c, place.now, place.county)):
        pass


async def test_a_worker_is_asked_for_their_own_items_and_for_those_they_cover_the_soonest_first(place: Place) -> None:
    ben = hire(place, "Ben")
    await opened(place, Trigger.QUIET, Level.U3)
    await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1, client=1)
    assert (of_worker(place, place.worker), of_worker(place, ben)) == (["asked_for_person", "quiet"], [])
    away(place, place.worker, ben)
    assert of_worker(place, ben) == ["asked_for_person", "quiet"]  # those of before the leave as well


async def test_the_team_is_asked_for_what_is_nobody_s_or_half_over_or_of_who_has_no_cover(place: Place) -> None:
    await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    await opened(place, Trigger.QUIET, Level.U3, client=1)
    assert of_team(place) == []
    place.later(hours=1)
    watch(place)
    assert of_team(place) == ["asked_for_person"]
    take(place, item(place, Trigger.ASKED_FOR_PERSON).id)
    assert of_team(place) == []
    away(place, place.worker, None)
    assert of_team(place) == ["asked_for_person", "quiet"]
    await opened(place, Trigger.MEDIA, Level.U2, client=2)
    assert item(place, Trigger.MEDIA).assigned_to is None
    assert "media" in of_team(place)


async def test_what_is_overdue_is_what_nobody_turned_to_in_time(place: Place) -> None:
    asked = await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    take(place, asked)
    place.later(hours=2)
    assert triggers(place.do(lambda c: escalation_reads.overdue(c, EVERYBODY, place.now))) == ["asked_for_person"]
    assert place.do(lambda c: escalation_reads.overdue(c, Sight(Reach.OWN, "somebody else"), place.now)) == []
    contact(place, asked)
    assert place.do(lambda c: escalation_reads.overdue(c, EVERYBODY, place.now)) == []


async def test_what_was_passed_up_is_shown_until_somebody_takes_it(place: Place) -> None:
    one = await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    place.later(hours=2)
    watch(place)
    (shown,) = place.do(lambda c: escalation_reads.passed_up(c, EVERYBODY))
    assert (shown.id, shown.held_by) == (one, "supervisor")
    take(place, one)
    assert place.do(lambda c: escalation_reads.passed_up(c, EVERYBODY)) == []


async def test_a_client_s_items_are_shown_under_the_one_that_leads(place: Place) -> None:
    await place.decides(
        needs(place, Trigger.QUIET, Level.U3),
        needs(place, Trigger.ASKED_FOR_PERSON, Level.U1),
        needs(place, Trigger.MEDIA, Level.U3),
    )
    items = place.do(lambda c: escalation_reads.waiting(c, EVERYBODY, place.ids[0]))
    (matter,) = escalation_reads.by_leader(items)
    assert matter.leader.trigger == "asked_for_person"
    assert [one.trigger for one in matter.under] == ["quiet", "media"]
    without = [one for one in items if one.trigger != "asked_for_person"]
    assert [matter.leader.trigger for matter in escalation_reads.by_leader(without)] == ["quiet", "media"]


async def test_an_item_s_page_tells_all_of_it_and_what_happened_to_it(place: Place) -> None:
    await place.decides(needs(place, Trigger.HELP_GETTING_THERE, Level.U1, promised=True, about="ride"))
    await opened(place, Trigger.MEDIA, Level.U3)
    one = item(place, Trigger.HELP_GETTING_THERE).id
    place.later(minutes=10)
    contact(place, one)
    shown = place.do(lambda c: escalation_reads.escalation(c, one, Sight(Reach.OWN, place.worker)))
    assert (shown.first_name, shown.about, shown.assigned_to, shown.contacted_by) == ("Client0", "ride", "Ana", "Ana")
    assert (shown.told_at, shown.promised_by, shown.contacted_at) == (NOW, NOW + timedelta(hours=2), place.now)
    happened = place.do(lambda c: escalation_reads.history(c, shown))
    assert [(line.kind, line.actor) for line in happened] == [
        ("escalation_opened", "client"),
        ("escalation_acknowledged", place.worker),
        ("escalation_contacted", place.worker),
    ]


async def test_who_is_asked_for_a_client_may_see_them_and_the_team_s_items_are_everybody_s(place: Place) -> None:
    ben, cy = hire(place, "Ben"), hire(place, "Cy")
    away(place, place.worker, ben)
    one = await opened(place, Trigger.QUIET, Level.U3)
    assert place.do(lambda c: staff_reads.client_card(c, place.ids[0], Sight(Reach.OWN, ben))).first_name == "Client0"
    assert place.do(lambda c: escalation_reads.escalation(c, one, Sight(Reach.OWN, ben))).assigned_to == "Ben"
    for ask in (
        lambda c: staff_reads.client_card(c, place.ids[0], Sight(Reach.OWN, cy)),
        lambda c: escalation_reads.escalation(c, one, Sight(Reach.OWN, cy)),
    ):
        with pytest.raises(NotFoundError):
            place.do(ask)
    away(place, ben, None)
    two = await opened(place, Trigger.MEDIA, Level.U3, client=1)
    assert place.do(lambda c: escalation_reads.escalation(c, two, Sight(Reach.OWN, cy))).assigned_to == ""
