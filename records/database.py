"""Opening the database: SQLite or Postgres, by its address, and the check that its tables are this release's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL

from records.errors import SchemaError
from records.migrations import head, known_revisions

BUSY = timedelta(seconds=5)
"""How long a writer on SQLite waits for another process's writer. A webhook has 15 s in all."""

SILENT = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}
"""After this many seconds (the last in milliseconds) a Postgres whose machine or network is gone counts as gone."""

RANDOM_PAGE = 1.1
"""What reading a page anywhere costs, next to reading on. Postgres's own 4 is of discs that turn: it reads whole tables
for a few hundred rows."""

STATEMENTS = 1024
"""So many statements each connection to SQLite keeps prepared: those for many rows come in several sizes."""

REMEDY = "run `milepost migrate`"


def connect(url: str | URL, *, reads_only: bool = False, connections: int = 4, busy: timedelta = BUSY) -> Engine:
    """An engine for `sqlite:///file` or `postgresql+psycopg://...` (`postgresql://` means the same).

    Every transaction on SQLite begins IMMEDIATE, as else two that read and then write lose each other's work without a
    word. With `reads_only` the database itself refuses to write. Nothing is opened before the first use.
    """
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return _postgres(address.set(drivername="postgresql+psycopg"), reads_only, connections)
    return _sqlite(address, reads_only, connections, busy)


def _postgres(address: URL, reads_only: bool, connections: int) -> Engine:  # noqa: FBT001
    options = f"-c timezone=UTC -c random_page_cost={RANDOM_PAGE}"
    if reads_only:
        options += " -c default_transaction_read_only=on"
    return create_engine(
        address,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # an error's text must hold nothing of a client's
        connect_args={"options": options, "connect_timeout": 5, "application_name": "milepost", **SILENT},
    )


def _sqlite(address: URL, reads_only: bool, connections: int, busy: timedelta) -> Engine:  # noqa: FBT001
    engine = create_engine(
        address,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # an error's text must hold nothing of a client's
        connect_args={"isolation_level": None, "timeout": busy.total_seconds(), "cached_statements": STATEMENTS},
    )
    pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"]
    if reads_only:
        pragmas.append("query_only=ON")

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, _record: object) -> None:  # noqa: ANN401  the driver's own connection
        for pragma in pragmas:
            driver.execute(f"PRAGMA {pragma}")

    begin = "BEGIN" if reads_only else "BEGIN IMMEDIATE"

    def do_begin(dbapi_connection: Any) -> None:  # noqa: ANN401  as above
        dbapi_connection.execute(begin)

    engine.dialect.do_begin = do_begin  # type: ignore[method-assign]  # a listener would slow down every statement
    return engine


def check_schema(engine: Engine) -> None:
    """Raise SchemaError, with the remedy, unless the database has exactly this release's tables."""
    found = revision(engine)
    if found == head():
        return
    if found is None:
        raise SchemaError(f"the database is empty: {REMEDY}")
    if found not in known_revisions():
        raise SchemaError(f"the database was made by a newer release (revision {found}): install that release")
    raise SchemaError(f"the database is of an older release (revision {found}): {REMEDY}")


def revision(engine: Engine) -> str | None:
    """The migration that the database stands at; None when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found
