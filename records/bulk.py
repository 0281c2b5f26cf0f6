"""Many rows in one statement, and many keys in one question: the same on both databases, each in its fastest way.

SQLite takes rows one after another through one prepared statement. Postgres takes them all as one JSON value, as every
row sent by itself costs the driver more than the row is worth.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, JSON, BindParameter, Boolean, ColumnElement, Connection, Dialect, String, Table, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

from records.prepared import execute, execute_many
from records.types import Moment, aware, to_microseconds

Row = Mapping[str, Any]


class Bulk:
    """A statement for many rows. Each row names all of `columns`; values are as for SQLAlchemy."""

    def __init__(self, table: Table, columns: Sequence[str], sqlite: str, postgres: str) -> None:
        self._sqlite = sqlite
        self._postgres = postgres
        self._values = itemgetter(*columns)
        self._converters = [
            (place, convert)
            for place, name in enumerate(columns)
            if (convert := _converter(table.c[name].type)) is not None
        ]

    def run(self, connection: Connection, rows: Iterable[Row]) -> None:
        given = list(rows)
        if not given:
            return
        if connection.dialect.name == "sqlite":
            execute_many(connection, self._sqlite, [self._converted(row) for row in given])
        else:
            execute(connection, self._postgres, (_encode(given),))

    def _converted(self, row: Row) -> tuple[Any, ...]:
        values = list(self._values(row))
        for place, convert in self._converters:
            values[place] = convert(values[place])
        return tuple(values)


def inserting(table: Table, columns: Sequence[str], conflict: str = "") -> Bulk:
    """Insert rows. `conflict` is an ON CONFLICT clause, which both databases read alike."""
    names = _names(columns)
    into = f"INSERT INTO {table.name} ({names})"
    places = ", ".join("?" for _ in columns)
    return Bulk(
        table,
        columns,
        f"{into} VALUES ({places}) {conflict}",
        f"{into} SELECT {names} FROM {_rows_of(table)} {conflict}",  # noqa: S608  names of our own tables
    )


def updating(table: Table, columns: Sequence[str], *, by: str = "id", also: Sequence[str] = ()) -> Bulk:
    """Update rows found by the column `by`. `also` are further assignments, such as "times = times + 1"."""
    one = ", ".join([*(f'"{name}" = ?' for name in columns), *also])
    all_ = ", ".join([*(f'"{name}" = given."{name}"' for name in columns), *also])
    return Bulk(
        table,
        [*columns, by],
        f"UPDATE {table.name} SET {one} WHERE {by} = ?",  # noqa: S608  as above
        f"UPDATE {table.name} SET {all_} FROM {_rows_of(table)} AS given WHERE {table.name}.{by} = given.{by}",  # noqa: S608
    )


def deleting(table: Table, by: Sequence[str]) -> Bulk:
    """Delete rows found by the columns `by`."""
    one = " AND ".join(f'"{name}" = ?' for name in by)
    all_ = " AND ".join(f'{table.name}."{name}" = given."{name}"' for name in by)
    return Bulk(
        table,
        by,
        f"DELETE FROM {table.name} WHERE {one}",  # noqa: S608  as above
        f"DELETE FROM {table.name} USING {_rows_of(table)} AS given WHERE {all_}",  # noqa: S608
    )


def replaced(*columns: str) -> str:
    """For an ON CONFLICT clause: these columns take the new row's values."""
    return ", ".join(f'"{name}" = excluded."{name}"' for name in columns)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _rows_of(table: Table) -> str:
    return f"json_populate_recordset(NULL::{table.name}, %s::json)"


def _converter(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """For SQLite, which knows neither moments nor JSON."""
    if isinstance(kind, Moment):
        return to_microseconds
    if isinstance(kind, JSON):
        return lambda value: None if value is None else _encode(value)
    return int_or_none if isinstance(kind, Boolean) else None


def int_or_none(value: bool | None) -> int | None:  # noqa: FBT001
    return None if value is None else int(value)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        at = aware(value)
        return at.isoformat() if at else ""
    raise TypeError(f"{type(value).__name__} cannot be stored")


_encode = json.JSONEncoder(default=_moment, separators=(",", ":")).encode


class _Strings(TypeDecorator[list[str]]):
    impl = ARRAY(String)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(String))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return _encode if dialect.name == "sqlite" else None


class one_of(FunctionElement[Any]):  # noqa: N801  reads as the function that it is
    """`one_of(column, "ids")`: the column holds one of the strings in the list given as `ids`.

    The statement's text stays the same however many there are, so both databases plan it once.
    """

    inherit_cache = True
    type = NullType()  # for a boolean SQLAlchemy would write "= 1" on SQLite, and no index would be used

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        values: BindParameter[Any] = bindparam(name, type_=_Strings())
        super().__init__(column, values)


@compiles(one_of, "postgresql")
def _any(element: one_of, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  the compiler's own
    column, values = element.clauses
    return f"{compiler.process(column, **options)} = ANY ({compiler.process(values, **options)})"


@compiles(one_of, "sqlite")
def _in(element: one_of, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  as above
    column, values = element.clauses
    given = compiler.process(values, **options)
    return f"{compiler.process(column, **options)} IN (SELECT value FROM json_each({given}))"  # noqa: S608  both are made here
