"""Who takes part, and how soon they answer: M3, M4, M5, M6."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from conversations.nudges import NudgeKind
from conversations.situation import Consent
from records.engagement import Kind
from records.measures.figures import Figure, Unit, share, spread
from records.measures.period import Period
from records.measures.reading import Where, consent, engaged, is_active, within
from records.states import MessageState
from records.tables import clients, engagement, messages, nudges

DAY = timedelta(days=1)
ANSWERED_WITHIN = timedelta(hours=72)
MINUTE = timedelta(minutes=1)


def active(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M3."""
    spans = consent(connection, where, period.until)
    stayed = [
        client
        for client, its in spans.items()
        if is_active(its, period.since, period.first_day_ends) and its[-1].state != Consent.REVOKED
    ]
    wrote = engaged(connection, period.since, period.until, period, where)
    return [share("active", ((client, client in wrote) for client in stayed))]


def hold(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M4: the cohort whose 60th day lies in the period."""
    began = {
        client: next((span.since for span in spans if span.state == Consent.ACTIVE), None)
        for client, spans in consent(connection, where, period.until).items()
    }
    cohort = {
        client: at for client, at in began.items() if at is not None and period.since <= at + 60 * DAY < period.until
    }
    wrote = engaged(connection, period.since - 30 * DAY, period.until, period, where)
    rows = (
        (client, any(at + 30 * DAY <= when < at + 60 * DAY for when in wrote.get(client, ())))
        for client, at in cohort.items()
    )
    return [share("held", rows)]


def replies(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M5."""
    return [
        share("answered", ((client, minutes is not None) for client, minutes in _prompts(connection, period, where)))
    ]


def reply_time(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M6, nights kept in."""
    answered = [(client, took) for client, took in _prompts(connection, period, where) if took is not None]
    return spread(answered, Unit.MINUTES)


def _prompts(connection: Connection, period: Period, where: Where) -> Sequence[tuple[str, float | None]]:
    """Check-ins delivered in the period, each with the minutes to its answer. Two texts of one nudge are one prompt.

    An answer belongs to the prompt before it alone.
    """
    it = engagement.c
    rows = connection.execute(
        select(it.client_id, func.max(it.at).label("at"))
        .join(messages, messages.c.id == it.message_id)
        .join(nudges, nudges.c.id == messages.c.nudge_id)
        .join(clients, clients.c.id == it.client_id)
        .where(where, within(engagement, period.since, period.until), it.kind == Kind.TEXT_STATUS)
        .where(it.subject == MessageState.DELIVERED, nudges.c.kind == NudgeKind.CHECK_IN)
        .group_by(it.client_id, messages.c.nudge_id)
        .order_by(it.client_id, "at")
    ).all()
    wrote = engaged(connection, period.since, period.until + ANSWERED_WITHIN, period, where)
    found = []
    for row, after in zip(rows, [*rows, None][1:], strict=True):
        ends = row.at + ANSWERED_WITHIN
        if after is not None and after.client_id == row.client_id:
            ends = min(ends, after.at)
        found.append((row.client_id, _minutes(row.at, ends, wrote.get(row.client_id, ()))))
    return found


def _minutes(asked: datetime, ends: datetime, wrote: Sequence[datetime]) -> float | None:
    place = bisect_right(wrote, asked)
    return (wrote[place] - asked) / MINUTE if place < len(wrote) and wrote[place] <= ends else None
