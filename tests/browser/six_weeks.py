"""An office after six weeks: 500 clients whom the simulator let live, ten workers and their supervisor."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from bot.app import House
from bot.channels.phone import PhoneChannel
from bot.simulator.runs import the_county
from records import log_words
from records.tables import staff
from tests.staff.office import HASHED, StoodClock, open_server

CLIENTS, WEEKS, SEED = 500, 6, 5
THE_MONDAY_AFTER = datetime(2026, 3, 23, 16, 30, tzinfo=UTC)
"""Half past nine in California."""


@dataclass(frozen=True)
class SixWeeks:
    """`staff` are ids by first name: Sam supervises, all others are workers."""

    url: str
    house: House
    clock: StoodClock
    staff: Mapping[str, str]


def live_six_weeks(folder: Path) -> Path:
    """A database file with all that happened, which takes the better part of a minute: done once for each folder."""
    file = folder / "six_weeks.db"
    with (folder / "six_weeks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            _simulate(folder / "under_way.db").rename(file)
    return file


def _simulate(file: Path) -> Path:
    size = [f"--clients={CLIENTS}", f"--weeks={WEEKS}", f"--seed={SEED}"]
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith("COV")
    }  # or it takes twice as long
    command = [sys.executable, "-m", "bot", "simulate", *size, f"--database=sqlite:///{file}"]
    done = subprocess.run(command, env=plain, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return file


@asynccontextmanager
async def open_six_weeks(file: Path) -> AsyncIterator[SixWeeks]:
    """The pages over this file, which is changed by what is done there. All have the password of the tests."""
    clock = StoodClock(THE_MONDAY_AFTER)
    async with open_server(f"sqlite:///{file}", clock, the_county(), PhoneChannel()) as server:
        await server.house.writer.run(_follow_the_log)
        yield SixWeeks(server.url, server.house, clock, await server.house.writer.run(_give_passwords))


def _follow_the_log(connection: Connection) -> None:
    """As the scheduler does, without which the pages are served here."""
    while log_words.is_behind(connection, THE_MONDAY_AFTER):
        log_words.follow(connection, THE_MONDAY_AFTER)


def _give_passwords(connection: Connection) -> Mapping[str, str]:
    connection.execute(update(staff).values(password_hash=HASHED))
    return {row.first_name: row.id for row in connection.execute(select(staff.c.first_name, staff.c.id))}
