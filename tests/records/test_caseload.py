from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, Engine, insert

from records import caseload
from records.caseload import Show, Sought
from records.ids import new_id
from records.roles import Reach
from records.sight import EVERYBODY, Sight
from records.tables import clients
from records.telling_apart import number_ends
from tests.staff.life import live_a_little
from tests.staff.office import MONDAY, add_people


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        yield connection


@pytest.fixture
def who(connection: Connection) -> SimpleNamespace:
    who = SimpleNamespace(**add_people(connection))
    live_a_little(who, connection)
    return who


def own(staff_id: str) -> Sight:
    return Sight(Reach.OWN, staff_id)


LATER = MONDAY + timedelta(minutes=1)


def names(
    connection: Connection, sought: Sought, sight: Sight = EVERYBODY, after: str = "", limit: int = 9
) -> list[str]:
    page = caseload.page(connection, sight, sought, LATER, after=after, limit=limit)
    return [one.first_name for one in page]


def test_a_caseload_begins_with_those_for_whom_somebody_is_due(connection: Connection, who: SimpleNamespace) -> None:
    joe, maria = caseload.page(connection, own(who.ana), Sought(), LATER)
    assert (joe.first_name, joe.waiting, joe.plan) == ("Joe", 2, "")
    assert (maria.plan, maria.next_kind) == ("Terminar mi GED: Llamar a la escuela de adultos", "step_reminder")
    assert names(connection, Sought()) == ["Joe", "Maria", "Pat"]


def test_a_page_goes_on_where_the_one_before_ended(connection: Connection, who: SimpleNamespace) -> None:
    assert names(connection, Sought(), limit=1) == ["Joe"]
    assert names(connection, Sought(), limit=1, after=who.joe) == ["Maria"]
    assert names(connection, Sought(), after=who.maria) == ["Pat"]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought("mar"), ["Maria"]),
        (Sought("MARÍA"), ["Maria"]),
        (Sought("0102"), ["Pat"]),
        (Sought("555-0102"), ["Pat"]),
        (Sought("10"), []),
        (Sought("%"), []),
        (Sought(language="es"), ["Maria"]),
        (Sought(show=Show.WAITING), ["Joe"]),
        (Sought(show=Show.WITHOUT_PLAN), ["Joe", "Pat"]),
        (Sought(show=Show.WITHOUT_TEXTS), []),
        (Sought(show=Show.QUIET), ["Joe", "Maria", "Pat"]),
        (Sought("p", Show.QUIET, "en"), ["Pat"]),
    ],
)
def test_all_that_is_given_must_fit(
    connection: Connection, who: SimpleNamespace, sought: Sought, found: list[str]
) -> None:
    assert names(connection, sought) == found
    assert caseload.count(connection, EVERYBODY, sought, LATER) == len(found)


def test_nobody_is_found_who_is_out_of_sight(connection: Connection, who: SimpleNamespace) -> None:
    assert names(connection, Sought("pat"), own(who.ana)) == []
    assert names(connection, Sought(worker_id=who.ben), own(who.ana)) == []


def test_two_of_one_name_are_told_apart_by_their_numbers_if_both_are_seen(
    connection: Connection, who: SimpleNamespace
) -> None:
    row = {"id": new_id(MONDAY), "number": "+17075550177", "first_name": "Joe", "language": "en", "worker_id": who.ben}
    more = {"zone": "America/Los_Angeles", "consent": "active", "created_at": MONDAY}
    connection.execute(insert(clients).values({**row, **more}))
    both = [who.joe, who.maria, str(row["id"])]
    assert number_ends(connection, both, EVERYBODY) == {who.joe: "0101", row["id"]: "0177"}
    assert number_ends(connection, both, own(who.ana)) == {}
