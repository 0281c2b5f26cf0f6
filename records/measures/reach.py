"""Whether texts arrive, in whose language, how many, and who stops them: M1, M2, M20, M22, M23."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, select

from conversations.situation import Consent
from records.measures.figures import Figure, Unit, rate, share, spread
from records.measures.period import Period
from records.measures.reading import Where, consent, enrolled, within
from records.states import UNPROMPTED, MessageState
from records.tables import clients, messages

INVITE_LASTS = timedelta(days=14)
WEEK = timedelta(days=7)
BLOCKED = 21610
"""The provider's error for a number that has opted out with the carrier."""
LEFT = frozenset(
    {
        MessageState.ACCEPTED,
        MessageState.SENT,
        MessageState.DELIVERED,
        MessageState.UNDELIVERED,
        MessageState.FAILED,
    }
)
MONTH_DAYS = 365 / 12


def uptake(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M1."""
    rows = []
    for client, spans in consent(connection, where, period.until + INVITE_LASTS).items():
        for span in spans:
            if span.state == Consent.INVITED and period.since <= span.since < period.until:
                said_yes = any(
                    later.state == Consent.ACTIVE and span.since < later.since <= span.since + INVITE_LASTS
                    for later in spans
                )
                rows.append((client, said_yes))
    return [share("yes", rows)]


def reach(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M2."""
    it = messages.c
    rows = connection.execute(
        select(it.client_id, it.state, it.error_code)
        .join(clients, clients.c.id == it.client_id)
        .where(where, within(messages, period.since, period.until), it.direction == "out", it.state.in_(LEFT))
    ).all()
    counted = [(client, state) for client, state, code in rows if code != BLOCKED]
    open_ended = {MessageState.ACCEPTED, MessageState.SENT}
    return [
        share("delivered", ((client, state == MessageState.DELIVERED) for client, state in counted)),
        share("not_known", ((client, state in open_ended) for client, state in counted)),
    ]


def opt_outs(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M20."""
    spans = consent(connection, where, period.until)
    stopped = [
        client
        for client, its in spans.items()
        for span in its
        if span.state == Consent.REVOKED and period.since <= span.since < period.until
    ]
    days = {
        client: sum(span.days(period.since, period.until) for span in its if span.state == Consent.ACTIVE)
        for client, its in spans.items()
    }
    people = sum(1 for some in days.values() if some)
    sent = _unprompted(connection, period, where)
    return [
        rate("per_client_month", stopped, sum(days.values()) / MONTH_DAYS, people, Unit.PER_HUNDRED),
        rate("per_unprompted_text", stopped, len(sent), len(set(sent)), Unit.PER_THOUSAND),
    ]


def own_language(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M22."""
    rows = connection.execute(
        select(messages.c.client_id, messages.c.language == clients.c.language)
        .join(clients, clients.c.id == messages.c.client_id)
        .where(where, within(messages, period.since, period.until), messages.c.direction == "out")
        .where(messages.c.state.in_(LEFT))
    )
    return [share("own_language", ((client, bool(same)) for client, same in rows))]


def load(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M23."""
    sent = Counter(_unprompted(connection, period, where))
    weeks = (period.until - period.since) / WEEK
    people = enrolled(connection, period, where) | set(sent)
    return spread(((client, sent[client] / weeks) for client in people), Unit.PER_WEEK, highest=True)


def _unprompted(connection: Connection, period: Period, where: Where) -> Sequence[str]:
    it = messages.c
    wanted = (
        select(it.client_id)
        .join(clients, clients.c.id == it.client_id)
        .where(where, within(messages, period.since, period.until), it.direction == "out")
        .where(it.priority == UNPROMPTED, it.state.in_(LEFT))
    )
    return connection.scalars(wanted).all()
