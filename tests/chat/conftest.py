from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.phone import PhoneChannel
from bot.channels.several import SeveralChannels
from bot.channels.web_chat import WebChatChannel
from tests.chat.visitor import Visitor, visiting
from tests.staff.office import Office, open_office


@pytest.fixture
async def office(migrated_sqlite_url: str) -> AsyncIterator[Office]:
    async with open_office(migrated_sqlite_url, SeveralChannels(PhoneChannel(), WebChatChannel())) as office:
        yield office


@pytest.fixture
async def joe(office: Office) -> AsyncIterator[Visitor]:
    async with visiting(office) as visitor:
        await visitor.enter(office.joe)
        yield visitor


@pytest.fixture
async def maria(office: Office) -> AsyncIterator[Visitor]:
    async with visiting(office) as visitor:
        await visitor.enter(office.maria)
        yield visitor


@pytest.fixture
async def visitor(office: Office) -> AsyncIterator[Visitor]:
    """Who is not in."""
    async with visiting(office) as somebody:
        yield somebody
