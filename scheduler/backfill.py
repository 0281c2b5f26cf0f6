"""Texts that were sent to us while nobody took them: looked for in the provider's list, and taken as if they came now.

The provider tries a webhook for 15 s. What came in while we were down, or could not store it, is only in its list.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from records import inbox, watermarks
from records.errors import StorageError
from records.turns import Inbound, Taken
from scheduler.channel import Inbox, LookFailedError

T = TypeVar("T")
log = structlog.get_logger()

EVERY = timedelta(minutes=5)

OVERLAP = timedelta(minutes=15)
"""So far before the mark a look begins: the list may show a text late, and the provider's clock is not ours."""

ON_ITS_WAY = timedelta(seconds=20)
"""A text this young is left to its webhook, which may still come and says more than the list."""

AFTER_FAILURE = timedelta(seconds=30)


class Taker(Protocol):
    """What the backfill needs of the `records.writer.Writer`."""

    async def take_text(self, inbound: Inbound) -> Taken: ...

    async def set_aside(self, inbound: Inbound, reason: str) -> Taken: ...

    async def run(self, do: Callable[[Connection], T]) -> T: ...


class Backfill:
    """Looks at the start and `every` so often. `start` it in a running event loop. `now` gives the aware moment in UTC.

    Texts are handed over in the order in which they were sent, all at once, so that what comes in meanwhile stands
    behind them. Any number of processes may do this: a text is taken once.
    """

    def __init__(
        self,
        taker: Taker,
        inbox: Inbox,
        now: Callable[[], datetime],
        *,
        every: timedelta = EVERY,
        overlap: timedelta = OVERLAP,
        on_its_way: timedelta = ON_ITS_WAY,
    ) -> None:
        self._taker = taker
        self._inbox = inbox
        self._now = now
        self._every = every
        self._overlap = overlap
        self._on_its_way = on_its_way
        self._after_failure = min(AFTER_FAILURE, every)
        self._has_caught_up = asyncio.Event()
        self._working: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._working = asyncio.create_task(self._work(), name="backfill")

    async def close(self) -> None:
        """What was handed over is still taken. Safe to call twice, or before `start`."""
        if self._working:
            self._working.cancel()
            await asyncio.wait({self._working})

    async def caught_up(self, within: timedelta) -> bool:
        """Wait for the first look that took all there was; False if there was none in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                await self._has_caught_up.wait()
        return self._has_caught_up.is_set()

    async def _work(self) -> None:
        while True:
            pause = await self._round()
            await asyncio.sleep(pause.total_seconds())

    async def _round(self) -> timedelta:
        """Gives how long to wait for the next one."""
        try:
            left = await self.take()
        except LookFailedError as error:
            log.warning("backfill_could_not_ask_the_provider")
            return max(self._after_failure, timedelta(seconds=error.retry_after or 0))
        except StorageError:
            log.warning("backfill_without_database")
            return self._after_failure
        except Exception:
            log.exception("backfill_failed")
            return self._after_failure
        self._has_caught_up.set()
        return self._on_its_way if left else self._every

    async def take(self) -> int:
        """Take what is missing; gives how many were left to their webhooks.

        Raises LookFailedError and StorageError. The next look then begins where this one did: the mark is raised when
        all is stored. At the very first start nothing can be missing.
        """
        began = self._now()
        marks = await self._taker.run(_read_marks)
        left = await self._take_missing(marks, began) if marks else 0
        await self._taker.run(lambda connection: _raise_marks(connection, began, is_first=marks is None))
        return left

    async def _take_missing(self, marks: _Marks, began: datetime) -> int:
        since = max(min(marks.inbound, began) - self._overlap, marks.started)
        texts = [text async for text in self._inbox.received(since)]
        ids = [text.provider_id for text in texts]
        missing = await self._taker.run(lambda connection: inbox.missing(connection, ids))
        lost = [text for text in texts if text.provider_id in missing]
        old = [text for text in lost if text.sent_at is None or began - text.sent_at >= self._on_its_way]
        results = await asyncio.gather(*(self._take(text, marks) for text in old), return_exceptions=True)
        if old:
            log.warning("texts_backfilled", listed=len(texts), taken=results.count(Taken.STORED))
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return len(lost) - len(old)

    async def _take(self, text: Inbound, marks: _Marks) -> Taken:
        """What came before the database was put back may have been answered by what was lost: a person looks at it."""
        if marks.restored and text.sent_at and text.sent_at < marks.restored:
            return await self._taker.set_aside(text, "came before the database was restored")
        return await self._taker.take_text(text)


@dataclass(frozen=True, slots=True)
class _Marks:
    started: datetime
    inbound: datetime
    restored: datetime | None


def _read_marks(connection: Connection) -> _Marks | None:
    started = watermarks.read(connection, watermarks.STARTED)
    inbound = watermarks.read(connection, watermarks.INBOUND)
    restored = watermarks.read(connection, watermarks.RESTORED)
    return _Marks(started, inbound, restored) if started and inbound else None


def _raise_marks(connection: Connection, began: datetime, *, is_first: bool) -> None:
    if is_first:
        watermarks.raise_to(connection, watermarks.STARTED, began)
    watermarks.raise_to(connection, watermarks.INBOUND, began)
