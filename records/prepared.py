"""Statements on the way that every text takes: compiled once for each database, then given to the driver as they are.

SQLAlchemy's own work for one execution costs several times what SQLite needs for it. What it knows of columns and types
is asked once; on the way itself there are only values, the driver, and the processors of the types that need one.

Many statements go `together`: to wait for each answer of a Postgres costs more than most answers do.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
Process = Callable[[Any], Any]
AnyRow = Any
"""A named tuple, its fields named as the columns."""


class Prepared:
    """`statement` has the same text whatever the values: lists are given with `one_of`, not with `in_`.

    Rows come as named tuples. What the driver raises comes as SQLAlchemy's own error of the kind.
    """

    def __init__(self, statement: Select[Any] | Update) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def ask(self, connection: Connection, values: Values) -> Asked:
        """The rows are read later: where statements go `together`, after all of them."""
        compiled = self._for(connection.dialect)
        return Asked(compiled, execute(connection, compiled.text, compiled.bound(values)))

    def rows(self, connection: Connection, values: Values) -> list[AnyRow]:
        return self.ask(connection, values).rows()

    def first(self, connection: Connection, values: Values) -> AnyRow | None:
        return next(iter(self.rows(connection, values)), None)

    def run(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Once for each of them."""
        compiled = self._for(connection.dialect)
        for values in rows:
            execute(connection, compiled.text, compiled.bound(values))

    def _for(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        return compiled


class Asked:
    """A question that the database has, or has answered."""

    def __init__(self, compiled: _Compiled, cursor: Any) -> None:  # noqa: ANN401  the driver's
        self._compiled = compiled
        self._cursor = cursor

    def rows(self) -> list[AnyRow]:
        return self._compiled.read(self._cursor.fetchall())


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """The statements in it go to Postgres in one piece, in their order. One that fails may be told of at the end only.

    No row must be read before the end, and SQLAlchemy itself must execute nothing in it.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemys(error, connection, "") from error


def execute(connection: Connection, text: str, values: Any) -> Any:  # noqa: ANN401  what the driver takes and gives
    """By the driver itself, in the transaction of this connection; gives the driver's cursor."""
    if not connection.in_transaction():
        connection.begin()
    driver: Any = connection.connection.dbapi_connection
    try:
        return driver.execute(text, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemys(error, connection, text) from error


def _as_sqlalchemys(error: Exception, connection: Connection, text: str) -> BaseException:
    dialect, errors = connection.dialect, connection.dialect.loaded_dbapi.Error
    is_lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if is_lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        text, None, error, errors, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
    )


class _Compiled:
    def __init__(self, statement: Select[Any] | Update, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._given = compiled.construct_params({name: None for name, bind in compiled.binds.items() if bind.required})
        self._order: Sequence[str] | None = compiled.positiontup
        kinds = {name: bind.type for name, bind in compiled.binds.items()}
        self._bind = [(name, process) for name, kind in kinds.items() if (process := _binds(kind, dialect))]
        columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        names = [getattr(column, "name", None) or "_" for column in columns]
        self._row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024  names known only here
        read = [_reads(column.type, dialect) for column in columns]
        self._read = [(place, process) for place, process in enumerate(read) if process]

    def bound(self, values: Values) -> Any:  # noqa: ANN401  what the driver takes: a sequence, or a mapping
        given = {**self._given, **values}
        for name, process in self._bind:
            if name in given:
                given[name] = process(given[name])
        return given if self._order is None else [given[name] for name in self._order]

    def read(self, found: Iterable[Sequence[Any]]) -> list[AnyRow]:
        make = self._row._make
        if not self._read:
            return [make(row) for row in found]
        rows = []
        for row in found:
            values = list(row)
            for place, process in self._read:
                values[place] = process(values[place])
            rows.append(make(values))
        return rows


def _binds(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reads(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
