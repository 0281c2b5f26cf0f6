"""Where the parts are put together: a house to live in, and the web application that is its door."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import web
from sqlalchemy import Engine

from bot import phone, staff
from bot.channels.twilio_webhooks import Signature
from bot.clock import Clock, DemoClock, SystemClock
from bot.content_rule_lists import load_rule_lists
from bot.decider import Decider
from bot.health import add_health
from bot.hooks.addresses import Address
from bot.hooks.delivering import Hooks
from bot.hooks.digest_round import DigestRound
from bot.hooks.replies import add_replies
from bot.inbound import add_webhooks
from bot.keys import CLOCK, COUNTY, LANGUAGES, READER, SETTINGS, WALL_CLOCK, WRITER
from bot.middlewares import answer_kindly, log_access
from bot.settings import HouseSettings
from bot.site import add_site, render
from conversations.county import County
from conversations.languages import Language
from records.database import connect
from records.reading import Reader
from records.writer import Writer
from scheduler.sender import Channel, Sender
from scheduler.ticker import Ticker

LARGEST_POST = 64 * 1024
TICK = 1.0
DUE_AT_ONCE = 200


class Part(StrEnum):
    """What a process does: answer the web, or do what falls due and send. Any number of processes may do either."""

    ALL = "all"
    WEB = "web"
    SCHEDULER = "scheduler"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a house is built from."""

    settings: HouseSettings
    county: County
    languages: Mapping[str, Language]
    clock: Clock
    part: Part = Part.ALL
    pace: float = 1.0
    """Segments a second that may leave."""
    hooks: Mapping[str, Address] = field(default_factory=dict)
    """Where the county's hooks lead, by their names."""


@dataclass(frozen=True, slots=True)
class House:
    """What lives while the process does."""

    plan: Plan
    engine: Engine
    writer: Writer
    reader: Reader


@asynccontextmanager
async def open_house(plan: Plan, channel: Channel | None) -> AsyncIterator[House]:
    """Start what runs beside the web, and stop it again, in the order in which one needs the other.

    `channel` is needed unless the part is WEB. The database must have been looked at: `records.database.check_schema`.
    """
    async with AsyncExitStack() as stack:
        engine = connect(plan.settings.database)
        stack.callback(engine.dispose)
        decider = Decider(plan.county, plan.languages, load_rule_lists(plan.languages))
        writer = Writer(engine, decider, plan.clock.now, plan.county)
        stack.push_async_callback(writer.close)
        reader = Reader(engine)
        stack.callback(reader.close)
        house = House(plan, engine, writer, reader)
        if plan.part is not Part.WEB and channel is not None:
            await _start_scheduler(stack, house, channel)
        yield house


async def _start_scheduler(stack: AsyncExitStack, house: House, channel: Channel) -> None:
    plan, writer = house.plan, house.writer
    sender = Sender(writer, channel, plan.clock.now, pace=plan.pace)
    sender.start()
    stack.push_async_callback(sender.close)
    if plan.hooks:
        await _start_hooks(stack, house)

    async def take_all_due() -> None:
        now = plan.clock.now()
        while await writer.take_due(now, DUE_AT_ONCE) >= DUE_AT_ONCE:
            pass

    async def pass_all_up() -> None:
        while await writer.pass_up():
            pass

    for wake in (take_all_due, pass_all_up):  # each by itself: what goes wrong with one must not stop the other
        ticker = Ticker(TICK, wake)
        ticker.start()
        stack.push_async_callback(ticker.shutdown)


async def _start_hooks(stack: AsyncExitStack, house: House) -> None:
    plan, writer = house.plan, house.writer
    hooks = Hooks(writer, plan.hooks, plan.settings.public_url, plan.clock)
    hooks.start()
    stack.push_async_callback(hooks.close)
    digests = Ticker(TICK, DigestRound(writer, plan.county, plan.clock).take)
    digests.start()
    stack.push_async_callback(digests.shutdown)


def make_app(house: House, signature: Signature | None) -> web.Application:
    """The web application. Without a `signature` there is no provider and so there are no webhooks: the demo."""
    plan = house.plan
    app = web.Application(middlewares=[log_access, answer_kindly], client_max_size=LARGEST_POST)
    app[SETTINGS], app[COUNTY], app[LANGUAGES] = plan.settings, plan.county, plan.languages
    app[WRITER], app[READER] = house.writer, house.reader
    app[CLOCK], app[WALL_CLOCK] = plan.clock, SystemClock()
    add_site(app)
    app.router.add_get("/", show_home)
    add_health(app)
    staff.add_routes(app)
    add_replies(app, plan.hooks)
    if signature:
        add_webhooks(app, signature)
    if isinstance(plan.clock, DemoClock):
        phone.add_routes(app)
    return app


async def show_home(request: web.Request) -> web.Response:
    """What this is, and where to go."""
    demo = isinstance(request.app[CLOCK], DemoClock)
    return render(request, "home.html", {"county": request.app[COUNTY], "demo": demo})
