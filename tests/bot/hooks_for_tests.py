"""Those who are told: somebody's system, somebody's mail server. They fail when told to. And how to have them told."""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from email import message_from_string
from email.message import Message
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import Connection, insert, select

from bot.hooks.addresses import Address
from bot.hooks.delivering import LONGEST_WAIT, Hooks
from bot.hooks.weekly_mail import WeeklyMail
from conversations.county import County, Hook
from records import hook_queue
from records.ids import new_id
from records.tables import escalations, hook_deliveries
from tests.bot.conftest import MONDAY, Street

SECRET = "whsec_" + base64.b64encode(b"a secret of tests").decode()

HANG = "hang"
RESET = "reset"


class Receiver:
    """Somebody else's system. `faults` are what the next posts get instead of a 200: a status, HANG or RESET."""

    def __init__(self) -> None:
        self.faults: deque[int | str] = deque()
        self.came: list[tuple[str, Mapping[str, str]]] = []
        self.url = ""
        self._over = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        self.came.append((await request.text(), request.headers))
        fault = self.faults.popleft() if self.faults else 200
        if fault == HANG:
            await self._over.wait()
        if isinstance(fault, str):
            assert request.transport
            request.transport.abort()
            return web.Response()
        return web.Response(status=fault, headers={"Location": "/elsewhere"})

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Receiver]:
        app = web.Application()
        app.router.add_post("/in", self.take)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/in"
        try:
            yield self
        finally:
            self._over.set()
            await runner.cleanup()


class MailServer:
    """Speaks just enough SMTP. `faults` are what the next letters get instead of being taken, such as "451 later"."""

    def __init__(self) -> None:
        self.faults: deque[str] = deque()
        self.letters: list[tuple[str, Message]] = []
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[MailServer]:
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            self.url = f"mailto://127.0.0.1:{port}/?from=milepost@example.org"
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = ""
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line.split()[0].upper()
            if verb == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
            if verb == "DATA":
                writer.write(b"354 go on\r\n")
                answer = self._take(to, (await reader.readuntil(b"\r\n.\r\n")).decode()[: -len("\r\n.\r\n")])
            else:
                answer = "221 bye" if verb == "QUIT" else "250 ok"
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
            if verb == "QUIT":
                break
        writer.close()

    def _take(self, to: str, letter: str) -> str:
        if self.faults:
            return self.faults.popleft()
        self.letters.append((to, message_from_string(letter)))
        return "250 taken"


def text_of(letter: Message) -> str:
    payload = letter.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def address(hook: Hook, url: str, secret: str | None = SECRET) -> Mapping[str, Address]:
    return {hook.name: Address(hook, SecretStr(url), SecretStr(secret) if secret else None)}


async def open_item(street: Street, **columns: object) -> str:
    """An escalation of Maria's, which Ana has; gives its id."""
    given: dict[str, Any] = {
        "id": new_id(MONDAY),
        "client_id": street.maria,
        "trigger": "quiet",
        "level": "U1",
        "opened_at": MONDAY,
        "due_at": MONDAY,
        "assigned_to": street.ana,
    }
    await street.house.writer.run(lambda c: c.execute(insert(escalations).values(**given | columns)))
    return str((given | columns)["id"])


async def call(street: Street, hooks: Iterable[Hook], item: str, *occasions: str) -> None:
    """Put on their way what the hooks are to hear of it."""
    county = County("", "", "", street.house.plan.county.zone, hooks=tuple(hooks))

    def put(connection: Connection) -> None:
        row = connection.execute(select(escalations).where(escalations.c.id == item)).one()._asdict()
        for occasion in occasions:
            hook_queue.put(connection, hook_queue.rows(county, row, occasion, street.clock.now()))

    await street.house.writer.run(put)


async def states(street: Street) -> dict[str, str]:
    """The state of each notice by its occasion."""
    wanted = select(hook_deliveries.c.occasion, hook_deliveries.c.state)
    found = await street.house.reader.run(lambda c: c.execute(wanted).all())
    return {row.occasion: row.state for row in found}


async def leap_until(street: Street, wanted: Mapping[str, str]) -> None:
    """Wait until the notices are as wanted, by their occasions; the clock leaps over each wait."""
    async with asyncio.timeout(20):
        while await states(street) != wanted:
            street.clock.at += LONGEST_WAIT
            await asyncio.sleep(0.01)


@asynccontextmanager
async def at_work(street: Street, addresses: Mapping[str, Address], patience: float = 15) -> AsyncIterator[Hooks]:
    house, plan = street.house, street.house.plan
    weekly = WeeklyMail(house.reader, house.writer, plan.county, plan.languages, street.url, street.clock)
    hooks = Hooks(house.writer, addresses, street.url, street.clock, weekly=weekly, poll=0.01, patience=patience)
    hooks.start()
    yield hooks
    await hooks.close()
    await hooks.close()
