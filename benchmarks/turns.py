"""How many whole turns a second: a signed webhook in, a decided and committed turn out, 64 in flight.

Each round measures one server after another: ours without any storage (signature, parsing, an empty answer), ours on
SQLite (WAL, synchronous=FULL) and on Postgres, and the same turn with an async ORM session for each text on both. What
counts is the share of the first that ours reaches, and how many times the ORM's, as medians over the rounds: the
machine's own speed and noise cancel out. Then texts come at a steady rate, whether those before were answered or not.

    python benchmarks/turns.py [--rounds 5] [--turns 4000] [--rate 300] [--seconds 20]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import func, insert, select
from twilio.request_validator import RequestValidator

from benchmarks.tools.databases import POSTGRES, SQLITE, databases
from benchmarks.tools.figures import Figures, percentile, share
from bot import log, start_up
from bot.app import House, Part, Plan, fork_turns, make_app, open_house
from bot.channels.twilio_webhooks import Signature
from bot.clock import SystemClock
from bot.county_file import EXAMPLE, load_county
from bot.decider import Decider
from bot.keys import TEXTS, TakesTexts
from bot.languages import load_languages
from bot.settings import Settings
from bot.turns_process import TurnsProcesses
from records.database import connect
from records.ids import new_id
from records.tables import clients, messages, staff
from records.turns import Inbound, Taken

PUBLIC_URL = "https://milepost.example"
TOKEN = secrets.token_hex(16)
IN_FLIGHT = 64
IN_FLIGHT_TO_ORM = 16
"""With more it is no quicker, and some wait longer than a webhook may."""

SETTINGS: dict[str, Any] = {
    "_env_file": None,
    "county": EXAMPLE,
    "public_url": PUBLIC_URL,
    "secret_key": "k" * 32,
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_from": "+17075550134",
}
NO_BREATH = timedelta(0)
"""Each text is a turn of its own, whether another follows at once or not."""

LEAST = {SQLITE: 0.35, POSTGRES: 0.30}
"""Of the same server without storage."""

TIMES_THE_ORM = 8.0
MOST_LATENCY = 100.0
"""Milliseconds, for 99 answers in 100 at the steady rate."""

TALK = (
    *("START", "1", "1", "2", "1"),
    *("get my food handler card", "more hours", "2", "sign up for the class", "tuesday 10am", "library computer"),
    *("none", "no sitter", "I ask my sister", "find my ID", "1", "1", "1"),
)
"""One client, from joining to a saved plan. Every text is answered by the next question."""


class Keeper(StrEnum):
    """Who keeps what was texted."""

    NOBODY = "nobody"
    OURS = "ours"
    ORM = "orm"


class Nowhere:
    """In place of the writer: the text is taken and forgotten. What is left is the server without storage."""

    waiting = under_way = 0
    busy_for = 0.0

    async def take_text(self, _inbound: Inbound) -> Taken:
        return Taken.STORED


def number_of(client: int) -> str:
    return f"+1707{client:07d}"


def fill(url: str, count: int) -> None:
    """Into a fresh database: `count` clients who have not joined yet."""
    engine = connect(url)
    now = datetime.now(UTC)
    worker = new_id(now)
    with engine.begin() as connection:
        connection.execute(
            insert(staff).values(
                id=worker, email="ana@example.org", first_name="Ana", role="etw", password_hash="", created_at=now
            )
        )
        people = [
            {
                "id": new_id(now),
                "number": number_of(client),
                "first_name": "Maria",
                "language": "en",
                "zone": "America/Los_Angeles",
                "consent": "none",
                "worker_id": worker,
                "created_at": now,
            }
            for client in range(count)
        ]
        connection.execute(insert(clients), people)
    engine.dispose()


def replied(url: str) -> tuple[int, int]:
    """Texts in and out that the database holds: the proof that the turns were real."""
    engine = connect(url)
    with engine.begin() as connection:
        rows = connection.execute(select(messages.c.direction, func.count()).group_by(messages.c.direction)).all()
    engine.dispose()
    counts = [sum(row[1] for row in rows if row[0] == direction) for direction in ("in", "out")]
    return counts[0], counts[1]


def serve(url: str, keeper: Keeper) -> None:
    """The child: our own server, whoever keeps the texts. Prints its port and lives until its input ends."""
    start_up.begin()
    log.set_up()
    settings = Settings(**SETTINGS, twilio_auth_token=SecretStr(TOKEN), database_url=SecretStr(url))
    county = replace(load_county(settings.county), words_joined_within=NO_BREATH)
    plan = Plan(settings, county, load_languages(county.languages), SystemClock(), Part.WEB)
    turns = fork_turns(plan) if keeper is Keeper.OURS else None
    asyncio.run(live(plan, keeper, turns))


async def live(plan: Plan, keeper: Keeper, turns: TurnsProcesses | None) -> None:
    async with open_house(plan, None, turns=turns) as house, keeping(keeper, house) as texts:
        app = make_app(house, Signature(TOKEN, PUBLIC_URL))
        app[TEXTS] = texts
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        start_up.is_over()
        print(runner.addresses[0][1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


@asynccontextmanager
async def keeping(keeper: Keeper, house: House) -> AsyncIterator[TakesTexts]:
    match keeper:
        case Keeper.NOBODY:
            yield Nowhere()
        case Keeper.OURS:
            yield house.turns or house.writer
        case Keeper.ORM:
            from benchmarks.tools.orm_turns import orm_writer  # noqa: PLC0415  so that ours does without the ORM

            plan = house.plan
            decider = Decider(plan.county, plan.languages)
            async with orm_writer(plan.settings.database, decider, plan.county) as writer:
                yield writer


@contextmanager
def running(url: str, keeper: Keeper, *, core: int | None = None) -> Iterator[int]:
    """A server in a process of its own, on that core if one is named; gives the port."""
    command = [sys.executable, __file__, "--serve", url, "--token", TOKEN, "--keeper", keeper]
    if core is not None:
        command += ["--core", str(core)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        port = int(child.stdout.readline())
        yield port
        child.stdin.close()


def posts(client: int) -> list[bytes]:
    """One client's texts as signed requests, ready to be written to a socket."""
    validator = RequestValidator(TOKEN)
    ready = []
    for text in TALK:
        form = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": number_of(client), "To": "+17075550134"}
        form |= {"Body": text, "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01"}
        signature = validator.compute_signature(f"{PUBLIC_URL}/twilio/message", form)
        body = urlencode(form).encode()
        head = (
            f"POST /twilio/message HTTP/1.1\r\nHost: milepost.example\r\nX-Twilio-Signature: {signature}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        ready.append(head.encode() + body)
    return ready


async def post_all(port: int, talks: list[list[bytes]], in_flight: int) -> tuple[float, list[float]]:
    """All talks, so many at a time; gives the seconds it took and every answer's latency."""
    waiting = iter(talks)
    latencies: list[float] = []

    async def lane() -> None:
        line = await Line.open(port)
        for talk in waiting:
            for post in talk:
                began = time.perf_counter()
                await line.ask(post)
                latencies.append(time.perf_counter() - began)
        line.close()

    began = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(in_flight)))
    return time.perf_counter() - began, latencies


