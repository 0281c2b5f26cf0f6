"""The processes under test, as the suite sees them: started, killed, told to stop, and all ended at the end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections import deque
from itertools import count
from pathlib import Path
from typing import Self

from bot.settings import Settings
from bot.trust.orders import News, Order

START = 60.0
"""Seconds in which a process must be there; a busy machine imports slowly."""

STOP = 25.0
"""Seconds in which a process that is told to stop must have stopped (delivery design)."""

LINES_KEPT = 20

_SHOTS = count()


class ServerFailedError(Exception):
    """A process did not do what it was told. The message holds the last lines of its log."""


def free_port() -> int:
    """A TCP port on loopback that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


class Server:
    """One process under test."""

    def __init__(self, order: Order, pid: int, log: deque[str]) -> None:
        loop = asyncio.get_running_loop()
        self.order = order
        self.pid = pid
        self.pids = [pid]
        """Of it, and of the processes for turns that it forks."""
        self.crashed = False
        self._log = log
        self._up: asyncio.Future[bool] = loop.create_future()
        self._ended: asyncio.Future[int] = loop.create_future()

    def hears(self, news: News) -> None:
        match news.what:
            case "ready":
                self._up.set_result(True)
            case "parted":
                self.pids.append(news.status)
            case "crashed":
                self.crashed = True
            case "ended":
                self._ended.set_result(os.waitstatus_to_exitcode(news.status))
                if not self._up.done():
                    self._up.set_result(False)
            case _:
                pass

    @property
    def lives(self) -> bool:
        return not self._ended.done()

    async def ready(self) -> None:
        """Raises ServerFailedError."""
        await asyncio.wait([self._up], timeout=START)
        if not (self._up.done() and self._up.result()):
            raise self._failed("did not start")

    async def ended(self, within: float) -> int:
        """Its exit status, below zero for a signal. Raises ServerFailedError if it lives on."""
        await asyncio.wait([self._ended], timeout=within)
        if not self._ended.done():
            raise self._failed(f"still lives after {within:g} s")
        return self._ended.result()

    def shoot(self) -> None:
        """As kill -9 does, without waiting for its end: all of it, or else the process that answers alone, by turns."""
        if self.lives:
            shoot = os.killpg if next(_SHOTS) % 2 else os.kill
            shoot(self.pid, signal.SIGKILL)

    async def kill(self) -> None:
        """As kill -9 does."""
        self.shoot()
        await self.ended(START)

    async def stop(self) -> float:
        """As a deploy does it; gives the seconds it took. Raises ServerFailedError if it does not stop cleanly."""
        began = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        status = await self.ended(STOP)
        if status:
            raise self._failed(f"ended with {status} when told to stop")
        return time.monotonic() - began

    def _failed(self, what: str) -> ServerFailedError:
        lines = "\n    ".join(["", *self._log])
        return ServerFailedError(f"the process {what}; the last that all of them logged:{lines}")


class Nursery:
    """The suite's side of `bot.trust.server`: a process that forks those under test."""

    def __init__(self) -> None:
        self._log: deque[str] = deque(maxlen=LINES_KEPT)
        self._servers: dict[int, Server] = {}
        self._starting: asyncio.Future[Server] | None = None
        self._ordered: Order | None = None
        self._one_at_a_time = asyncio.Lock()
        self._listening: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.trust.server", cwd=_home(), env=environment(),
            stdin=pipe, stdout=pipe, stderr=pipe,
        )  # fmt: skip
        self._listening = [asyncio.create_task(self._hear()), asyncio.create_task(self._keep_log())]
        return self

    async def __aexit__(self, *_: object) -> None:
        """The nursery ends its processes when nobody gives orders any more."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await asyncio.gather(*self._listening)

    def kill(self) -> None:
        """As kill -9 does. Its processes end with it."""
        self._process.kill()

    async def start(self, order: Order, *, may_die: bool = False) -> Server:
        """Returns when it serves, or at once if it `may_die` before. Raises ServerFailedError."""
        async with self._one_at_a_time:
            if self._process.stdin is None or self._process.returncode is not None:
                raise ServerFailedError("\n    ".join(["the nursery has ended:", *self._log]))
            self._starting, self._ordered = asyncio.get_running_loop().create_future(), order
            self._process.stdin.write(order.line())
            server = await asyncio.wait_for(self._starting, START)
        if not may_die:
            await server.ready()
        return server

    async def kill_all(self) -> None:
        for server in self._servers.values():
            server.shoot()
        for server in list(self._servers.values()):
            await server.ended(START)

    async def _hear(self) -> None:
        if self._process.stdout is None:
            return
        async for line in self._process.stdout:
            news = News.read(line)
            if news.what == "started" and self._starting and self._ordered:
                server = self._servers[news.pid] = Server(self._ordered, news.pid, self._log)
                self._starting.set_result(server)
            else:
                self._servers[news.pid].hears(news)
        for server in self._servers.values():  # it has ended, and all of them with it
            if server.lives:
                server.hears(News("ended", server.pid, signal.SIGKILL))
        if self._starting and not self._starting.done():
            self._starting.set_exception(ServerFailedError("\n    ".join(["the nursery has ended:", *self._log])))

    async def _keep_log(self) -> None:
        if self._process.stderr:
            async for line in self._process.stderr:
                self._log.append(line.decode(errors="replace").rstrip())


def _home() -> Path:
    """Where `bot` is found, and no `.env` of a county."""
    return Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    """Ours, without any setting of the house's: nothing of a real county's must be heard of in a trial.

    Nor is the coverage of these processes counted: that would take as long as all that they do.
    """
    settings = set(Settings.model_fields)
    return {
        name: value
        for name, value in os.environ.items()
        if name.lower().removesuffix("_file") not in settings and not name.startswith("COVERAGE_")
    }
