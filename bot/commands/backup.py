"""A copy of the database while Milepost runs; and a copy put back, so that nothing goes out twice or is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import SystemClock
from bot.errors import Problem, StartError
from bot.ground import load_store, open_database
from bot.settings import DatabaseSettings, load
from conversations.county import County
from records import restoring, sqlite_files
from records.database import connect
from records.errors import SchemaError
from records.migrate import migrate
from records.restoring import Settled
from records.sqlite_files import DamagedError, InUseError

NO_BACKUP = "Nothing was backed up:"
NOT_RESTORED = "Nothing was restored:"


def backup(target: Path) -> None:
    """Raises StartError; then there is no new file, and an older backup of that name is as it was."""
    database = _file(load(DatabaseSettings), NO_BACKUP, "back Postgres up with pg_dump")
    if not database.exists():
        raise _refused(NO_BACKUP, "DATABASE_URL", "there is no such file", "run `milepost migrate`")
    if target.exists() and sqlite_files.made_at(target) is None:
        raise _refused(NO_BACKUP, str(target), "is there, and is no backup", "choose another name")
    now = SystemClock().now()
    with _telling(NO_BACKUP, target):
        copy_to(target, database, now)
    megabytes = target.stat().st_size / 1024 / 1024
    typer.echo(f"{target} holds the database of {_said(now)} ({megabytes:.1f} MB). It was read through and is sound.")


def restore(source: Path, *, replace: bool) -> None:
    """Raises StartError; then the database is as it was."""
    settings, county = load_store()
    database = _file(settings, NOT_RESTORED, "use pg_restore, and then `milepost restored --made-at`")
    made_at = sqlite_files.made_at(source)
    if made_at is None:
        raise _refused(NOT_RESTORED, str(source), "is no backup", "name a file that `milepost backup` made")
    if database.exists() and not replace:
        raise _refused(NOT_RESTORED, "DATABASE_URL", "there is a database", "add --replace, and it is put aside")
    with _telling(NOT_RESTORED, source):
        settled, aside = put_back(source, database, county, SystemClock().now())
    typer.echo(f"{database} is the database of {_said(made_at)} again.")
    if aside:
        typer.echo(f"{aside} is the one of before.")
    _tell(settled)


def restored(made_at: datetime | None) -> None:
    """For a database that was put back by other means. Raises StartError; then nothing was changed."""
    settings, county = load_store()
    file, now = sqlite_files.file_of(settings.database), SystemClock().now()
    made_at = made_at or (sqlite_files.made_at(file) if file else None)
    if made_at is None or made_at > now:
        what = "is in the future" if made_at else "is missing"
        remedy = "the moment at which the backup was begun, or to which the database was recovered"
        raise _refused(NOT_RESTORED, "--made-at", what, remedy)
    engine = open_database(settings, may_be_copy=True)
    with _telling(NOT_RESTORED, Path("the database")):
        settled = taken_as_restored(engine, made_at, county, now)
    typer.echo(f"The database is that of {_said(made_at)}.")
    _tell(settled)


def copy_to(target: Path, database: Path, now: datetime) -> None:
    """Whole, sound, and for nobody else's eyes; or not at all. Raises DamagedError, sqlite3.Error, OSError."""
    with sqlite_files.new_file_beside(target) as part:
        sqlite_files.copy(database, part)
        sqlite_files.stamp(part, now)
        sqlite_files.check(part)
        sqlite_files.move(part, target)


def put_back(source: Path, database: Path, county: County, now: datetime) -> tuple[Settled, Path | None]:
    """In place of the database that is there, if one is: that is put aside. Gives where, too.

    The new one gets this release's tables, and nothing of before goes out from it again. Raises as `copy_to`,
    InUseError, SchemaError and SQLAlchemyError.
    """
    made_at = sqlite_files.made_at(source) or now
    with _alone(database), sqlite_files.new_file_beside(database) as part:
        sqlite_files.copy(source, part)
        sqlite_files.check(part)
        engine = connect(f"sqlite:///{part.absolute()}")
        try:
            migrate(engine)
        finally:
            engine.dispose()
        settled = taken_as_restored(connect(f"sqlite:///{part.absolute()}"), made_at, county, now)
        return settled, _put_in_place(part, database, now)


def taken_as_restored(engine: Engine, made_at: datetime, county: County, now: datetime) -> Settled:
    """Nothing of before goes out again from a database that was put back. Raises InUseError, SQLAlchemyError.

    The engine is closed.
    """
    file = sqlite_files.file_of(engine.url)
    engine.dispose()  # an open connection of our own would be one too many
    try:
        with _alone(file) if file else nullcontext():
            pass
        with engine.begin() as connection:
            _nobody_else(connection)
            settled = restoring.settle(connection, made_at, now, county)
    finally:
        engine.dispose()
    if file:
        sqlite_files.unstamp(file)
    return settled


def _put_in_place(part: Path, database: Path, now: datetime) -> Path | None:
    """For those to whom the one of before belonged, which is put aside; gives where that is."""
    aside = None
    if database.exists():
        of_before = database.stat()
        shutil.copymode(database, part)
        with suppress(PermissionError):
            os.chown(part, of_before.st_uid, of_before.st_gid)
        aside = sqlite_files.set_aside(database, f"{database.name}.before-{now:%Y%m%dT%H%M%SZ}")
    sqlite_files.move(part, database)
    return aside


def _alone(database: Path) -> AbstractContextManager[None]:
    return sqlite_files.alone(database) if database.exists() else nullcontext()


_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'milepost' AND pid <> pg_backend_pid()"
)


def _nobody_else(connection: Connection) -> None:
    """On Postgres. Raises InUseError."""
    if connection.dialect.name == "postgresql" and connection.scalar(_OTHERS):
        raise InUseError


def _file(settings: DatabaseSettings, title: str, remedy: str) -> Path:
    file = sqlite_files.file_of(settings.database)
    if file is None:
        raise _refused(title, "DATABASE_URL", "is no file of SQLite", remedy)
    return file


def _refused(title: str, where: str, what: str, remedy: str = "") -> StartError:
    return StartError(title, [Problem(where, what, remedy)])


@contextmanager
def _telling(title: str, file: Path) -> Iterator[None]:
    """Whatever goes wrong meanwhile is one clear message."""
    try:
        yield
    except InUseError:
        raise _refused(title, "DATABASE_URL", "the database is in use", "stop Milepost first") from None
    except DamagedError as error:
        raise _refused(title, str(file), f"is damaged: {error}", "take another backup") from None
    except SchemaError as error:
        raise _refused(title, str(file), str(error)) from None
    except (sqlite3.Error, SQLAlchemyError) as error:
        what = f"cannot be read or written ({type(error).__name__})"
        raise _refused(title, str(file), what, "look at the folder, and at the room on the disk") from None
    except OSError as error:
        what = error.strerror or type(error).__name__
        raise _refused(title, str(file), what, "look at the folder, and at the room on the disk") from None


def _said(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _tell(settled: Settled) -> None:
    """What people should know before they start it."""
    for line in (
        f"{settled.looked_for} texts that had not left are looked for at the provider, and go out if it has none.",
        f"{settled.parked} texts that nobody can look for are left to people.",
        f"{settled.nudges} nudges that were due by now do not go out.",
        f"The workers of {settled.clients} clients find an item about it. What staff did since then is lost.",
        "What clients texted since then is asked for when Milepost starts, and set aside for a person to read.",
    ):
        typer.echo(f"  {line}")
