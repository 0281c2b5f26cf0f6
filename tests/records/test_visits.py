"""Visits and free times: what is saved is what is loaded, and no time is given twice."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from conversations.effects import CancelNudges, Effect, HoldTimes, PlanNudge, SaveVisit, TakeTime
from conversations.events import Event, VisitChanged
from conversations.nudges import OF_A_VISIT, NudgeKind
from conversations.situation import Situation
from conversations.visits import FreeTime, Visit, VisitEvent, VisitStatus
from records import visits
from records.database import connect
from records.engagement import Kind
from records.errors import NotFoundError, TooLateError
from records.roles import Reach
from records.sight import Sight
from records.tables import engagement, escalations, free_times, nudges
from records.writer import Inbound, Writer
from tests.records.place import NOW, Place

DAY = timedelta(days=1)
VISIT = Visit(1, NOW + 4 * DAY, "Ana", "Oak St", "your ID")


async def enter(place: Place, visit: Visit = VISIT, client: int = 0) -> None:
    await place.decides(SaveVisit(visit, VisitEvent.ENTERED), client=client)


def offer(place: Place, *moments: datetime) -> list[str]:
    place.do(lambda c: visits.offer(c, place.worker, moments, place.worker, place.now))
    return [one.id for one in place.do(lambda c: visits.offered(c, place.worker, place.now))]


async def test_what_is_saved_of_a_visit_is_what_is_loaded(place: Place) -> None:
    await enter(place)
    seen = await place.decides()
    assert (seen.visits, seen.visits_so_far) == ((VISIT,), 1)
    (row,) = place.rows(engagement, engagement.c.kind == Kind.VISIT_ENTERED)
    assert (row.subject, row.detail["starts_at"]) == ("1", VISIT.starts_at.isoformat())


async def test_a_visit_s_reason_is_the_client_s_and_stays_out_of_the_log(place: Place) -> None:
    await enter(place)
    ended = Visit(1, VISIT.starts_at, "Ana", "Oak St", status=VisitStatus.ENDED_BY_CLIENT)
    await place.decides(SaveVisit(ended, VisitEvent.ENDED_BY_CLIENT, "my boss said no"))
    found = place.do(lambda c: visits.visit(c, place.ids[0], 1, Sight(Reach.OWN, place.worker)))
    assert (found.reason, found.version, found.visit.status) == ("my boss said no", 2, VisitStatus.ENDED_BY_CLIENT)
    assert "boss" not in str(place.rows(engagement))


@pytest.mark.parametrize(
    ("status", "days", "seen"),
    [
        (VisitStatus.PLANNED, 30, 1),
        (VisitStatus.CONFIRMED, 1, 1),
        (VisitStatus.MISSED, -59, 1),
        (VisitStatus.MISSED, -61, 0),
        (VisitStatus.ENDED_BY_OFFICE, -1, 1),
        (VisitStatus.ATTENDED, -1, 0),
        (VisitStatus.ENDED_BY_CLIENT, 1, 0),
    ],
)
async def test_visits_ahead_and_what_came_to_nothing_lately_are_known(
    place: Place, status: VisitStatus, days: int, seen: int
) -> None:
    await enter(place, Visit(3, NOW + days * DAY, "Ana", "Oak St", status=status))
    loaded = await place.decides()
    assert (len(loaded.visits), loaded.visits_so_far) == (seen, 3)


async def test_free_times_are_known_to_those_who_have_a_visit(place: Place) -> None:
    offer(place, NOW + DAY, NOW + 2 * DAY, NOW - DAY)
    assert (await place.decides()).free_times == ()
    await enter(place)
    assert [time.starts_at for time in (await place.decides()).free_times] == [NOW + DAY, NOW + 2 * DAY]


async def test_a_time_that_is_held_is_free_for_nobody_else_until_the_hold_ends(place: Place) -> None:
    one, two = offer(place, NOW + DAY, NOW + 2 * DAY)
    for client in (0, 1):
        await enter(place, client=client)
    await place.decides(HoldTimes((one,), NOW + timedelta(minutes=30)))
    assert [time.id for time in (await place.decides()).free_times] == [one, two]
    assert [time.id for time in (await place.decides(client=1)).free_times] == [two]
    place.later(minutes=30)
    assert [time.id for time in (await place.decides(client=1)).free_times] == [one, two]


async def test_to_hold_others_lets_the_first_go_and_to_take_one_too(place: Place) -> None:
    one, two = offer(place, NOW + DAY, NOW + 2 * DAY)
    await enter(place)
    until = NOW + timedelta(minutes=30)
    await place.decides(HoldTimes((one,), until))
    await place.decides(HoldTimes((two,), until))
    held = {row.id: row.held_for for row in place.rows(free_times)}
    assert held == {one: None, two: place.ids[0]}
    moved = Visit(1, NOW + DAY, "Ana", "Oak St")
    await place.decides(TakeTime(one, 1), SaveVisit(moved, VisitEvent.MOVED))
    taken = {row.id: (row.visit_client, row.held_for) for row in place.rows(free_times)}
    assert taken == {one: (place.ids[0], None), two: (None, None)}
    again = Visit(1, NOW + 2 * DAY, "Ana", "Oak St")
    await place.decides(TakeTime(two, 1), SaveVisit(again, VisitEvent.MOVED))
    assert {row.id: row.visit for row in place.rows(free_times)} == {one: None, two: 1}
    await place.decides(SaveVisit(again, VisitEvent.ENDED_BY_CLIENT))
    assert {row.visit for row in place.rows(free_times)} == {None}


def takes_the_first(situation: Situation, _event: Event) -> Sequence[Effect]:
    """As a client who moves the visit to the first free time there is."""
    if not situation.free_times:
        return []
    time = situation.free_times[0]
    (visit,) = situation.visits
    return [TakeTime(time.id, visit.number), SaveVisit(Visit(1, time.starts_at, "Ana", ""), VisitEvent.MOVED)]


async def test_clients_who_move_to_the_same_time_at_once_get_one_each(place: Place) -> None:
    """Together in one batch, and from two processes at once."""
    for client in range(5):
        await enter(place, client=client)
    offer(place, *(NOW + n * DAY for n in range(1, 4)))
    place.script.on_text = takes_the_first
    engine = connect(place.engine.url)
    other = Writer(engine, place.script, lambda: place.now, place.county)
    texts = [Inbound(f"M{n}", number, "1") for n, number in enumerate(place.numbers)]
    await asyncio.gather(*[(place.writer, other)[n % 2].take_text(text) for n, text in enumerate(texts)])
    await other.close()
    engine.dispose()
    owners = [row.visit_client for row in place.rows(free_times)]
    assert None not in owners
    assert len(set(owners)) == 3
    assert place.rows(escalations) == []


async def test_a_time_that_is_not_free_is_not_saved_as_taken(place: Place) -> None:
    (one,) = offer(place, NOW + DAY)
    for client in (0, 1):
        await enter(place, client=client)
    await place.decides(TakeTime(one, 1))
    await place.decides(TakeTime(one, 1), client=1)
    assert [row.visit_client for row in place.rows(free_times)] == [place.ids[0]]
    assert [row.client_id for row in place.rows(escalations)] == [place.ids[1]]


async def test_nudges_of_one_visit_leave_those_of_another_alone(place: Place) -> None:
    def ask(visit: int, day: int) -> PlanNudge:
        return PlanNudge(NudgeKind.VISIT_ASK, f"visit_ask:{visit}:{day}", NOW + day * DAY, str(visit))

    await place.decides(ask(1, 1), ask(2, 1))
    await place.decides(ask(1, 2))
    assert {row.key: row.state for row in place.rows(nudges)} == {
        "visit_ask:1:1": "cancelled",
        "visit_ask:2:1": "planned",
        "visit_ask:1:2": "planned",
    }
    await place.decides(CancelNudges(OF_A_VISIT, "ended", "2"))
    assert [row.key for row in place.rows(nudges) if row.state == "planned"] == ["visit_ask:1:2"]


async def test_staff_enter_a_visit_and_see_it(place: Place) -> None:
    number = place.do(lambda c: visits.next_number(c, place.ids[0]))
    place.script.on_text = lambda _situation, event: (
        [SaveVisit(event.visit, event.what)] if isinstance(event, VisitChanged) else []
    )
    await place.writer.act(place.ids[0], VisitChanged(VISIT, VisitEvent.ENTERED), place.worker)
    assert (number, place.do(lambda c: visits.next_number(c, place.ids[0]))) == (1, 2)
    (mine,) = place.do(lambda c: visits.of_client(c, place.ids[0]))
    assert (mine.visit, mine.first_name) == (VISIT, "Client0")
    assert place.do(lambda c: visits.upcoming(c, place.worker, NOW)) == [mine]
    assert place.do(lambda c: visits.of_worker(c, place.worker, NOW, NOW + 5 * DAY)) == [mine]
    assert place.do(lambda c: visits.of_worker(c, place.worker, NOW, NOW + 3 * DAY)) == []
    assert place.rows(engagement, engagement.c.kind == Kind.VISIT_ENTERED)[0].actor == place.worker
    with pytest.raises(NotFoundError):
        place.do(lambda c: visits.visit(c, place.ids[0], 1, Sight(Reach.OWN, "somebody else")))


async def test_a_time_is_offered_once_and_withdrawn_unless_a_client_has_it(place: Place) -> None:
    one, two = offer(place, NOW + DAY, NOW + 2 * DAY)
    assert offer(place, NOW + DAY) == [one, two]
    await enter(place)
    seen = await place.decides(HoldTimes((one,), NOW + timedelta(minutes=30)))
    assert seen.free_times[0] == FreeTime(one, NOW + DAY)
    place.do(lambda c: visits.withdraw(c, two, Sight(Reach.OWN, place.worker), place.worker, NOW))
    (left,) = place.do(lambda c: visits.offered(c, place.worker, NOW))
    assert (left.id, left.client_id, left.taken) == (one, place.ids[0], False)
    with pytest.raises(TooLateError):
        place.do(lambda c: visits.withdraw(c, one, Sight(Reach.OWN, place.worker), place.worker, NOW))
    with pytest.raises(NotFoundError):
        place.do(lambda c: visits.withdraw(c, one, Sight(Reach.OWN, "somebody else"), place.worker, NOW))
