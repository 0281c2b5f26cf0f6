"""How people answered when a person was needed: M17, M18, M19, M28. An item merged into another is not counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from conversations.escalations import Level, Trigger
from conversations.office_hours import working_time_between
from records.escalation_calls import MANAGER
from records.ids import first_id
from records.measures.figures import Figure, Unit, rate, share, spread
from records.measures.period import Period
from records.measures.reading import CLOCKS_APART, Where, enrolled
from records.tables import clients, escalations

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
NOT_BY_TEXT = (
    Trigger.VISIT_MISSED,
    Trigger.QUIET,
    Trigger.CONSENT_EXPIRED,
    Trigger.DELIVERY_FAILING,
    Trigger.FILTERED_BY_CARRIER,
    Trigger.CONTENT_RULE_BROKEN,
    Trigger.INVITE_UNANSWERED,
    Trigger.NUDGE_EXPIRED,
    Trigger.PROMISE_BROKEN,
    Trigger.SET_ASIDE,
    Trigger.RESTORED,
)
"""What no text of the client opens."""
NO_REPLY_DUE = (Trigger.OPTED_OUT, Trigger.WRONG_NUMBER)


def promises(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M17, of promises whose moment came in the period."""
    it = escalations.c
    rows = _items(connection, where, it.promised_by >= period.since, it.promised_by < period.until)
    kept = [(row.client_id, row.contacted_at is not None and row.contacted_at <= row.promised_by) for row in rows]
    return [share("kept", kept)]


def response(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M18, of those that were answered; how many were stands beside it."""
    rows = _opened(connection, period, where, escalations.c.trigger.not_in([*NOT_BY_TEXT, *NO_REPLY_DUE]))
    took = [
        (row.client_id, working_time_between(row.opened_at, row.contacted_at, period.county) / MINUTE)
        for row in rows
        if row.contacted_at is not None
    ]
    answered = share("answered", [(row.client_id, row.contacted_at is not None) for row in rows])
    return [*spread(took, Unit.WORKING_MINUTES), answered]


def load(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M19."""
    rows = _opened(connection, period, where)
    people = len(enrolled(connection, period, where))
    by_trigger = defaultdict(list)
    for row in rows:
        by_trigger[row.trigger].append(row.client_id)
    rates = [
        replace(rate(trigger, by_trigger[trigger], people, people, Unit.PER_HUNDRED), part=True)
        for trigger in sorted(by_trigger)
    ]
    in_time = [(row.client_id, row.acknowledged_at is not None and row.acknowledged_at <= row.due_at) for row in rows]
    passed_up = [(row.client_id, row.held_by in {"supervisor", MANAGER}) for row in rows]
    return [
        rate("opened", [row.client_id for row in rows], people, people, Unit.PER_HUNDRED),
        *rates,
        share("acknowledged_in_time", in_time),
        share("passed_up", passed_up),
        share("reopened", [(row.client_id, row.reopens is not None) for row in rows]),
    ]


def crises(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M28: the share, then each U0 with its minutes: of office hours unless somebody is on call."""
    rows = _opened(connection, period, where, escalations.c.level == Level.U0)
    touched = [(row, _touched(row, period)) for row in rows]
    items = [
        Figure(
            row.trigger,
            int(took is not None and took <= QUARTER),
            1,
            None if took is None else took / MINUTE,
            Unit.MINUTES if period.county.on_call else Unit.WORKING_MINUTES,
            1,
            1,
            item=True,
            at=row.opened_at,
        )
        for row, took in touched
    ]
    in_time = share("in_time", [(row.client_id, took is not None and took <= QUARTER) for row, took in touched])
    return [in_time, *items]


def _touched(row: Any, period: Period) -> timedelta | None:  # noqa: ANN401  a row
    """From opening to the first that a person did: take it, or turn to the client."""
    first = min((at for at in (row.acknowledged_at, row.contacted_at) if at is not None), default=None)
    if first is None:
        return None
    if period.county.on_call:
        return first - row.opened_at  # type: ignore[no-any-return]  # of a row
    return working_time_between(row.opened_at, first, period.county)


def _opened(connection: Connection, period: Period, where: Where, *more: Where) -> Sequence[Any]:
    it = escalations.c
    nearly = it.id.between(first_id(period.since - CLOCKS_APART), first_id(period.until + CLOCKS_APART))
    return _items(connection, where, nearly, it.opened_at >= period.since, it.opened_at < period.until, *more)


def _items(connection: Connection, *where: Where) -> Sequence[Any]:
    wanted = select(escalations).join(clients, clients.c.id == escalations.c.client_id)
    return connection.execute(
        wanted.where(*where, escalations.c.merged_into.is_(None)).order_by(escalations.c.id)
    ).all()
