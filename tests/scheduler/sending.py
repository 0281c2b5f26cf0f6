"""A database with texts that are due, the real writer on it, and a clock that can be moved: what a sender works on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from conversations.county import County
from records.database import connect
from records.ids import new_id
from records.pace import Pace
from records.states import MessageState
from records.tables import attempts, clients, messages, staff
from records.writer import Writer
from scheduler.channel import Channel
from scheduler.sender import Sender
from scheduler.timing import Timing
from scheduler.transactions import Transactions
from tests.records.place import Script

T = TypeVar("T")
A, B = "+17075550101", "+17075550102"
COUNTY = County("Demo", "Goal Line", "707 555 0100", ZoneInfo("America/Los_Angeles"))
FAST = Pace("us", 1000.0)
SHORT_DRAIN = Timing(drain=timedelta(seconds=0.3))


def due_text(
    now: datetime, number: str, body: str, priority: int = 0, client_id: str | None = None
) -> dict[str, object]:
    """A row of `messages` that is due now and of use for half a day."""
    return {
        "id": new_id(now),
        "client_id": client_id,
        "number": number,
        "direction": "out",
        "body": body,
        "language": "en",
        "segments": 1,
        "encoding": "GSM-7",
        "purpose": "reply",
        "template": "",
        "author": "bot",
        "state": MessageState.DUE,
        "reason": "",
        "at": now,
        "due_at": now,
        "expires_at": now + timedelta(hours=12),
        "priority": priority,
        "attempts": 0,
    }


class Desk:
    """Writes texts that are due, and reads what became of them. Close it at the end."""

    def __init__(self, url: str) -> None:
        self.engine = connect(url)
        self.reader = connect(url, reads_only=True)
        self.ahead = timedelta(0)
        nobody_decides = Script(on_text=lambda _situation, _event: [])
        self.writer = Writer(self.engine, nobody_decides, self.now, COUNTY)

    async def close(self) -> None:
        await self.writer.close()
        self.engine.dispose()
        self.reader.dispose()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @asynccontextmanager
    async def sending(
        self,
        channel: Channel,
        *,
        transactions: Transactions | None = None,
        pace: Pace = FAST,
        timing: Timing = Timing(),  # noqa: B008  it is frozen
        in_flight: int = 20,
        poll: float = 0.02,
    ) -> AsyncIterator[Sender]:
        sender = Sender(
            transactions or self.writer,
            channel,
            self.now,
            pace=pace,
            timing=timing,
            in_flight=in_flight,
            poll=poll,
            chance=lambda: 0.5,
        )
        sender.start()
        try:
            yield sender
        finally:
            await sender.close()

    async def write(self, *texts: tuple[str, str], priority: int = 0, client_id: str | None = None) -> None:
        rows = [due_text(self.now(), number, body, priority, client_id) for number, body in texts]
        await self.writer.run(lambda connection: connection.execute(insert(messages), rows))

    async def read(self, do: Callable[[Connection], T]) -> T:
        """Past the writer, whose commits would wake the sender."""

        def in_a_transaction() -> T:
            with self.reader.connect() as connection:
                return do(connection)

        return await asyncio.to_thread(in_a_transaction)

    async def states(self) -> dict[str, str]:
        """Each text's state by its body."""
        found = await self.read(lambda connection: connection.execute(select(messages.c.body, messages.c.state)).all())
        return {row.body: row.state for row in found}

    async def becomes(self, body: str, state: MessageState) -> None:
        async with asyncio.timeout(10):
            while (await self.states())[body] != state:  # noqa: ASYNC110  another thread writes it
                await asyncio.sleep(0.01)

    async def attempts_of(self, body: str) -> Sequence[str]:
        """What each try to send a text came to, in the order of the claims."""
        outcomes = select(attempts.c.outcome).where(attempts.c.body == body).order_by(attempts.c.id)
        return await self.read(lambda connection: connection.scalars(outcomes).all())

    async def a_client(self, number: str) -> str:
        """Maria, who agreed to be texted; gives her id."""
        now = self.now()
        worker, client = new_id(now), new_id(now)
        ana = {"id": worker, "email": "a@b.example", "first_name": "Ana", "role": "etw", "password_hash": "x"}
        maria = {"id": client, "number": number, "first_name": "Maria", "language": "en", "zone": "America/Los_Angeles"}
        agreed = {"consent": "active", "worker_id": worker, "created_at": now}

        def insert_both(connection: Connection) -> None:
            connection.execute(insert(staff), [ana | {"created_at": now}])
            connection.execute(insert(clients), [maria | agreed])

        await self.writer.run(insert_both)
        return client


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  it tells nobody
            await asyncio.sleep(0.005)
