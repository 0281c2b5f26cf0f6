"""A fresh database with the tables, and a small county in it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy import Engine, select, update

from conversations.county import County, Hook
from conversations.situation import Consent
from records import people
from records.database import connect
from records.tables import clients
from tests.records.place import NOW, ZONE, Place, Script


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = connect(migrated_url)
    yield engine
    engine.dispose()


@pytest_asyncio.fixture
async def place(engine: Engine) -> AsyncIterator[Place]:
    """Five clients who have agreed, one worker."""
    county = County("Alder", "Goals", "555-0100", ZoneInfo(ZONE), hooks=(Hook("desk"), Hook("pager")))
    numbers = [f"+1555010{n:04d}" for n in range(5)]
    with engine.begin() as connection:
        worker = people.add_staff(connection, "ana@example.org", "Ana", "worker", "hash", NOW)
        new = [people.NewClient(number, f"Client{n}", "en", ZONE, worker) for n, number in enumerate(numbers)]
        people.put_clients(connection, new, worker, NOW)
        connection.execute(update(clients).values(consent=Consent.ACTIVE))
        ids = list(connection.scalars(select(clients.c.id).order_by(clients.c.number)))
    place = Place(engine, Script(), county, worker, ids, numbers)
    place.start()
    yield place
    await asyncio.wait_for(place.writer.close(), 20)
