"""The processes under test, and what keeps the suite away from all that is not its own."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import inspect, text

from bot.errors import StartError
from bot.trust.ground import Grounds, open_grounds
from bot.trust.moved_clock import BEGINNING, MovedClock
from bot.trust.orders import Order
from bot.trust.own_database import own_database
from bot.trust.processes import ServerFailedError, environment
from bot.trust.server import settings_for
from records.database import connect

on_one_loop = pytest.mark.asyncio(loop_scope="session")
ORDER = Order("sqlite://", "http://127.0.0.1:1", 1, "")


async def answers(order: Order) -> bool:
    async with aiohttp.ClientSession() as session:
        try:
            async with session.get(f"{order.url}/live") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False


@on_one_loop
async def test_a_process_that_was_killed_comes_back_in_its_place_and_stops_when_told_to(grounds: Grounds) -> None:
    async with grounds.fresh("1") as ground:
        server = await ground.serve()
        assert await answers(server.order)
        await server.kill()
        assert not await answers(server.order)
        server = await ground.again(server)
        assert await answers(server.order)
        await server.stop()
        assert not await answers(server.order)


@on_one_loop
async def test_why_a_process_did_not_start_is_told(grounds: Grounds) -> None:
    async with grounds.fresh("1") as ground:
        first = await ground.serve()
        with pytest.raises(ServerFailedError, match="did not start") as error:
            await ground.serve(first.order)
    assert "cannot start" in str(error.value) or "StartError" in str(error.value)


@on_one_loop
async def test_all_processes_end_when_the_nursery_is_killed() -> None:
    async with open_grounds(None) as grounds, grounds.fresh("1") as ground:
        server = await ground.serve()
        ground.nursery.kill()
        async with asyncio.timeout(10):
            while await answers(server.order):  # noqa: ASYNC110  another process wakes nobody here
                await asyncio.sleep(0.05)


def test_a_database_that_holds_anything_is_refused_and_left_alone(database_url: str) -> None:
    engine = connect(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE somebodys (row int)"))
    with pytest.raises(StartError, match="is not empty"), own_database(database_url):
        pass
    assert inspect(engine).get_table_names() == ["somebodys"]
    engine.dispose()


def test_the_database_is_empty_again_at_the_end(database_url: str) -> None:
    with own_database(database_url) as engine:
        assert "messages" in inspect(engine).get_table_names()
    engine = connect(database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_provider_that_is_not_on_this_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="on this machine"):
        settings_for(replace(ORDER, provider="https://api.example.org"))


def test_a_countys_settings_are_not_heard_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "TWILIO_API_BASE", "TWILIO_MESSAGING_SERVICE_SID", "TWILIO_AUTH_TOKEN_FILE"):
        monkeypatch.setenv(name, "a county's")
    (tmp_path / ".env").write_text("DEAD_MAN_URL=https://example.org\nTWILIO_FROM=+17075550177\n", encoding="ascii")
    monkeypatch.chdir(tmp_path)
    assert not [name for name, value in environment().items() if value == "a county's"]
    settings = settings_for(ORDER)
    assert (settings.database, settings.twilio_api_base) == (ORDER.database, ORDER.provider)
    assert "county's" not in repr(settings.model_dump())
    assert settings.twilio_from != "+17075550177"


def test_all_who_open_a_clock_have_the_same_time_which_runs_as_fast_as_it_was_told(tmp_path: Path) -> None:
    mine, theirs = (MovedClock(tmp_path / "clock") for _ in range(2))
    assert timedelta(0) <= theirs.now() - BEGINNING < timedelta(minutes=1)
    mine.step(timedelta(hours=-2))
    assert timedelta(hours=-2) <= theirs.now() - BEGINNING < timedelta(hours=-1)
    mine.set(BEGINNING, speed=0)
    assert theirs.now() == theirs.now() == BEGINNING
    mine.set(BEGINNING, speed=1e6)
    earlier = theirs.now()
    assert theirs.now() - earlier > timedelta(milliseconds=100)
