"""Reading for the pages, beside the writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from records.database import connect
from records.errors import StorageError

T = TypeVar("T")

THREADS = 4


class Reader:
    """Runs questions on a few threads, each over a connection that the database itself keeps from writing."""

    def __init__(self, engine: Engine) -> None:
        """Reads what `engine` writes, over connections of its own."""
        self._engine = connect(engine.url, reads_only=True, connections=THREADS)
        self._threads = ThreadPoolExecutor(THREADS, "milepost-reader")

    async def run(self, ask: Callable[[Connection], T]) -> T:
        """The answer of `ask`, which sees one state of the database. Raises StorageError when it cannot be reached."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, ask)

    def close(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()

    def _ask(self, ask: Callable[[Connection], T]) -> T:
        try:
            return self._once(ask)
        except (OperationalError, InterfaceError) as error:
            if not error.connection_invalidated:
                raise StorageError(type(error.orig).__name__) from None
        try:
            return self._once(ask)  # the connection had broken while it lay idle
        except (OperationalError, InterfaceError) as error:
            raise StorageError(type(error.orig).__name__) from None

    def _once(self, ask: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return ask(connection)
