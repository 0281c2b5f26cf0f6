"""A database in a file: where it lies, a copy of it while others write, and another one in its place.

A copy says in a table of its own when it was made. While it has that table it is a copy, and nothing may be sent from
it: what waits in it may have gone out since.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL

from records.types import EPOCH, MICROSECOND, to_microseconds

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file while it is open, and after a crash. It belongs to that file and to no other."""


class DamagedError(Exception):
    """The file is no sound database. The message says what is wrong with it, and nothing of what is in it."""


class InUseError(Exception):
    """Some process has the database open."""


def file_of(url: str | URL) -> Path | None:
    """The file that a database's address names; None for Postgres, and for one that lives in memory."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        return None
    return Path(str(address.database))


def copy(source: Path, target: Path) -> None:
    """Write to `target`, which exists, what `source` holds at one moment after this call. Others may go on writing.

    In one step, as SQLite would begin anew with every write that comes between two. The copy is one file, with nothing
    beside it. Raises sqlite3.Error.
    """
    with closing(_open(source)) as original, closing(_open(target)) as copied:
        original.backup(copied, pages=-1)
        copied.execute("PRAGMA journal_mode=DELETE")


def stamp(file: Path, made_at: datetime) -> None:
    """From now on it is a copy, made at this aware moment."""
    with closing(_open(file)) as connection:
        connection.executescript("DROP TABLE IF EXISTS copied; CREATE TABLE copied (made_at INTEGER)")
        connection.execute("INSERT INTO copied VALUES (?)", [to_microseconds(made_at)])


def made_at(file: Path) -> datetime | None:
    """When a copy was made, in UTC; None for what is no copy, or no database."""
    try:
        with closing(_open(file)) as connection:
            found: int = connection.execute("SELECT made_at FROM copied").fetchone()[0]
    except sqlite3.DatabaseError:
        return None
    return EPOCH + found * MICROSECOND


def unstamp(file: Path) -> None:
    """It is a copy no longer."""
    with closing(_open(file)) as connection:
        connection.execute("DROP TABLE IF EXISTS copied")


def check(file: Path) -> None:
    """Read all of it. Raises DamagedError."""
    try:
        with closing(_open(file)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise DamagedError(error.sqlite_errorname) from None
    if found != "ok":
        raise DamagedError("its pages do not fit together")


@contextmanager
def new_file_beside(target: Path) -> Iterator[Path]:
    """An empty file for nobody else's eyes, in the folder of `target`; gone at the end unless it was moved away."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    os.close(handle)
    made = Path(name)
    try:
        yield made
    finally:
        for left in (made, *_beside(made)):
            left.unlink(missing_ok=True)


def move(source: Path, target: Path) -> None:
    """Put it under another name of the same folder, in place of what has that name, and have it stay after a crash."""
    with source.open("rb") as content:
        os.fsync(content.fileno())
    source.replace(target)
    with suppress(OSError):  # a file system that cannot sync a folder
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Nobody else has the database open, or can open it, while the context is.

    A file that is damaged can be held by nobody, and passes. Raises InUseError.
    """
    with closing(_open(file)) as connection:
        try:
            # SQLite gives up the log of changes, and the file beside it, only for who has the database alone; whoever
            # opens it again sets that back. In MEMORY the lock that follows makes no file.
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA journal_mode=MEMORY")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
                raise InUseError from None
        except sqlite3.DatabaseError:
            pass
        yield


def set_aside(file: Path, name: str) -> Path:
    """Keep a database under another name in its folder, with all that belongs to it; gives the new path.

    Where the file system can, it stays under its own name too until `move` puts another one there: so that there is
    one at any moment.
    """
    target = file.with_name(name)
    for old, new in zip(_beside(file), _beside(target), strict=True):
        with suppress(FileNotFoundError):
            old.replace(new)
    try:
        target.hardlink_to(file)
    except OSError:
        file.replace(target)
    return target


def _beside(file: Path) -> list[Path]:
    return [file.with_name(file.name + ending) for ending in BESIDE]


def _open(file: Path) -> sqlite3.Connection:
    """Never makes a file that is not there."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)
