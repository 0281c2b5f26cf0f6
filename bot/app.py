"""Where the parts are put together: a house to live in, and the web application that is its door."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial

from aiohttp import web
from sqlalchemy import Engine

from bot import phone, staff, start_up, turns_process
from bot.api import add_api, answer_programs
from bot.calendar_feed import add_feed
from bot.channels.twilio_webhooks import Signature
from bot.chat import add_chat
from bot.chat.live import TellsOfCommits
from bot.clock import Clock, DemoClock, SystemClock
from bot.content_rule_lists import load_rule_lists
from bot.dead_man import DeadMan
from bot.decider import Decider
from bot.health import add_health
from bot.hooks.addresses import Address
from bot.hooks.delivering import Hooks
from bot.hooks.digest_round import DigestRound
from bot.hooks.event_round import EventRound
from bot.hooks.invitations import mailer
from bot.hooks.replies import add_replies
from bot.hooks.weekly_mail import WeeklyMail
from bot.imports.background import BackgroundImports
from bot.inbound import add_webhooks
from bot.keys import CLOCK, COUNTY, LANGUAGES, OFFERS, PACE, READER, SETTINGS, STAFF_MAIL, TEXTS, WALL_CLOCK, WRITER
from bot.measuring import MeasureRound
from bot.middlewares import answer_kindly, log_access
from bot.pictures.fetching import FetchRound
from bot.pictures.sealing import picture_cipher
from bot.pictures.source import Source
from bot.pictures.taking import PICTURES, PictureTaker
from bot.settings import HouseSettings
from bot.site import add_site, render
from bot.staff.caseload.import_pages import IMPORTS
from bot.turns_process import TurnsProcesses
from bot.work import Work
from conversations.county import County
from conversations.languages import Language
from records import log_words, unopened
from records.database import connect
from records.pace import Pace
from records.reading import Reader
from records.sqlite_files import file_of
from records.turn_runner import TurnRunner
from records.turns import Turns
from records.turnstile import Turnstile
from records.waking import SOMETHING_HAPPENED, TEXTS_ARE_DUE, Announcer, WakeListener, Word
from records.writer import Writer
from scheduler.backfill import Backfill
from scheduler.channel import Channel, ChannelName, Inbox
from scheduler.fallback import AT_ONCE, fall_back
from scheduler.sender import Sender
from scheduler.ticker import Ticker

LARGEST_POST = 64 * 1024
TICK = 1.0
A_WHILE = 60.0
"""Seconds between looks whether the night's work is done."""

DUE_AT_ONCE = 200

TO_CATCH_UP = timedelta(seconds=30)
"""So long at most nothing leaves at the start, until the texts that we missed are taken: one may be a STOP."""


ON_A_SERVER = 2
"""Processes for turns where the database is a server's, if there are as many cores: while one waits, the other decides.

On one core they would only keep each other waiting; and a file has one writer at a time.
"""


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
    sender: str = "us"
    """What texts come from: processes that text from the same share its pace."""
    pace: float = 1.0
    """Segments a second that may leave."""
    hooks: Mapping[str, Address] = field(default_factory=dict)
    """Where the county's hooks lead, by their names."""
    dead_man: str = ""
    """The address that is asked for while due work is done; none if empty."""


