"""Running: the real thing, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog
from aiohttp import web

from bot import log
from bot.app import House, Part, Plan, make_app, open_house
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_webhooks import Signature
from bot.clock import Clock, FileClock, SystemClock
from bot.commands.ground import load_reviewed, open_database
from bot.county_file import load_county
from bot.errors import Problem, StartError
from bot.hooks.addresses import load_hooks
from bot.settings import Settings, is_loopback, load

GRACE = 10.0
"""Seconds that requests under way have to come to their end."""


def serve(part: Part, clock_file: Path | None) -> None:
    """Returns when told to stop. Raises StartError."""
    settings = load(Settings)
    county = load_county(settings.county)
    hooks = load_hooks(settings)
    languages = load_reviewed(county)
    open_database(settings).dispose()
    clock = _clock(clock_file, settings)
    log.set_up()
    plan = Plan(settings, county, languages, clock, part, settings.twilio_segments_a_second, hooks)
    asyncio.run(_live(plan, settings))


def _clock(file: Path | None, settings: Settings) -> Clock:
    """A clock of its own is for rehearsals, which text nobody: the provider must be a stand-in on this machine."""
    if file is None:
        return SystemClock()
    if not is_loopback(settings.twilio_api_base):
        raise StartError(
            "--clock-file is for rehearsals only:",
            [Problem("TWILIO_API_BASE", "is the real provider", "point it at a stand-in on this machine")],
        )
    try:
        return FileClock(file)
    except (OSError, ValueError) as error:
        raise StartError("--clock-file cannot be read:", [Problem(str(file), str(error))]) from None


async def _live(plan: Plan, settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        channel = await stack.enter_async_context(TwilioChannel(settings))
        house = await stack.enter_async_context(open_house(plan, channel))
        if plan.part is not Part.SCHEDULER:
            signature = Signature(settings.twilio_auth_token.get_secret_value(), settings.public_url)
            await stack.enter_async_context(open_door(house, signature))
        structlog.get_logger().info("ready", part=plan.part.value, host=settings.host, port=settings.port)
        await told_to_stop()


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
    """Waits for SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
