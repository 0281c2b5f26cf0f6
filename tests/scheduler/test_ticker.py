from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from scheduler.ticker import Ticker


async def until(happened: asyncio.Semaphore, times: int) -> None:
    async with asyncio.timeout(10):
        for _ in range(times):
            await happened.acquire()


async def test_the_ticker_wakes_again_and_again() -> None:
    ticks = asyncio.Semaphore(0)

    async def wake() -> None:
        ticks.release()

    ticker = Ticker(0.01, wake)
    ticker.start()
    await until(ticks, 3)
    await ticker.shutdown()


async def test_a_tick_that_raises_is_logged_without_its_words_and_the_clock_goes_on() -> None:
    ticks = asyncio.Semaphore(0)

    async def wake() -> None:
        ticks.release()
        raise RuntimeError("+17075550123 said something")

    ticker = Ticker(0.01, wake)
    with capture_logs() as logs:
        ticker.start()
        await until(ticks, 2)
        await ticker.shutdown()
    assert logs[0] == {"event": "tick_failed", "exc_info": True, "log_level": "error"}


async def test_a_poke_ticks_at_once_and_is_done_when_it_returns() -> None:
    ticks = 0

    async def wake() -> None:
        nonlocal ticks
        await asyncio.sleep(0)
        ticks += 1

    ticker = Ticker(3600, wake)
    ticker.start()
    await ticker.poke()
    assert ticks == 1
    await ticker.shutdown()


async def test_two_ticks_never_run_at_once() -> None:
    running = most = 0

    async def wake() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    ticker = Ticker(3600, wake)
    await asyncio.gather(*(ticker.poke() for _ in range(5)))
    assert most == 1


async def test_a_shutdown_waits_for_the_tick_under_way() -> None:
    started, finish = asyncio.Event(), asyncio.Event()
    ended = False

    async def wake() -> None:
        nonlocal ended
        started.set()
        await finish.wait()
        ended = True

    ticker = Ticker(0.01, wake)
    ticker.start()
    async with asyncio.timeout(10):
        await started.wait()
        stopping = asyncio.ensure_future(ticker.shutdown())
        await asyncio.sleep(0)
        assert not stopping.done()
        finish.set()
        await stopping
    assert ended
    await ticker.shutdown()


async def test_a_ticker_that_was_never_started_shuts_down() -> None:
    async def wake() -> None: ...

    await Ticker(3600, wake).shutdown()


@pytest.mark.parametrize("grace", [0.0, 5.0])
async def test_nobody_is_told_of_an_error_when_a_tick_is_under_way_at_the_end(
    grace: float, caplog: pytest.LogCaptureFixture
) -> None:
    started, cut_off = asyncio.Event(), False

    async def wake() -> None:
        nonlocal cut_off
        started.set()
        try:
            await asyncio.sleep(0.2)
        except asyncio.CancelledError:
            cut_off = True
            raise

    ticker = Ticker(0.01, wake, grace=grace)
    with capture_logs() as logs:
        ticker.start()
        async with asyncio.timeout(10):
            await started.wait()
            await ticker.shutdown()
            while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110  the scheduler's own task ends by itself
                await asyncio.sleep(0)
    assert cut_off is (grace == 0)
    assert [entry["event"] for entry in logs] == ["tick_cut_off"] * cut_off
    assert not [record for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}]


async def test_a_tick_that_has_only_just_begun_ends_without_an_error(caplog: pytest.LogCaptureFixture) -> None:
    async def wake() -> None: ...

    for turns in range(30):
        ticker = Ticker(0.001, wake)
        ticker.start()
        for _ in range(turns):
            await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        await ticker.shutdown()
        await ticker.shutdown()
    assert not [record for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}]
