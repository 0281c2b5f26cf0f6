from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
from aiohttp import ClientSession

from tests.api.callers import Caller, let_in
from tests.api.world import World, settle
from tests.staff.office import Office, open_office


@pytest.fixture
async def office(migrated_sqlite_url: str) -> AsyncIterator[Office]:
    async with open_office(migrated_sqlite_url) as office:
        yield office


@pytest.fixture
async def world(office: Office) -> World:
    world: World = await office.house.writer.run(partial(settle, office))
    return world


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as http:
        yield http


@pytest.fixture
async def caller(office: Office, http: ClientSession) -> Caller:
    """A system that may do everything in the whole county."""
    return await let_in(office, http)
