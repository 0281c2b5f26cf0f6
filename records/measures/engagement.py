"""Who takes part, and how soon they answer: M3, M4, M5, M6."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from conversations.flows import FLOWS
from conversations.notation import Ask
from conversations.situation import Consent
from records.engagement import Kind
from records.measures.figures import Figure, Unit, share, spread
from records.measures.period import Period
from records.measures.reading import Where, consent, engaged, is_active, within
from records.states import MessageState
from records.tables import clients, engagement, messages

DAY = timedelta(days=1)
ANSWERED_WITHIN = timedelta(hours=72)
MINUTE = timedelta(minutes=1)
QUESTIONS = frozenset(
    f"{flow.name}/{name}" for flow in FLOWS.values() for name, step in flow.steps.items() if isinstance(step, Ask)
)
"""The templates of the texts that ask something."""


def active(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M3."""
    spans = consent(connection, where, period.until)
    stayed = [
        client
        for client, its in spans.items()
        if is_active(its, period.since, period.first_day_ends) and its[-1].state != Consent.REVOKED
    ]
    wrote = engaged(connection, period.since, period.until, period, where)
    return [share("engaged", ((client, client in wrote) for client in stayed))]


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


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question that a client got. `minutes` until its answer; None: there was none in time."""

    client_id: str
    template: str
    minutes: float | None


def replies(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M5, in all and by flow and step."""
    asked = _prompts(connection, period, where)
    by_template: dict[str, list[tuple[str, bool]]] = {}
    for one in asked:
        by_template.setdefault(one.template, []).append((one.client_id, one.minutes is not None))
    return [
        share("answered", ((one.client_id, one.minutes is not None) for one in asked)),
        *(share(template, by_template[template], part=True) for template in sorted(by_template)),
    ]


def reply_time(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M6, nights kept in."""
    asked = _prompts(connection, period, where)
    return spread(((one.client_id, one.minutes) for one in asked if one.minutes is not None), Unit.MINUTES)


def _prompts(connection: Connection, period: Period, where: Where) -> Sequence[Prompt]:
    """Questions delivered in the period whose time to be answered is over.

    An answer belongs to the question before it alone. A question that was asked again, without an answer between, is
    one, and runs from when it came last.
    """
    it = engagement.c
    rows = connection.execute(
        select(it.client_id, it.at, messages.c.template)
        .join(messages, messages.c.id == it.message_id)
        .join(clients, clients.c.id == it.client_id)
        .where(where, within(engagement, period.since, period.until), it.kind == Kind.TEXT_STATUS)
        .where(it.subject == MessageState.DELIVERED, messages.c.template.in_(QUESTIONS))
        .order_by(it.client_id, it.at, it.id)
    ).all()
    wrote = engaged(connection, period.since, period.until + ANSWERED_WITHIN, period, where)
    found = []
    for row, after in zip(rows, [*rows, None][1:], strict=True):
        ends = row.at + ANSWERED_WITHIN
        if after is not None and after.client_id == row.client_id and after.at < ends:
            ends = after.at
        minutes = _minutes(row.at, ends, wrote.get(row.client_id, ()))
        is_again = after is not None and ends == after.at and after.template == row.template
        if ends > period.now or (minutes is None and is_again):
            continue
        found.append(Prompt(row.client_id, row.template, minutes))
    return found


def _minutes(asked: datetime, ends: datetime, wrote: Sequence[datetime]) -> float | None:
    place = bisect_right(wrote, asked)
    return (wrote[place] - asked) / MINUTE if place < len(wrote) and wrote[place] <= ends else None
