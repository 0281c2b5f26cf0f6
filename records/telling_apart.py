"""Clients of the same first name, told apart by how their numbers end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from records.sight import Sight, shown
from records.tables import clients

DIGITS = 4


def number_ends(connection: Connection, client_ids: Iterable[str], sight: Sight) -> Mapping[str, str]:
    """The last four digits of those of whose name somebody sees more than one; the others are not in it."""
    these = set(client_ids)
    names = select(clients.c.first_name).where(clients.c.id.in_(these))
    wanted = select(clients.c.id, clients.c.first_name, clients.c.number)
    rows = connection.execute(wanted.where(clients.c.first_name.in_(names), shown(sight))).all()
    times = Counter(row.first_name for row in rows)
    return {row.id: row.number[-DIGITS:] for row in rows if row.id in these and times[row.first_name] > 1}
