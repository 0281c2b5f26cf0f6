"""A copy is whole whatever others write meanwhile, or there is none; and nothing is taken from under anybody."""

import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from records import sqlite_files
from records.sqlite_files import DamagedError, InUseError

NOW = datetime(2026, 3, 2, 18, 0, 0, 123456, tzinfo=UTC)


def opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, timeout=20)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """As ours are: with a log of changes beside it while it is open. Of each pair both or none must be there."""
    file = tmp_path / "milepost.db"
    with closing(opened(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript("CREATE TABLE one (n INTEGER, words TEXT); CREATE TABLE two (n INTEGER)")
        pad = "x" * 2000
        connection.executemany("INSERT INTO one VALUES (?, ?)", [(n, pad) for n in range(500)])
        connection.execute("INSERT INTO two SELECT n FROM one")
    return file


@contextmanager
def writing(file: Path) -> Iterator[Callable[[], int]]:
    """Somebody goes on writing pairs; gives how many they wrote."""
    written, over = [500], threading.Event()

    def write() -> None:
        with closing(opened(file)) as connection:
            while not over.is_set():
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO one VALUES (?, 'y')", written)
                connection.execute("INSERT INTO two VALUES (?)", written)
                connection.execute("COMMIT")
                written[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield lambda: written[0]
    finally:
        over.set()
        writer.join()


def pairs(file: Path) -> tuple[set[int], set[int]]:
    with closing(opened(file)) as connection:
        return tuple({n for (n,) in connection.execute(f"SELECT n FROM {table}")} for table in ("one", "two"))  # type: ignore[return-value]  # noqa: S608


def test_a_copy_is_what_stood_there_at_one_moment_while_others_write(database: Path, tmp_path: Path) -> None:
    with writing(database) as written:
        for nth in range(5):
            before = written()
            with sqlite_files.new_file_beside(tmp_path / "copy.db") as part:
                sqlite_files.copy(database, part)
                sqlite_files.check(part)
                one, two = pairs(part)
                sqlite_files.move(part, tmp_path / f"copy{nth}.db")
            assert one == two
            assert one >= set(range(before))


def test_a_copy_is_one_file_for_nobody_else_s_eyes(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "copy.db"
    target.parent.mkdir()
    with sqlite_files.new_file_beside(target) as part:
        sqlite_files.copy(database, part)
        sqlite_files.move(part, target)
    with closing(opened(target)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == (
            "delete",
        )  # it can be read where none may write
    assert [file.name for file in target.parent.iterdir()] == ["copy.db"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_was_not_moved_away_is_gone(tmp_path: Path) -> None:
    with sqlite_files.new_file_beside(tmp_path / "copy.db") as part:
        Path(f"{part}-wal").touch()
    assert list(tmp_path.iterdir()) == []


def damage(file: Path) -> None:
    with file.open("r+b") as content:
        content.seek(4096 * 20)
        content.write(b"\xff" * 4096 * 10)


def test_a_damaged_copy_is_found(database: Path) -> None:
    sqlite_files.check(database)
    damage(database)
    with pytest.raises(DamagedError):
        sqlite_files.check(database)


def test_what_is_no_database_is_no_copy_and_not_sound(tmp_path: Path) -> None:
    county = tmp_path / "county.toml"
    county.write_text('name = "Alder"\n' * 100, encoding="utf-8")
    assert sqlite_files.made_at(county) is None
    assert sqlite_files.made_at(tmp_path / "nowhere") is None
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(DamagedError):
        sqlite_files.check(county)


def test_a_copy_knows_when_it_was_made_until_it_is_one_no_longer(database: Path) -> None:
    assert sqlite_files.made_at(database) is None
    sqlite_files.stamp(database, NOW)
    sqlite_files.stamp(database, NOW)
    assert sqlite_files.made_at(database) == NOW
    sqlite_files.unstamp(database)
    sqlite_files.unstamp(database)
    assert sqlite_files.made_at(database) is None


def test_nobody_is_alone_with_a_database_that_somebody_else_has_open(database: Path) -> None:
    with closing(opened(database)) as other:
        other.execute("SELECT count(*) FROM one").fetchone()
        with pytest.raises(InUseError), sqlite_files.alone(database):
            pass
    with sqlite_files.alone(database):
        pass


def test_who_is_alone_keeps_others_out_and_leaves_one_file(database: Path) -> None:
    with sqlite_files.alone(database):
        assert [file.name for file in database.parent.iterdir()] == ["milepost.db"]
        with closing(sqlite3.connect(database, timeout=0)) as other, pytest.raises(sqlite3.OperationalError):
            other.execute("SELECT count(*) FROM one")
    assert pairs(database)[0] == set(range(500))


def test_a_database_that_cannot_be_read_any_more_can_still_be_put_aside(database: Path) -> None:
    database.write_bytes(b"gone" * 5000)
    with sqlite_files.alone(database):
        aside = sqlite_files.set_aside(database, "before.db")
    assert aside.read_bytes() == b"gone" * 5000


def test_what_belongs_to_a_database_goes_with_it(database: Path, tmp_path: Path) -> None:
    """A log of changes that stayed would be read into the database that comes in its place."""
    log = Path(f"{database}-wal")
    log.write_bytes(b"changes")
    new = tmp_path / "new"
    new.write_bytes(b"new")
    aside = sqlite_files.set_aside(database, "before.db")
    assert database.exists()  # until another one is there
    sqlite_files.move(new, database)
    assert not log.exists()
    assert Path(f"{aside}-wal").read_bytes() == b"changes"
    assert pairs(aside)[0] == set(range(500))
    assert database.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///milepost.db", Path("milepost.db")),
        ("sqlite:////srv/milepost.db", Path("/srv/milepost.db")),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql://user:hush@host/name", None),
    ],
)
def test_a_database_is_a_file_or_it_is_none(url: str, file: Path | None) -> None:
    assert sqlite_files.file_of(url) == file
