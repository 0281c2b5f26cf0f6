"""/live and /ready: each check says what is wrong and what to do, in time, and nothing of anybody's."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import text

from bot import health
from bot.app import make_app
from bot.health import CHECKS, CLOCK_WATCH, ClockWatch
from bot.keys import TEXTS
from records.migrations import head
from records.readiness import Look
from records.turns import Inbound, Taken
from tests.bot.conftest import MONDAY, StillClock, Street

ALL_IS_WELL = dict.fromkeys(CHECKS, "ok")


async def ready(street: Street, app: web.Application | None = None) -> tuple[int, dict[str, str]]:
    """Of the running house, or of another `app`: the status and each check's line."""
    if app is None:
        return await asked(street, street.url)
    async with TestServer(app, access_log=None) as server:
        return await asked(street, str(server.make_url("")).rstrip("/"))


async def asked(street: Street, url: str) -> tuple[int, dict[str, str]]:
    async with street.session.get(url + "/ready") as response:
        first, *lines = (await response.text()).splitlines()
    assert first == ("ready" if response.status == 200 else "not ready")
    return response.status, dict(line.split(": ", 1) for line in lines)


async def live(street: Street) -> int:
    async with street.session.get(street.url + "/live") as response:
        return response.status


async def test_it_lives_and_is_ready(street: Street) -> None:
    assert await live(street) == 200
    assert await ready(street) == (200, ALL_IS_WELL)


async def test_without_a_database_it_lives_but_is_not_ready(street: Street) -> None:
    await street.house.writer.close()
    status, checks = await ready(street)
    assert status == 503
    assert "takes no write -> look whether the database runs" in checks["write"]
    assert checks["disk"] == checks["catalogs"] == checks["clock"] == "ok"
    assert await live(street) == 200


async def test_a_database_that_hangs_is_told_within_five_seconds(street: Street) -> None:
    goes_on = asyncio.Event()
    loop = asyncio.get_running_loop()
    hangs = asyncio.create_task(
        street.house.writer.run(lambda _: asyncio.run_coroutine_threadsafe(goes_on.wait(), loop).result())
    )
    began = time.monotonic()
    try:
        status, checks = await ready(street)
    finally:
        goes_on.set()
        await hangs
    assert status == 503
    assert "takes no write" in checks["write"]
    assert time.monotonic() - began < 5


@dataclass
class Busy:
    """In the place of what takes texts."""

    busy_for: float
    waiting: int = 0
    under_way: int = 1

    async def take_text(self, inbound: Inbound) -> Taken:
        raise AssertionError(inbound)


@pytest.mark.parametrize(("busy_for", "status"), [(9.0, 200), (11.0, 503)])
async def test_texts_that_are_in_hand_for_too_long_are_told(street: Street, busy_for: float, status: int) -> None:
    app = make_app(street.house, None)
    app[TEXTS] = Busy(busy_for)
    found, checks = await ready(street, app)
    assert found == status
    assert (checks["texts"] == "ok") is (status == 200)


async def test_tables_of_another_release_are_told(street: Street) -> None:
    await street.house.writer.run(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '0001'")))
    status, checks = await ready(street)
    assert status == 503
    assert checks["schema"] == (
        f"the tables are of revision 0001, this release's of {head()}"
        " -> run `milepost migrate`, or start the release that fits"
    )


async def test_a_disk_that_is_nearly_full_is_told(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 2**60)
    status, checks = await ready(street)
    assert status == 503
    assert "MB are free beside the database" in checks["disk"]
    assert "make room" in checks["disk"]


async def test_a_language_of_the_county_s_without_a_catalog_is_told(street: Street) -> None:
    plan = street.house.plan
    house = replace(street.house, plan=replace(plan, languages={"en": plan.languages["en"]}))
    status, checks = await ready(street, make_app(house, None))
    assert status == 503
    assert checks["catalogs"].startswith("none for es -> ")


@pytest.mark.parametrize(("by", "told"), [(3600, "was set 3600 s ahead"), (-60, "was set 60 s back")])
async def test_a_clock_that_was_set_is_told(street: Street, by: int, told: str) -> None:
    wall = StillClock(MONDAY)
    app = make_app(street.house, None)
    app[CLOCK_WATCH] = ClockWatch(wall.now, lambda: 0.0)
    wall.at += timedelta(seconds=by)
    status, checks = await ready(street, app)
    assert status == 503
    assert checks["clock"].startswith(told)


class Watched:
    """A watch over two clocks, each of which goes as far as the test says."""

    def __init__(self) -> None:
        self.wall, self.steady = StillClock(MONDAY), 0.0
        self.watch = ClockWatch(self.wall.now, lambda: self.steady)

    def after(self, on_wall: float, on_steady: float) -> timedelta | None:
        """The step that is told after so many seconds."""
        self.wall.at += timedelta(seconds=on_wall)
        self.steady += on_steady
        return self.watch.stepped()


def test_time_that_goes_by_is_no_step() -> None:
    watched = Watched()
    assert watched.after(90_000, 90_000) is None
    assert watched.after(604, 600) is None


def test_a_step_is_told_for_five_minutes_and_then_counts_as_right() -> None:
    watched = Watched()
    assert watched.after(3601, 1) == timedelta(hours=1)
    assert watched.after(300, 300) == timedelta(hours=1)
    assert watched.after(1, 1) is None


@pytest.mark.parametrize(("apart", "is_wrong"), [(-6, True), (-4, False), (4, False), (6, True)])
def test_a_database_with_another_time_of_day_is_told(apart: int, is_wrong: bool) -> None:  # noqa: FBT001  a table
    seen = Look(head(), MONDAY + timedelta(seconds=apart))
    assert [problem.where for problem in health._of_database((seen, MONDAY))] == ["clock"] * is_wrong


async def test_not_a_word_says_where_the_database_is(street: Street) -> None:
    await street.house.writer.close()
    async with street.session.get(street.url + "/ready") as response:
        told = await response.text()
    assert street.house.plan.settings.database not in told
    assert "/" not in told
