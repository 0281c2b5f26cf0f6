"""A county with two workers, a supervisor and three clients, behind a real server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp_jinja2
import jinja2
from aiohttp import ClientSession, web
from argon2 import PasswordHasher
from jinja2.bccache import Bucket
from sqlalchemy import Connection, insert

from bot.app import House, Part, Plan, make_app, open_house
from bot.clock import DemoClock
from bot.keys import OFFERS, WALL_CLOCK
from bot.languages import load_languages
from bot.settings import HouseSettings
from conversations.county import County
from records.channels import ChannelName
from records.ids import new_id
from records.tables import clients, staff
from scheduler.channel import Channel

PACIFIC = ZoneInfo("America/Los_Angeles")
PASSWORD = "a long and private password"
SECRET_KEY = "k" * 40
HASHED = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""A cheap hash, as nearly every test logs in: what a check of it costs is written in the hash."""
MONDAY = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
"""Ten in the morning in California."""


class Compiled(jinja2.BytecodeCache):
    """The templates once compiled, for all servers of a process."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if known := self.known.get(bucket.key):
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class StoodClock(DemoClock):
    """A demo clock that stands still until it is moved."""

    def __init__(self, at: datetime = MONDAY) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at + self._ahead


@dataclass(repr=False)  # asyncio writes one for each run of a fixture that gives it
class Office:
    """The server and what the tests want of it. The ids are of the staff and the clients."""

    url: str
    app: web.Application
    house: House
    clock: StoodClock
    wall: StoodClock
    ana: str
    ben: str
    sue: str
    maria: str
    joe: str
    pat: str

    async def write(self, do: Callable[[Connection], object]) -> None:
        await self.house.writer.run(do)


@dataclass
class Browser:
    """Somebody at a browser: keeps cookies, and knows the token of the last form it saw."""

    http: ClientSession
    url: str
    csrf: str = ""
    status: int = 0
    at: str = ""

    async def get(self, path: str, **headers: str) -> str:
        async with self.http.get(self.url + path, headers={"Accept": "text/html", **headers}) as answer:
            return self._seen(answer.status, answer.url.path_qs, await answer.text())

    async def post(self, path: str, **form: str) -> str:
        """Sends the token of the last page, unless `csrf` says another."""
        return await self.post_with({}, path, **form)

    async def post_with(self, headers: dict[str, str], path: str, /, **form: str) -> str:
        data, sent = {"csrf": self.csrf, **form}, {"Accept": "text/html", **headers}
        async with self.http.post(self.url + path, data=data, headers=sent) as answer:
            return self._seen(answer.status, answer.url.path_qs, await answer.text())

    async def log_in(self, email: str, password: str = PASSWORD) -> str:
        return await self.post("/staff/log-in", email=email, password=password)

    def _seen(self, status: int, at: str, page: str) -> str:
        self.status, self.at = status, at
        if found := re.search(r'name="csrf" value="([^"]+)"', page):
            self.csrf = found[1]
        return page


def a_county() -> County:
    return County(name="Demo County", program="Goal Line", phone="707-555-0134", zone=PACIFIC, drafts_allowed=True)


@asynccontextmanager
async def open_office(
    database_url: str, channel: Channel | None = None, *, second_factor: bool = False
) -> AsyncIterator[Office]:
    """All of it on a free port, until the block is left. The database has its tables and nothing in them.

    With a channel, what falls due is taken and texts leave.
    """
    clock = StoodClock()
    async with open_server(database_url, clock, a_county(), channel, second_factor=second_factor) as server:
        people = await server.house.writer.run(add_people)
        yield Office(server.url, server.app, server.house, clock, server.wall, **people)


@dataclass(frozen=True)
class Server:
    url: str
    app: web.Application
    house: House
    wall: StoodClock


@asynccontextmanager
async def open_server(
    database_url: str,
    clock: DemoClock,
    county: County,
    channel: Channel | None = None,
    *,
    second_factor: bool = False,
) -> AsyncIterator[Server]:
    """A house and its pages on a free port; whoever is in the database is there."""
    async with AsyncExitStack() as stack:
        settings = HouseSettings(
            _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it beside the fields
            database_url=database_url,  # type: ignore[arg-type]
            county=Path("county.toml"),
            public_url="http://127.0.0.1:8080",
            secret_key=SECRET_KEY,  # type: ignore[arg-type]
            staff_second_factor=second_factor,
        )
        plan = Plan(
            settings, county, load_languages(["en", "es"]), clock, Part.ALL if channel else Part.WEB, pace=1000.0
        )
        house = await stack.enter_async_context(open_house(plan, channel))
        app = make_app(house, None)
        aiohttp_jinja2.get_env(app).bytecode_cache = COMPILED
        app[WALL_CLOCK] = wall = StoodClock()
        app[OFFERS] = frozenset(ChannelName)
        runner = web.AppRunner(app)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield Server(f"http://127.0.0.1:{runner.addresses[0][1]}", app, house, wall)


def add_people(connection: Connection) -> dict[str, str]:
    ids = {name: new_id(MONDAY) for name in ("ana", "ben", "sue", "maria", "joe", "pat")}
    for name, role in (("ana", "etw"), ("ben", "etw"), ("sue", "supervisor")):
        row = {
            "id": ids[name],
            "email": f"{name}@county.example",
            "first_name": name.title(),
            "role": role,
            "writes": "en es" if name == "ana" else "",
            "password_hash": HASHED,
            "active": True,
            "created_at": MONDAY,
        }
        connection.execute(insert(staff).values(row))
    for nth, (name, language, worker) in enumerate(
        (("maria", "es", "ana"), ("joe", "en", "ana"), ("pat", "en", "ben"))
    ):
        row = {
            "id": ids[name],
            "number": f"+1707555010{nth}",
            "first_name": name.title(),
            "language": language,
            "zone": "America/Los_Angeles",
            "consent": "active",
            "worker_id": ids[worker],
            "created_at": MONDAY - timedelta(days=20),
        }
        connection.execute(insert(clients).values(row))
    return ids
