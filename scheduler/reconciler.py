"""Texts of which nobody knows whether they left: the provider is asked, beside the sending, until it is known.

The rows are the truth, so that it goes on where another process stopped. A text is only ever sent again after two looks
at the provider's list that did not find it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from records import holds, unknowns
from records.errors import StorageError
from records.unknowns import Lost
from scheduler.breaker import Breaker
from scheduler.channel import Channel, LookFailedError, Sought
from scheduler.timing import Timing
from scheduler.transactions import Transactions

log = structlog.get_logger()

AT_A_TIME = 500
LOOKS_AT_ONCE = 4
"""The provider counts these requests as well; the texts that leave meanwhile go first."""


class Reconciler:
    """`start` it in a running event loop; `close` drops the looks that are under way: they change nothing.

    `now` gives the aware moment in UTC, `chance` a number from 0 to 1.
    """

    def __init__(
        self,
        transactions: Transactions,
        channel: Channel,
        now: Callable[[], datetime],
        timing: Timing,
        chance: Callable[[], float],
    ) -> None:
        self._transactions = transactions
        self._channel = channel
        self._now = now
        self._timing = timing
        self._chance = chance
        self._poll = min(timing.settle, timing.look_again, timing.housekeeping).total_seconds() / 6
        self._breaker = Breaker()
        self._keeps_house_at = 0.0
        self._working: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._working = self._loop.create_task(self._work(), name="reconciler")

    async def close(self) -> None:
        """Safe to call twice."""
        if self._working:
            self._working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._working

    async def _work(self) -> None:
        while True:
            for do in (self._keep_house, self._look_for_all):
                await self._safely(do)
            await asyncio.sleep(self._poll)

    async def _safely(self, do: Callable[[], Awaitable[None]]) -> None:
        """What goes wrong with one must not stop the other, nor the next time."""
        try:
            await do()
        except StorageError:
            log.warning("reconciler_without_database")
        except Exception:
            log.exception("reconciler_failed")

    async def _keep_house(self) -> None:
        """Claims whose process died join those to be looked for; what was held too long is over."""
        if self._loop.time() < self._keeps_house_at:
            return
        await self._transactions.run(
            lambda connection: unknowns.after_crash(connection, self._now(), self._timing.abandoned)
        )
        await self._transactions.run(lambda connection: holds.expire_held(connection, self._now()))
        self._keeps_house_at = self._loop.time() + self._timing.housekeeping.total_seconds()

    async def _look_for_all(self) -> None:
        if self._breaker.wait(self._loop.time()):
            return
        lost = await self._transactions.run(
            lambda connection: unknowns.to_look_for(
                connection, self._now(), self._timing.settle, self._timing.look_again, AT_A_TIME
            )
        )
        lost.sort(key=lambda _: self._chance())  # one that cannot be asked for must not always be the first
        while lost and not self._breaker.wait(self._loop.time()):
            at_once = 1 if self._breaker.opened else LOOKS_AT_ONCE
            some, lost = lost[:at_once], lost[at_once:]
            await asyncio.gather(*[self._look_for(one) for one in some])

    async def _look_for(self, one: Lost) -> None:
        """What could not be asked is not known to be absent: it is asked again."""
        try:
            sightings = await self._channel.find(
                Sought(one.number, one.body, one.claimed_at, one.channel, one.attempt_id)
            )
        except LookFailedError as error:
            log.warning("look_failed", attempt=one.attempt_id)
            self._could_not_ask(error.retry_after)
        except Exception:
            log.exception("look_failed", attempt=one.attempt_id)
            self._could_not_ask(None)
        else:
            self._breaker = self._breaker.worked()
            await self._safely(
                lambda: self._transactions.settle(
                    lambda connection: unknowns.looked(connection, one, sightings, self._now())
                )
            )

    def _could_not_ask(self, retry_after: float | None) -> None:
        now, chance = self._loop.time(), self._chance()
        if retry_after is None:
            self._breaker = self._breaker.failed(now, chance)
        else:
            self._breaker = self._breaker.told_to_wait(now, retry_after, chance)
