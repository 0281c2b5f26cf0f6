"""Handing over what is due to the hooks. One that is slow holds up no other, and nothing is given up before its time.

Rows are the truth: what a process that died had in hand is tried again by the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter

import structlog
from aiohttp import ClientSession, ClientTimeout
from sqlalchemy import Connection

from bot.clock import Clock
from bot.hooks.addresses import Address
from bot.hooks.letters import Carrier, Failure, Letter
from bot.hooks.notes import NoteCarrier
from bot.hooks.webhooks import WebhookCarrier
from bot.hooks.weekly_mail import WeeklyMail
from conversations.county import HookKind
from records import digests, hook_queue, hook_readers
from records.errors import StorageError
from records.hook_queue import DIGEST, WEEKLY, HookDelivery
from records.writer import Writer

log = structlog.get_logger()

POLL = 2.0
PATIENCE = 15.0
AT_ONCE = 4
"""So few that a hook that answers none of them in time is done before they are tried again (`hook_queue.LEASE`)."""

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)
MOST_TRIES = 10
"""A day or so after the first: 10 s, 40 s, 3 min, 11 min, 43 min, 3 h, and then every 6 h."""


class Hooks:
    """Delivers what is due. `start` it in a running event loop; `close` lets what is under way come to its end.

    `addresses` are the hooks by their names, `clock` the programme's time; `weekly` writes what a week's digest says.
    `poll` and `patience`, how long a hook may take to answer, are in seconds.
    """

    def __init__(
        self,
        writer: Writer,
        addresses: Mapping[str, Address],
        public_url: str,
        clock: Clock,
        *,
        weekly: WeeklyMail | None = None,
        poll: float = POLL,
        patience: float = PATIENCE,
    ) -> None:
        self._writer = writer
        self._addresses = addresses
        self._public_url = public_url
        self._clock = clock
        self._weekly = weekly
        self._poll = poll
        self._patience = patience
        self._closing = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._busy: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        self._working = asyncio.create_task(self._work(), name="hooks")

    async def close(self) -> None:
        """Safe to call twice."""
        self._closing.set()
        if self._working:
            await self._working

    async def _work(self) -> None:
        async with ClientSession(timeout=ClientTimeout(total=self._patience)) as session:
            carriers = {name: self._carrier(session, address) for name, address in self._addresses.items()}
            while not self._closing.is_set():
                if not await self._round(carriers):
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._closing.wait(), self._poll)
            await asyncio.gather(*self._busy.values())

    def _carrier(self, session: ClientSession, address: Address) -> Carrier:
        url = address.url.get_secret_value()
        if address.hook.kind is HookKind.WEBHOOK and address.secret:
            return WebhookCarrier(session, url, address.secret.get_secret_value(), self._public_url)
        return NoteCarrier(url, self._public_url, to_staff=address.hook.kind is HookKind.STAFF_MAIL)

    async def _round(self, carriers: Mapping[str, Carrier]) -> int:
        """Hand what is due now to the hooks that have nothing in hand; gives how many were claimed."""
        try:
            letters = await self._writer.run(partial(self._claim, busy=list(self._busy)))
        except StorageError:
            log.warning("hooks wait for the database")
            return 0
        except Exception:
            log.exception("hooks failed")
            return 0
        by_hook = attrgetter("delivery.hook")
        for hook, theirs in groupby(sorted(letters, key=by_hook), by_hook):
            task = asyncio.create_task(self._deliver_all(carriers.get(hook), list(theirs)), name=f"hook {hook}")
            self._busy[hook] = task
            task.add_done_callback(partial(self._is_free, hook))
        return len(letters)

    def _is_free(self, hook: str, _done: asyncio.Task[None]) -> None:
        del self._busy[hook]

    def _claim(self, connection: Connection, busy: Sequence[str]) -> list[Letter]:
        due = hook_queue.claim(connection, self._clock.now(), AT_ONCE, busy)
        return [self._letter(connection, one) for one in due]

    def _letter(self, connection: Connection, one: HookDelivery) -> Letter:
        address = self._addresses.get(one.hook)
        if address is None:
            return Letter(one)
        hook, now = address.hook, self._clock.now()
        readers = hook_readers.addresses(connection, hook, one) if hook.kind is HookKind.STAFF_MAIL else ()
        if one.kind != DIGEST:
            return Letter(one, readers=readers)
        counts = (
            digests.of_person(connection, one.staff_id, now) if one.staff_id else digests.of_hook(connection, hook, now)
        )
        return Letter(one, counts, readers)

    async def _deliver_all(self, carrier: Carrier | None, letters: Sequence[Letter]) -> None:
        """One after another, so that they come in order. What cannot be recorded is tried again when its lease ends.

        So is what has not begun when we are told to stop.
        """
        try:
            for letter in letters:
                if self._closing.is_set():
                    return
                await self._deliver(carrier, letter)
        except StorageError:
            log.warning("hooks wait for the database")
        except Exception:
            log.exception("hooks failed")

    async def _deliver(self, carrier: Carrier | None, letter: Letter) -> None:
        one = letter.delivery
        if (letter.counts is not None and not letter.counts) or (one.kind == WEEKLY and not letter.readers):
            await self._writer.run(lambda c: hook_queue.cancel(c, one.id))
            return
        failure = await self._carry(carrier, letter)
        if failure is None:
            await self._writer.run(lambda c: hook_queue.delivered(c, one.id))
        elif failure.for_good or one.tries >= MOST_TRIES:
            log.error("hook parked", hook=one.hook, tries=one.tries, error=failure.error)
            await self._writer.run(lambda c: hook_queue.park(c, one.id, failure.error))
        else:
            log.warning("hook not delivered", hook=one.hook, tries=one.tries, error=failure.error)
            again = self._clock.now() + wait_after(one.tries)
            await self._writer.run(lambda c: hook_queue.retry(c, one.id, again, failure.error))

    async def _carry(self, carrier: Carrier | None, letter: Letter) -> Failure | None:
        if carrier is None:
            return Failure("the county file has no such hook", for_good=True)
        if letter.delivery.kind == WEEKLY and self._weekly:
            try:
                letter = replace(letter, mail=await self._weekly.write(letter.delivery))
            except StorageError:
                raise
            except Exception as error:
                log.exception("weekly digest not written")
                return Failure(type(error).__name__)
        return await carrier.carry(letter)


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries."""
    grown: timedelta = FIRST_WAIT * 4 ** (tries - 1)
    return min(LONGEST_WAIT, grown)
