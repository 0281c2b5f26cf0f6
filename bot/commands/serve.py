"""Running: the real thing, until it is told to stop."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import structlog

from bot import log, start_up
from bot.app import Part, Plan, fork_turns, open_house
from bot.channels.several import SeveralChannels
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_media import TwilioMedia
from bot.channels.twilio_webhooks import Signature
from bot.channels.web_chat import WebChatChannel
from bot.clock import Clock, FileClock, SystemClock
from bot.county_file import load_county
from bot.door import open_door, told_to_stop
from bot.errors import Problem, StartError
from bot.ground import load_reviewed, open_database
from bot.hooks.addresses import load_hooks
from bot.settings import Settings, is_loopback, load
from bot.turns_process import TurnsProcesses


def serve(part: Part, clock_file: Path | None) -> None:
    """Returns when told to stop. Raises StartError; SystemExit if a process of ours has died."""
    settings = load(Settings)
    county = load_county(settings.county)
    hooks = load_hooks(settings)
    languages = load_reviewed(county)
    open_database(settings).dispose()
    clock = _clock(clock_file, settings)
    log.set_up()
    plan = Plan(
        settings,
        county,
        languages,
        clock,
        part,
        settings.twilio_sender,
        settings.twilio_segments_a_second,
        hooks,
        settings.dead_man_url.get_secret_value() if settings.dead_man_url else "",
    )
    turns = fork_turns(plan)
    asyncio.run(_live(plan, settings, turns))
    if turns.died:
        raise SystemExit(1)


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


async def _live(plan: Plan, settings: Settings, turns: TurnsProcesses) -> None:
    async with AsyncExitStack() as stack:
        channel = await stack.enter_async_context(TwilioChannel(settings))
        media = await stack.enter_async_context(TwilioMedia(settings))
        house = await stack.enter_async_context(
            open_house(plan, SeveralChannels(channel, WebChatChannel()), channel, turns, media)
        )
        door = await stack.enter_async_context(AsyncExitStack())
        if plan.part is not Part.SCHEDULER:
            signature = Signature(settings.twilio_auth_token.get_secret_value(), settings.public_url)
            await door.enter_async_context(open_door(house, signature))
        start_up.is_over()
        structlog.get_logger().info("ready", part=plan.part.value, host=settings.host, port=settings.port)
        await told_to_stop()
        await asyncio.gather(house.work.end(), door.aclose())
