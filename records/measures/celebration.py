"""Whether a result was celebrated, by us at once and by a person soon: M13; and how life feels: M15."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from conversations.office_hours import end_of_working_day
from records.engagement import BOT
from records.measures.figures import Figure, share
from records.measures.goals import FORWARD, reviews
from records.measures.period import Period
from records.measures.reach import LEFT
from records.measures.reading import Where, within
from records.notes import IN_TOUCH
from records.tables import clients, goals, instrument_answers, messages, notes

SAME_EXCHANGE = timedelta(minutes=5)
WORKING_DAYS = 2
A_LONG_WEEKEND = timedelta(days=14)
"""More than two working days ever last, so that all that may count is read."""


def celebrated(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M13. A person's word counts where the client shares the goal: a text of their own, or a call or visit noted."""
    results = [one for one in reviews(connection, period.since, period.until, where) if one.result in FORWARD]
    rows = connection.execute(
        select(goals.c.client_id, goals.c.number)
        .join(clients, clients.c.id == goals.c.client_id)
        .where(where, goals.c.shared)
    )
    shared = {(client, number) for client, number in rows}
    from_us, from_a_person = _words(connection, period, where)
    ends = {one: end_of_working_day(one.at, WORKING_DAYS, period.county) for one in results if one.key in shared}
    return [
        share(
            "acknowledged",
            [(one.key[0], _any(from_us.get(one.key[0], ()), one.at, one.at + SAME_EXCHANGE)) for one in results],
        ),
        share(
            "word_from_worker",
            [
                (one.key[0], _any(from_a_person.get(one.key[0], ()), one.at, until))
                for one, until in ends.items()
                if until <= period.now
            ],
        ),
    ]


def life_pulse(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M15, by the one reading that is taken: how life feels, from 1 to 10."""
    it = instrument_answers.c
    rows = connection.execute(
        select(it.client_id, it.at, it.value)
        .join(clients, clients.c.id == it.client_id)
        .where(where, it.at < period.until, it.instrument == "life_pulse")
        .order_by(it.at, it.id)
    )
    readings: dict[str, list[tuple[datetime, int]]] = {}
    for client, at, value in rows:
        readings.setdefault(client, []).append((at, value))
    both = {client: its for client, its in readings.items() if len(its) > 1 and its[-1][0] >= period.since}
    return [share("life_pulse_up", ((client, its[-1][1] > its[-2][1]) for client, its in both.items()))]


def _words(
    connection: Connection, period: Period, where: Where
) -> tuple[Mapping[str, Sequence[datetime]], Mapping[str, Sequence[datetime]]]:
    """When we answered and when a person turned to the client, each by client and in order."""
    until = period.until + A_LONG_WEEKEND
    it = messages.c
    texts = connection.execute(
        select(it.client_id, it.at, (it.author != BOT) & (it.template == ""))
        .join(clients, clients.c.id == it.client_id)
        .where(where, within(messages, period.since, until), it.direction == "out", it.state.in_(LEFT))
        .order_by(it.at)
    )
    from_us: dict[str, list[datetime]] = {}
    from_a_person: dict[str, list[datetime]] = {}
    for client, at, by_a_person in texts:
        (from_a_person if by_a_person else from_us).setdefault(client, []).append(at)
    noted = connection.execute(
        select(notes.c.client_id, notes.c.happened_at)
        .join(clients, clients.c.id == notes.c.client_id)
        .where(where, notes.c.happened_at >= period.since, notes.c.happened_at < until, notes.c.kind.in_(IN_TOUCH))
    )
    for client, at in noted:
        from_a_person.setdefault(client, []).append(at)
    return from_us, {client: sorted(moments) for client, moments in from_a_person.items()}


def _any(moments: Sequence[datetime], since: datetime, until: datetime) -> bool:
    place = bisect_left(moments, since)
    return place < len(moments) and moments[place] <= until
