"""Breaking the database that processes use, for real: it is cut off, or it has no room left."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from sqlalchemy import Engine, make_url, text
from sqlalchemy.engine import URL

from bot.trust.ground import Ground, TrialError
from bot.trust.processes import Server, free_port
from records.tables import metadata

POSTGRES = 5432


class Breakable(Protocol):
    """`url` is the address under which the database can be broken, and mended."""

    @property
    def url(self) -> str: ...

    async def shatter(self, server: Server) -> None: ...

    async def mend(self, server: Server) -> None: ...


class LockedFile:
    """SQLite is cut off by somebody who keeps its lock."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._holder: sqlite3.Connection | None = None

    async def shatter(self, _server: Server) -> None:
        file = str(make_url(self.url).database)
        self._holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=60)
        await asyncio.to_thread(self._holder.execute, "BEGIN IMMEDIATE")

    async def mend(self, _server: Server) -> None:
        if self._holder:
            self._holder.close()


class FileWithoutRoom:
    """No file of the process may grow, as on a full disk."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def shatter(self, server: Server) -> None:
        if not hasattr(resource, "prlimit"):
            raise TrialError("only Linux can keep another process from writing")
        self._limit(server, 1)

    async def mend(self, server: Server) -> None:
        self._limit(server, resource.RLIM_INFINITY)

    def _limit(self, server: Server, most: int) -> None:
        for pid in server.pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


class PostgresWithoutRoom:
    """Refuses what is written with the error of a full disk, as long as there is a row in `no_room`."""

    def __init__(self, url: str, engine: Engine) -> None:
        self.url = url
        self._engine = engine

    def prepare(self) -> None:
        refuses = "IF EXISTS (SELECT FROM no_room) THEN RAISE 'no room' USING ERRCODE = 'disk_full'; END IF"
        trigger = "BEFORE INSERT OR UPDATE ON {} EXECUTE FUNCTION refuse()"
        self._run(
            "CREATE TABLE no_room (since int)",
            f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuses}; RETURN NULL; END $$",
            *(f"CREATE TRIGGER refuse {trigger.format(name)}" for name in metadata.tables),
        )

    def take_away(self) -> None:
        self._run("DROP FUNCTION refuse CASCADE", "DROP TABLE no_room")

    async def shatter(self, _server: Server) -> None:
        await asyncio.to_thread(self._run, "INSERT INTO no_room VALUES (1)")

    async def mend(self, _server: Server) -> None:
        await asyncio.to_thread(self._run, "DELETE FROM no_room")

    def _run(self, *statements: str) -> None:
        with self._engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))


class CuttableLine:
    """The way to Postgres leads through here. Cut off, every connection breaks and none is taken."""

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self._port = free_port()
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        near = self._target.set(host="127.0.0.1", port=self._port)
        query = {name: value for name, value in near.query.items() if name not in {"host", "port"}}
        return near.set(query=query).render_as_string(hide_password=False)

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._lead, "127.0.0.1", self._port)

    async def shatter(self, _server: Server) -> None:
        self.close()

    async def mend(self, _server: Server) -> None:
        await self.open()

    def close(self) -> None:
        if self._server:
            self._server.close()
        for end in self._ends:
            end.transport.abort()

    async def _lead(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await _reach(self._target)
        ends = {back, forth}
        self._ends |= ends
        await asyncio.gather(_carry(near, forth), _carry(far, back))
        self._ends -= ends


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await source.read(65536):
            target.write(some)
            await target.drain()
    target.close()


async def _reach(url: URL) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """As the driver would: by a socket in a folder, or by the network."""
    host, port = url.query.get("host") or url.host or "/var/run/postgresql", url.port or POSTGRES
    if str(host).startswith("/"):
        return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    return await asyncio.open_connection(str(host), port)


@asynccontextmanager
async def cut_off(ground: Ground) -> AsyncIterator[Breakable]:
    """A database that can be cut off from its processes."""
    if not ground.is_postgres:
        yield LockedFile(ground.url)
        return
    line = CuttableLine(ground.url)
    await line.open()
    try:
        yield line
    finally:
        line.close()


@asynccontextmanager
async def without_room(ground: Ground) -> AsyncIterator[Breakable]:
    """A database that can run out of room."""
    if not ground.is_postgres:
        yield FileWithoutRoom(ground.url)
        return
    database = PostgresWithoutRoom(ground.url, ground.engine)
    await asyncio.to_thread(database.prepare)
    try:
        yield database
    finally:
        await ground.nursery.kill_all()
        await asyncio.to_thread(database.take_away)
