"""Telling other systems of events, one after another to each: ids and links, no name, no number, nobody's words."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
from collections.abc import Sequence
from functools import partial

import structlog
from aiohttp import ClientSession
from pydantic import SecretStr
from standardwebhooks import Webhook

from bot.clock import Clock
from bot.hooks import outward
from bot.hooks.delivering import MOST_TRIES, PATIENCE, POLL, wait_after
from bot.hooks.told import told
from bot.hooks.webhooks import post
from bot.settings import HouseSettings
from records import webhook_endpoints
from records.errors import StorageError
from records.reading import Reader
from records.webhook_endpoints import Endpoint, Happening
from records.writer import Writer

log = structlog.get_logger()


def secret_of(secret_key: SecretStr, salt: str) -> str:
    """What an endpoint's events are signed with. It follows from SECRET_KEY, so it is stored nowhere."""
    said = f"webhook endpoint {salt}".encode()
    made = hmac.digest(secret_key.get_secret_value().encode(), said, hashlib.sha256)
    return f"whsec_{base64.b64encode(made).decode()}"


class EventRound:
    """Tells what is due. `start` it in a running event loop; `close` lets what is under way come to its end.

    `clock` is the programme's time; `poll` and `patience`, how long an endpoint may take to answer, are in seconds.
    """

    def __init__(
        self,
        writer: Writer,
        reader: Reader,
        settings: HouseSettings,
        clock: Clock,
        *,
        poll: float = POLL,
        patience: float = PATIENCE,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._settings = settings
        self._clock = clock
        self._poll = poll
        self._patience = patience
        self._closing = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._busy: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        self._working = asyncio.create_task(self._work(), name="events")

    async def close(self) -> None:
        """Safe to call twice."""
        self._closing.set()
        if self._working:
            await self._working

    async def _work(self) -> None:
        private = self._settings.webhooks_to_private_networks
        async with outward.session(patience=self._patience, private=private) as session:
            while not self._closing.is_set():
                await self._round(session)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), self._poll)
            await asyncio.gather(*self._busy.values())

    async def _round(self, session: ClientSession) -> None:
        now = self._clock.now()
        try:
            if not await self._reader.run(partial(webhook_endpoints.any_due, now=now)):
                return
            claim = partial(webhook_endpoints.claim, now=now, busy=list(self._busy))
            claimed = await self._writer.run(claim)
        except StorageError:
            log.warning("events wait for the database")
            return
        except Exception:
            log.exception("events failed")
            return
        for endpoint, happened in claimed:
            task = asyncio.create_task(self._tell(session, endpoint, happened), name=f"events {endpoint.id}")
            self._busy[endpoint.id] = task
            task.add_done_callback(partial(self._is_free, endpoint.id))

    def _is_free(self, endpoint_id: str, _done: asyncio.Task[None]) -> None:
        del self._busy[endpoint_id]

    async def _tell(self, session: ClientSession, endpoint: Endpoint, happened: Sequence[Happening]) -> None:
        """In order, up to the first that is not taken. What cannot be recorded is told again when the lease ends."""
        tries = endpoint.tries
        try:
            for one in happened:
                if self._closing.is_set():
                    break
                if not await self._is_told(session, endpoint, one, tries + 1):
                    return
                tries = 0
                done = partial(webhook_endpoints.delivered, endpoint_id=endpoint.id, happening_id=one.id)
                await self._writer.run(done)
            release = partial(webhook_endpoints.release, endpoint_id=endpoint.id, now=self._clock.now())
            await self._writer.run(release)
        except StorageError:
            log.warning("events wait for the database")
        except Exception:
            log.exception("events failed")

    async def _is_told(self, session: ClientSession, endpoint: Endpoint, one: Happening, tries: int) -> bool:
        """`tries` counts this one."""
        signer = Webhook(secret_of(self._settings.secret_key, endpoint.secret_salt))
        body = told(one, self._settings.public_url).model_dump_json()
        failure = await post(session, endpoint.url, signer, one.id, body)
        if failure is None:
            return True
        if failure.for_good or tries >= MOST_TRIES:
            log.error("webhook parked", endpoint=endpoint.id, tries=tries, error=failure.error)
            await self._writer.run(partial(webhook_endpoints.park, endpoint_id=endpoint.id, error=failure.error))
        else:
            log.warning("event not delivered", endpoint=endpoint.id, tries=tries, error=failure.error)
            again = self._clock.now() + wait_after(tries)
            retry = partial(webhook_endpoints.retry, endpoint_id=endpoint.id, tries=tries, at=again)
            await self._writer.run(partial(retry, error=failure.error))
        return False
