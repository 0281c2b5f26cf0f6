"""A house in this process, all of it real but the clock: the web, the writer, the sender, the hooks, and a county."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import Table, or_, select, update

from bot.app import House, Plan, open_house
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_webhooks import Signature
from bot.county_file import load_county
from bot.door import open_door
from bot.hooks.addresses import Address
from bot.hooks.delivering import Hooks
from bot.languages import load_languages
from bot.trust.fake_twilio import AUTH_TOKEN, FakeTwilio, Text
from conversations.county import Hook
from conversations.effects import Effect
from conversations.escalations import Level
from conversations.events import Event, WorkerLeft
from conversations.situation import Consent
from records import hook_queue, people
from records.people import NewClient
from records.roles import Role
from records.states import MessageState
from records.tables import clients, hook_deliveries, messages
from records.writer import Writer
from tests.bot.conftest import StillClock
from tests.bot.hooks_for_tests import RESET, SECRET, Receiver
from tests.bot.settings_for_tests import make_settings
from tests.records.place import Script

ZONE = ZoneInfo("America/Los_Angeles")
HOLIDAY = date(2026, 3, 9)
"""A Monday. On the Sunday before it the clocks change."""

WITHIN = 20.0
"""Seconds to wait for what must come."""

SCENE = WorkerLeft("")
"""Stands for whatever led to where a client is."""


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of March 2026 on the county's clock."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=ZONE)


@dataclass(frozen=True, slots=True)
class Person:
    """A client. `number` is their phone's."""

    id: str
    number: str
    first_name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A post that came in: when, on the house's clock."""

    body: str
    headers: Mapping[str, str]
    at: datetime

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Doubter(Receiver):
    """Somebody else's system, which takes each notice the third time only: first it breaks, then it cuts the line."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__()
        self.notices: list[Notice] = []
        self._clock = clock

    async def take(self, request: web.Request) -> web.Response:
        body = await request.text()
        tries = sum(notice.id == request.headers["webhook-id"] for notice in self.notices)
        self.notices.append(Notice(body, dict(request.headers), self._clock.now()))
        self.faults.append((500, RESET, 200)[min(tries, 2)])
        return await super().take(request)


@dataclass
class Office:
    """The running house and who belongs to it. Ana is everybody's worker; nobody is on call."""

    house: House
    twilio: FakeTwilio
    clock: StillClock
    receivers: Mapping[str, Doubter]
    ana: str
    _script: Script
    _scenes: Writer
    _numbers: Any = field(default_factory=lambda: count(100))

    async def client(self, first_name: str, *scene: Effect) -> Person:
        """One more client who has said yes. `scene` is what has come of the past: saved as it is."""
        number = f"+1707555{next(self._numbers):04d}"
        new = NewClient(number, first_name, "en", ZONE.key, self.ana)
        agreed = update(clients).where(clients.c.number == number).values(consent=Consent.ACTIVE)
        await self.house.writer.run(lambda c: people.put_clients(c, [new], self.ana, self.clock.now()))
        await self.house.writer.run(lambda c: c.execute(agreed))
        row = (await self.rows(clients, number=number))[0]
        if scene:
            self._script.on_text = lambda _situation, _event: scene
            await self._scenes.act(row.id, SCENE, self.ana)
        return Person(row.id, number, first_name)

    async def says(self, person: Person, text: str) -> None:
        """By a signed webhook; what is answered has left when this returns."""
        assert await self.twilio.text_in(person.number, text) == 200
        await self.all_sent()

    async def does(self, person: Person, event: Event) -> None:
        await self.house.writer.act(person.id, event, self.ana)
        await self.all_sent()

    async def report(self, person: Person, error_code: int) -> None:
        """The carrier could not deliver the last text to this client."""
        text: Text = next(text for text in reversed(self.twilio.ledger) if text.to == person.number)
        assert await self.twilio.report(text, "undelivered", error_code) == 204

    async def move_to(self, moment: datetime) -> None:
        """The clock goes there, and what the house's own clock does every second is done at once."""
        self.clock.at = moment.astimezone(UTC)
        while await self.house.writer.take_due(self.clock.now()) or await self.house.writer.pass_up():
            pass
        await self.all_sent()

    async def all_sent(self) -> None:
        """Nothing that is due waits to leave."""
        on_the_way = select(messages.c.id).where(
            messages.c.direction == "out",
            messages.c.state.in_([MessageState.DUE, MessageState.CLAIMED]),
            messages.c.due_at <= self.clock.now(),
        )
        await self._until(lambda c: c.execute(on_the_way).first() is None)

    async def all_tried(self) -> None:
        """Each notice has been handed over, or failed and waits."""
        now = self.clock.now()
        waits = or_(hook_deliveries.c.due_at <= now, hook_deliveries.c.due_at == now + hook_queue.LEASE)
        under_way = select(hook_deliveries.c.id).where(hook_deliveries.c.state == hook_queue.DUE, waits)
        await self._until(lambda c: c.execute(under_way).first() is None)

    async def rows(self, table: Table, **where: object) -> Sequence[Any]:
        """In the order in which they were made."""
        wanted = select(table).where(*(table.c[name] == value for name, value in where.items()))
        return await self.house.reader.run(lambda c: c.execute(wanted.order_by(*table.primary_key)).all())

    async def heard(self, person: Person) -> list[str]:
        """Our texts to this client by their places in the catalog; a person's own words have none."""
        texts = await self.rows(messages, client_id=person.id, direction="out")
        assert [text.body for text in texts] == self.twilio.sent(person.number)
        return [text.template for text in texts]

    async def _until(self, holds: Callable[[Any], bool]) -> None:
        async with asyncio.timeout(WITHIN):
            while not await self.house.reader.run(holds):  # noqa: ASYNC110  a row wakes nobody
                await asyncio.sleep(0.01)


@asynccontextmanager
async def open_office(database_url: str, port: int, now: datetime, *hooks: Hook) -> AsyncIterator[Office]:
    """On a database with its tables; `hooks` tell a receiver each, which takes nothing before the third time."""
    clock = StillClock(now.astimezone(UTC))
    async with AsyncExitStack() as stack:
        twilio = await stack.enter_async_context(FakeTwilio())
        twilio.webhook = f"http://127.0.0.1:{port}"
        settings = make_settings(
            database_url=database_url, public_url=twilio.webhook, port=port, twilio_api_base=twilio.url
        )
        receivers = {hook.name: Doubter(clock) for hook in hooks}
        for receiver in receivers.values():
            await stack.enter_async_context(receiver.listening())
        county = replace(load_county(Path(settings.county)), holidays=frozenset({HOLIDAY}), hooks=hooks)
        plan = Plan(settings, county, load_languages(county.languages), clock, pace=1000)
        channel = await stack.enter_async_context(TwilioChannel(settings))
        house = await stack.enter_async_context(open_house(plan, channel))
        await stack.enter_async_context(open_door(house, Signature(AUTH_TOKEN, settings.public_url)))
        script = Script()
        scenes = Writer(house.engine, script, clock.now, county)
        stack.push_async_callback(scenes.close)
        addresses = {hook.name: Address(hook, SecretStr(receivers[hook.name].url), SecretStr(SECRET)) for hook in hooks}
        at_work = Hooks(house.writer, addresses, settings.public_url, clock, poll=0.01)
        at_work.start()
        stack.push_async_callback(at_work.close)
        ana = await house.writer.run(
            lambda c: people.add_staff(c, "ana@example.org", "Ana", Role.ETW, "-", clock.now())
        )
        yield Office(house, twilio, clock, receivers, ana, script, scenes)


EVERY_LEVEL = frozenset(Level)
