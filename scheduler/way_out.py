"""One claimed text's way out: it leaves while the claim says that it may, and what came of it is told."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from records import consent, outbox
from records.errors import StorageError
from records.outbox import Claimed
from scheduler.channel import Channel, NotSent, Outcome, Outgoing, Unknown
from scheduler.transactions import Transactions

log = structlog.get_logger()

RIGHT_TO_BEGIN = consent.RIGHT_TO_BEGIN.total_seconds()

NO_TIME = timedelta(0)
LONGEST_USE = timedelta(hours=10)
"""Providers keep a text in their own queue no longer."""

NOT_BEGUN = NotSent(0.0)
"""It is not the provider's doing: the text may be claimed again at once, by whoever does."""


class WayOut:
    """`now` gives the aware moment in UTC; `again` is in seconds: when a database that is gone is asked again.

    Once `closing` is set nothing begins to leave any more.
    """

    def __init__(
        self,
        transactions: Transactions,
        channel: Channel,
        now: Callable[[], datetime],
        again: float,
        closing: asyncio.Event,
    ) -> None:
        self._transactions = transactions
        self._channel = channel
        self._now = now
        self._again = again
        self._closing = closing

    async def leave(self, text: Claimed, allowed_at: float) -> Outcome | None:
        """Never raises. None if the text may not leave any more, which is stored already.

        `allowed_at`, in seconds of `time.monotonic`, is when it was looked at whether the client's consent allows it.
        That holds for a moment only; later it is looked at again, and without a database nothing begins.
        """
        try:
            while not self._closing.is_set() and (left := text.expires_at - self._now()) > NO_TIME:
                if time.monotonic() - allowed_at <= RIGHT_TO_BEGIN:
                    return await self._channel.send(_outgoing(text, left))
                try:
                    may, allowed_at = await self._transactions.run(partial(self._look, text))
                except StorageError:
                    log.warning("claim_waits_for_database", attempt=text.attempt_id)
                    await self._a_while()
                    continue
                if not may:
                    return None
        except Exception:
            log.exception("channel_failed", attempt=text.attempt_id)
            return Unknown()
        return NOT_BEGUN

    def _look(self, text: Claimed, connection: Connection) -> tuple[bool, float]:
        may = outbox.may_begin(connection, text.attempt_id, self._now())
        return may, time.monotonic()

    async def _a_while(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), self._again)


def _outgoing(text: Claimed, left: timedelta) -> Outgoing:
    useful_for = max(1, int(min(left, LONGEST_USE).total_seconds()))
    return Outgoing(text.attempt_id, text.number, text.body, useful_for, text.channel, text.content)
