"""Bringing a database to this release's tables, forwards only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from records.database import revision
from records.errors import SchemaError
from records.migrations import head, known_revisions

if TYPE_CHECKING:
    from alembic.config import Config


def migrate(engine: Engine) -> str:
    """Make or renew the tables, in one transaction; gives the revision reached. Safe to call again.

    Raises SchemaError for a database of a newer release, which this one does not understand.
    """
    found = revision(engine)
    if found == head():
        return found
    if found is not None and found not in known_revisions():
        raise SchemaError(f"the database was made by a newer release (revision {found}): install that release")
    with _changing_tables(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7241)")  # two processes that start together
        _upgrade(connection)
    return head()


@contextmanager
def _changing_tables(engine: Engine) -> Iterator[Connection]:
    """A transaction. SQLite replaces a table to change it, and would take what refers to the old one for orphans.

    So what refers to what is not looked at meanwhile, but all of it at the end. Raises SchemaError if a row would hang
    in the air; then nothing was changed.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is None:
            raise SchemaError("the database cannot be reached")
        driver.execute("PRAGMA foreign_keys=OFF")  # inside a transaction it would do nothing
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise SchemaError("rows refer to what is not there: nothing was changed")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _upgrade(connection: Connection) -> None:
    """Alembic is loaded where there is something to do: most starts find the tables as they should be."""
    from alembic import command  # noqa: PLC0415

    command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415  as above

    config = Config()
    config.set_main_option("script_location", "records:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
