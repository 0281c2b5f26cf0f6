"""Clients change hands, and come back."""

from dataclasses import dataclass

import pytest

from conversations.escalations import Level, Trigger
from records import log_reads, staff_reads, transfers
from records.engagement import Kind
from records.errors import NotFoundError, RefusedError, TooLateError
from records.ids import new_id
from records.log_reads import Asked
from records.roles import Reach, Role
from records.sight import EVERYBODY, Sight
from records.tables import clients, escalations, nudges
from records.transfers import Wanted
from tests.records.desk import hire, opened
from tests.records.place import Place


@dataclass
class Office:
    """Gives clients of Ana's on, and takes it back."""

    place: Place

    def give(self, to: str, how_many: int = 2, why: str = "Ana moves on", sight: Sight = EVERYBODY) -> str:
        return self.give_as(new_id(self.place.now), to, how_many, why, sight)

    def give_as(self, id_: str, to: str, how_many: int = 2, why: str = "x", sight: Sight = EVERYBODY) -> str:
        here, wanted = self.place, Wanted(id_, self.place.ids[:how_many], to, why)
        here.do(lambda c: transfers.transfer(c, wanted, here.worker, sight, here.county, here.now))
        return id_

    def undo(self, id_: str) -> int:
        here = self.place
        back: int = here.do(lambda c: transfers.undo(c, id_, here.worker, EVERYBODY, here.county, here.now))
        return back


@pytest.fixture
def office(place: Place) -> Office:
    return Office(place)


def whose(place: Place) -> list[str]:
    return [row.worker_id for row in place.rows(clients)]


async def test_a_caseload_changes_hands_with_what_waits_and_comes_back(place: Place, office: Office) -> None:
    ben, all_of_them = hire(place, "Ben"), len(place.ids)
    item = await opened(place, Trigger.QUIET, Level.U3)
    planned = len(place.rows(nudges))
    id_ = office.give(ben, how_many=all_of_them)
    assert whose(place) == [ben] * all_of_them
    (row,) = place.rows(escalations, escalations.c.id == item)
    assert (row.assigned_to, row.acknowledged_at) == (ben, None)
    assert len(place.rows(nudges)) == planned
    assert office.undo(id_) == all_of_them
    assert whose(place) == [place.worker] * all_of_them
    assert place.rows(escalations, escalations.c.id == item)[0].assigned_to == place.worker
    with pytest.raises(TooLateError):
        office.undo(id_)


async def test_the_history_goes_along(place: Place, office: Office) -> None:
    ben = hire(place, "Ben")
    await opened(place, Trigger.QUIET, Level.U3)
    bens = Asked(client_id=place.ids[0], sight=Sight(Reach.OWN, ben))
    assert place.do(lambda c: log_reads.page(c, bens).rows) == []
    office.give(ben)
    kinds = {row.kind for row in place.do(lambda c: log_reads.page(c, bens).rows)}
    assert {Kind.CLIENT_TRANSFERRED, Kind.ESCALATION_OPENED} <= kinds
    anas = Asked(client_id=place.ids[0], sight=Sight(Reach.OWN, place.worker))
    assert place.do(lambda c: log_reads.page(c, anas).rows) == []


def test_sent_twice_it_is_done_once(place: Place, office: Office) -> None:
    ben = hire(place, "Ben")
    id_ = office.give(ben)
    office.undo(id_)
    office.give_as(id_, ben)
    assert whose(place)[0] == place.worker


def test_who_was_given_on_again_stays(place: Place, office: Office) -> None:
    ben, cy = hire(place, "Ben"), hire(place, "Cy")
    first = office.give(ben, how_many=2)
    office.give(cy, how_many=1)
    assert office.undo(first) == 1
    assert whose(place)[:2] == [cy, place.worker]
    (_, latest) = place.do(lambda c: transfers.latest(c, EVERYBODY))
    assert (latest.clients, latest.to, latest.may_be_undone) == (2, "Ben", False)


def test_what_cannot_be_is_refused_and_nothing_changes(place: Place, office: Office) -> None:
    ben, boss = hire(place, "Ben"), hire(place, "Mo", Role.MANAGER)
    for to, how_many, why in (
        (ben, 2, " "),
        (boss, 2, "x"),
        ("nobody", 2, "x"),
        (place.worker, 2, "x"),
        (ben, 0, "x"),
    ):
        with pytest.raises(RefusedError):
            office.give(to, how_many, why)
    with pytest.raises(NotFoundError):
        office.give(ben, sight=Sight(Reach.OWN, ben))
    assert set(whose(place)) == {place.worker}
    assert place.do(lambda c: transfers.latest(c, EVERYBODY)) == []


def test_a_caseload_is_listed_as_far_as_it_is_seen(place: Place) -> None:
    listed = place.do(lambda c: staff_reads.caseload_of(c, place.worker, EVERYBODY))
    assert [id_ for id_, _ in listed] == sorted(place.ids)
    assert place.do(lambda c: staff_reads.caseload_of(c, place.worker, Sight(Reach.OWN, "somebody"))) == []
