"""How workers write: M24, for coaching alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from conversations import content_rules
from records.engagement import BOT, CLIENT
from records.measures.figures import Figure, share
from records.measures.period import Period
from records.measures.reach import LEFT
from records.measures.reading import Where, within
from records.tables import clients, messages


def content_quality(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M24, by today's content rules. What is in a language without rules is left out."""
    it = messages.c
    written = connection.execute(
        select(it.client_id, it.body, it.language)
        .join(clients, clients.c.id == it.client_id)
        .where(where, within(messages, period.since, period.until), it.direction == "out", it.state.in_(LEFT))
        .where(it.template == "", it.author.not_in((BOT, CLIENT)))
    )
    plain, openly = [], []
    for client, body, code in written:
        if code in period.lists and code in period.languages:
            lists = period.lists[code]
            hints = content_rules.hints(body, period.languages[code], lists, [period.county.phone])
            plain.append((client, not hints))
            openly.append((client, content_rules.asks_openly(body, lists)))
    return [share("no_hint", plain), share("open_question", openly)]