async def post_at(port: int, posts: list[bytes], rate: float) -> list[float]:
    """So many a second, whatever becomes of those before; gives each answer's latency since it was to be asked."""
    idle: list[Line] = []
    latencies: list[float] = []
    began = time.perf_counter() + 0.1

    async def ask(post: bytes, due: float) -> None:
        line = idle.pop() if idle else await Line.open(port)
        await line.ask(post)
        latencies.append(time.perf_counter() - due)
        idle.append(line)

    async with asyncio.TaskGroup() as asked:
        for nth, post in enumerate(posts):
            due = began + nth / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            asked.create_task(ask(post, due))
    for line in idle:
        line.close()
    return latencies


class Line:
    """A connection, for one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, post: bytes) -> None:
        self._writer.write(post)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


def measure(url: str, keeper: Keeper, first: int, count: int) -> tuple[float, float]:
    """Turns a second, and the latency that 99 in 100 stay under, in milliseconds."""
    talks = [posts(client) for client in range(first, first + count)]
    in_flight = IN_FLIGHT_TO_ORM if keeper is Keeper.ORM else IN_FLIGHT
    with running(url, keeper) as port:
        seconds, latencies = asyncio.run(post_all(port, talks, in_flight))
    return count * len(TALK) / seconds, percentile(latencies, 99) * 1000


def measure_steady(url: str, first: int, rate: float, seconds: float) -> list[float]:
    """Milliseconds of each answer. The server has one core, we have another: only its database may come to ours."""
    texts = int(rate * seconds)
    talks = [posts(client) for client in range(first, first + steady_clients(rate, seconds))]
    in_turn = [post for together in zip(*talks, strict=True) for post in together][:texts]
    here = os.sched_getaffinity(0)
    ours, theirs = min(here), max(here)
    with running(url, Keeper.OURS, core=theirs) as port:
        os.sched_setaffinity(0, {ours})
        try:
            return [latency * 1000 for latency in asyncio.run(post_at(port, in_turn, rate))]
        finally:
            os.sched_setaffinity(0, here)


def steady_clients(rate: float, seconds: float) -> int:
    return -(-int(rate * seconds) // len(TALK))


def main(rounds: int, turns: int, rate: float, seconds: float) -> int:
    figures = Figures()
    count = max(IN_FLIGHT, turns // len(TALK))
    servers = [(SQLITE, Keeper.NOBODY), *((kind, keeper) for keeper in (Keeper.OURS, Keeper.ORM) for kind in LEAST)]
    rates: dict[tuple[str, Keeper], list[float]] = {server: [] for server in servers}
    slowest: dict[tuple[str, Keeper], list[float]] = {server: [] for server in servers}
    with databases() as among:
        urls = {server: among.fresh(server[0]) for server in servers}
        sizes = {server: 2 * IN_FLIGHT_TO_ORM if server[1] is Keeper.ORM else count for server in servers}
        for server, url in urls.items():
            fill(url, rounds * sizes[server] + steady_clients(rate, seconds))
        for turn in range(rounds):
            for server, size in sizes.items():
                reached, p99 = measure(urls[server], server[1], turn * size, size)
                rates[server].append(reached)
                slowest[server].append(p99)
        for server, size in sizes.items():
            if server[1] is not Keeper.NOBODY:
                check(urls[server], rounds * size * len(TALK), " ".join(server))
        bare, *_ = rates.values()
        print(f"{rounds} rounds of {count * len(TALK)} turns, {IN_FLIGHT} in flight; medians")
        for server, seen in rates.items():
            figures.note(
                f"{server[0]}, kept by {server[1]}: {statistics.median(seen):.0f} turns/s, "
                f"99 % answered within {statistics.median(slowest[server]):.0f} ms"
            )
        for kind, least in LEAST.items():
            ours, orm = rates[kind, Keeper.OURS], rates[kind, Keeper.ORM]
            figures.at_least(f"{kind}: share of the server without storage", share(ours, bare), least)
            figures.at_least(f"{kind}: times the async ORM", share(ours, orm), TIMES_THE_ORM)
        for kind in LEAST:
            url = urls[kind, Keeper.OURS]
            latencies = measure_steady(url, rounds * count, rate, seconds)
            told = f"half {statistics.median(latencies):.1f} ms, longest {max(latencies):.0f} ms"
            name = f"{kind}: at {rate:.0f} texts/s 99 % are answered within"
            figures.at_most(name, percentile(latencies, 99), MOST_LATENCY, " ms", told)
    print("It is bound by deciding, which is pure Python, then by the statements; at 64 in flight not by the disk.")
    return figures.exit_status()


def check(url: str, expected: int, name: str) -> None:
    """That the turns were real."""
    taken, answered = replied(url)
    assert taken == expected, f"{name}: {taken} texts stored of {expected}"
    assert answered >= expected, f"{name}: {answered} answers to {expected} texts"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--turns", type=int, default=4000, help="turns a round, for each server but the ORM's")
    parser.add_argument("--rate", type=float, default=300, help="texts a second at the steady rate")
    parser.add_argument("--seconds", type=float, default=20, help="of the steady rate")
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--token", help=argparse.SUPPRESS)
    parser.add_argument("--keeper", type=Keeper, help=argparse.SUPPRESS)
    parser.add_argument("--core", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        TOKEN = given.token
        if given.core is not None:
            os.sched_setaffinity(0, {given.core})
        serve(given.serve, given.keeper)
    else:
        sys.exit(main(given.rounds, given.turns, given.rate, given.seconds))
