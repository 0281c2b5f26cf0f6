"""Whether the database can do its work just now: it takes a write, has this release's tables, and says its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text


@dataclass(frozen=True, slots=True)
class Look:
    """`revision` is the migration that the database stands at; `clock` is its own time, None where it has none."""

    revision: str
    clock: datetime | None


def look(connection: Connection) -> Look:
    """Writes a row as it is. Raises what the database raises when it is gone, full or locked, or without tables."""
    connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
    revision: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    on_postgres = connection.dialect.name == "postgresql"
    return Look(revision, connection.scalar(select(func.clock_timestamp())) if on_postgres else None)
