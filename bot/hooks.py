"""Telling other systems that a person is needed: a signed webhook (Standard Webhooks) with an id and a link, no more.

The receiver may get a notice twice, with the same `webhook-id`. Where it points is the county's own setting.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from standardwebhooks import Webhook

from bot.clock import Clock, SystemClock
from records import hook_queue
from records.errors import StorageError
from records.hook_queue import HookDelivery
from records.writer import Writer

log = structlog.get_logger()

POLL = 2.0
PATIENCE = ClientTimeout(total=15)
AT_ONCE = 10
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)
MOST_TRIES = 10
"""A day or so after the first: 10 s, 40 s, 3 min, 11 min, 43 min, 3 h, and then every 6 h."""

DONE = range(200, 300)
GONE = 410


class Hooks:
    """Delivers what is due. `start` it in a running event loop; `close` lets what is under way come to its end.

    `urls` has the address of each hook by its name, `clock` the programme's time. The signature carries the time of day
    outside, which the receiver checks. `poll` is in seconds.
    """

    def __init__(
        self,
        writer: Writer,
        urls: Mapping[str, str],
        secret: str,
        public_url: str,
        clock: Clock,
        *,
        poll: float = POLL,
    ) -> None:
        self._writer = writer
        self._urls = urls
        self._signer = Webhook(secret)
        self._public_url = public_url
        self._clock = clock
        self._poll = poll
        self._closing = asyncio.Event()
        self._working: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._working = asyncio.create_task(self._work(), name="hooks")

    async def close(self) -> None:
        """Safe to call twice."""
        self._closing.set()
        if self._working:
            await self._working

    async def _work(self) -> None:
        async with ClientSession(timeout=PATIENCE) as session:
            while not self._closing.is_set():
                if not await self._round(session):
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._closing.wait(), self._poll)

    async def _round(self, session: ClientSession) -> int:
        """Deliver what is due now; gives how many were tried."""
        try:
            due = await self._writer.run(lambda c: hook_queue.claim(c, self._clock.now(), AT_ONCE))
            await asyncio.gather(*(self._deliver(session, one) for one in due))
        except StorageError:
            log.warning("hooks wait for the database")
            return 0
        except Exception:
            log.exception("hooks failed")
            return 0
        return len(due)

    async def _deliver(self, session: ClientSession, one: HookDelivery) -> None:
        """What cannot be recorded is tried again when its lease ends."""
        url = self._urls.get(one.hook)
        error, for_good = await self._post(session, url, one) if url else ("the county file has no such hook", True)
        if not error:
            await self._writer.run(lambda c: hook_queue.delivered(c, one.id))
        elif for_good or one.tries >= MOST_TRIES:
            log.error("hook parked", hook=one.hook, tries=one.tries, error=error)
            await self._writer.run(lambda c: hook_queue.park(c, one.id, error))
        else:
            log.warning("hook not delivered", hook=one.hook, tries=one.tries, error=error)
            again = self._clock.now() + wait_after(one.tries)
            await self._writer.run(lambda c: hook_queue.retry(c, one.id, again, error))

    async def _post(self, session: ClientSession, url: str, one: HookDelivery) -> tuple[str, bool]:
        """What went wrong, "" if nothing did, and whether it would go wrong for ever."""
        body = notice(one, self._public_url)
        headers = signed(self._signer, one.id, SystemClock().now(), body)
        try:
            async with session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as answer:
                return ("" if answer.status in DONE else f"status {answer.status}"), answer.status == GONE
        except (ClientError, OSError) as error:  # a time-out is an OSError
            return type(error).__name__, False


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries."""
    grown: timedelta = FIRST_WAIT * 4 ** (tries - 1)
    return min(LONGEST_WAIT, grown)


def notice(one: HookDelivery, public_url: str) -> str:
    link = f"{public_url}/staff/escalations/{one.escalation_id}"
    return json.dumps({"type": "escalation.opened", "id": one.escalation_id, "link": link})


def signed(signer: Webhook, delivery_id: str, at: datetime, body: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signer.sign(delivery_id, at, body),
    }
