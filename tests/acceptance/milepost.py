"""Milepost as a county runs it: the command line, a server in a process of its own, the staff pages in a browser."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.county_file import EXAMPLE
from bot.trust.fake_twilio import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a long sentence is easy"
WAITING = re.compile(r"^milepost_(?:messages_waiting\{.*\}|nudges_due) ([0-9.]+)$", re.MULTILINE)
START = 40.0
"""Seconds; a busy machine imports slowly."""


def uncounted() -> dict[str, str]:
    """Our environment, without what would count the coverage of a process: that takes as long as all it does."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Installation:
    """A folder with a county's settings; the database is empty until `milepost migrate`."""

    folder: Path
    port: int
    settings: Mapping[str, str]

    @property
    def url(self) -> str:
        return self.settings["PUBLIC_URL"]

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock"

    async def milepost(self, *arguments: str, stdin: str = "") -> Done:
        """Run one command to its end."""
        process = await self._start(*arguments)
        out, err = await process.communicate(stdin.encode())
        return Done(process.returncode or 0, out.decode(), err.decode())

    @asynccontextmanager
    async def serving(self, *arguments: str, answers: bool = True) -> AsyncIterator[None]:
        """`milepost serve` until the end of the context; then it must stop cleanly when told to.

        Unless it `answers` the web nobody can tell when it is ready.
        """
        process = await self._start("serve", *arguments)
        log = asyncio.create_task(process.stderr.read() if process.stderr else asyncio.sleep(0, b""))
        try:
            if answers:
                await self._ready(process, log)
            yield
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            status = await asyncio.wait_for(process.wait(), 20)
            text = (await log).decode()
        assert status == 0, text

    async def _start(self, *arguments: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        environment = {**uncounted(), **self.settings, "PYTHONPATH": str(ROOT)}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments,
            cwd=self.folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe,
        )  # fmt: skip

    async def _ready(self, process: asyncio.subprocess.Process, log: asyncio.Task[bytes]) -> None:
        async with asyncio.timeout(START), aiohttp.ClientSession() as session:
            while True:
                if process.returncode is not None:
                    raise AssertionError(f"milepost serve ended with {process.returncode}: {(await log).decode()}")
                try:
                    async with session.get(f"{self.url}/ready") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1)

    def set_clock(self, moment: datetime) -> None:
        """The server's time, which stands still until it is set again. Replaced whole, so that no half is read."""
        new = self.clock_file.with_suffix(".new")
        new.write_text(moment.isoformat(), encoding="ascii")
        new.replace(self.clock_file)

    async def quiet(self, within: float = 20) -> None:
        """Wait until nothing is due and nothing waits to leave. Raises TimeoutError."""
        async with asyncio.timeout(within), aiohttp.ClientSession() as session:
            while True:
                async with session.get(f"{self.url}/metrics") as response:
                    waiting = [float(value) for value in WAITING.findall(await response.text())]
                assert waiting, "the server no longer says what waits"
                if not any(waiting):
                    return
                await asyncio.sleep(0.05)


def install(folder: Path, database_url: str, port: int, twilio_url: str, **more: str) -> Installation:
    settings = {
        "DATABASE_URL": database_url,
        "COUNTY": str(EXAMPLE),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "SECRET_KEY": "k" * 32,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_FROM": OUR_NUMBER,
        "TWILIO_SEGMENTS_A_SECOND": "100",
        "TWILIO_API_BASE": twilio_url,
    }
    return Installation(folder, port, settings | more)


class StaffBrowser:
    """A worker at the staff pages, as far as forms go."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def log_in(self, email: str) -> None:
        await self._post("/staff/log-in", {"email": email, "password": PASSWORD})

    async def page(self, path: str) -> str:
        async with self._session.get(self._url + path) as response:
            text = await response.text()
            assert response.status == 200, text
            return text

    async def invite(self, first_name: str) -> None:
        """From the list to the client's page, and the button there."""
        caseload = await self.page("/staff/clients")
        found = re.search(rf'href="(/staff/clients/[0-9a-f]{{32}})"[^>]*>\s*{first_name}\b', caseload)
        assert found, caseload
        await self.submit(found[1], f"{found[1]}/invite")

    async def submit(self, page: str, action: str, **fields: str) -> None:
        token = re.search(r'name="csrf" value="([^"]+)"', await self.page(page))
        assert token, f"no form on {page}"
        await self._post(action, {"csrf": token[1]} | fields)

    async def _post(self, path: str, fields: Mapping[str, str]) -> None:
        async with self._session.post(self._url + path, data=fields) as response:
            assert response.status == 200, await response.text()


@asynccontextmanager
async def staff_browser(url: str, email: str) -> AsyncIterator[StaffBrowser]:
    jar = aiohttp.CookieJar(unsafe=True)  # it takes cookies from an IP address
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        browser = StaffBrowser(session, url)
        await browser.log_in(email)
        yield browser
