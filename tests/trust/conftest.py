"""One nursery for all trials of a test run's process: it takes seconds to load what the house needs."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.trust.ground import Grounds
from bot.trust.own_database import own_database
from bot.trust.processes import Nursery


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def nursery() -> AsyncIterator[Nursery]:
    async with Nursery() as nursery:
        yield nursery


@pytest.fixture
def grounds(nursery: Nursery, database_url: str, tmp_path: Path) -> Iterator[Grounds]:
    """On SQLite and on Postgres."""
    with own_database(database_url) as engine:
        yield Grounds(database_url, engine, tmp_path, nursery)
