from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from records import migrations
from records.database import check_schema, connect
from records.errors import SchemaError
from records.migrate import migrate
from records.tables import metadata


def is_ours(_item: object, name: str | None, _kind: str, _reflected: object, _other: object) -> bool:
    """The index of words is made as each database has them, and on SQLite it is several tables."""
    return not (name or "").startswith(("log_words", "ix_log_words"))


def test_an_empty_database_is_migrated_to_exactly_the_tables(database_url: str) -> None:
    engine = connect(database_url)
    assert migrate(engine) == migrations.head()
    with engine.connect() as connection:
        compared = {"compare_type": True, "include_object": is_ours}
        context = MigrationContext.configure(connection, opts=compared)
        assert compare_metadata(context, metadata) == []
        inspector = inspect(connection)
        for table in metadata.tables.values():
            indexes = {index["name"] for index in inspector.get_indexes(table.name)}
            assert {index.name for index in table.indexes} <= indexes
    engine.dispose()


def test_partial_indexes_are_partial_after_migrating_too(database_url: str) -> None:
    engine = connect(database_url)
    migrate(engine)
    query = (
        "SELECT sql FROM sqlite_master WHERE name = 'uq_messages_under_way'"
        if engine.dialect.name == "sqlite"
        else "SELECT indexdef FROM pg_indexes WHERE indexname = 'uq_messages_under_way'"
    )
    with engine.connect() as connection:
        made = connection.scalar(text(query))
    assert "UNIQUE" in made
    assert "claimed" in made
    engine.dispose()


def test_migrating_twice_changes_nothing_and_the_check_passes(database_url: str) -> None:
    engine = connect(database_url)
    migrate(engine)
    migrate(engine)
    check_schema(engine)
    engine.dispose()


def test_an_empty_database_is_refused_with_the_remedy(database_url: str) -> None:
    engine = connect(database_url)
    with pytest.raises(SchemaError, match=r"empty.*milepost migrate"):
        check_schema(engine)
    engine.dispose()


@pytest.mark.parametrize(("found", "says"), [("9999", "newer release"), ("0000", "older release.*milepost migrate")])
def test_a_database_of_another_release_is_refused(
    database_url: str, found: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect(database_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    monkeypatch.setattr("records.database.known_revisions", lambda: ["0000", *migrations.known_revisions()])
    with pytest.raises(SchemaError, match=says):
        check_schema(engine)
    engine.dispose()


def test_a_newer_database_is_not_migrated(database_url: str) -> None:
    engine = connect(database_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="newer release"):
        migrate(engine)
    engine.dispose()


def test_the_file_names_agree_with_what_alembic_reads() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_heads() == [migrations.head()]
    assert sorted(script.revision for script in scripts.walk_revisions()) == migrations.known_revisions()
