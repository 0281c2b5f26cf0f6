"""What `milepost backup`, `restore` and `restored` do and say. A whole county: tests/acceptance/test_restore.py."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from bot.commands.backup import backup, restore, restored
from bot.commands.migrate import migrate_to_head
from bot.county_file import EXAMPLE
from bot.errors import StartError
from records import people, sqlite_files, watermarks
from records.database import connect, revision
from records.migrations import head, known_revisions
from records.roles import Role
from records.tables import staff

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, migrated_sqlite_url: str) -> Path:
    """A database with Ana in it, and settings that name it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", migrated_sqlite_url)
    monkeypatch.setenv("COUNTY", str(EXAMPLE))
    file = Path(str(make_url(migrated_sqlite_url).database))
    join(file, "Ana")
    return file


def join(file: Path, first_name: str) -> None:
    engine = connect(f"sqlite:///{file}")
    with engine.begin() as connection:
        people.add_staff(connection, f"{first_name}@example.org", first_name, Role.ETW, "-", NOW)
    engine.dispose()


def names(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT first_name FROM staff ORDER BY id")]


def problem(error: pytest.ExceptionInfo[StartError]) -> str:
    (only,) = error.value.problems
    return str(only)


def damage(file: Path) -> None:
    with file.open("r+b") as content:
        content.seek(4096 * 3)
        content.write(b"\xff" * 4096 * 10)


# --- backup ----------------------------------------------------------------------------------------------------------


def test_a_backup_replaces_an_older_one_and_says_so(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "today.db"
    backup(target)
    join(database, "Luis")
    backup(target)
    assert names(target) == ["Ana", "Luis"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "is sound" in capsys.readouterr().out


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", ["county.toml", "milepost.db"])
def test_nothing_but_a_backup_is_written_over(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    before = target.read_bytes() if target.exists() else b"[county]"
    target.write_bytes(before)
    with pytest.raises(StartError) as error:
        backup(target)
    assert "is there, and is no backup -> choose another name" in problem(error)
    assert target.read_bytes() == before


def test_of_a_damaged_database_there_is_no_backup_and_the_older_one_stays(database: Path, tmp_path: Path) -> None:
    backup(tmp_path / "today.db")
    damage(database)
    with pytest.raises(StartError) as error:
        backup(tmp_path / "today.db")
    assert "damaged" in problem(error) or "cannot be read" in problem(error)
    assert names(tmp_path / "today.db") == ["Ana"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["milepost.db", "today.db"]


@pytest.mark.usefixtures("database")
def test_a_backup_that_cannot_be_written_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(StartError) as error:
        backup(tmp_path / "nowhere" / "today.db")
    assert "No such file or directory -> look at the folder" in problem(error)


def test_without_a_database_there_is_nothing_to_back_up(database: Path, tmp_path: Path) -> None:
    database.unlink()
    with pytest.raises(StartError) as error:
        backup(tmp_path / "today.db")
    assert "there is no such file" in problem(error)


@pytest.mark.usefixtures("database")
def test_postgres_has_its_own_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:hush@host/name")
    with pytest.raises(StartError, match="pg_dump"):
        backup(tmp_path / "today.db")
    with pytest.raises(StartError, match="milepost restored --made-at"):
        restore(tmp_path / "today.db", replace=True)


# --- restore ---------------------------------------------------------------------------------------------------------


def test_a_backup_comes_back_and_the_database_of_before_is_put_aside(database: Path, tmp_path: Path) -> None:
    backup(tmp_path / "today.db")
    join(database, "Luis")
    database.chmod(0o640)
    restore(tmp_path / "today.db", replace=True)
    (aside,) = tmp_path.glob("milepost.db.before-*")
    assert (names(database), names(aside)) == (["Ana"], ["Ana", "Luis"])
    assert stat.S_IMODE(database.stat().st_mode) == 0o640
    assert sqlite_files.made_at(database) is None
    assert sqlite_files.made_at(tmp_path / "today.db")
    assert len(list(tmp_path.iterdir())) == 3


def test_where_there_is_none_a_backup_becomes_the_database(database: Path, tmp_path: Path) -> None:
    backup(tmp_path / "today.db")
    database.unlink()
    restore(tmp_path / "today.db", replace=False)
    assert names(database) == ["Ana"]
    engine = connect(f"sqlite:///{database}")
    with engine.connect() as connection:
        assert watermarks.read(connection, watermarks.RESTORED)
        assert watermarks.read(connection, watermarks.INBOUND) == sqlite_files.made_at(tmp_path / "today.db")
    engine.dispose()


def test_a_database_is_not_replaced_unasked(database: Path, tmp_path: Path) -> None:
    backup(tmp_path / "today.db")
    join(database, "Luis")
    with pytest.raises(StartError) as error:
        restore(tmp_path / "today.db", replace=False)
    assert "add --replace" in problem(error)
    assert names(database) == ["Ana", "Luis"]


def test_a_database_in_use_is_not_replaced(database: Path, tmp_path: Path) -> None:
    backup(tmp_path / "today.db")
    engine = connect(f"sqlite:///{database}")
    with engine.connect() as connection:
        connection.execute(select(staff)).all()
        with pytest.raises(StartError) as error:
            restore(tmp_path / "today.db", replace=True)
    engine.dispose()
    assert "in use -> stop Milepost first" in problem(error)


@pytest.mark.parametrize("what", ["missing", "something else", "damaged", "newer"])
def test_what_cannot_be_restored_leaves_the_database_as_it_is(database: Path, tmp_path: Path, what: str) -> None:
    source = tmp_path / "today.db"
    backup(source)
    if what == "missing":
        source.unlink()
    elif what == "something else":
        source.write_text("a letter")
    elif what == "damaged":
        damage(source)
    else:
        with closing(sqlite3.connect(source)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
    with pytest.raises(StartError) as error:
        restore(source, replace=True)
    assert {"newer": "newer release", "damaged": "damaged"}.get(what, "is no backup") in problem(error)
    assert names(database) == ["Ana"]
    assert not list(tmp_path.glob("*before*"))


def test_a_damaged_database_can_be_replaced(database: Path, tmp_path: Path) -> None:
    backup(tmp_path / "today.db")
    database.write_bytes(b"gone" * 5000)
    restore(tmp_path / "today.db", replace=True)
    assert names(database) == ["Ana"]


def test_a_backup_of_an_older_release_gets_this_one_s_tables(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("COUNTY", str(EXAMPLE))
    older_release(sqlite_url)
    backup(tmp_path / "old.db")
    restore(tmp_path / "old.db", replace=True)
    engine = connect(sqlite_url)
    assert revision(engine) == head()
    engine.dispose()


def older_release(url: str) -> None:
    """The tables as they were a release ago."""
    from alembic import command  # noqa: PLC0415  it takes a while

    from records.migrate import _config  # noqa: PLC0415

    engine = connect(url)
    with engine.begin() as connection:
        command.upgrade(_config(connection), known_revisions()[-2])
    engine.dispose()


# --- restored --------------------------------------------------------------------------------------------------------


def test_a_database_that_was_put_back_by_other_means_is_made_ready(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    restored(NOW)
    assert "that of 2026-03-02 18:00:00 UTC" in capsys.readouterr().out
    backup(tmp_path / "today.db")
    (tmp_path / "today.db").replace(database)
    restored(None)  # it says itself when it was made
    assert sqlite_files.made_at(database) is None


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("made_at", [None, datetime.now(UTC) + timedelta(hours=1)])
def test_the_moment_of_the_backup_is_needed_and_lies_behind(made_at: datetime | None) -> None:
    with pytest.raises(StartError, match="--made-at"):
        restored(made_at)


def test_migrating_makes_no_backup_fit_to_serve(database: Path, tmp_path: Path) -> None:
    backup(tmp_path / "today.db")
    (tmp_path / "today.db").replace(database)
    migrate_to_head(f"sqlite:///{database}")
    assert sqlite_files.made_at(database)
