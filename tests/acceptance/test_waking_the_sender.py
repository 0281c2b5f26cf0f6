"""An answer that one process decided on leaves another at once."""

from __future__ import annotations

import json
import secrets
import time
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import ClientResponse, ClientSession
from sqlalchemy import select, update

from bot.token_secrets import hash_of
from bot.trust.fake_twilio import FakeTwilio
from records import chat_sessions, people
from records.database import connect
from records.roles import Role
from records.tables import clients
from tests.acceptance.milepost import install

TEXTS = 8
A_POLL = 1.0
"""Seconds at which the sender looks by itself."""
ASKED = ("LIST", "VISIT", "WHO", "PRIVACY")
A_LOOK = 0.5
"""Seconds at which the pages of the chat look by themselves."""


@pytest.mark.postgres
@pytest.mark.timeout(120)
async def test_what_the_web_process_stores_the_sending_process_sends_without_waiting_for_its_poll(
    tmp_path: Path, migrated_postgres_url: str, free_port: int
) -> None:
    async with FakeTwilio() as twilio:
        county = install(tmp_path, migrated_postgres_url, free_port, twilio.url)
        twilio.webhook = county.url
        async with county.serving("--only", "web"), county.serving("--only", "scheduler", answers=False):
            await twilio.text_in("+17075550190", "hello")
            await twilio.wait_for_texts("+17075550190", 1, within=40)  # now it is up
            began = time.monotonic()
            for nth in range(TEXTS):
                await twilio.text_in(f"+1707555020{nth}", "hello")
                await twilio.wait_for_texts(f"+1707555020{nth}", 1)
            assert time.monotonic() - began < TEXTS * A_POLL / 2


@pytest.mark.postgres
@pytest.mark.timeout(120)
async def test_what_the_sending_process_shows_in_the_chat_the_web_process_has_on_the_page_at_once(
    tmp_path: Path, migrated_postgres_url: str, free_port: int
) -> None:
    async with FakeTwilio() as twilio:
        county = install(tmp_path, migrated_postgres_url, free_port, twilio.url)
        token = in_the_chat(migrated_postgres_url)
        async with (
            county.serving("--only", "web"),
            county.serving("--only", "scheduler", answers=False),
            ClientSession(headers={"Cookie": f"milepost_chat={token}", "X-CSRF-Token": "csrf"}) as http,
            http.get(f"{county.url}/chat/live") as page,
        ):
            await says(http, county.url, page, "PLAN")  # now it is up
            began = time.monotonic()
            for words in ASKED:
                await says(http, county.url, page, words)
            assert time.monotonic() - began < len(ASKED) * A_LOOK / 2


def in_the_chat(url: str) -> str:
    """The cookie of a client who is there."""
    engine, now, token = connect(url), datetime.now(UTC), "a-token"
    with engine.begin() as connection:
        worker = people.add_staff(connection, "ana@example.org", "Ana", Role.ETW, "-", now)
        new = [people.NewClient("+17075550101", "Joe", "en", "America/Los_Angeles", worker)]
        people.put_clients(connection, new, worker, now)
        connection.execute(update(clients).values(consent="active"))
        joe = connection.scalars(select(clients.c.id)).one()
        chat_sessions.open_session(connection, joe, hash_of(token), "csrf", now, on_own_phone=True)
    engine.dispose()
    return token


async def says(http: ClientSession, url: str, page: ClientResponse, words: str) -> None:
    """Until it is answered on the page."""
    what = {"id": secrets.token_hex(16), "text": words}
    async with http.post(f"{url}/chat/messages", json=what) as taken:
        assert taken.status == HTTPStatus.OK
    async for line in page.content:
        if line.startswith(b"data: {") and any(not text["is_mine"] for text in json.loads(line[6:])["texts"]):
            return
