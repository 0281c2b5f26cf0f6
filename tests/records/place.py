"""A small county with its database, a writer, and a decider that does what the test says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Engine, Table, select, update

from conversations.county import County, Hook
from conversations.effects import Effect, Purpose, SettleNudge, Texted
from conversations.events import Event
from conversations.nudges import Nudge, NudgeState
from conversations.shared_phone import Held, Phone, Routing
from conversations.situation import Consent, Situation
from records import outbox, people
from records.outbox import Claimed, Claims
from records.pace import Pace
from records.roles import Role
from records.tables import clients
from records.writer import Inbound, Taken, Writer

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)  # a Monday, 10:00 in California
ZONE = "America/Los_Angeles"
UNBOUND = Pace("+15550000001", 1e6)


def texted(body: str = "Hello", purpose: Purpose = Purpose.REPLY, template: str = "welcome/hello") -> Texted:
    return Texted(body, "en", 1, "GSM-7", purpose, template)


@dataclass
class Script:
    """Decides as the test says, and remembers what it was asked."""

    on_text: Callable[[Situation, Event], Sequence[Effect]] = lambda _situation, _event: [texted()]
    on_due: Callable[[Situation, Sequence[Nudge]], Sequence[Effect]] = lambda _situation, nudges: [
        SettleNudge(nudge.id, NudgeState.SENT, "") for nudge in nudges
    ]
    on_stranger: Callable[[str, datetime | None], Sequence[Texted]] = lambda _text, helped: [] if helped else [texted()]
    on_shared: Callable[[Phone, Held], Routing] = lambda phone, said: Routing(
        ((phone.people[0].client.id, said),), replace(phone, speaker=phone.people[0].client.id)
    )
    seen: list[Situation] = field(default_factory=list)

    def decide(self, situation: Situation, event: Event, now: datetime) -> Sequence[Effect]:
        self.seen.append(situation)
        return self.on_text(situation, event)

    def decide_due(self, situation: Situation, nudges: Sequence[Nudge], now: datetime) -> Sequence[Effect]:
        self.seen.append(situation)
        return self.on_due(situation, nudges)

    def route(self, phone: Phone, said: Held, now: datetime) -> Routing:
        return self.on_shared(phone, said)

    def answer_stranger(self, text: str, helped_at: datetime | None, now: datetime) -> Sequence[Texted]:
        return self.on_stranger(text, helped_at)


@dataclass
class Place:
    """Everything a test needs. Clients count from 0: `ids[0]`, `numbers[0]`. The clock stands until it is moved."""

    engine: Engine
    script: Script
    county: County
    worker: str
    ids: list[str]
    numbers: list[str]
    now: datetime = NOW
    writer: Writer = field(init=False)
    _texts: int = 0

    def start(self) -> None:
        self.writer = Writer(self.engine, self.script, lambda: self.now, self.county)

    async def says(self, text: str, client: int = 0, provider_id: str | None = None) -> Taken:
        self._texts += 1
        number = self.numbers[client] if client < len(self.numbers) else f"+1555999{client:04d}"
        return await self.writer.take_text(Inbound(provider_id or f"SM{self._texts}", number, text))

    async def decides(self, *effects: Effect, client: int = 0) -> Situation:
        """A text comes in, on which exactly these effects follow; gives the situation that was loaded for it."""
        before, self.script.on_text = self.script.on_text, lambda _situation, _event: effects
        await self.says("ok", client)
        self.script.on_text = before
        return self.script.seen[-1]

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now

    def rows(self, table: Table, *where: ColumnElement[bool]) -> list[Any]:
        with self.engine.begin() as connection:
            return list(connection.execute(select(table).where(*where).order_by(*table.primary_key)).all())

    def claims(self, limit: int = 10) -> list[Claimed]:
        claims: Claims = self.do(lambda connection: outbox.claim(connection, self.now, limit, UNBOUND))
        return claims.texts

    def do(self, act: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
        with self.engine.begin() as connection:
            return act(connection)


@asynccontextmanager
async def open_place(engine: Engine) -> AsyncIterator[Place]:
    """Five clients who have agreed, one worker."""
    county = County("Alder", "Goals", "555-0100", ZoneInfo(ZONE), hooks=(Hook("desk"), Hook("pager")))
    numbers = [f"+1555010{n:04d}" for n in range(5)]
    with engine.begin() as connection:
        worker = people.add_staff(connection, "ana@example.org", "Ana", Role.ETW, "hash", NOW)
        new = [people.NewClient(number, f"Client{n}", "en", ZONE, worker) for n, number in enumerate(numbers)]
        people.put_clients(connection, new, worker, NOW)
        connection.execute(update(clients).values(consent=Consent.ACTIVE))
        ids = list(connection.scalars(select(clients.c.id).order_by(clients.c.number)))
    place = Place(engine, Script(), county, worker, ids, numbers)
    place.start()
    yield place
    await asyncio.wait_for(place.writer.close(), 20)
