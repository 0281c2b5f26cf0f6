"""/metrics over a socket: what Prometheus reads, and that there is nobody in it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.app import make_app
from bot.health import add_health
from bot.keys import CLOCK, READER, TEXTS, WALL_CLOCK, WRITER
from conversations.events import WorkerInvited
from records import watermarks
from records.database import connect
from records.reading import Reader
from tests.bot.conftest import MARIA, Street

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"(?:# (?:HELP|TYPE) )?(?:milepost|process)_\w+.*")
Figures = dict[tuple[str, ...], float]


async def figures(street: Street, url: str = "") -> Figures:
    """Each figure by its name and its labels' values."""
    async with street.session.get((url or street.url) + "/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = await response.text()
    assert all(LINE.fullmatch(line) for line in text.splitlines())
    return {
        (sample.name.removeprefix("milepost_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def joined(street: Street) -> None:
    """Maria was invited and said yes."""
    await street.house.writer.act(street.maria, WorkerInvited("Ana"), street.ana)
    await street.twilio.text_in(MARIA, "yes")
    await street.twilio.wait_for_texts(MARIA, 3)


async def test_nothing_waits_in_a_quiet_house(street: Street) -> None:
    found = await figures(street)
    for name in ("nudges_due", "message_oldest_seconds", "writer_waiting", "turns_under_way", "hooks_parked"):
        assert found[(name,)] == 0
    assert found[("database_up",)] == 1
    assert found[("process_resident_memory_bytes",)] > 0


async def test_texts_and_refused_posts_are_counted(street: Street) -> None:
    await joined(street)
    for _again in range(2):
        await street.twilio.text_in(MARIA, "hello", MessageSid="SM0")
    async with street.session.post(f"{street.url}/twilio/message", data={"Body": "hi"}) as response:
        assert response.status == 403
    assert await street.twilio.post_signed(f"{street.url}/twilio/message", {"Body": "hi"}) == 400
    await street.house.writer.close()
    assert await street.twilio.text_in(MARIA, "hello") == 503
    found = await figures(street)
    assert (found["texts_taken_total", "stored"], found["texts_taken_total", "duplicate"]) == (2, 1)
    refused = {why: found["webhooks_refused_total", why] for why in ("not_signed", "malformed", "not_stored")}
    assert refused == {"not_signed": 1, "malformed": 1, "not_stored": 1}


async def test_a_reply_is_timed_once_it_was_accepted(street: Street) -> None:
    street.clock.at += timedelta(seconds=1)
    await joined(street)
    found = await figures(street)
    assert found[("reply_seconds_count",)] == 0
    async with asyncio.timeout(20):
        while found[("reply_seconds_count",)] == 0:  # its acceptance may still be on the way to the database
            street.clock.at += timedelta(minutes=1)
            found = await figures(street)
    street.clock.at += timedelta(minutes=1)
    assert (await figures(street))[("reply_seconds_count",)] == 1


async def test_without_a_database_it_still_says_what_it_knows_by_itself(street: Street, tmp_path: Path) -> None:
    empty = Reader(connect(f"sqlite:///{tmp_path / 'empty.db'}"))
    app = make_app(replace(street.house, reader=empty), None)
    async with TestServer(app, access_log=None) as server:
        found = await figures(street, str(server.make_url("")).rstrip("/"))
    empty.close()
    assert found[("database_up",)] == 0
    assert ("nudges_due",) not in found
    assert ("writer_waiting",) in found


@dataclass(frozen=True)
class Sending:
    under_way: int
    breaker: str


def app_that_sends(street: Street, sending: Sending) -> web.Application:
    app = web.Application()
    app[WRITER], app[READER] = street.house.writer, street.house.reader
    app[TEXTS] = street.house.writer
    app[CLOCK] = app[WALL_CLOCK] = street.clock
    add_health(app, lambda: sending)
    return app


async def test_what_is_being_sent_and_the_breaker_are_told_where_texts_are_sent(street: Street) -> None:
    async with TestServer(app_that_sends(street, Sending(3, "open")), access_log=None) as server:
        found = await figures(street, str(server.make_url("")).rstrip("/"))
    assert found[("sends_under_way",)] == 3
    stands = {state: found["breaker", state] for state in ("closed", "open", "half_open")}
    assert stands == {"closed": 0, "open": 1, "half_open": 0}


async def test_nobody_is_in_the_figures(street: Street) -> None:
    await joined(street)
    await street.twilio.text_in(MARIA, "my sister is Rosa, 707 555 0123")
    async with street.session.get(f"{street.url}/metrics") as response:
        text = await response.text()
    for word in (MARIA.removeprefix("+"), "Maria", "Rosa", "0123", "Ana", "example.org", street.maria, street.ana):
        assert word not in text


async def test_every_figure_that_the_readme_names_is_there(street: Street) -> None:
    await street.house.writer.run(lambda c: watermarks.raise_to(c, watermarks.INBOUND, street.clock.now()))
    app = app_that_sends(street, Sending(0, "closed"))
    named = set(re.findall(r"`milepost_(\w+?)(?:_total)?[`{]", (ROOT / "README.md").read_text(encoding="utf-8")))
    async with TestServer(app, access_log=None) as server, street.session.get(server.make_url("/metrics")) as response:
        shown = set(re.findall(r"^# TYPE milepost_(\w+?)(?:_total)? ", await response.text(), re.MULTILINE))
    assert named <= shown
