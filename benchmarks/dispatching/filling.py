"""Many rows quickly: the database makes them itself, a million in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, bindparam, text

from records.types import Moment

WORKER = "0" * 31 + "1"

BODY = "Hi Maria, it's Milepost. You wanted to call the school tomorrow at 9am. Is there anything in the way?"

NTH = ":first + i"


def staff(connection: Connection, now: datetime) -> None:
    """One worker, whom all clients belong to."""
    row = {"id": ":worker", "email": "'ana@example.org'", "first_name": "'Ana'", "role": "'etw'"}
    row |= {"password_hash": "''", "created_at": ":now"}
    _insert(connection, "staff", row, count=1, worker=WORKER, now=now)


def clients(connection: Connection, count: int, now: datetime, *, first: int = 0) -> None:
    """Those with the numbers `first` and on. They said yes a month ago."""
    row = {
        "id": _id("c", NTH),
        "number": _number(NTH),
        "first_name": "'Maria'",
        "language": "'en'",
        "zone": "'America/Los_Angeles'",
        "consent": "'active'",
        "consented_at": ":yes",
        "worker_id": ":worker",
        "created_at": ":yes",
    }
    _insert(connection, "clients", row, count=count, first=first, worker=WORKER, yes=now - timedelta(days=30))


def texts(connection: Connection, count: int, due: datetime, *, first: int = 0, over: int) -> None:
    """Unprompted texts, due a millisecond after one another from `due` on, to `over` clients in turn."""
    row = {
        "id": _id("m", NTH),
        "client_id": _id("c", _in_turn(over)),
        "number": _number(_in_turn(over)),
        "direction": "'out'",
        "body": ":body",
        "language": "'en'",
        "segments": "1",
        "encoding": "'GSM-7'",
        "purpose": "'nudge'",
        "template": "''",
        "author": "'bot'",
        "state": "'due'",
        "reason": "''",
        "at": ":due",
        "due_at": _later(connection),
        "expires_at": ":expires",
        "priority": "1",
        "attempts": "0",
    }
    expires = due + timedelta(days=300)
    _insert(connection, "messages", row, count=count, first=first, body=BODY, due=due, expires=expires)


def nudges(connection: Connection, count: int, due: datetime, *, first: int = 0, over: int) -> None:
    """A worker's nudges, due a millisecond after one another from `due` on, for `over` clients in turn."""
    row = {
        "id": _id("n", NTH),
        "client_id": _id("c", _in_turn(over)),
        "kind": "'worker_nudge'",
        "key": _id("k", NTH),
        "subject": "''",
        "words": ":body",
        "template": "''",
        "state": "'planned'",
        "due_at": _later(connection),
        "wanted_at": ":due",
        "held": "0",
        "version": "1",
        "reason": "''",
        "created_by": ":worker",
        "created_at": ":due",
    }
    _insert(connection, "nudges", row, count=count, first=first, body=BODY, due=due, worker=WORKER)


def settled(engine: Engine) -> None:
    """As autovacuum leaves a Postgres that has been filled for a while. SQLite looks at nothing by itself."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def client_id(client: int) -> str:
    return f"00c0000000000000000{1_000_000_000_000 + client}"


def number_of(client: int) -> str:
    return f"+1{2_000_000_000 + client}"


def _id(kind: str, number: str) -> str:
    """32 characters that sort as the numbers do, and before every id that is made while we measure."""
    return f"'00{kind}0000000000000000' || CAST(1000000000000 + {number} AS VARCHAR)"


def _number(number: str) -> str:
    return f"'+1' || CAST(2000000000 + {number} AS VARCHAR)"


def _in_turn(over: int) -> str:
    return f":first + i % {over}"


def _later(connection: Connection) -> str:
    return ":due + i * 1000" if connection.dialect.name == "sqlite" else ":due + i * INTERVAL '1 millisecond'"


def _insert(connection: Connection, table: str, row: Mapping[str, str], **values: object) -> None:
    """`count` rows. `row` says what each column is made from; `i` counts from 0."""
    series = "WITH RECURSIVE series(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM series WHERE i + 1 < :count)"
    columns = ", ".join(f'"{name}"' for name in row)
    statement = f"INSERT INTO {table} ({columns}) {series} SELECT {', '.join(row.values())} FROM series"  # noqa: S608  ours
    moments = [bindparam(name, type_=Moment()) for name, value in values.items() if isinstance(value, datetime)]
    connection.execute(text(statement).bindparams(*moments), values)
