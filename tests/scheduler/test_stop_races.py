"""A stop against a text that is about to leave: nothing begins to leave after the stop is committed."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import Connection, func, insert, select

from conversations.county import County
from conversations.effects import ChangeConsent, Effect, Purpose
from conversations.events import Event
from conversations.situation import Consent, Situation
from records import consent
from records.database import connect
from records.delivery_trouble import Trouble
from records.ids import new_id
from records.outbox import Claims
from records.pace import Pace
from records.states import MessageState
from records.tables import clients, messages, staff
from records.writer import Inbound, Writer
from scheduler.channel import Accepted, ChannelName, Outcome, Outgoing, Sighting, Sought
from scheduler.sender import Sender
from tests.records.place import Script

T = TypeVar("T")
COUNTY = County("Demo", "Goal Line", "707 555 0100", ZoneInfo("America/Los_Angeles"))
ROUNDS = 10
A_ROUND = 100
WITHIN = 0.2
"""Seconds after which all stops of a round have come."""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Watch:
    """When each number's stop was committed, and when each text to it began to leave. Seconds of one clock."""

    deciding: list[str] = field(default_factory=list)
    stopped: dict[str, float] = field(default_factory=dict)
    begun: list[tuple[str, float]] = field(default_factory=list)

    def decide(self, situation: Situation, _event: Event) -> Sequence[Effect]:
        self.deciding.append(situation.client.first_name)
        return [ChangeConsent(Consent.REVOKED)]

    def committed(self) -> None:
        """On the writer's thread, just after a commit: it was of all stops that were decided since the last one."""
        at = time.monotonic()
        self.stopped.update(dict.fromkeys(self.deciding, at))
        self.deciding.clear()

    def late(self) -> list[str]:
        return [to for to, at in self.begun if at > self.stopped[to]]


@dataclass
class Tardy:
    """A writer whose answers are heard late, as on a busy machine: that of a claim."""

    writer: Writer
    hears: Callable[[], Awaitable[object]]

    def listen(self, listener: Callable[[], None]) -> None:
        self.writer.listen(listener)

    async def run(self, do: Callable[[Connection], T]) -> T:
        result = await self.writer.run(do)
        if isinstance(result, tuple) and isinstance(result[0], Claims) and result[0].texts:
            await self.hears()
        return result

    async def settle(self, do: Callable[[Connection], Trouble | None]) -> None:
        await self.writer.settle(do)


@dataclass
class Channel:
    """Over a real socket, to a provider that takes a while."""

    url: str
    session: aiohttp.ClientSession
    watch: Watch
    carries: frozenset[ChannelName] = frozenset({ChannelName.SMS})

    async def send(self, text: Outgoing) -> Outcome:
        self.watch.begun.append((text.to, time.monotonic()))
        async with self.session.post(self.url, data={"to": text.to}) as response:
            return Accepted(await response.text())

    async def find(self, text: Sought) -> Sequence[Sighting]:
        return ()


async def _take(request: web.Request) -> web.Response:
    await request.post()
    await asyncio.sleep(random.uniform(0, 0.02))
    return web.Response(text=new_id(now()))


