"""A fresh database with the tables, and a small county in it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from sqlalchemy import Engine

from records.database import connect
from tests.records.place import Place, open_place


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = connect(migrated_url)
    yield engine
    engine.dispose()


@pytest_asyncio.fixture
async def place(engine: Engine) -> AsyncIterator[Place]:
    async with open_place(engine) as place:
        yield place
