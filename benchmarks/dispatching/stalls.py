"""How long the event loop stands still while many nudges fall due at once and their texts go out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from datetime import datetime, timedelta

from pydantic import SecretStr

from benchmarks.dispatching import filling
from benchmarks.dispatching.parts import COUNTY, NOW, AtOnce, engine_of
from benchmarks.tools.databases import Databases
from benchmarks.tools.figures import Figures, percentile
from bot import start_up
from bot.app import Part, Plan, fork_turns, open_house
from bot.county_file import EXAMPLE
from bot.languages import load_languages
from bot.settings import HouseSettings
from bot.turns_process import TurnsProcesses

LONGEST = 20.0
"""Milliseconds."""

LOOKS = 0.001
"""Seconds between two looks at the clock."""

ALONE = 3.0
"""Seconds for which the loop is watched with nothing to do: what the machine itself does to it."""


class Standing:
    """Implements `bot.clock.Clock`: always the same moment."""

    def now(self) -> datetime:
        return NOW


def measure(databases: Databases, kind: str, nudges: int, figures: Figures) -> None:
    url = databases.fresh(kind)
    with engine_of(url) as engine:
        with engine.begin() as connection:
            filling.staff(connection, NOW)
            filling.clients(connection, nudges, NOW)
            filling.nudges(connection, nudges, NOW - timedelta(hours=1), over=nudges)
        filling.settled(engine)
    plan = _plan(url)
    asyncio.run(_measure(plan, fork_turns(plan), f"{kind}, {nudges} fall due", nudges, figures))
    databases.drop(url)


def _plan(url: str) -> Plan:
    settings = HouseSettings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic's own
        county=EXAMPLE,
        public_url="https://milepost.example",
        secret_key=SecretStr("k" * 32),
        database_url=SecretStr(url),
    )
    return Plan(settings, COUNTY, load_languages(COUNTY.languages), Standing(), Part.SCHEDULER, pace=1e6)


async def _measure(plan: Plan, turns: TurnsProcesses, what: str, nudges: int, figures: Figures) -> None:
    """As `milepost serve` lives."""
    alone = await lateness(asyncio.sleep(ALONE))
    out = asyncio.Event()
    channel = AtOnce(lambda _text: out.set() if channel.count >= nudges else None)
    began = asyncio.get_running_loop().time()
    async with open_house(plan, channel, turns=turns):
        start_up.is_over()
        late = await lateness(out.wait())
    seconds = asyncio.get_running_loop().time() - began
    longer = sum(one > LONGEST for one in late)
    told = (
        f"99 % of looks {percentile(late, 99):.1f} ms late, {longer} of {len(late)} longer; "
        f"all out in {seconds:.1f} s; idle, the longest is {max(alone):.1f} ms"
    )
    figures.at_most(f"{what}: the longest stall of the loop", max(late), LONGEST, " ms", told)


async def lateness(until: Awaitable[object]) -> list[float]:
    """Milliseconds by which each look at the clock came too late, until this has come to its end."""
    loop = asyncio.get_running_loop()
    late: list[float] = []

    async def look() -> None:
        while True:
            due = loop.time() + LOOKS
            await asyncio.sleep(LOOKS)
            late.append((loop.time() - due) * 1000)

    looking = asyncio.create_task(look())
    await until
    looking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await looking
    return late
