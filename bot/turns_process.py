"""Turns in processes of their own, on cores of their own: what is decided there keeps no web page and no text waiting.

They are forked before anything runs, and a pair of sockets leads to each and back. Whoever of them ends, the process
that forked them sees it and stops, as half a house is no use to anybody; when that ends, they end at once, whatever
they do.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

import structlog

from records import lanes
from records.errors import StorageError
from records.turn_runner import TurnRunner
from records.turns import Inbound, Taken
from records.turnstile import Turnstile

log = structlog.get_logger()

LENGTH = 4
"""Bytes before each frame that say how long it is."""

ENDED = "the process for turns has ended"


@dataclass(frozen=True, slots=True)
class Due:
    """Take what is due at `now`: see `TurnRunner.due`."""

    now: datetime
    limit: int


Asked = Inbound | Due


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not stored. Of the error only the name comes along: its words may hold the client's."""

    kind: str


@dataclass(slots=True)
class _Job:
    asked: Asked
    answer: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def inbound(self) -> Inbound | None:
        return self.asked if isinstance(self.asked, Inbound) else None


class TurnsProcesses:
    """Take texts and what is due, as `records.writer.Writer` does, elsewhere. Made by `fork`.

    `open` them in a running event loop, once. Texts of a number all go to the same one, so that they keep their order.
    """

    def __init__(self, each: Sequence[TurnsProcess], lifeline: int, turnstile: Turnstile | None) -> None:
        self._each = each
        self._lifeline = lifeline
        self.turnstile = turnstile
        """What this process must pass to write, where all write to one file."""

    @property
    def pids(self) -> list[int]:
        return [one.pid for one in self._each]

    @property
    def died(self) -> bool:
        """Whether one ended before it was closed."""
        return any(one.died for one in self._each)

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self._each)

    @property
    def under_way(self) -> int:
        return sum(one.under_way for one in self._each)

    @property
    def busy_for(self) -> float:
        """Seconds since what is in hand was given to one of them; 0 if nothing is."""
        return max(one.busy_for for one in self._each)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after something was stored, on the event loop."""
        for one in self._each:
            one.listen(listener)

    async def open(self) -> None:
        for one in self._each:
            await one.open()

    async def take_text(self, inbound: Inbound) -> Taken:
        """As the writer's. Raises StorageError."""
        taken: Taken = await self._each[hash(inbound.number) % len(self._each)].ask(inbound)
        return taken

    async def take_due(self, now: datetime, limit: int = 200) -> int:
        """As the writer's. Raises StorageError."""
        settled: int = await self._each[0].ask(Due(now, limit))
        return settled

    async def close(self) -> None:
        """Let them finish what waits, then end. Call it once."""
        await asyncio.gather(*(one.close() for one in self._each))
        os.close(self._lifeline)
        for pid in self.pids:
            await asyncio.to_thread(os.waitpid, pid, 0)