class Elsewhere:
    """What other processes commit, as far as they can be heard."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def __call__(self) -> None:
        """Something was said."""
        for listener in self._listeners:
            listener()


@dataclass(frozen=True, slots=True)
class House:
    """What lives while the process does."""

    plan: Plan
    engine: Engine
    writer: Writer
    reader: Reader
    work: Work = field(default_factory=Work)
    turns: TurnsProcesses | None = None
    """What takes texts and what falls due; without it the writer does."""
    sender: Sender | None = None
    """None where only the web is answered."""
    offers: frozenset[ChannelName] = frozenset({ChannelName.SMS})
    """The channels on which the county texts."""
    elsewhere: Elsewhere = field(default_factory=Elsewhere)

    @property
    def commits(self) -> Sequence[TellsOfCommits]:
        """Of this process."""
        return [self.writer, *([self.turns] if self.turns else [])]


def fork_turns(plan: Plan) -> TurnsProcesses:
    """Call it before there are threads, an event loop, or connections. Give the result to `open_house`."""
    is_file = file_of(plan.settings.database) is not None
    turnstile = Turnstile() if is_file else None

    def open_runner() -> TurnRunner:
        engine = connect(plan.settings.database, connections=1)
        runner = TurnRunner(engine, _decider(plan), plan.clock.now, plan.county, turnstile)
        start_up.is_over()
        return runner

    return turns_process.fork(open_runner, 1 if is_file else min(ON_A_SERVER, _cores()), turnstile)


def _cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _decider(plan: Plan) -> Decider:
    return Decider(plan.county, plan.languages, load_rule_lists(plan.languages))


@asynccontextmanager
async def open_house(
    plan: Plan,
    channel: Channel | None,
    inbox: Inbox | None = None,
    turns: TurnsProcesses | None = None,
    media: Source | None = None,
) -> AsyncIterator[House]:
    """Start what runs beside the web, and stop it again, in the order in which one needs the other.

    `channel` is needed unless the part is WEB; without an `inbox` nothing that we missed is ever looked for, and
    without `media` no picture that came with a text is fetched. The database must have been looked at:
    `records.database.check_schema`.
    """
    async with AsyncExitStack() as stack:
        engine = connect(plan.settings.database)
        stack.callback(engine.dispose)
        turnstile = turns.turnstile if turns else None
        writer = Writer(engine, _decider(plan), plan.clock.now, plan.county, turnstile)
        stack.push_async_callback(writer.close)
        if turns:
            await turns.open()
            stack.push_async_callback(turns.close)
        reader = Reader(engine)
        stack.callback(reader.close)
        sender = None
        if plan.part is not Part.WEB and channel is not None:
            sender = Sender(writer, channel, plan.clock.now, pace=Pace(plan.sender, plan.pace))
        offers = channel.carries if channel else frozenset({ChannelName.SMS})
        house = House(plan, engine, writer, reader, turns=turns, sender=sender, offers=offers)
        stack.push_async_callback(house.work.end)
        if sender:
            _start_scheduler(house, sender, inbox)
            if media:
                _start_fetching(house, media)
        else:
            _announce(house, TEXTS_ARE_DUE)
        _announce(house, SOMETHING_HAPPENED)
        if plan.part is not Part.SCHEDULER:
            _hear(house, SOMETHING_HAPPENED, house.elsewhere)
        yield house


def _announce(house: House, word: Word) -> None:
    """Every commit of this process, to the others."""
    announcer = Announcer(house.engine.url, word)
    announcer.start()
    house.work.add(announcer.close)
    for each in house.commits:
        each.listen(announcer.announce)


def _hear(house: House, word: Word, wake: Callable[[], None]) -> None:
    listener = WakeListener(house.engine.url, word, wake)
    listener.start()
    house.work.add(listener.close)


def _start_scheduler(house: House, sender: Sender, inbox: Inbox | None) -> None:
    """Each part by itself: what goes wrong with one must not stop the other."""
    _start_texting(house, sender, inbox)
    events = EventRound(house.writer, house.reader, house.plan.settings, house.plan.clock)
    events.start()
    house.work.add(events.close)
    if house.turns:
        house.turns.listen(sender.wake)
    _hear(house, TEXTS_ARE_DUE, sender.wake)
    counting = Ticker(A_WHILE, _measure_round(house).take)
    counting.start()
    house.work.add(counting.shutdown)
    following = Ticker(TICK, partial(_follow_the_log, house))
    following.start()
    house.work.add(following.shutdown)
    falling_back = Ticker(TICK, partial(_fall_back, house))
    falling_back.start()
    house.work.add(falling_back.shutdown)
    passing_up = Ticker(TICK, partial(_pass_all_up, house))
    passing_up.start()
    house.work.add(passing_up.shutdown)
    if house.plan.hooks:
        _start_hooks(house)


def _start_fetching(house: House, media: Source) -> None:
    plan = house.plan
    fetching = FetchRound(house.writer, house.reader, media, picture_cipher(plan.settings.secret_key), plan.clock.now)
    rounds = Ticker(TICK, fetching.take)
    rounds.start()

    async def end() -> None:
        await rounds.shutdown()
        fetching.close()

    house.work.add(end)


def _start_texting(house: House, sender: Sender, inbox: Inbox | None) -> None:
    """What we missed is taken first."""
    backfill = Backfill(house.writer, inbox, house.plan.clock.now) if inbox else None
    due = Ticker(TICK, partial(_take_all_due, house, _dead_mans_switch(house)))

    async def begin() -> None:
        if backfill:
            await backfill.caught_up(TO_CATCH_UP)
        sender.start()
        due.start()

    beginning = asyncio.create_task(begin(), name="begin to text")

    async def begin_no_more() -> None:
        beginning.cancel()

    for end in (begin_no_more, sender.close, due.shutdown):
        house.work.add(end)
    if backfill:
        backfill.start()
        house.work.add(backfill.close)


def _dead_mans_switch(house: House) -> Callable[[], None]:
    """What to call when due work was done."""
    if not house.plan.dead_man:
        return lambda: None
    dead_man = DeadMan(house.plan.dead_man)
    house.work.add(dead_man.close)
    return dead_man.alive


async def _take_all_due(house: House, done: Callable[[], None]) -> None:
    now = house.plan.clock.now()
    while await (house.turns or house.writer).take_due(now, DUE_AT_ONCE) >= DUE_AT_ONCE:
        pass
    done()


def _measure_round(house: House) -> MeasureRound:
    plan = house.plan
    return MeasureRound(house.reader, house.writer, plan.county, plan.languages, plan.clock)


async def _follow_the_log(house: House) -> None:
    now = house.plan.clock.now()
    while await house.reader.run(partial(log_words.is_behind, now=now)):
        await house.writer.run(partial(log_words.follow, now=now))


async def _fall_back(house: House) -> None:
    now, county = house.plan.clock.now(), house.plan.county
    if await house.reader.run(partial(unopened.any_due, now=now)):
        while await house.writer.run(partial(fall_back, county=county, now=now)) >= AT_ONCE:
            pass


async def _pass_all_up(house: House) -> None:
    while await house.writer.pass_up():
        pass


def _start_hooks(house: House) -> None:
    plan, writer = house.plan, house.writer
    weekly = WeeklyMail(house.reader, writer, plan.county, plan.languages, plan.settings.public_url, plan.clock)
    hooks = Hooks(writer, plan.hooks, plan.settings.public_url, plan.clock, weekly=weekly)
    hooks.start()
    house.work.add(hooks.close)
    digests = Ticker(TICK, DigestRound(writer, plan.county, plan.clock).take)
    digests.start()
    house.work.add(digests.shutdown)


def make_app(house: House, signature: Signature | None) -> web.Application:
    """The web application. Without a `signature` there is no provider and so there are no webhooks: the demo."""
    plan = house.plan
    app = web.Application(middlewares=[log_access, answer_kindly, answer_programs], client_max_size=LARGEST_POST)
    app[SETTINGS], app[COUNTY], app[LANGUAGES] = plan.settings, plan.county, plan.languages
    app[WRITER], app[READER] = house.writer, house.reader
    app[TEXTS] = house.turns or house.writer
    app[PACE], app[OFFERS] = plan.pace, house.offers
    app[CLOCK], app[WALL_CLOCK] = plan.clock, SystemClock()
    app[STAFF_MAIL] = mailer(plan.hooks)
    add_site(app)
    app.router.add_get("/", show_home)
    sender = house.sender
    add_health(app, (lambda: sender.state) if sender else None)
    staff.add_routes(app)
    add_feed(app)
    add_chat(app, [*house.commits, house.elsewhere])
    _add_imports(app, house)
    app[PICTURES] = pictures = PictureTaker(app[TEXTS], picture_cipher(plan.settings.secret_key), plan.clock.now)
    app.cleanup_ctx.append(pictures.while_open)
    add_api(app)
    add_replies(app, plan.hooks)
    if signature:
        add_webhooks(app, signature)
    if isinstance(plan.clock, DemoClock):
        phone.add_routes(app)
    return app


def _add_imports(app: web.Application, house: House) -> None:
    plan = house.plan
    turns = Turns(_decider(plan), plan.county)
    app[IMPORTS] = imports = BackgroundImports(house.writer, turns, plan.county, plan.clock.now, plan.pace)

    async def live(_app: web.Application) -> AsyncIterator[None]:
        await imports.take_up()
        yield
        await imports.close()

    app.cleanup_ctx.append(live)


async def show_home(request: web.Request) -> web.Response:
    """What this is, and where to go."""
    demo = isinstance(request.app[CLOCK], DemoClock)
    return render(request, "home.html", {"county": request.app[COUNTY], "demo": demo})
