"""Lists of visits become acts of a worker, once; and an import knows how far it has come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from conversations.effects import Effect, SaveVisit
from conversations.events import Event, VisitChanged
from conversations.situation import Situation
from conversations.visits import Visit, VisitEvent, VisitStatus
from records import imports, people, visit_imports
from records.engagement import Kind
from records.errors import TooLateError
from records.import_verdicts import Judged, Verdict
from records.people import NewClient
from records.tables import clients, engagement, visits
from records.tables import imports as imports_table
from records.turns import Turns
from records.visit_imports import WantedVisit
from tests.records.place import NOW, ZONE, Place

DAY = date(2026, 3, 10)


def wanted(of: Place, client: int = 0, **more: Any) -> WantedVisit:  # noqa: ANN401  its own fields
    one = WantedVisit(
        of.numbers[client],
        "",
        f"case-{client}",
        DAY,
        time(9, 30),
        "Oak St",
        "your ID",
        by_phone=False,
        ended=False,
        worker_id=None,
    )
    return replace(one, **more)


def obey(_situation: Situation, event: Event) -> Sequence[Effect]:
    assert isinstance(event, VisitChanged)
    return [SaveVisit(event.visit, event.what)]


def take(place: Place, *rows: WantedVisit) -> list[Judged]:
    place.script.on_text = obey
    turns = Turns(place.script, place.county)
    weighed: list[Judged] = place.do(lambda c: visit_imports.weigh(c, rows, place.county, place.now))
    taken: list[Judged] = place.do(lambda c: visit_imports.take(c, turns, rows, place.county, "import", place.now))
    assert weighed == taken
    return taken


def verdicts(place: Place, *rows: WantedVisit) -> list[str]:
    return [one.verdict.value for one in take(place, *rows)]


async def test_new_visits_of_many_clients_and_several_of_one_are_entered_and_logged(place: Place) -> None:
    rows = [wanted(place), wanted(place, 1), wanted(place, external_id="case-9", at=time(11))]
    assert verdicts(place, *rows) == ["new", "new", "new"]
    found = place.rows(visits)
    assert sorted((row.number, row.external_id, row.place) for row in found) == [
        (1, "case-0", "Oak St"),
        (1, "case-1", "Oak St"),
        (2, "case-9", "Oak St"),
    ]
    logged = place.rows(engagement, engagement.c.kind == Kind.VISIT_ENTERED)
    assert [row.actor for row in logged] == ["import"] * 3


async def test_the_same_list_again_changes_nothing(place: Place) -> None:
    rows = [wanted(place), wanted(place, 1), wanted(place, 2, ended=True)]
    assert verdicts(place, *rows) == ["new", "new", "same"]
    before = place.rows(visits), place.rows(engagement)
    assert verdicts(place, *rows) == ["same", "same", "same"]
    assert (place.rows(visits), place.rows(engagement)) == before


async def test_a_visit_is_moved_changed_and_ended_under_its_own_id(place: Place) -> None:
    take(place, wanted(place))
    assert take(place, wanted(place, at=time(14)))[0] == Judged(Verdict.MOVED, ("date or time",))
    assert take(place, wanted(place, at=time(14), place="Elm St"))[0] == Judged(Verdict.CHANGED, ("place",))
    assert verdicts(place, wanted(place, ended=True, on=None, at=None)) == ["ended"]
    (row,) = place.rows(visits)
    assert (row.number, row.status, row.place) == (1, VisitStatus.ENDED_BY_OFFICE, "Elm St")
    assert verdicts(place, wanted(place, at=time(15))) == ["bad"]


async def test_what_a_client_moved_stays_until_the_list_says_something_new(place: Place) -> None:
    take(place, wanted(place))
    moved = Visit(1, NOW + timedelta(days=3), "Ana", "Oak St", "your ID", status=VisitStatus.CONFIRMED)
    await place.decides(SaveVisit(moved, VisitEvent.MOVED))
    assert verdicts(place, wanted(place)) == ["same"]
    assert place.rows(visits)[0].starts_at == moved.starts_at
    assert verdicts(place, wanted(place, on=DAY + timedelta(days=1))) == ["moved"]


async def test_a_visit_that_a_worker_entered_by_hand_is_not_entered_twice(place: Place) -> None:
    take(place, wanted(place))
    place.do(lambda c: c.execute(visits.update().values(external_id=None, external_said=None)))
    assert verdicts(place, wanted(place)) == ["same"]
    (row,) = place.rows(visits)
    assert row.external_id == "case-0"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"number": "+15559999999"}, "no client has this number"),
        ({"on": date(2026, 3, 1)}, "over"),
        ({"on": date(2028, 3, 1)}, "a year ahead"),
        ({"at": time(3)}, "office is closed"),
        ({"worker_id": "somebody"}, "client's own worker"),
        ({"on": None}, "missing"),
    ],
)
async def test_a_visit_that_cannot_be_is_bad_for_a_reason(place: Place, more: dict[str, Any], why: str) -> None:
    (judged,) = take(place, wanted(place, **more))
    assert judged.verdict is Verdict.BAD
    assert why in judged.reasons[0]
    assert place.rows(visits) == []


async def test_another_client_s_id_is_refused(place: Place) -> None:
    take(place, wanted(place))
    assert verdicts(place, wanted(place, 1, external_id="case-0")) == ["bad"]


async def test_on_a_shared_phone_the_first_name_says_whose_visit_it_is(place: Place) -> None:
    sister = NewClient(place.numbers[0], "Lee", "en", ZONE, place.worker, phone_is_shared=True)
    place.do(lambda c: people.put_clients(c, [sister], place.worker, NOW))
    rows = [wanted(place), wanted(place, first_name="lee", external_id="b")]
    assert verdicts(place, *rows) == ["bad", "new"]
    (lee,) = place.rows(clients, clients.c.first_name == "Lee")
    assert [row.client_id for row in place.rows(visits)] == [lee.id]


async def test_one_on_whom_our_code_fails_harms_no_other(place: Place) -> None:
    def fail_for_one(situation: Situation, event: Event) -> Sequence[Effect]:
        if situation.client.id == place.ids[0]:
            raise ZeroDivisionError
        return obey(situation, event)

    place.script.on_text = fail_for_one
    turns, rows = Turns(place.script, place.county), [wanted(place), wanted(place, 1)]
    taken = place.do(lambda c: visit_imports.take(c, turns, rows, place.county, "import", place.now))
    assert [one.verdict for one in taken] == [Verdict.BAD, Verdict.NEW]
    (failed,) = place.rows(engagement, engagement.c.kind == Kind.SET_ASIDE)
    assert failed.reason.startswith("ZeroDivisionError")


async def test_what_would_follow_is_foreseen_without_a_trace(place: Place) -> None:
    place.script.on_text = obey
    turns, before = Turns(place.script, place.county), place.rows(engagement)
    judged, follows = place.do(lambda c: visit_imports.foresee(c, turns, [wanted(place)], place.county, place.now))
    assert [one.verdict for one in judged] == [Verdict.NEW]
    assert [type(effect) for _situation, effects in follows for effect in effects] == [SaveVisit]
    assert (place.rows(visits), place.rows(engagement)) == ([], before)


def begin(connection: Connection) -> imports.Import:
    return imports.begin(connection, "clients", "ab", 3, "import", NOW)


async def test_an_import_goes_on_where_it_was_until_it_is_finished(place: Place) -> None:
    place.do(lambda c: imports.advance(c, begin(c), Counter(new=2), NOW))
    again = place.do(begin)
    assert (again.done, again.counts) == (2, {"new": 2})
    place.do(lambda c: imports.advance(c, again, Counter(bad=1), NOW))
    finished = place.do(lambda c: imports.last_finished(c, "clients", "ab"))
    assert (finished.done, finished.counts, finished.finished_at) == (3, {"new": 2, "bad": 1}, NOW)
    assert place.do(begin).done == 0
    assert len(place.rows(imports_table)) == 2


async def test_who_has_been_overtaken_takes_nothing(place: Place) -> None:
    mine = place.do(begin)
    place.do(lambda c: imports.lock(c, mine))
    place.do(lambda c: imports.advance(c, mine, Counter(new=1), NOW))
    with pytest.raises(TooLateError):
        place.do(lambda c: imports.lock(c, mine))


async def test_a_list_says_of_each_client_what_it_would_change(place: Place) -> None:
    known = NewClient(place.numbers[0], "Rosa", "en", "America/New_York", place.worker)
    new = NewClient("+15550109999", "Lee", "en", ZONE, place.worker)
    rows = [known, new, new, NewClient(place.numbers[1], "Client1", "en", ZONE, place.worker)]
    before = place.rows(clients)
    weighed = place.do(lambda c: people.weigh_clients(c, rows))
    assert [one.verdict for one in weighed] == [Verdict.CHANGED, Verdict.NEW, Verdict.SAME, Verdict.SAME]
    assert weighed[0].reasons == ("first_name", "zone")
    assert place.rows(clients) == before
    assert place.do(lambda c: people.take_clients(c, rows, place.worker, NOW)) == weighed
