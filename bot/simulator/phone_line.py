"""One number and whoever reads it: mostly one client, now and then two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.simulator.reading import WHO_IT_IS
from bot.simulator.virtual_client import VirtualClient


@dataclass
class PhoneLine:
    """`pending` are texts that arrived and are not read yet. Who wrote last reads what names nobody."""

    number: str
    clients: list[VirtualClient]
    pending: list[str] = field(default_factory=list)
    last: VirtualClient | None = None

    def ring(self, now: datetime) -> Iterator[tuple[datetime, VirtualClient]]:
        """What has arrived is read; gives who will answer, and when."""
        texts, self.pending = self.pending, []
        for client in self.clients:
            theirs = [text for text in texts if self._reader(text) is client]
            at = client.hear(theirs, now) if theirs else None
            if at is not None:
                yield at, client

    def _reader(self, text: str) -> VirtualClient:
        if not WHO_IT_IS.search(text):
            named = [client for client in self.clients if _names(text, client.person.name)]
            if named:
                return named[0]
        return self.last or self.clients[0]


def _names(text: str, name: str) -> bool:
    return name in text.split() or any(f"{name}{sign}" in text for sign in ",.!:")


def all_clients(lines: Sequence[PhoneLine]) -> list[VirtualClient]:
    """By their places in the caseload."""
    return sorted((client for line in lines for client in line.clients), key=lambda client: client.person.nth)
