"""The phone numbers that a client has had, and who wrote the next one in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from records.tables import clients, former_numbers


@dataclass(frozen=True, slots=True)
class HeldNumber:
    """E.164, with the moments (UTC) from and until when. `until` and `changed_by` are None while it is theirs."""

    number: str
    since: datetime
    until: datetime | None = None
    changed_by: str | None = None


def of(connection: Connection, client_id: str) -> Sequence[HeldNumber]:
    """The one they have now first, then back to the one they came with."""
    now = connection.execute(select(clients.c.number, clients.c.created_at).where(clients.c.id == client_id)).one()
    it = former_numbers.c
    former = select(it.number, it.until, it.changed_by).where(it.client_id == client_id).order_by(it.id)
    held: list[HeldNumber] = []
    since = now.created_at
    for row in connection.execute(former):
        held.append(HeldNumber(row.number, since, row.until, row.changed_by))
        since = row.until
    return [HeldNumber(now.number, since), *reversed(held)]
