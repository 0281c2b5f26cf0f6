"""A house with its door open, on a database of its own, and a provider of its own beside it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import pytest
import structlog

from bot.app import House, Plan, open_house
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_media import TwilioMedia
from bot.channels.twilio_webhooks import Signature
from bot.county_file import load_county
from bot.door import open_door
from bot.languages import load_languages
from bot.trust.fake_twilio import AUTH_TOKEN, FakeTwilio
from records import people, phones
from records.people import NewClient
from records.roles import Role
from tests.bot.settings_for_tests import make_settings

MARIA = "+17075550111"
MONDAY = datetime(2026, 3, 2, 18, tzinfo=UTC)


class StillClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True, repr=False)  # asyncio writes one for each run of a fixture that gives it
class Street:
    """The running house with Maria as a client of Ana's, and what a test needs to meet it."""

    house: House
    url: str
    twilio: FakeTwilio
    session: aiohttp.ClientSession
    clock: StillClock
    ana: str
    maria: str


@pytest.fixture
async def street(migrated_sqlite_url: str, free_port: int) -> AsyncIterator[Street]:
    async with open_street(migrated_sqlite_url, free_port) as street:
        yield street


@asynccontextmanager
async def open_street(database_url: str, port: int) -> AsyncIterator[Street]:
    clock = StillClock(MONDAY)
    async with AsyncExitStack() as stack:
        twilio = await stack.enter_async_context(FakeTwilio())
        twilio.webhook = f"http://127.0.0.1:{port}"
        settings = make_settings(
            database_url=database_url, public_url=twilio.webhook, port=port, twilio_api_base=twilio.url
        )
        county = load_county(settings.county)
        plan = Plan(settings, county, load_languages(county.languages), clock, pace=1000)
        channel = await stack.enter_async_context(TwilioChannel(settings))
        media = await stack.enter_async_context(TwilioMedia(settings, keeps_media=[twilio.media.url]))
        house = await stack.enter_async_context(open_house(plan, channel, media=media))
        await stack.enter_async_context(open_door(house, Signature(AUTH_TOKEN, settings.public_url)))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        ana, maria = await _people(house)
        yield Street(house, settings.public_url, twilio, session, clock, ana, maria)


async def _people(house: House) -> tuple[str, str]:
    ana = await house.writer.run(lambda c: people.add_staff(c, "ana@example.org", "Ana", Role.ETW, "-", MONDAY))
    maria = NewClient(MARIA, "Maria", "en", "America/Los_Angeles", ana)
    await house.writer.run(lambda c: people.put_clients(c, [maria], ana, MONDAY))
    return ana, (await house.reader.run(phones.phones))[0].client_id


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Whatever a test sets up, logging is afterwards as pytest and structlog had it."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()
