"""Lists of clients and of visits, from the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path

import typer
from sqlalchemy import Engine

from bot.clock import SystemClock
from bot.decider import Decider
from bot.errors import Problem, StartError
from bot.ground import load_reviewed, load_store, open_database
from bot.imports.client_list import ClientList
from bot.imports.importing import Importing, JudgedRow, ListOf, Outcome, Tell
from bot.imports.report import report_to
from bot.imports.tables import Table, open_table
from bot.imports.texts_ahead import TextsAhead
from bot.imports.visit_list import VisitList
from bot.settings import StoreSettings
from conversations.county import County
from records import backlog, people
from records.errors import StorageError, TooLateError
from records.import_verdicts import Verdict
from records.turn_runner import TurnRunner

ACTOR = "import"
MOST_NAMED = 100
"""Bad rows that are named on the terminal; the report has them all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    file: Path
    dry_run: bool
    report: Path | None


@dataclass(frozen=True, slots=True)
class _Ground:
    """`workers` are the ids of staff by e-mail."""

    settings: StoreSettings
    county: County
    engine: Engine
    runner: TurnRunner
    workers: Mapping[str, str]


def import_clients(wanted: Wanted) -> int:
    """Gives the exit status, 1 if a row was bad. Raises StartError."""
    with _open() as ground:
        table = open_table(wanted.file, ClientList.needed, ClientList.optional)
        return _run(ground, table, ClientList(ground.county, ground.workers, ACTOR), wanted)


def import_visits(wanted: Wanted) -> int:
    """As `import_clients`. A dry run also tells which texts would follow."""
    with _open() as ground:
        table, ahead = open_table(wanted.file, VisitList.needed, VisitList.optional), TextsAhead()
        visits = VisitList(ground.county, ground.workers, ACTOR, ground.runner.turns, ahead)
        status = _run(ground, table, visits, wanted)
        if wanted.dry_run:
            _tell_texts(ground, ahead)
        return status


@contextmanager
def _open() -> Iterator[_Ground]:
    settings, county = load_store()
    languages = load_reviewed(county)
    engine = open_database(settings)
    try:
        with engine.begin() as connection:
            workers = {member.email: member.id for member in people.all_staff(connection) if member.active}
        runner = TurnRunner(engine, Decider(county, languages), SystemClock().now, county)
        yield _Ground(settings, county, engine, runner, workers)
    finally:
        engine.dispose()


def _run(ground: _Ground, table: Table, of: ListOf, wanted: Wanted) -> int:
    if table.unknown:
        typer.echo(f"Columns that are ignored: {', '.join(table.unknown)}.", err=True)
    named = _Named()
    with report_to(wanted.report) as report:
        importing = Importing(ground.runner, SystemClock().now, _all(report, named, _progress(table.rows)))
        try:
            outcome = importing.dry_run(table, of) if wanted.dry_run else importing.run(table, of)
        except StorageError:
            raise _stopped("database", "cannot be reached or written", "start the same command again") from None
        except TooLateError:
            raise _stopped("file", "is being imported by somebody else just now", "wait until they are done") from None
    _tell(outcome, ground.county, dry_run=wanted.dry_run)
    return int(bool(outcome.counts.get(Verdict.BAD)))


def _stopped(where: str, what: str, remedy: str) -> StartError:
    return StartError(
        "The import stopped; what was taken stays, and it goes on from there:", [Problem(where, what, remedy)]
    )


def _all(*hear: Tell) -> Tell:
    def tell(done: int, rows: Sequence[JudgedRow]) -> None:
        for each in hear:
            each(done, rows)

    return tell


class _Named:
    """Names the bad rows, up to a number."""

    def __init__(self) -> None:
        self._left = MOST_NAMED

    def __call__(self, _done: int, rows: Sequence[JudgedRow]) -> None:
        for row in rows:
            if row.judged is None or row.judged.verdict is not Verdict.BAD or self._left < 0:
                continue
            line = f"row {row.number}: {'; '.join(row.judged.reasons)}"
            typer.echo(line if self._left else "And more: --report FILE writes them all.", err=True)
            self._left -= 1


def _progress(rows: int) -> Tell:
    """On a terminal, one line that is written over."""

    def tell(done: int, _rows: Sequence[JudgedRow]) -> None:
        if sys.stderr.isatty():
            typer.echo(f"\r{done:,} of {rows:,} rows" + ("\n" if done >= rows else ""), nl=False, err=True)

    return tell


def _tell(outcome: Outcome, county: County, *, dry_run: bool) -> None:
    told = ", ".join(
        f"{outcome.counts.get(verdict, 0):,} {verdict}" for verdict in Verdict if _is_told(verdict, outcome)
    )
    typer.echo(f"{told}.")
    if dry_run:
        typer.echo("This was a dry run. Nothing was changed.")
        return
    if outcome.went_on_from:
        typer.echo(f"It went on after row {outcome.went_on_from:,} of the list, where it was broken off.")
    if outcome.changed_nothing:
        before = outcome.before
        since = f"This file was imported on {before.astimezone(county.zone):%Y-%m-%d at %H:%M}. " if before else ""
        typer.echo(f"{since}Nothing was changed.")


def _is_told(verdict: Verdict, outcome: Outcome) -> bool:
    return verdict in {Verdict.NEW, Verdict.CHANGED, Verdict.SAME, Verdict.BAD} or verdict in outcome.counts


def _tell_texts(ground: _Ground, ahead: TextsAhead) -> None:
    with ground.engine.begin() as connection:
        each = backlog.segments_each(connection)
    zone, a_second, now = ground.county.zone, ground.settings.twilio_segments_a_second, SystemClock().now()
    days = ahead.by_day(zone)
    typer.echo(f"Texts that would follow, at most: {sum(days.values()):,}.")
    for day, texts in days.items():
        typer.echo(f"  {day:%a %Y-%m-%d} {texts:,}")
    if not days:
        return
    clears = ahead.clears(each, a_second, now)
    typer.echo(
        f"At {a_second:g} segments a second the longest wait is {ceil(clears.longest / timedelta(minutes=1))} min,"
        f" of what falls due on {clears.worst_at.astimezone(zone):%a %Y-%m-%d at %H:%M}."
    )
