"""Statements that are compiled once and go to the driver as they are."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from records.bulk import inserting, one_of
from records.prepared import Prepared, together
from records.tables import staff, talks
from tests.records.place import NOW, Place

BY_NAME = Prepared(
    select(staff.c.id, staff.c.first_name.label("name"), staff.c.created_at, staff.c.active)
    .where(one_of(staff.c.first_name, "names"), staff.c.role == "etw")
    .order_by(staff.c.first_name)
)
RENAME = Prepared(update(staff).where(staff.c.id == bindparam("who")).values(first_name=bindparam("name")))
SINCE = Prepared(select(staff.c.id).where(staff.c.created_at >= bindparam("since")))


def add_staff(engine: Engine, *names: str) -> None:
    with engine.begin() as connection:
        rows = [
            {"id": name, "email": name, "first_name": name, "role": "etw", "password_hash": "", "created_at": NOW}
            for name in names
        ]
        connection.execute(insert(staff), rows)


def test_rows_come_by_name_with_the_types_of_their_columns(engine: Engine) -> None:
    add_staff(engine, "Ana", "Bea", "Cruz")
    with engine.begin() as connection:
        rows = BY_NAME.rows(connection, {"names": ["Cruz", "Ana"]})
        assert [(row.name, row.created_at, row.active) for row in rows] == [("Ana", NOW, True), ("Cruz", NOW, True)]
        assert rows[0][1:] == ("Ana", NOW, True)
        assert BY_NAME.rows(connection, {"names": []}) == []


def test_what_a_column_keeps_as_json_is_read(place: Place) -> None:
    with place.engine.begin() as connection:
        row = {"client_id": place.ids[0], "place": "open", "flow": "f", "at": "a", "asked_at": NOW, "misses": 0}
        connection.execute(insert(talks), [row | {"answers": {"goal": "a job"}}])
        (found,) = Prepared(select(talks.c.answers)).rows(connection, {})
    assert found.answers == {"goal": "a job"}


def test_it_runs_once_for_each_of_many_and_belongs_to_the_transaction(engine: Engine) -> None:
    add_staff(engine, "Ana", "Bea")
    with engine.connect() as connection:
        RENAME.run(connection, [{"who": "Ana", "name": "A"}, {"who": "Bea", "name": "B"}])
        assert len(BY_NAME.rows(connection, {"names": ["A", "B"]})) == 2
        connection.rollback()
        assert BY_NAME.rows(connection, {"names": ["A", "B"]}) == []


def test_moments_are_bound_in_any_zone_and_never_without_one(engine: Engine) -> None:
    add_staff(engine, "Ana")
    elsewhere = timezone(timedelta(hours=-8))
    with engine.begin() as connection:
        assert SINCE.rows(connection, {"since": NOW.astimezone(elsewhere)})
        assert not SINCE.rows(connection, {"since": (NOW + timedelta(microseconds=1)).astimezone(elsewhere)})
        with pytest.raises(ValueError, match="time zone"):
            SINCE.rows(connection, {"since": datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None)})


def test_what_the_driver_raises_is_sqlalchemys_error_and_holds_no_value(engine: Engine) -> None:
    gone = Prepared(select(bindparam("said").label("said")).select_from(staff.alias("staff_who_are_gone")))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE staff RENAME TO former_staff")
        with pytest.raises(Exception, match="staff") as raised:
            gone.rows(connection, {"said": "he hit me"})
        connection.rollback()
    assert type(raised.value).__module__ == OperationalError.__module__
    assert "he hit me" not in str(raised.value)


def test_what_was_asked_together_is_read_each_by_itself(engine: Engine) -> None:
    add_staff(engine, "Ana", "Bea")
    with engine.begin() as connection:
        with together(connection):
            RENAME.run(connection, [{"who": "Ana", "name": "A"}])
            asked = [BY_NAME.ask(connection, {"names": [name]}) for name in ("A", "Bea", "Ana")]
        assert [[row.name for row in one.rows()] for one in asked] == [["A"], ["Bea"], []]


def test_what_fails_among_others_is_sqlalchemys_error_and_nothing_of_them_stays(engine: Engine) -> None:
    add_staff(engine, "Ana", "Bea")
    add_again = inserting(staff, ("id", "email", "first_name", "role", "password_hash", "created_at"))
    twice = {"id": "Bea", "email": "x", "first_name": "X", "role": "", "password_hash": "", "created_at": NOW}

    def add_among_others(connection: Connection) -> None:
        with together(connection):
            RENAME.run(connection, [{"who": "Ana", "name": "A"}])
            add_again.run(connection, [twice])
            RENAME.run(connection, [{"who": "Bea", "name": "B"}])

    with engine.connect() as connection:
        with pytest.raises(IntegrityError):
            add_among_others(connection)
        connection.rollback()
        assert [row.name for row in BY_NAME.rows(connection, {"names": ["A", "Ana", "B", "Bea"]})] == ["Ana", "Bea"]


@pytest.mark.parametrize("name", ['say "hi"', "back\\slash", "{", "a,b", "NULL", "", "ñ'", "\\", '\\"'])
def test_a_key_is_found_whatever_letters_it_holds(engine: Engine, name: str) -> None:
    add_staff(engine, name, "x")
    with engine.begin() as connection:
        found = BY_NAME.rows(connection, {"names": [name, "nobody"]})
        again = connection.execute(
            select(staff.c.first_name).where(one_of(staff.c.first_name, "names")), {"names": [name]}
        )
        assert [row.name for row in found] == list(again.scalars()) == [name]
