"""The import of a list, in chunks: each is one transaction, in which it is also noted how far the import has come.

Killed at any moment and started again with the same file, it goes on after the last chunk that was committed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import Connection

from bot.imports.tables import Table, TableRow
from records import imports
from records.import_verdicts import Judged, Verdict
from records.turn_runner import TRIES

CHUNK = 500
T = TypeVar("T")


class Transactions(Protocol):
    """Where the work is done, as `TurnRunner.transaction` does it: what went wrong comes as a value."""

    def transaction(self, do: Callable[[Connection], Any], tries: int, /) -> Any: ...  # noqa: ANN401  what `do` gives


class ListOf(Protocol):
    """One kind of list. What `read` makes of a good row is what `weigh` and `take` want."""

    kind: ClassVar[str]
    needed: ClassVar[Sequence[str]]
    optional: ClassVar[Sequence[str]]
    started_by: str

    def read(self, row: TableRow) -> Any | Judged: ...  # noqa: ANN401  each kind has its own

    def weigh(self, connection: Connection, wanted: Sequence[Any], now: datetime) -> Sequence[Judged]:
        """What `take` would make of them, each in its place. Changes nothing."""
        ...

    def take(self, connection: Connection, wanted: Sequence[Any], now: datetime) -> Sequence[Judged]: ...


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """`number` is the row's as a spreadsheet shows it. `judged` is None for a good row that an earlier start took."""

    number: int
    judged: Judged | None


Tell = Callable[[int, Sequence[JudgedRow]], None]
"""Hears of every chunk: how many rows are done, and what became of those of the chunk."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`counts` is of all rows, by verdict; `went_on_from` how many rows an earlier start had taken.

    `before` is when this very file was imported the last time (UTC).
    """

    counts: Mapping[str, int]
    went_on_from: int = 0
    before: datetime | None = None

    @property
    def changed_nothing(self) -> bool:
        return not set(self.counts) - {Verdict.SAME, Verdict.BAD}


@dataclass(slots=True)
class Importing:
    """Runs on the thread of its caller. `clock` gives the aware moment in UTC.

    Its methods raise StorageError if the database is gone or full: started again, an import goes on. TooLateError says
    that another process imports the same file. A file that changed meanwhile raises StartError or is taken as it was.
    """

    runner: Transactions
    clock: Callable[[], datetime]
    tell: Tell = field(default=lambda _done, _rows: None)

    def dry_run(self, table: Table, of: ListOf) -> Outcome:
        """Weigh every row, and change nothing."""
        counts: Counter[str] = Counter()
        done = 0
        for rows in _chunks(table):
            judged = self._weighed(of, rows)
            counts.update(row.judged.verdict for row in judged if row.judged)
            done += len(rows)
            self.tell(done, judged)
        return Outcome(counts)

    def run(self, table: Table, of: ListOf) -> Outcome:
        """Take every row that is good."""
        before = self._do(lambda connection: imports.last_finished(connection, of.kind, table.sha256))
        one = self._do(
            lambda c: imports.begin(c, of.kind, table.sha256, table.rows, of.started_by, self.clock()),
        )
        went_on_from = one.done
        rows = iter(table)
        for earlier in _chunks(islice(rows, went_on_from)):
            self.tell(0, [_earlier(row, of) for row in earlier])
        for chunk in _chunks(rows):
            one, judged = self._taken(one, of, chunk)
            self.tell(one.done, judged)
        if not table.rows:
            one = self._do(lambda connection: imports.advance(connection, one, Counter(), self.clock()))
        return Outcome(one.counts, went_on_from, before.finished_at if before else None)

    def _taken(
        self, one: imports.Import, of: ListOf, rows: Sequence[TableRow]
    ) -> tuple[imports.Import, list[JudgedRow]]:
        read = [of.read(row) for row in rows]

        def take(connection: Connection) -> tuple[imports.Import, list[JudgedRow]]:
            imports.lock(connection, one)
            now = self.clock()
            judged = _placed(rows, read, of.take(connection, _good(read), now))
            became = Counter[str](row.judged.verdict for row in judged if row.judged)
            return imports.advance(connection, one, became, now), judged

        return self._do(take)

    def _weighed(self, of: ListOf, rows: Sequence[TableRow]) -> list[JudgedRow]:
        read = [of.read(row) for row in rows]
        weighed = self._do(lambda connection: of.weigh(connection, _good(read), self.clock()))
        return _placed(rows, read, weighed)

    def _do(self, work: Callable[[Connection], T]) -> T:
        result: T | Exception = self.runner.transaction(work, TRIES)
        if isinstance(result, Exception):
            raise result
        return result


def _chunks(rows: Iterable[TableRow]) -> Iterator[Sequence[TableRow]]:
    given = iter(rows)
    while chunk := list(islice(given, CHUNK)):
        yield chunk


def _good(read: Sequence[Any]) -> list[Any]:
    return [one for one in read if not isinstance(one, Judged)]


def _placed(rows: Sequence[TableRow], read: Sequence[Any], judged: Sequence[Judged]) -> list[JudgedRow]:
    of_good = iter(judged)
    return [
        JudgedRow(row.number, one if isinstance(one, Judged) else next(of_good))
        for row, one in zip(rows, read, strict=True)
    ]


def _earlier(row: TableRow, of: ListOf) -> JudgedRow:
    """It is read all the same: later rows may have its number."""
    read = of.read(row)
    return JudgedRow(row.number, read if isinstance(read, Judged) else None)
