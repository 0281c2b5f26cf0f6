"""Many rows in one statement, and many keys in one question: the same on both databases, each in its fastest way.

SQLite takes them as so many places in one statement, Postgres as one JSON value: every row sent by itself costs the
driver more than the row is worth, and each time another thread may take the interpreter away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import ARRAY, JSON, BindParameter, Boolean, ColumnElement, Connection, Dialect, String, Table, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

from records.prepared import execute
from records.types import Moment, aware, to_microseconds

Row = Mapping[str, Any]

MOST_ROWS = 64
"""Rows that SQLite takes in one statement; a power of two."""

ROWS = "{rows}"
"""Stands for the rows in a statement for SQLite: as many groups of places as there are rows."""


class Bulk:
    """A statement for many rows. Each row names all of `columns`; values are as for SQLAlchemy."""

    def __init__(self, table: Table, columns: Sequence[str], sqlite: str, postgres: str) -> None:
        self._sqlite = sqlite
        self._postgres = postgres
        self._values = itemgetter(*columns)
        self._row = f"({', '.join('?' for _ in columns)})"
        self._texts: dict[int, str] = {}
        self._converters = [
            (place, convert)
            for place, name in enumerate(columns)
            if (convert := _converter(table.c[name].type)) is not None
        ]

    def run(self, connection: Connection, rows: Iterable[Row]) -> None:
        given = list(rows)
        if not given:
            return
        if connection.dialect.name != "sqlite":
            execute(connection, self._postgres, (_encode(given),))
            return
        values = [self._converted(row) for row in given]
        size = MOST_ROWS
        while values:
            while size > len(values):
                size //= 2
            execute(connection, self._text(size), [value for row in values[:size] for value in row])
            values = values[size:]

    def _text(self, size: int) -> str:
        text = self._texts.get(size)
        if text is None:
            text = self._texts[size] = self._sqlite.replace(ROWS, ", ".join([self._row] * size))
        return text

    def _converted(self, row: Row) -> list[Any]:
        values = list(self._values(row))
        for place, convert in self._converters:
            values[place] = convert(values[place])
        return values


def inserting(table: Table, columns: Sequence[str], conflict: str = "") -> Bulk:
    """Insert rows. `conflict` is an ON CONFLICT clause, which both databases read alike."""
    names = _names(columns)
    into = f"INSERT INTO {table.name} ({names})"
    return Bulk(
        table,
        columns,
        f"{into} VALUES {ROWS} {conflict}",
        f"{into} SELECT {names} FROM {_rows_of(table)} {conflict}",  # noqa: S608  names of our own tables
    )


def updating(table: Table, columns: Sequence[str], *, by: str = "id", also: Sequence[str] = ()) -> Bulk:
    """Update rows found by the column `by`. `also` are further assignments, such as "times = times + 1"."""
    given = [*columns, by]
    all_ = ", ".join([*(f'"{name}" = given."{name}"' for name in columns), *also])
    found = f"given WHERE {table.name}.{by} = given.{by}"
    return Bulk(
        table,
        given,
        f"UPDATE {table.name} SET {all_} FROM {_values_of(given)} AS {found}",  # noqa: S608  as above
        f"UPDATE {table.name} SET {all_} FROM {_rows_of(table)} AS {found}",  # noqa: S608
    )


def deleting(table: Table, by: Sequence[str]) -> Bulk:
    """Delete rows found by the columns `by`."""
    same = " AND ".join(f'{table.name}."{name}" = given."{name}"' for name in by)
    found = f"SELECT {table.name}.rowid FROM {_values_of(by)} AS given CROSS JOIN {table.name} ON {same}"  # noqa: S608  as above
    return Bulk(
        table,
        by,
        f"DELETE FROM {table.name} WHERE rowid IN ({found})",  # noqa: S608
        f"DELETE FROM {table.name} USING {_rows_of(table)} AS given WHERE {same}",  # noqa: S608
    )


def replaced(*columns: str) -> str:
    """For an ON CONFLICT clause: these columns take the new row's values."""
    return ", ".join(f'"{name}" = excluded."{name}"' for name in columns)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _values_of(columns: Sequence[str]) -> str:
    """The rows given to SQLite, as a table whose columns have these names."""
    named = ", ".join(f'column{place} AS "{name}"' for place, name in enumerate(columns, start=1))
    return f"(SELECT {named} FROM (VALUES {ROWS}))"  # noqa: S608  as above


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


# Moments come to `_moment`: the library would take one without a zone. SQLAlchemy's names of columns are no plain str.
_AS_OURS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def _encode(value: object) -> str:
    return orjson.dumps(value, _moment, _AS_OURS).decode()


def _array(values: Iterable[str]) -> str:
    """As Postgres writes an array; the driver takes fifty times as long for it."""
    quoted = [value.replace("\\", r"\\").replace('"', r"\"") for value in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"


class _Strings(TypeDecorator[list[str]]):
    impl = ARRAY(String)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(String))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return _encode if dialect.name == "sqlite" else _array


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
