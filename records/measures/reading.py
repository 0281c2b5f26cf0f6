"""What several measures read: consent over time, texts that count as taking part, and rows of a period."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, select

from conversations import understand, wishes
from conversations.languages import Language
from conversations.situation import Consent
from records.ids import first_id
from records.measures.period import Period
from records.tables import clients, consent_events, messages

CLOCKS_APART = timedelta(hours=1)
"""An id is of the moment its row was made; a row's own moment differs from it by less."""

AROUND = timedelta(days=31)

Where = ColumnElement[bool]


def within(table: Table, since: datetime, until: datetime) -> Where:
    """Rows of this time, found by their ids: they sort by time and are always indexed."""
    nearly = table.c.id.between(first_id(since - CLOCKS_APART), first_id(until + CLOCKS_APART))
    return and_(nearly, table.c.at >= since, table.c.at < until)


@dataclass(frozen=True, slots=True)
class Span:
    """A time through which consent was `state`; `until` is None where it still is."""

    state: str
    since: datetime
    until: datetime | None

    def days(self, since: datetime, until: datetime) -> float:
        end = min(self.until or until, until)
        return max(end - max(self.since, since), timedelta()) / timedelta(days=1)


def consent(connection: Connection, where: Where, until: datetime) -> Mapping[str, Sequence[Span]]:
    """How consent went before `until`, by client, in order; a client with no event is not in it."""
    it = consent_events.c
    rows = connection.execute(
        select(it.client_id, it.at, it.to)
        .join(clients, clients.c.id == it.client_id)
        .where(where, it.at < until)
        .order_by(it.client_id, it.at, it.id)
    ).all()
    found: dict[str, list[Span]] = {}
    for row, after in zip(rows, [*rows, None][1:], strict=True):
        ends = after.at if after is not None and after.client_id == row.client_id else None
        found.setdefault(row.client_id, []).append(Span(row.to, row.at, ends))
    return found


def is_active(spans: Sequence[Span], since: datetime, until: datetime) -> bool:
    """Whether consent was active at some moment of this time."""
    return any(
        span.state == Consent.ACTIVE and span.since < until and (span.until is None or span.until > since)
        for span in spans
    )


def enrolled(connection: Connection, period: Period, where: Where) -> set[str]:
    """Clients whose consent was active on at least one day of the period."""
    spans = consent(connection, where, period.until)
    return {client for client, its in spans.items() if is_active(its, period.since, period.until)}


def engaged(
    connection: Connection, since: datetime, until: datetime, period: Period, where: Where
) -> Mapping[str, Sequence[datetime]]:
    """When each client wrote something that counts as taking part (domain guide 8.1), in order.

    To tell it from each text takes long, so it is read once for a period and whatever time around it is asked for.
    """
    widest = min(since, period.since - AROUND), max(until, period.until + AROUND)
    key = (*widest, connection, where)
    if key not in period.found:
        period.found[key] = _engaged(connection, *widest, period, where)
    everything: Mapping[str, Sequence[datetime]] = period.found[key]
    cut = (
        (client, moments[bisect_left(moments, since) : bisect_left(moments, until)])
        for client, moments in everything.items()
    )
    return {client: moments for client, moments in cut if moments}


def _engaged(
    connection: Connection, since: datetime, until: datetime, period: Period, where: Where
) -> Mapping[str, Sequence[datetime]]:
    ends = select(consent_events.c.evidence_message_id).where(
        consent_events.c.to.in_([Consent.REVOKED, Consent.WRONG_NUMBER]),
        consent_events.c.evidence_message_id.is_not(None),
        consent_events.c.at >= since,
    )
    rows = connection.execute(
        select(messages.c.client_id, messages.c.at, messages.c.body)
        .join(clients, clients.c.id == messages.c.client_id)
        .where(where, within(messages, since, until), messages.c.direction == "in", messages.c.id.not_in(ends))
        .order_by(messages.c.at, messages.c.id)
    )
    found: dict[str, list[datetime]] = {}
    known: dict[str, bool] = {}  # most answers are a digit or a word, and each is read once
    for client, at, body in rows:
        if body not in known:
            known[body] = is_engaged(body, period.languages)
        if known[body]:
            found.setdefault(client, []).append(at)
    return found


def is_engaged(body: str, languages: Mapping[str, Language]) -> bool:
    """Not STOP, HELP, WHO, nothing at all, or the answer of a machine. A wrong number shows in the consent alone."""
    if not body.strip() or understand.intent(body, languages) in {"opt_out", "help"}:
        return False
    if any(understand.command(body, language) == "who" for language in languages.values()):
        return False
    return not wishes.is_automatic(body, languages)
