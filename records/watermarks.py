"""Moments up to which something is known, each under its name. They only rise."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from records.bulk import inserting, replaced
from records.tables import watermarks

INBOUND = "inbound"
"""Every text that was sent to us before it is here."""

STARTED = "started"
"""When we first asked for texts: those before it were never for us."""

RESTORED = "restored"
"""When the database was last put back from a copy: what came before it may have been answered already."""

_RAISE = inserting(
    watermarks,
    ("name", "at"),
    f"ON CONFLICT (name) DO UPDATE SET {replaced('at')} WHERE watermarks.at < excluded.at",
)


def read(connection: Connection, name: str) -> datetime | None:
    """In UTC; None if it was never set."""
    found: datetime | None = connection.scalar(select(watermarks.c.at).where(watermarks.c.name == name))
    return found


def raise_to(connection: Connection, name: str, at: datetime) -> None:
    """Set it, unless it is there or later already. `at` is aware."""
    _RAISE.run(connection, [{"name": name, "at": at}])
