"""How often we did not understand: M21."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from records.measures.figures import Figure, Unit, rate
from records.measures.period import Period
from records.measures.reading import Where, engaged, within
from records.tables import clients, messages


def not_understood(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M21: texts that say so, for every hundred texts that count as taking part."""
    fallbacks = connection.scalars(
        select(messages.c.client_id)
        .join(clients, clients.c.id == messages.c.client_id)
        .where(where, within(messages, period.since, period.until), messages.c.direction == "out")
        .where(messages.c.template.startswith("fallback/"))
    ).all()
    wrote = engaged(connection, period.since, period.until, period, where)
    heard = sum(len(moments) for moments in wrote.values())
    return [rate("not_understood", fallbacks, heard, len(wrote), Unit.PER_HUNDRED)]
