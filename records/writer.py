"""The one way in: everything that happens to a client is loaded, decided and saved here, many at once.

A thread of its own talks to the database, so that the event loop never waits for a disk. Texts that wait at the same
moment are taken together: one statement a table to load, each decided by itself, one statement a table to save, one
commit. Only then are those who wait answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from conversations.county import County
from conversations.events import Event
from records import escalation_watch, hook_replies, thread_acts, turns
from records.delivery_trouble import Trouble
from records.errors import StorageError
from records.escalations import Closing
from records.turns import Decider, Inbound, Taken

__all__ = ["Decider", "Inbound", "Taken", "Writer"]

T = TypeVar("T")
log = structlog.get_logger()

MOST_AT_ONCE = 256
TRIES = 3
"""How often work that may be repeated is tried when the connection broke or two transactions met."""


@dataclass(slots=True)
class _Job:
    """A text to take, or other work that gives its result or its error; and who waits for it."""

    work: Callable[[], object] | None
    inbound: Inbound | None
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.answer = self.loop.create_future()


class Writer:
    """Writes to the database, one transaction after another, on a thread of its own.

    `clock` gives the aware moment in UTC and is asked from the writer's thread. Every method raises StorageError when
    the database is gone or full, or after `close`; then nothing was stored, and the next call tries afresh.
    """

    def __init__(self, engine: Engine, decider: Decider, clock: Callable[[], datetime], county: County) -> None:
        self._engine = engine
        self._turns = turns.Turns(decider, county)
        self._county = county
        self._clock = clock
        self._waiting: deque[_Job] = deque()
        self._under_way = 0
        self._wakes = threading.Condition()
        self._closing = False
        self._listeners: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._work, name="milepost-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many texts and other jobs nobody has begun yet."""
        return len(self._waiting)

    @property
    def under_way(self) -> int:
        """How many are being worked on."""
        return self._under_way

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every commit, on the writer's thread, so it must be quick."""
        self._listeners.append(listener)

    async def take_text(self, inbound: Inbound) -> Taken:
        """Store a client's text and all that follows from it. A text that came before changes nothing."""
        taken: Taken = await self._ask(None, inbound)
        return taken

    async def set_aside(self, inbound: Inbound, reason: str) -> Taken:
        """Store a client's text for a person to look at; only a stop, and that a person is needed, follows from it."""
        return await self.run(lambda connection: self._turns.late_text(connection, inbound, reason, self._clock()))

    async def take_due(self, now: datetime, limit: int = 200) -> int:
        """Take up to `limit` clients whose nudges are due at `now`; gives how many nudges were settled."""
        settled: int = await self._ask(partial(self._due, now, limit))
        return settled

    async def act(self, client_id: str, event: Event, actor: str) -> None:
        """Something a member of staff did (`actor` is their id) happens to a client. Raises NotFoundError."""
        await self.run(lambda connection: self._turns.act(connection, client_id, event, actor, self._clock()))

    async def resolve(self, escalation_id: str, closing: Closing, staff_id: str) -> bool:
        """Close an escalation; False if it was. Raises NotFoundError. What else comes of it: `thread_acts.resolve`."""
        return await self.run(
            lambda connection: thread_acts.resolve(
                self._turns, connection, escalation_id, closing, staff_id, self._county, self._clock()
            )
        )

    async def take_reply(self, reply: hook_replies.Reply) -> hook_replies.State:
        """What a hook said of an escalation. Raises as `hook_replies.take`."""
        return await self.run(
            lambda connection: hook_replies.take(self._turns, connection, reply, self._county, self._clock())
        )

    async def pass_up(self) -> int:
        """Take the steps that are due for escalations that nobody took; gives how many."""
        return await self.run(lambda connection: escalation_watch.run(connection, self._clock(), self._county))

    async def run(self, do: Callable[[Connection], T]) -> T:
        """Run `do` in a transaction of its own. What it raises undoes the transaction and is raised here."""
        result: T = await self._ask(partial(self._transaction, do, 1))
        return result

    async def settle(self, do: Callable[[Connection], Trouble | None]) -> None:
        """Store with `do` what became of a text; what it says of the number is decided on in the same transaction."""

        def both(connection: Connection) -> None:
            if trouble := do(connection):
                self._turns.trouble(connection, trouble, self._clock())

        try:
            await self.run(both)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  whatever we make of it: what became of the text must be known
            turns.failed(error)
            await self.run(do)

    async def close(self) -> None:
        """Finish what waits, then stop. Safe to call twice."""
        with self._wakes:
            self._closing = True
            self._wakes.notify()
        await asyncio.to_thread(self._thread.join)

    def _ask(self, work: Callable[[], object] | None, inbound: Inbound | None = None) -> asyncio.Future[Any]:
        job = _Job(work, inbound, asyncio.get_running_loop())
        with self._wakes:
            if self._closing:
                raise StorageError("the writer is closed")
            self._waiting.append(job)
            self._wakes.notify()
        return job.answer

    # On the writer's thread.

    def _work(self) -> None:
        while jobs := self._next():
            self._under_way = len(jobs)
            try:
                work = jobs[0].work
                results = [(jobs[0], work())] if work else self._texts(jobs)
            except Exception as error:  # noqa: BLE001  whatever it is: the thread must live on, and nobody wait for ever
                results = [(job, error) for job in jobs]
            self._under_way = 0
            _answer(results)

    def _next(self) -> list[_Job]:
        """The next job; with a text come all that wait, one of each number at most. Empty when closed and done."""
        with self._wakes:
            while not self._waiting and not self._closing:
                self._wakes.wait()
            if not self._waiting:
                return []
            if self._waiting[0].work is not None:
                return [self._waiting.popleft()]
            taken: dict[str, _Job] = {}
            left: deque[_Job] = deque()
            for job in self._waiting:
                if job.inbound is None or job.inbound.number in taken or len(taken) == MOST_AT_ONCE:
                    left.append(job)
                else:
                    taken[job.inbound.number] = job
            self._waiting = left
            return list(taken.values())

    def _texts(self, jobs: Sequence[_Job]) -> list[tuple[_Job, object]]:
        """Take texts together; if that cannot be saved, one by one, so that no text suffers from its neighbour."""
        inbounds = [job.inbound for job in jobs if job.inbound]
        result = self._transaction(lambda connection: self._turns.texts(connection, inbounds, self._clock()), TRIES)
        if isinstance(result, list):
            return list(zip(jobs, result, strict=True))
        if isinstance(result, StorageError):
            return [(job, result) for job in jobs]
        return [(job, self._one_text(inbound)) for job, inbound in zip(jobs, inbounds, strict=True)]

    def _one_text(self, inbound: Inbound) -> object:
        """One text by itself; if what follows from it cannot be saved even so, the text alone."""
        result = self._transaction(lambda connection: self._turns.texts(connection, [inbound], self._clock()), TRIES)
        if isinstance(result, list):
            return result[0]
        if isinstance(result, StorageError):
            return result
        reason = turns.failed(result)
        aside = self._transaction(
            lambda connection: self._turns.set_text_aside(connection, inbound, reason, self._clock()), TRIES
        )
        # Not even that: the provider sends it again. The driver's own words may hold the client's, so they end here.
        return StorageError(_kind(aside)) if isinstance(aside, Exception) else aside

    def _due(self, now: datetime, limit: int) -> object:
        """Take what is due together; if that cannot be saved, client by client."""
        result = self._transaction(lambda connection: self._turns.due(connection, now, limit), TRIES)
        if not isinstance(result, BaseException) or isinstance(result, StorageError):
            return result
        found = self._transaction(lambda connection: self._turns.due_clients(connection, now, limit), TRIES)
        if not isinstance(found, list):
            return found
        settled = [self._due_of(client_id, now) for client_id in found]
        broken = next((one for one in settled if isinstance(one, BaseException)), None)
        return broken or sum(settled)

    def _due_of(self, client_id: str, now: datetime) -> Any:  # noqa: ANN401  how many, or what went wrong
        result = self._transaction(lambda connection: self._turns.due_of(connection, client_id, now), TRIES)
        if not isinstance(result, BaseException) or isinstance(result, StorageError):
            return result
        reason = turns.failed(result)
        return self._transaction(
            lambda connection: self._turns.set_due_aside(connection, client_id, reason, now), TRIES
        )

    def _transaction(self, do: Callable[[Connection], Any], tries: int) -> Any:  # noqa: ANN401  a result or an error
        """What `do` gives, committed; or what went wrong, as a value: it belongs to who waits, not to this thread.

        When the connection broke, or two transactions stood in each other's way, it is tried again.
        """
        while True:
            tries -= 1
            try:
                with self._engine.begin() as connection:
                    result = do(connection)
            except (OperationalError, InterfaceError, PoolTimeoutError) as error:
                self._engine.dispose()  # a connection that is no good must not stay: the next one is fresh
                if tries and _passes(error):
                    continue
                return StorageError(_kind(error))
            except Exception as error:  # noqa: BLE001  whatever `do` raised goes to who waits
                return error
            self._tell_listeners()
            return result

    def _tell_listeners(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except Exception:  # what is committed is committed
                log.exception("listener_failed")


def _passes(error: Exception) -> bool:
    """May it work at once, if tried again? A lost connection may; a deadlock or a clash does (SQLSTATE class 40)."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or str(getattr(error.orig, "sqlstate", "")).startswith("40")


def _kind(error: Exception) -> str:
    """The driver's name for it, without its words, which hold the statement's values."""
    return type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__


def _answer(results: Sequence[tuple[_Job, object]]) -> None:
    """Hand each result to who waits for it: one call into the event loop for all."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Job, object]]] = {}
    for job, result in results:
        by_loop.setdefault(job.loop, []).append((job, result))
    for loop, theirs in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, theirs)


def _resolve(results: Sequence[tuple[_Job, object]]) -> None:
    for job, result in results:
        if job.answer.done():  # the one who waited has gone
            continue
        if isinstance(result, BaseException):
            job.answer.set_exception(result)
        else:
            job.answer.set_result(result)
