"""`make run`: a demo that anybody can try, with no account anywhere."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.commands.demo import until_open
from bot.county_file import EXAMPLE, load_county
from records.roles import Role
from tests.acceptance.milepost import uncounted

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def demo(folder: Path, port: int) -> AsyncIterator[str]:
    """What the demo printed when it was ready."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--folder", str(folder), "--port", str(port),
        cwd=ROOT, env=uncounted(), stdout=pipe, stderr=pipe,
    )  # fmt: skip
    assert process.stdout
    assert process.stderr
    errors = asyncio.create_task(process.stderr.read())
    printed = ""
    try:
        async with asyncio.timeout(60):
            while "Ctrl-C" not in printed:
                line = await process.stdout.readline()
                assert line, (await errors).decode()
                printed += line.decode()
        yield printed
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 20) == 0, (await errors).decode()


async def phones_page(session: aiohttp.ClientSession, url: str, *, until: str) -> str:
    """The phones once they show something. Raises TimeoutError."""
    async with asyncio.timeout(20):
        while True:
            async with session.get(f"{url}/phone") as response:
                page = await response.text()
                assert response.status == 200
            if until in page:
                return page
            await asyncio.sleep(0.1)


async def names_seen(session: aiohttp.ClientSession, url: str, email: str, password: str) -> set[str]:
    """Of the clients, by whom this password lets in."""
    async with session.post(f"{url}/staff/log-in", data={"email": email, "password": password}) as response:
        assert (response.status, response.url.path == "/staff/log-in") == (200, False)
    async with session.get(f"{url}/staff/clients") as response:
        return set(re.findall(r"Maria|Rosa|Jose|Mai\b", (await response.text()).partition("<tbody")[2]))


@pytest.mark.parametrize(
    ("now", "hours"), [("2026-03-02T10:00", 0), ("2026-03-02T22:00", 11), ("2026-03-01T12:00", 21)]
)
def test_the_demo_begins_when_invitations_may_go(now: str, hours: int) -> None:
    county = load_county(EXAMPLE)
    at = datetime.fromisoformat(now).replace(tzinfo=county.zone)
    assert until_open(county, at) == timedelta(hours=hours)


@pytest.mark.timeout(180)
async def test_the_demo_is_ready_to_try_and_goes_on_where_it_was(tmp_path: Path, free_port: int) -> None:
    folder, url = tmp_path / "demo-data", f"http://127.0.0.1:{free_port}"
    jar = aiohttp.CookieJar(unsafe=True)  # it takes cookies from an IP address
    async with demo(folder, free_port) as printed, aiohttp.ClientSession(cookie_jar=jar) as session:
        assert f"{url}/phone" in printed
        page = await phones_page(session, url, until="Responda SI")
        assert "Hi Maria, Ana says" in page
        assert "Hi Mai" not in page
        action = re.search(r'action="(/phone/[0-9a-f]{32})"', page)
        assert action
        async with session.post(url + action[1], data={"text": "yes"}) as response:
            assert response.status == 200
        await phones_page(session, url, until="Who reads this phone?")
        async with session.post(f"{url}/phone/clock", data={"by": "day"}) as response:
            assert response.status == 200
        people = re.findall(r"(\S+@example\.org) +(\S+) +\w+, (\w+)", printed)
        assert {role for _email, _password, role in people} == set(Role)
        seen = {role: await names_seen(session, url, email, password) for email, password, role in people}
        assert seen["vc"] == {"Maria"}
        assert seen["icw"] == {"Mai"}
        assert seen["provider"] == {"Rosa"}
        assert seen["admin"] == seen["manager"] == set()
    async with demo(folder, free_port) as again, aiohttp.ClientSession() as session:
        assert again == printed
        await phones_page(session, url, until="Who reads this phone?")
