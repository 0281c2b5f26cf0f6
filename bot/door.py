"""The way in: the web application listens while a process lives, which ends in good time when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.app import House, make_app
from bot.channels.twilio_webhooks import Signature
from bot.errors import Problem, StartError

GRACE = 10.0
"""Seconds that requests under way have to come to their end."""

STOPS_WITHIN = 24.0
"""Seconds from being told to stop until the process ends, whatever hangs: a provider, a database, a hook."""


@asynccontextmanager
async def open_door(house: House, signature: Signature | None) -> AsyncIterator[None]:
    """The web application listens at HOST and PORT while the context is open. Raises StartError."""
    host, port = house.plan.settings.host, house.plan.settings.port
    runner = web.AppRunner(make_app(house, signature), access_log=None, shutdown_timeout=GRACE)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        remedy = "stop what listens there, or set PORT to another"
        raise StartError("The server cannot start:", [Problem(f"{host}:{port}", str(error), remedy)]) from None


async def told_to_stop() -> None:
    """Waits for SIGTERM or Ctrl-C. From then on the process ends within STOPS_WITHIN."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    give_up = threading.Timer(STOPS_WITHIN, _stop_hard)
    give_up.daemon = True
    give_up.start()


def _stop_hard() -> None:
    """As a crash would: what is committed is committed, and the next process takes up the rest."""
    structlog.get_logger().error("stopped_hard", seconds=STOPS_WITHIN)
    os._exit(1)
