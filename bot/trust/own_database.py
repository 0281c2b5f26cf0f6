"""The suite's own database: it takes an empty one only, and leaves it empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine, MetaData, inspect, make_url, text

from bot.errors import Problem, StartError
from records.database import connect
from records.migrate import migrate
from records.tables import metadata

PATIENCE = timedelta(minutes=1)
"""The processes under test come first."""


@contextmanager
def own_database(url: str) -> Iterator[Engine]:
    """Its tables are made, and taken away at the end. Raises StartError for one that holds anything."""
    engine = connect(url, busy=PATIENCE)
    try:
        if inspect(engine).get_table_names() or inspect(engine).get_view_names():
            remedy = "give it a new, empty database: the trials fill it, break it and empty it"
            raise StartError(
                "The trials will not touch this database:", [Problem("--database", "is not empty", remedy)]
            )
        migrate(engine)
        try:
            yield engine
        finally:
            engine.dispose()  # no transaction of a trial that was broken off may hold what is to go
            _take_away(engine)
    finally:
        engine.dispose()


def clear(engine: Engine) -> None:
    """Takes all rows out."""
    with engine.begin() as connection:
        names = [table.name for table in reversed(metadata.sorted_tables)]
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"TRUNCATE {', '.join(names)}"))
            return
        for name in names:
            connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608  names of our own tables


def _take_away(engine: Engine) -> None:
    found = MetaData()
    found.reflect(engine)
    found.drop_all(engine)


def is_postgres(url: str) -> bool:
    return make_url(url).get_backend_name() == "postgresql"
