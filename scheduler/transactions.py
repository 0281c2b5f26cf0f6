"""What the sender and the reconciler need of the `records.writer.Writer`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from records.delivery_trouble import Trouble

T = TypeVar("T")


class Transactions(Protocol):
    """`run` and `settle` raise StorageError when the database is gone; then nothing was stored."""

    def listen(self, listener: Callable[[], None]) -> None:
        """Call it after every commit, on the writer's thread."""
        ...

    async def run(self, do: Callable[[Connection], T]) -> T:
        """Run `do` in a transaction of its own."""
        ...

    async def settle(self, do: Callable[[Connection], Trouble | None]) -> None:
        """As `run`; what it says of the number is decided on in the same transaction."""
        ...