class TurnsProcess:
    """One of them. While it works what is asked waits here, and goes to it together."""

    def __init__(self, line: socket.socket, pid: int) -> None:
        self.pid = pid
        self.died = False
        self._line = line
        self._waiting: deque[_Job] = deque()
        self._in_hand: Sequence[_Job] = ()
        self._given_at = 0.0
        self._listeners: list[Callable[[], None]] = []
        self._closing = False

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def under_way(self) -> int:
        return len(self._in_hand)

    @property
    def busy_for(self) -> float:
        return time.monotonic() - self._given_at if self._in_hand else 0.0

    def listen(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    async def open(self) -> None:
        reader, self._out = await asyncio.open_connection(sock=self._line)
        self._reading = asyncio.create_task(self._read(reader), name="turns process")

    async def close(self) -> None:
        self._closing = True
        if answers := [job.answer for job in (*self._in_hand, *self._waiting)]:
            await asyncio.wait(answers)
        self._out.close()
        await asyncio.wait([self._reading])

    async def ask(self, asked: Asked) -> Any:  # noqa: ANN401  what became of it
        if self._closing:
            raise StorageError(ENDED)
        job = _Job(asked)
        self._waiting.append(job)
        if not self._in_hand:
            asyncio.get_running_loop().call_soon(self._give)  # with what else comes in this turn of the loop
        return await job.answer

    def _give(self) -> None:
        if not self._in_hand and self._waiting:
            self._in_hand = lanes.take_next(self._waiting)
            self._given_at = time.monotonic()
            self._out.write(packed([job.asked for job in self._in_hand]))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(LENGTH))
                self._answer(pickle.loads(await reader.readexactly(length)))  # noqa: S301  both ends are ours
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except Exception:
            log.exception("turns_process_not_understood")
        if not self._closing:
            self._ended()

    def _answer(self, results: Sequence[object]) -> None:
        jobs, self._in_hand = self._in_hand, ()
        self._give()
        for job, result in zip(jobs, results, strict=True):
            if job.answer.done():  # who waited has gone
                continue
            if isinstance(result, Failed):
                job.answer.set_exception(StorageError(result.kind))
            else:
                job.answer.set_result(result)
        for listener in self._listeners:
            listener()

    def _ended(self) -> None:
        """Without it there is nothing to stay for: this process stops as if it was told to."""
        self._closing = self.died = True
        log.error("turns_process_ended")
        for job in (*self._in_hand, *self._waiting):
            if not job.answer.done():
                job.answer.set_exception(StorageError(ENDED))
        self._in_hand = ()
        self._waiting.clear()
        os.kill(os.getpid(), signal.SIGTERM)


def fork(open_runner: Callable[[], TurnRunner], how_many: int, turnstile: Turnstile | None = None) -> TurnsProcesses:
    """Call it before there are threads, an event loop, or connections; `open_runner` is called in each new process."""
    lines = [socket.socketpair() for _ in range(how_many)]
    breaks, lifeline = os.pipe()
    each = []
    for nth, (ours, theirs) in enumerate(lines):
        pid = os.fork()
        if not pid:
            os.close(lifeline)
            for other, (far, near) in enumerate(lines):
                far.close()
                if other != nth:
                    near.close()
            _live(theirs, breaks, open_runner)
        each.append(TurnsProcess(ours, pid))
    for _, theirs in lines:
        theirs.close()
    os.close(breaks)
    return TurnsProcesses(each, lifeline, turnstile)


def _live(line: socket.socket, lifeline: int, open_runner: Callable[[], TurnRunner]) -> NoReturn:
    """It ends when the other process does, not when it is told to: that would cut off what is in hand."""
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        threading.Thread(target=_end_with, args=(lifeline,), name="lifeline", daemon=True).start()
        answer(line, open_runner())
        status = 0
    except Exception:
        log.exception("turns_process_failed")
    finally:
        os._exit(status)  # what the parent registered to run at its end is not ours


def _end_with(lifeline: int) -> NoReturn:
    """The other process never writes to it: it breaks when that ends, however it ends."""
    os.read(lifeline, 1)
    os._exit(1)


def answer(line: socket.socket, runner: TurnRunner) -> None:
    """Do what is asked until the other end closes."""
    with suppress(ConnectionError), line.makefile("rb") as asked:
        while frame := asked.read(int.from_bytes(asked.read(LENGTH))):
            line.sendall(packed(_results(pickle.loads(frame), runner)))  # noqa: S301  both ends are ours


def _results(asked: Sequence[Asked], runner: TurnRunner) -> list[object]:
    first = asked[0]
    if isinstance(first, Due):
        return [_sendable(runner.due(first.now, first.limit))]
    return [_sendable(result) for result in runner.texts([one for one in asked if isinstance(one, Inbound)])]


def _sendable(result: object) -> object:
    if not isinstance(result, Exception):
        return result
    if isinstance(result, StorageError):
        return Failed(str(result))
    log.error("due_failed", exc_info=result)
    return Failed(type(result).__name__)


def packed(what: object) -> bytes:
    body = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(LENGTH) + body
