"""Visits kept, and whether a person was in touch at all: M16, M27."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, select

from conversations.effects import Purpose
from conversations.visits import AHEAD, VisitStatus
from records.engagement import Kind
from records.measures.figures import Figure, share
from records.measures.period import Period
from records.measures.reach import LEFT
from records.measures.reading import Where, enrolled, within
from records.notes import IN_TOUCH
from records.tables import clients, engagement, escalations, messages, notes, visits

ENTERED_AHEAD = timedelta(days=120)
IN_TOUCH_WITHIN = timedelta(days=30)


def kept(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M16. A visit that was moved is due at its new time only."""
    it, log = visits.c, engagement.c
    rows = connection.execute(
        select(it.client_id, it.number, it.status)
        .join(clients, clients.c.id == it.client_id)
        .where(where, it.starts_at >= period.since, it.starts_at < period.until)
        .where(it.status != VisitStatus.ENDED_BY_OFFICE)
    ).all()
    events = connection.execute(
        select(log.client_id, log.subject, log.kind)
        .join(clients, clients.c.id == log.client_id)
        .where(where, within(engagement, period.since - ENTERED_AHEAD, period.until))
        .where(log.kind.in_([Kind.VISIT_CONFIRMED, Kind.VISIT_MOVED]))
    )
    happened = {(client, subject, kind) for client, subject, kind in events}
    return [
        share("attended", [(row.client_id, row.status == VisitStatus.ATTENDED) for row in rows]),
        share("missed", [(row.client_id, row.status == VisitStatus.MISSED) for row in rows]),
        *(
            share(name, [(row.client_id, (row.client_id, str(row.number), kind) in happened) for row in rows])
            for name, kind in (("confirmed", Kind.VISIT_CONFIRMED), ("moved", Kind.VISIT_MOVED))
        ),
        share("not_marked", [(row.client_id, row.status in AHEAD) for row in rows]),
    ]


def in_touch(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M27, of texts, visits, notes of a call or a meeting, and items in which a person turned to the client."""
    since = period.until - IN_TOUCH_WITHIN
    wrote = (
        select(messages.c.client_id)
        .join(clients, clients.c.id == messages.c.client_id)
        .where(where, within(messages, since, period.until), messages.c.direction == "out")
        .where(messages.c.purpose == Purpose.HUMAN, messages.c.state.in_(LEFT))
    )
    met = (
        select(visits.c.client_id)
        .join(clients, clients.c.id == visits.c.client_id)
        .where(where, visits.c.starts_at >= since, visits.c.starts_at < period.until)
        .where(visits.c.status == VisitStatus.ATTENDED)
    )
    turned_to = (
        select(escalations.c.client_id)
        .join(clients, clients.c.id == escalations.c.client_id)
        .where(where, escalations.c.contacted_at >= since, escalations.c.contacted_at < period.until)
    )
    noted = (
        select(notes.c.client_id)
        .join(clients, clients.c.id == notes.c.client_id)
        .where(where, notes.c.happened_at >= since, notes.c.happened_at < period.until, notes.c.kind.in_(IN_TOUCH))
    )
    people = {client for wanted in (wrote, met, turned_to, noted) for client in connection.scalars(wanted)}
    return [share("in_touch", ((client, client in people) for client in enrolled(connection, period, where)))]
