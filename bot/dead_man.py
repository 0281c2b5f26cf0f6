"""A ping to a dead man's switch: a service elsewhere that calls somebody when the pings stop coming.

It goes out after due work was done, and so tells of what a process that merely runs does not: that nudges and texts
still go their way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

log = structlog.get_logger()

EVERY = 60.0
PATIENCE = 10.0


class DeadMan:
    """`url` is asked for with GET, `every` so many seconds at most. Needs a running event loop.

    The address is nobody else's to know, so the log does not name it. `steady` gives seconds that never go back.
    """

    def __init__(
        self,
        url: str,
        *,
        every: float = EVERY,
        patience: float = PATIENCE,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._every = every
        self._timeout = ClientTimeout(total=patience)
        self._steady = steady
        self._pinged_at: float | None = None
        self._pinging: asyncio.Task[None] | None = None

    def alive(self) -> None:
        """Due work was done. Never waits and never raises."""
        now = self._steady()
        if self._pinging or (self._pinged_at is not None and now - self._pinged_at < self._every):
            return
        self._pinged_at = now
        self._pinging = asyncio.get_running_loop().create_task(self._ping(), name="dead_man")
        self._pinging.add_done_callback(self._pinged)

    async def close(self) -> None:
        """A ping that is under way is given up. Safe to call twice."""
        if self._pinging:
            self._pinging.cancel()
            await asyncio.wait({self._pinging})

    def _pinged(self, _task: asyncio.Task[None]) -> None:
        self._pinging = None

    async def _ping(self) -> None:
        try:
            async with ClientSession(timeout=self._timeout) as session, session.get(self._url) as response:
                if not response.ok:
                    log.warning("dead_man_refused", status=response.status)
        except (ClientError, OSError) as error:  # a TimeoutError is an OSError
            log.warning("dead_man_not_reached", error=type(error).__name__)
        except Exception:
            log.exception("dead_man_failed")
