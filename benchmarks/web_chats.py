"""A thousand web chats open at once: how soon an answer is on the page, and how much memory a chat takes.

The server is a process of its own, with its processes for turns, as `milepost serve` has them. Clients hold their
streams open and write PLAN at a steady pace; what counts is the time from sending until the answer has come by the
stream. Memory is what the server holds more with all chats open than with none, once they have written.

    python benchmarks/web_chats.py [--chats 1000] [--a-second 20] [--seconds 30] [--only sqlite|postgres]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web
from sqlalchemy import Connection, insert

from benchmarks.tools.databases import POSTGRES, SQLITE, databases
from benchmarks.tools.figures import Figures, percentile
from bot import log
from bot.app import Plan, fork_turns, make_app, open_house
from bot.channels.phone import PhoneChannel
from bot.channels.several import SeveralChannels
from bot.channels.web_chat import WebChatChannel
from bot.clock import SystemClock
from bot.county_file import EXAMPLE, load_county
from bot.languages import load_languages
from bot.settings import HouseSettings
from bot.token_secrets import hash_of
from records import chat_sessions
from records.database import connect
from records.ids import new_id
from records.tables import clients, staff

SLOWEST = 300.0
"""Milliseconds from sending to the answer on the page, of which 95 in 100 take less."""

MOST_MEMORY = 60.0
"""KB that a chat takes."""

PATIENCE = 60.0


def fill(connection: Connection, chats: int) -> list[str]:
    """Clients who said yes, each in the chat on a phone of their own; gives their cookies."""
    now, worker = datetime.now(UTC), new_id(datetime.now(UTC))
    row = {"id": worker, "email": "a@county.example", "first_name": "Ana", "role": "etw", "password_hash": "-"}
    connection.execute(insert(staff).values({**row, "active": True, "created_at": now}))
    tokens = []
    for nth in range(chats):
        one = {"id": new_id(now), "number": f"+1707{2000000 + nth}", "first_name": f"Client {nth}", "language": "en"}
        more = {"zone": "America/Los_Angeles", "consent": "active", "worker_id": worker, "created_at": now}
        connection.execute(insert(clients).values({**one, **more}))
        tokens.append(secrets.token_urlsafe(16))
        chat_sessions.open_session(connection, one["id"], hash_of(tokens[-1]), "csrf", now, on_own_phone=True)
    return tokens


def serve(url: str, port: int) -> None:
    log.set_up(level=logging.CRITICAL)
    settings = HouseSettings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it beside the fields
        database_url=url,  # type: ignore[arg-type]
        county=Path("county.toml"),
        public_url="http://127.0.0.1",
        secret_key="k" * 40,  # type: ignore[arg-type]
    )
    county = load_county(EXAMPLE)
    plan = Plan(settings, county, load_languages(["en", "es"]), SystemClock(), pace=1000.0)
    turns = fork_turns(plan)

    async def live() -> None:
        async with open_house(plan, SeveralChannels(PhoneChannel(), WebChatChannel()), None, turns) as house:
            runner = web.AppRunner(make_app(house, None), access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port, backlog=2048).start()
            await asyncio.Event().wait()

    asyncio.run(live())


class Chat:
    """One client's page: its stream, and when what it sent was answered."""

    def __init__(self, http: ClientSession, url: str, token: str) -> None:
        self._http, self._url = http, url
        self._headers = {"Cookie": f"milepost_chat={token}", "X-CSRF-Token": "csrf", "Accept": "application/json"}
        self.is_open = asyncio.Event()
        self._answered = asyncio.Event()
        self._own_id = ""

    async def listen(self) -> None:
        async with self._http.get(f"{self._url}/chat/live", headers=self._headers) as answer:
            async for line in answer.content:
                self.is_open.set()
                if line.startswith(b"data: {"):
                    texts = json.loads(line[6:])["texts"]
                    if any(not text["is_mine"] for text in texts):
                        self._answered.set()

    async def say(self) -> float:
        """Milliseconds until the answer is there."""
        self._answered.clear()
        began = time.perf_counter()
        what = {"id": secrets.token_hex(16), "text": "PLAN"}
        async with self._http.post(f"{self._url}/chat/messages", json=what, headers=self._headers) as answer:
            answer.raise_for_status()
        async with asyncio.timeout(PATIENCE):
            await self._answered.wait()
        return (time.perf_counter() - began) * 1000


def memory(process_id: int) -> float:
    """KB of the process, without what it shares with those that it was forked from or into."""
    lines = Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith(("Private_", "Shared_Dirty")))


async def measure(
    url: str, process_id: int, tokens: Sequence[str], pace: float, seconds: float, figures: Figures
) -> None:
    async with ClientSession(connector=TCPConnector(limit=0), timeout=ClientTimeout(total=None)) as http:
        first = [Chat(http, url, token) for token in tokens[:10]]
        listening = [asyncio.create_task(chat.listen()) for chat in first]
        for chat in first:
            await chat.is_open.wait()
            await chat.say()
        before = memory(process_id)
        chats = [Chat(http, url, token) for token in tokens[10:]]
        listening += [asyncio.create_task(chat.listen()) for chat in chats]
        for chat in chats:
            await chat.is_open.wait()
        saying = []
        for nth in range(int(pace * seconds)):
            saying.append(asyncio.create_task(chats[nth % len(chats)].say()))
            await asyncio.sleep(1 / pace)
        took = await asyncio.gather(*saying)
        each = (memory(process_id) - before) / len(chats)
        figures.at_most("from sending to the answer on the page, p95", percentile(took, 95), SLOWEST, " ms")
        figures.note(
            f"median {percentile(took, 50):.0f} ms, longest {max(took):.0f} ms, {len(took)} texts, {len(tokens)} chats"
        )
        figures.at_most("memory of a chat", each, MOST_MEMORY, " KB")
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)


def main(chats: int, pace: float, seconds: float, kinds: Sequence[str]) -> int:
    figures = Figures()
    with databases() as fresh:
        for kind in kinds:
            print(kind, flush=True)
            database = fresh.fresh(kind)
            engine = connect(database)
            with engine.begin() as connection:
                tokens = fill(connection, chats)
            engine.dispose()
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            server = subprocess.Popen([sys.executable, __file__, "--serve", database, "--port", str(port)])
            try:
                _wait_for(port)
                asyncio.run(measure(f"http://127.0.0.1:{port}", server.pid, tokens, pace, seconds, figures))
            finally:
                server.terminate()
                server.wait()
    return figures.exit_status()


def _wait_for(port: int) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=1000)
    parser.add_argument("--a-second", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--only", choices=(SQLITE, POSTGRES))
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.port)
    sys.exit(main(given.chats, given.a_second, given.seconds, [given.only] if given.only else [SQLITE, POSTGRES]))
