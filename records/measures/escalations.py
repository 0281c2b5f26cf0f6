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
    in_time = [
        (row.client_id, row.acknowledged_at is not None and row.acknowledged_at <= row.due_at)
        for row in rows
        if row.due_at <= period.now
    ]
    passed_up = [(row.client_id, row.held_by in {"supervisor", MANAGER}) for row in rows]
    return [
        rate("opened", [row.client_id for row in rows], people, people, Unit.PER_HUNDRED),
        *rates,
        share("acknowledged_in_time", in_time),
        share("passed_up", passed_up),
        share("reopened", [(row.client_id, row.reopens is not None) for row in rows]),
    ]


def crises(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M28: the share, then each U0 with its minutes: of office hours unless somebody is on call.

    What was merged into another counts too, and is touched when that is.
    """
    u0 = escalations.c.level == Level.U0
    rows = _all(connection, *_of(period), where, u0)
    led_by = _all(connection, escalations.c.id.in_({row.merged_into for row in rows if row.merged_into}))
    leads = {row.id: row for row in led_by}
    touched = [(row, _touched([row, *filter(None, [leads.get(row.merged_into)])], period)) for row in rows]
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


def _touched(rows: Sequence[Any], period: Period) -> timedelta | None:
    """From the opening of the first row to what a person did first about any: take it, or turn to the client."""
    opened = rows[0].opened_at
    acts = [at for row in rows for at in (row.acknowledged_at, row.contacted_at) if at is not None]
    if not acts:
        return None
    first = max(min(acts), opened)
    if period.county.on_call:
        return first - opened  # type: ignore[no-any-return]  # of a row
    return working_time_between(opened, first, period.county)


def _opened(connection: Connection, period: Period, where: Where, *more: Where) -> Sequence[Any]:
    return _items(connection, where, *_of(period), *more)


def _of(period: Period) -> Sequence[Where]:
    it = escalations.c
    nearly = it.id.between(first_id(period.since - CLOCKS_APART), first_id(period.until + CLOCKS_APART))
    return [nearly, it.opened_at >= period.since, it.opened_at < period.until]


def _items(connection: Connection, *where: Where) -> Sequence[Any]:
    return _all(connection, *where, escalations.c.merged_into.is_(None))


def _all(connection: Connection, *where: Where) -> Sequence[Any]:
    wanted = select(escalations).join(clients, clients.c.id == escalations.c.client_id)
    return connection.execute(wanted.where(*where).order_by(escalations.c.id)).all()
