"""Whether texts arrive, in whose language, how many, and who stops them: M1, M2, M20, M22, M23."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from conversations.effects import Preference
from conversations.situation import Consent
from conversations.wall_clock import at_wall
from records.engagement import Kind
from records.measures.figures import Figure, Unit, rate, share, spread
from records.measures.period import Period
from records.measures.reading import Where, consent, is_active, within
from records.states import UNPROMPTED, MessageState
from records.tables import clients, consent_events, engagement, messages

INVITE_LASTS = timedelta(days=14)
LOOKED_BACK = timedelta(days=30)
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
UNDER_WAY = frozenset({MessageState.ACCEPTED, MessageState.SENT})
TOLD_WITHIN = timedelta(hours=72)
"""So long it may take until the carrier says what became of a text."""
MONTH_DAYS = 365 / 12


def uptake(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M1."""
    rows = []
    for client, spans in consent(connection, where, period.until + INVITE_LASTS).items():
        for span in spans:
            is_over = span.since + INVITE_LASTS <= period.now
            if span.state == Consent.INVITED and is_over and period.since <= span.since < period.until:
                said_yes = any(
                    later.state == Consent.ACTIVE and span.since < later.since <= span.since + INVITE_LASTS
                    for later in spans
                )
                rows.append((client, said_yes))
    return [share("yes", rows)]


def reach(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M2. What nobody opened in the web chat while it was of use, and so is expired, has not arrived."""
    it = messages.c
    rows = connection.execute(
        select(it.client_id, it.state, it.error_code, it.at)
        .join(clients, clients.c.id == it.client_id)
        .where(where, within(messages, period.since, period.until), it.direction == "out")
        .where(or_(it.state.in_(LEFT), (it.state == MessageState.EXPIRED) & it.by_sms_at.is_not(None)))
    ).all()
    counted = [
        (client, state)
        for client, state, code, at in rows
        if code != BLOCKED and not (state in UNDER_WAY and at + TOLD_WITHIN > period.now)
    ]
    return [
        share("delivered", ((client, state == MessageState.DELIVERED) for client, state in counted)),
        share("not_known", ((client, state in UNDER_WAY) for client, state in counted)),
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
    sent = _unprompted(connection, period.since, period.until, where)
    texted = {row.client_id for row in sent}
    return [
        rate("per_client_month", stopped, sum(days.values()) / MONTH_DAYS, people, Unit.PER_HUNDRED),
        rate("per_unprompted_text", stopped, len(sent), len(texted), Unit.PER_THOUSAND),
        *_after_what(connection, period, where),
    ]


def _after_what(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """Of the opt-outs, by the template of the unprompted text before; "own_words" are a worker's."""
    it = consent_events.c
    stops = connection.execute(
        select(it.client_id, it.at)
        .join(clients, clients.c.id == it.client_id)
        .where(where, it.to == Consent.REVOKED, it.at >= period.since, it.at < period.until)
    ).all()
    theirs = clients.c.id.in_({row.client_id for row in stops})
    texts: dict[str, list[Any]] = {}
    for text in _unprompted(connection, period.since - LOOKED_BACK, period.until, where & theirs):
        texts.setdefault(text.client_id, []).append(text)
    said = []
    for client, at in stops:
        before = max((text for text in texts.get(client, ()) if text.at < at), key=lambda text: text.at, default=None)
        said.append((client, "no_text" if before is None else before.template or "own_words"))
    return [
        share(template, [(client, one == template) for client, one in said], part=True)
        for template in sorted({one for _, one in said})
    ]


def own_language(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M22. What was sent before a client changed their language was in the one of then: it is left out."""
    log = engagement.c
    chosen = (
        select(log.client_id, func.max(log.at).label("at"))
        .where(log.kind == Kind.PREFERENCE_SET, log.subject == Preference.LANGUAGE)
        .group_by(log.client_id)
        .subquery()
    )
    rows = connection.execute(
        select(messages.c.client_id, messages.c.language == clients.c.language)
        .join(clients, clients.c.id == messages.c.client_id)
        .where(where, within(messages, period.since, period.until), messages.c.direction == "out")
        .where(messages.c.state.in_(LEFT), or_(chosen.c.at.is_(None), messages.c.at >= chosen.c.at))
        .outerjoin_from(messages, chosen, chosen.c.client_id == messages.c.client_id)
    )
    return [share("own_language", ((client, bool(same)) for client, same in rows))]


def load(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M23, of the county's weeks from Monday on that begin in the period and are over; a client without a text is 0."""
    mondays = _mondays(period)
    if not mondays:
        return spread([], Unit.PER_WEEK, highest=True)
    sent: Counter[tuple[str, int]] = Counter()
    for text in _unprompted(connection, mondays[0], mondays[-1], where):
        sent[text.client_id, bisect_right(mondays, text.at) - 1] += 1
    weeks = range(len(mondays) - 1)
    spans = consent(connection, where, mondays[-1])
    rows = [
        (client, float(sent[client, week]))
        for client, its in spans.items()
        for week in weeks
        if sent[client, week] or is_active(its, mondays[week], mondays[week + 1])
    ]
    return spread(rows, Unit.PER_WEEK, highest=True)


def _mondays(period: Period) -> Sequence[datetime]:
    """The beginnings of the weeks, and the end of the last one."""
    zone = period.county.zone
    first = period.since.astimezone(zone).date()
    day = first + timedelta(days=-first.weekday() % 7)
    found: list[datetime] = []
    while (begins := at_wall(day, time(), zone)) < period.until:
        found.append(begins)
        day += WEEK
    found.append(at_wall(day, time(), zone))
    while found and found[-1] > period.now:
        found.pop()
    return found if len(found) > 1 else ()


def _unprompted(connection: Connection, since: datetime, until: datetime, where: Where) -> Sequence[Any]:
    it = messages.c
    wanted = (
        select(it.client_id, it.at, it.template)
        .join(clients, clients.c.id == it.client_id)
        .where(where, within(messages, since, until), it.direction == "out")
        .where(it.priority == UNPROMPTED, it.state.in_(LEFT))
    )
    return connection.execute(wanted).all()
