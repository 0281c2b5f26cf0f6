"""Visits kept, and whether a person was in touch at all: M16, M27."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from sqlalchemy import Connection, select

from conversations.effects import Purpose
from conversations.visits import AHEAD, VisitStatus
from records.engagement import Kind
from records.ids import first_id
from records.measures.figures import Figure, share
from records.measures.period import Period
from records.measures.reach import LEFT
from records.measures.reading import CLOCKS_APART, Where, enrolled, within
from records.notes import IN_TOUCH
from records.tables import clients, engagement, escalations, messages, notes, visits

ENTERED_AHEAD = timedelta(days=120)
IN_TOUCH_WITHIN = timedelta(days=30)
NOTICE = timedelta(hours=24)
MOVED_LATE = "moved_late"


def kept(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M16. A visit moved a day or more ahead was due at its new time only; moved later, or missed, it was due twice."""
    it = visits.c
    rows = connection.execute(
        select(it.client_id, it.number, it.status)
        .join(clients, clients.c.id == it.client_id)
        .where(where, it.starts_at >= period.since, it.starts_at < period.until)
        .where(it.status != VisitStatus.ENDED_BY_OFFICE)
    ).all()
    due = [(row.client_id, str(row.number), row.status) for row in rows]
    due += _given_up_late(connection, period, where)
    happened = _happened(connection, period, where)
    return [
        share("attended", [(client, status == VisitStatus.ATTENDED) for client, _, status in due]),
        share("missed", [(client, status == VisitStatus.MISSED) for client, _, status in due]),
        share("moved_late", [(client, status == MOVED_LATE) for client, _, status in due]),
        *(
            share(name, [(client, (client, number, kind) in happened) for client, number, _ in due])
            for name, kind in (("confirmed", Kind.VISIT_CONFIRMED), ("moved", Kind.VISIT_MOVED))
        ),
        share("not_marked", [(client, status in AHEAD) for client, _, status in due]),
    ]


def _happened(connection: Connection, period: Period, where: Where) -> set[tuple[str, str, str]]:
    log = engagement.c
    events = connection.execute(
        select(log.client_id, log.subject, log.kind)
        .join(clients, clients.c.id == log.client_id)
        .where(where, within(engagement, period.since - ENTERED_AHEAD, period.until))
        .where(log.kind.in_([Kind.VISIT_CONFIRMED, Kind.VISIT_MOVED]))
    )
    return {(client, subject, kind) for client, subject, kind in events}


def _given_up_late(connection: Connection, period: Period, where: Where) -> Sequence[tuple[str, str, str]]:
    """Times of visits in the period that were given up less than a day ahead, or after they were missed."""
    log = engagement.c
    moved = select(log.client_id).where(
        log.id >= first_id(period.since - NOTICE - CLOCKS_APART), log.kind == Kind.VISIT_MOVED
    )
    rows = connection.execute(
        select(log.client_id, log.subject, log.kind, log.at, log.detail)
        .join(clients, clients.c.id == log.client_id)
        .where(where, log.client_id.in_(moved))
        .where(log.kind.in_([Kind.VISIT_ENTERED, Kind.VISIT_MOVED, Kind.VISIT_MISSED]))
        .order_by(log.client_id, log.subject, log.id)
    )
    found = []
    for (client, number), events in groupby(rows, key=lambda row: (row.client_id, row.subject)):
        for before, after in pairwise(events):
            stood = datetime.fromisoformat(before.detail["starts_at"])
            late = after.kind == Kind.VISIT_MOVED and stood - after.at < NOTICE
            if late and period.since <= stood < period.until:
                missed = before.kind == Kind.VISIT_MISSED
                found.append((client, number, VisitStatus.MISSED.value if missed else MOVED_LATE))
    return found


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
