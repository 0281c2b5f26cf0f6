"""Does it live, and can it do its work: for the machines that watch it and who looks after it. Nothing personal."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from aiohttp import web

from bot.errors import Problem
from bot.keys import COUNTY, LANGUAGES, SETTINGS, TEXTS, WALL_CLOCK, WRITER
from bot.metrics import Parts, Sending, add_metrics
from conversations.county import County
from conversations.languages import Language
from records.errors import StorageError
from records.migrations import head
from records.readiness import Look, look
from records.sqlite_files import file_of

log = structlog.get_logger()

PATIENCE = 4.0
"""Seconds that a check may take, so that whoever asks has the answer in five."""

CHECKS = ("write", "texts", "schema", "disk", "catalogs", "clock")

MEGABYTE = 1024 * 1024
LEAST_FREE = 100 * MEGABYTE
"""Bytes that must be free where the database is a file: days of a county's texts take less."""

NO_TIME = timedelta(0)

LONGEST_TURN = 10.0
"""Seconds. By then the provider has been told that they were not stored, and sends them again."""

ASTRAY = timedelta(seconds=5)
"""So far two clocks may lie apart."""

TOLD_FOR = 300.0
"""Seconds for which a step of the clock is told. Then its new time counts as the right one."""


class ClockWatch:
    """Sees the time of day being set, by a clock that nobody can set.

    `wall` gives the aware time of day, `steady` seconds. A step is seen at the first look after it.
    """

    def __init__(self, wall: Callable[[], datetime], steady: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._steady = steady
        self._seen = (wall(), steady())
        self._stepped: tuple[float, timedelta] | None = None

    def stepped(self) -> timedelta | None:
        """By how much the time of day was set lately; below zero when it was set back."""
        wall, steady = self._wall(), self._steady()
        step = (wall - self._seen[0]) - timedelta(seconds=steady - self._seen[1])
        self._seen = (wall, steady)
        if abs(step) > ASTRAY:
            self._stepped = (steady, step)
        if self._stepped is None or steady - self._stepped[0] > TOLD_FOR:
            return None
        return self._stepped[1]


CLOCK_WATCH: web.AppKey[ClockWatch] = web.AppKey("clock_watch")


def add_health(app: web.Application, sending: Callable[[], Sending] | None = None) -> None:
    """`sending` says what this process sends just now; None where it sends nothing."""
    app[CLOCK_WATCH] = ClockWatch(app[WALL_CLOCK].now)
    add_metrics(app, Parts(lambda: {app[TEXTS], app[WRITER]}, sending))
    app.router.add_get("/live", live)
    app.router.add_get("/ready", ready)


async def live(_request: web.Request) -> web.Response:
    """The process answers."""
    return web.Response(text="live\n")


async def ready(request: web.Request) -> web.Response:
    """Every check by its name, with "ok" or what is wrong and what to do; 503 if one fails."""
    app = request.app
    found, free = await asyncio.gather(_look(app), _free_bytes(file_of(app[SETTINGS].database)))
    wrong = [
        *_of_database(found),
        *_of_texts(app[TEXTS].busy_for),
        *_of_disk(free),
        *_of_catalogs(app[COUNTY], app[LANGUAGES]),
        *_of_clock(app[CLOCK_WATCH]),
    ]
    told = {problem.where: str(problem) for problem in wrong}
    lines = ["not ready" if wrong else "ready", *(told.get(check, f"{check}: ok") for check in CHECKS), ""]
    return web.Response(status=503 if wrong else 200, text="\n".join(lines))


async def _look(app: web.Application) -> tuple[Look, datetime] | None:
    """What was seen, and when; None where the database takes no write in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await app[WRITER].run(look), app[WALL_CLOCK].now()
    except (StorageError, TimeoutError):
        return None
    except Exception:
        log.exception("ready_failed")
        return None


async def _free_bytes(file: Path | None) -> int | None:
    """None where the database is no file, or the disk does not say."""
    if file is None:
        return None
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            return (await asyncio.to_thread(shutil.disk_usage, file.parent)).free
    return None


def _of_database(found: tuple[Look, datetime] | None) -> Iterator[Problem]:
    if found is None:
        remedy = "look whether the database runs, can be reached, and has room"
        yield Problem("write", "the database takes no write", remedy)
        yield Problem("schema", "could not be looked at", "see write")
        return
    seen, at = found
    if seen.revision != head():
        what = f"the tables are of revision {seen.revision}, this release's of {head()}"
        yield Problem("schema", what, "run `milepost migrate`, or start the release that fits")
    if seen.clock and abs(seen.clock - at) > ASTRAY:
        apart = round(abs(seen.clock - at).total_seconds())
        yield Problem("clock", f"{apart} s from the database's", "have both machines keep time by NTP")


def _of_texts(busy_for: float) -> Iterator[Problem]:
    if busy_for > LONGEST_TURN:
        what = f"texts that came {round(busy_for)} s ago are not stored yet"
        yield Problem("texts", what, "look who holds locks in the database; a restart loses nothing")


def _of_disk(free: int | None) -> Iterator[Problem]:
    if free is not None and free < LEAST_FREE:
        what = f"{free // MEGABYTE} MB are free beside the database, {LEAST_FREE // MEGABYTE} are needed"
        yield Problem("disk", what, "make room, or move the database")


def _of_catalogs(county: County, languages: Mapping[str, Language]) -> Iterator[Problem]:
    if missing := [code for code in county.languages if code not in languages]:
        yield Problem("catalogs", f"none for {', '.join(missing)}", "run `milepost check`, then start again")


def _of_clock(watch: ClockWatch) -> Iterator[Problem]:
    if step := watch.stepped():
        what = f"was set {round(abs(step.total_seconds()))} s {'ahead' if step > NO_TIME else 'back'} a moment ago"
        yield Problem("clock", what, "look whether it is right now; it counts as right in five minutes")
