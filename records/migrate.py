"""Bringing a database to this release's tables, forwards only."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from records.database import revision
from records.errors import SchemaError
from records.migrations import head, known_revisions


def migrate(engine: Engine) -> str:
    """Make or renew the tables, in one transaction; gives the revision reached. Safe to call again.

    Raises SchemaError for a database of a newer release, which this one does not understand.
    """
    found = revision(engine)
    if found is not None and found not in known_revisions():
        raise SchemaError(f"the database was made by a newer release (revision {found}): install that release")
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7241)")  # two processes that start together
        command.upgrade(_config(connection), "head")
    return head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "records:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