@asynccontextmanager
async def _house(url: str, hears: Callable[[], Awaitable[object]]) -> AsyncIterator[tuple[Writer, Watch]]:
    """A writer that takes the stops, and two senders: one beside it, one with a database connection of its own."""
    watch = Watch()
    engine, other = connect(url), connect(url)
    script = Script(on_text=watch.decide)
    writer, elsewhere = Writer(engine, script, now, COUNTY), Writer(other, script, now, COUNTY)
    writer.listen(watch.committed)
    app = web.Application()
    app.router.add_post("/", _take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        channel = Channel(f"http://127.0.0.1:{runner.addresses[0][1]}/", session, watch)
        senders = [
            Sender(Tardy(one, hears), channel, now, pace=Pace("us", 1000.0), in_flight=40, poll=0.05)
            for one in (writer, elsewhere)
        ]
        for sender in senders:
            sender.start()
        yield writer, watch
        for sender in senders:
            await sender.close()
    await writer.close()
    await elsewhere.close()
    await runner.cleanup()
    engine.dispose()
    other.dispose()


def _fill(connection: Connection, numbers: Sequence[str]) -> None:
    """Clients, called by their numbers, each with a text that is due."""
    at = now()
    if connection.scalar(select(func.count()).select_from(staff)) == 0:
        ana = {"id": "w", "email": "a", "first_name": "Ana", "role": "etw", "password_hash": "", "created_at": at}
        connection.execute(insert(staff), [ana])
    ids = {number: new_id(at) for number in numbers}
    people = [
        {
            "id": ids[number],
            "number": number,
            "first_name": number,
            "language": "en",
            "zone": "America/Los_Angeles",
            "consent": Consent.ACTIVE,
            "worker_id": "w",
            "created_at": at,
        }
        for number in numbers
    ]
    connection.execute(insert(clients), people)
    connection.execute(insert(messages), [_due(number, ids[number], at) for number in numbers])


def _due(number: str, client_id: str, at: datetime) -> dict[str, object]:
    return {
        "id": new_id(at),
        "client_id": client_id,
        "number": number,
        "direction": "out",
        "body": "A reminder",
        "language": "en",
        "segments": 1,
        "encoding": "GSM-7",
        "purpose": Purpose.REMINDER,
        "template": "",
        "author": "bot",
        "state": MessageState.DUE,
        "reason": "",
        "at": at,
        "due_at": at,
        "expires_at": at + timedelta(hours=1),
        "priority": 1,
        "attempts": 0,
    }


async def _until(writer: Writer, claimed: int) -> None:
    """So many texts are claimed."""
    count = select(func.count()).where(messages.c.state == MessageState.CLAIMED)
    while await writer.run(lambda connection: connection.scalar(count)) != claimed:  # noqa: ASYNC110  a database's
        await asyncio.sleep(0.01)


async def _late() -> None:
    await asyncio.sleep(random.uniform(0, 0.05))


async def _stop(writer: Writer, number: str) -> None:
    await asyncio.sleep(random.uniform(0, WITHIN))
    await writer.take_text(Inbound(f"SM{number}", number, "STOP"))


async def test_in_a_thousand_races_no_text_begins_to_leave_after_its_stop_was_committed(migrated_url: str) -> None:
    async with asyncio.timeout(60), _house(migrated_url, _late) as (writer, watch):
        for race in range(ROUNDS):
            numbers = [f"+1707{race:03d}{n:04d}" for n in range(A_ROUND)]
            await writer.run(partial(_fill, numbers=numbers))
            await asyncio.gather(*[_stop(writer, number) for number in numbers])
    assert len(watch.stopped) == ROUNDS * A_ROUND
    assert watch.late() == []
    assert 0 < len(watch.begun) < ROUNDS * A_ROUND, "none was a race"


@pytest.mark.parametrize("stops", [True, False])
async def test_a_claim_that_is_too_old_when_it_is_acted_on_is_looked_at_again(migrated_url: str, stops: bool) -> None:  # noqa: FBT001
    number, heard = "+17075550101", asyncio.Event()
    async with asyncio.timeout(20), _house(migrated_url, heard.wait) as (writer, watch):
        await writer.run(partial(_fill, numbers=[number]))
        await _until(writer, 1)
        if stops:
            await writer.take_text(Inbound("SM1", number, "STOP"))
        await asyncio.sleep(consent.RIGHT_TO_BEGIN.total_seconds())
        heard.set()
        await _until(writer, 0)
        why = select(messages.c.state, messages.c.reason).where(messages.c.direction == "out")
        found = (await writer.run(lambda c: c.execute(why).all()))[0]
    assert len(watch.begun) == (not stops)
    assert tuple(found) == (("suppressed", "consent is revoked") if stops else ("accepted", ""))
