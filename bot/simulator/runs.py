"""Running a simulation: the caseload in parts, each with a database and a process of its own, and their sum.

How a caseload is parted does not depend on how many processes there are, so neither does what comes out.
"""

from __future__ import annotations

import gc
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bot.county_file import EXAMPLE, load_county
from bot.languages import load_languages
from bot.simulator import scripts
from bot.simulator.checks import judge
from bot.simulator.findings import Broken, Verdict
from bot.simulator.history import Evidence, gather
from bot.simulator.measures import Measure, measure
from bot.simulator.simulation import Simulation, Wanted
from bot.simulator.totals import Totals, total
from conversations.county import County, Hook
from records.database import connect
from records.migrate import migrate

MOST_IN_A_PART = 250
MOST_SCRIPTS = 10
A_HOLIDAY = date(2026, 2, 16)


@dataclass
class Result:
    """`broken` are the first that broke, each with the check's name and the thread that led there."""

    verdicts: list[Verdict]
    measures: list[Measure]
    totals: Totals
    broken: list[tuple[str, Broken, list[str]]] = field(default_factory=list)
    thread: list[str] = field(default_factory=list)
    cpu_seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return not any(verdict.broken for verdict in self.verdicts)

    def add(self, other: Result) -> None:
        for mine, theirs in zip(self.verdicts, other.verdicts, strict=True):
            mine.looked += theirs.looked
            mine.excused += theirs.excused
            mine.broken += theirs.broken
        self.measures = [mine.and_(theirs) for mine, theirs in zip(self.measures, other.measures, strict=True)]
        self.totals.add(other.totals)
        self.broken += other.broken
        self.thread += other.thread
        self.cpu_seconds = max(self.cpu_seconds, other.cpu_seconds)


def run(wanted: Wanted, jobs: int, *, only: int | None = None, database: str | None = None) -> Result:
    """The whole caseload in up to `jobs` processes; with a `database` of its own (empty, or made anew) in one.

    `only` runs just the part in which this client is, and gives their thread.
    """
    parts = [wanted] if database else list(parted(wanted))
    if only is not None:
        parts = [part for part in parts if part.first <= only < part.first + part.clients]
    if jobs == 1 or len(parts) == 1:
        results = [run_part(part, only, database) for part in parts]
    else:
        with ProcessPoolExecutor(min(jobs, len(parts)), _processes()) as pool:
            results = list(pool.map(run_part, parts, [only] * len(parts)))
    first, *others = results
    for other in others:
        first.add(other)
    return first


def _processes() -> BaseContext:
    """Forked they need not import everything anew, which takes seconds; beside other threads that is not safe."""
    return multiprocessing.get_context("fork" if threading.active_count() == 1 else "spawn")


def parted(wanted: Wanted) -> Iterator[Wanted]:
    """Into parts of nearly the same size, none too large."""
    count = -(-wanted.clients // MOST_IN_A_PART)
    first = wanted.first
    for nth in range(count):
        size = wanted.clients // count + (nth < wanted.clients % count)
        yield replace(wanted, first=first, clients=size)
        first += size


def run_part(wanted: Wanted, only: int | None = None, database: str | None = None) -> Result:
    """One part, from the first invitation to the verdicts."""
    began = time.process_time()
    county = the_county()
    with _database(database) as engine, _little_swept():
        simulation = Simulation(wanted, engine, county, load_languages(county.languages))
        simulation.run()
        with engine.connect() as connection:
            evidence = gather(simulation, connection)
    result = Result(judge(evidence), measure(evidence), total(evidence))
    result.broken = list(_scripts(evidence, result.verdicts))
    if only is not None:
        result.thread = scripts.thread(evidence, only)
    result.cpu_seconds = time.process_time() - began
    return result


def the_county() -> County:
    """The example county, with a holiday in the weeks and somebody to tell."""
    county = load_county(EXAMPLE)
    return replace(county, holidays=county.holidays | {A_HOLIDAY}, hooks=(Hook("office"),))


def _scripts(evidence: Evidence, verdicts: Sequence[Verdict]) -> Iterator[tuple[str, Broken, list[str]]]:
    """The first ones of each check."""
    for verdict in verdicts:
        for broken in verdict.broken[:MOST_SCRIPTS]:
            yield verdict.name, broken, scripts.around(evidence, broken) if broken.nth else []


@contextmanager
def _database(url: str | None) -> Iterator[Engine]:
    """The given one, or a file that is thrown away; that one does not wait for the disk."""
    with tempfile.TemporaryDirectory(prefix="milepost-simulate-") as folder:
        engine = connect(url or f"sqlite:///{Path(folder) / 'simulation.db'}")
        if url is None:
            event.listen(engine, "connect", _without_waiting)
        try:
            migrate(engine)
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _little_swept() -> Iterator[None]:
    """What is kept grows all the time, and hardly any of it is garbage: looking for that took a tenth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _without_waiting(driver: Any, _record: object) -> None:  # noqa: ANN401  the driver's own connection
    for pragma in ("synchronous=OFF", "wal_autocheckpoint=100000"):
        driver.execute(f"PRAGMA {pragma}")
