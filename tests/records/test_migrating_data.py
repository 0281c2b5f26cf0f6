"""A database of 0.1 with a row in every table becomes one of this release, and lives on."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, inspect, text

from conversations.county import County
from conversations.escalations import Trigger
from records.database import check_schema, connect
from records.errors import SchemaError
from records.migrate import _changing_tables, _config, migrate
from records.tables import attempts, clients, escalations, hook_deliveries, metadata
from records.types import to_microseconds
from records.writer import Inbound, Taken, Writer
from tests.records.place import Script

THEN = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
NUMBER = "+15550100001"

OLD = {
    "staff": "'s1', 'ana@example.org', 'Ana', 'worker', 'h', true, {then}",
    "clients": "'c1', '+15550100001', 'Maria', 'en', 'America/Los_Angeles', 'active', true, NULL, 'weekly', NULL, "
    "'s1', {then}, NULL, {then}",
    "sessions": "'hash', 's1', 'token', {then}, {then}",
    "consent_events": "'e1', 'c1', {then}, 'active', 'sms', 'en', 'May we?', NULL, 'client'",
    "talks": "'c1', 'open', 'goal_setting', 'when', {then}, '{{}}', 0",
    "goals": "'c1', 1, 'GED', '', NULL, 'active', 1, false, true, 0, {then}, NULL, NULL",
    "steps": "'c1', 1, 1, 'call', '[\"\", \"soon\"]', NULL, '', '', '', '', '', 'none', 'planned', {then}, NULL, "
    "'{{}}'",
    "goal_events": "'g1', 'c1', 1, {then}, 'set', 1, '', NULL",
    "ideas": "'i1', 'c1', {then}, 'nursing'",
    "nudges": "'n1', 'c1', 'check_in', 'k', '1.1', '', '', 'planned', {then}, {then}, 0, 1, '', NULL, {then}",
    "messages": "'m1', 'c1', '+15550100001', 'out', 'SM1', 'Hi', 'en', 1, 'GSM-7', 'nudge', '', 'bot', 'n1', "
    "'claimed', '', NULL, {then}, {then}, {then}, 1, 1",
    "attempts": "'a1', 'm1', 'Hi', {then}, 'claimed', NULL, NULL, NULL",
    "status_events": "'t1', 'a1', {then}, 'sent', NULL",
    "escalations": "'x1', 'c1', 'quiet', 'U3', {then}, {then}, 1, NULL, NULL, NULL, NULL, NULL",
    "hook_deliveries": "'h1', 'desk', 'x1', 'due', {then}, 0, ''",
    "engagement": "'l1', {then}, 'c1', 's1', 'client', 'text_in', 'en', '', '', 'm1', '{{}}'",
}


@pytest.fixture
def old(database_url: str) -> Engine:
    engine = connect(database_url)
    then = to_microseconds(THEN) if engine.dialect.name == "sqlite" else f"'{THEN.isoformat()}'"
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0001")
        assert set(inspect(connection).get_table_names()) - {"alembic_version"} == set(OLD)
        for table, values in OLD.items():
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({values.format(then=then)})")  # noqa: S608
    return engine


def _rows(connection: Connection) -> dict[str, int | None]:
    return {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in OLD}  # noqa: S608


def test_nothing_is_lost_and_what_is_new_is_filled_in(old: Engine) -> None:
    migrate(old)
    check_schema(old)
    with old.connect() as connection:
        assert _rows(connection) == dict.fromkeys(OLD, 1)
        client = connection.execute(clients.select()).one()
        assert (client.first_name, client.consented_at, client.mode, client.phone_is_shared) == (
            "Maria",
            THEN,
            "bot",
            True,
        )
        item = connection.execute(escalations.select()).one()
        assert (item.assigned_to, item.passes_up_at, item.held_by) == ("s1", THEN, "worker")
        assert connection.execute(hook_deliveries.select()).one().occasion == "opened"
        attempt = connection.execute(attempts.select()).one()
        assert (attempt.looks, attempt.looked_at) == (0, None)
    old.dispose()


def test_every_index_is_as_in_a_new_database_and_keys_are_looked_at_again(old: Engine) -> None:
    migrate(old)
    for table in metadata.tables.values():
        found = {index["name"]: index for index in inspect(old).get_indexes(table.name)}
        for index in table.indexes:
            where = {"sqlite_where", "postgresql_where"} & set(found[str(index.name)]["dialect_options"])
            assert bool(where) == bool(index.dialect_options[old.dialect.name]["where"] is not None), index.name
    with old.connect() as connection:
        if old.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    old.dispose()


async def test_the_clients_of_before_are_texted_with_as_ever(old: Engine) -> None:
    migrate(old)
    script = Script()
    writer = Writer(old, script, lambda: THEN, County("Alder", "Goals", "555", ZoneInfo("America/Los_Angeles")))
    assert await writer.take_text(Inbound("SM2", NUMBER, "hi")) is Taken.STORED
    await writer.close()
    (seen,) = script.seen
    assert seen.goal is not None
    assert (seen.goal.text, seen.ideas, seen.open_items[0].trigger) == ("GED", ("nursing",), Trigger.QUIET)
    old.dispose()


def test_a_row_that_would_hang_in_the_air_undoes_it_all(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    migrate(engine)
    orphan = "INSERT INTO sessions VALUES ('hash', 'nobody', 'token', 0, 0, true, '')"
    with pytest.raises(SchemaError, match="nothing was changed"), _changing_tables(engine) as connection:
        connection.exec_driver_sql(orphan)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sessions")) == 0
    engine.dispose()
