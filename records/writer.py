"""The way in for all that a process does itself: what happens to a client is loaded, decided and saved, many at once.

A thread of its own talks to the database, so that the event loop never waits for a disk. Texts that wait at the same
moment are taken together: one statement a table to load, each decided by itself, one statement a table to save, one
commit. Only then are those who wait answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from conversations.county import County
from conversations.events import Event
from records import case_system, escalation_watch, hook_replies, lanes, thread_acts, turns
from records.case_system import Put
from records.delivery_trouble import Trouble
from records.errors import StorageError
from records.escalations import Closing
from records.sight import Sight
from records.turn_runner import TurnRunner
from records.turns import Decider, Inbound, Taken
from records.visit_imports import WantedVisit

__all__ = ["Decider", "Inbound", "Taken", "Writer"]

T = TypeVar("T")


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

    `clock` gives the aware moment in UTC and is asked from the writer's thread. Each transaction runs inside
    `turnstile`. Every method raises StorageError when the database is gone or full, or after `close`; then nothing was
    stored, and the next call tries afresh.
    """

    def __init__(
        self,
        engine: Engine,
        decider: Decider,
        clock: Callable[[], datetime],
        county: County,
        turnstile: AbstractContextManager[object] | None = None,
    ) -> None:
        self._runner = TurnRunner(engine, decider, clock, county, turnstile)
        self._county = county
        self._clock = clock
        self._waiting: deque[_Job] = deque()
        self._under_way = 0
        self._began_at = 0.0
        self._wakes = threading.Condition()
        self._closing = False
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

    @property
    def busy_for(self) -> float:
        """Seconds since what is being worked on was begun; 0 if nothing is."""
        return time.monotonic() - self._began_at if self._under_way else 0.0

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every commit, on the writer's thread, so it must be quick."""
        self._runner.listen(listener)

    async def take_text(self, inbound: Inbound) -> Taken:
        """Store a client's text and all that follows from it. A text that came before changes nothing."""
        taken: Taken = await self._ask(None, inbound)
        return taken

    async def set_aside(self, inbound: Inbound, reason: str) -> Taken:
        """Store a client's text for a person to look at; only a stop, and that a person is needed, follows from it."""
        return await self.run(
            lambda connection: self._runner.turns.late_text(connection, inbound, reason, self._clock())
        )

    async def take_due(self, now: datetime, limit: int = 200) -> int:
        """Take up to `limit` clients whose nudges are due at `now`; gives how many nudges were settled."""
        settled: int = await self._ask(partial(self._runner.due, now, limit))
        return settled

    async def act(self, client_id: str, event: Event, actor: str) -> None:
        """Something a member of staff did (`actor` is their id) happens to a client. Raises NotFoundError."""
        await self.run(lambda connection: self._runner.turns.act(connection, client_id, event, actor, self._clock()))

    async def put_visit(self, whose: str, said: WantedVisit, sight: Sight, actor: str) -> Put:
        """What a case system says of a visit. Raises as `case_system.put_visit`."""
        return await self.run(
            lambda connection: case_system.put_visit(
                self._runner.turns, connection, whose, said, sight, self._county, actor, self._clock()
            )
        )

    async def resolve(self, escalation_id: str, closing: Closing, staff_id: str) -> bool:
        """Close an escalation; False if it was. Raises NotFoundError. What else comes of it: `thread_acts.resolve`."""
        return await self.run(
            lambda connection: thread_acts.resolve(
                self._runner.turns, connection, escalation_id, closing, staff_id, self._county, self._clock()
            )
        )

    async def take_reply(self, reply: hook_replies.Reply) -> hook_replies.State:
        """What a hook said of an escalation. Raises as `hook_replies.take`."""
        return await self.run(
            lambda connection: hook_replies.take(self._runner.turns, connection, reply, self._county, self._clock())
        )

    async def pass_up(self) -> int:
        """Take the steps that are due for escalations that nobody took; gives how many."""
        return await self.run(lambda connection: escalation_watch.run(connection, self._clock(), self._county))

    async def run(self, do: Callable[[Connection], T]) -> T:
        """Run `do` in a transaction of its own. What it raises undoes the transaction and is raised here."""
        result: T = await self._ask(partial(self._runner.transaction, do))
        return result

    async def settle(self, do: Callable[[Connection], Trouble | None]) -> None:
        """Store with `do` what became of a text; what it says of the number is decided on in the same transaction."""

        def both(connection: Connection) -> None:
            if trouble := do(connection):
                self._runner.turns.trouble(connection, trouble, self._clock())

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
            self._began_at, self._under_way = time.monotonic(), len(jobs)
            try:
                results = self._done(jobs)
            except Exception as error:  # noqa: BLE001  whatever it is: the thread must live on, and nobody wait for ever
                results = [(job, error) for job in jobs]
            self._under_way = 0
            _answer(results)

    def _next(self) -> Sequence[_Job]:
        """Empty when closed and done."""
        with self._wakes:
            while not self._waiting and not self._closing:
                self._wakes.wait()
            return lanes.take_next(self._waiting)

    def _done(self, jobs: Sequence[_Job]) -> list[tuple[_Job, object]]:
        if work := jobs[0].work:
            return [(jobs[0], work())]
        inbounds = [job.inbound for job in jobs if job.inbound]
        return list(zip(jobs, self._runner.texts(inbounds), strict=True))


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
