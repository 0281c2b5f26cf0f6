"""The clock that wakes the due work. It keeps nothing: rows are the truth, and the next tick finds what one missed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()

GRACE = 5.0
"""Seconds that a tick under way has to come to its end when the clock is stopped."""

LATEST = 3600
"""Seconds by which a tick may come late and still run; the default of one would drop it on a busy machine."""


class Ticker:
    """Calls `wake` every `interval` seconds, never twice at once. Start it in a running event loop.

    What `wake` raises is logged, and the clock goes on. When stopped, a tick has `grace` seconds to finish.
    """

    def __init__(self, interval: float, wake: Callable[[], Awaitable[object]], *, grace: float = GRACE) -> None:
        self._wake = wake
        self._grace = grace
        self._one_at_a_time = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_job(
            self._tick,
            "interval",
            seconds=interval,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=LATEST,
        )

    def start(self) -> None:
        self._scheduler.start()

    async def poke(self) -> None:
        """Tick now, after a tick that is under way; done when this returns. For a clock that was moved by hand."""
        async with self._one_at_a_time:
            await self._guarded()

    async def shutdown(self) -> None:
        """Stop ticking, and let a tick that is under way finish within `grace`. Safe to call twice, or before `start`.

        The scheduler cancels what runs when it stops. So it is held first, and stopped when nothing runs.
        """
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        await asyncio.sleep(0)  # a tick that was just handed to the loop begins
        with suppress(TimeoutError):
            async with asyncio.timeout(self._grace), self._one_at_a_time:
                pass
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # it stops in a turn of the loop of its own

    async def _tick(self) -> None:
        """What the scheduler calls, and cancels only when it stops; it would log that as an error."""
        try:
            await self.poke()
        except asyncio.CancelledError:
            log.warning("tick_cut_off")

    async def _guarded(self) -> None:
        try:
            await self._wake()
        except Exception:
            log.exception("tick_failed")
