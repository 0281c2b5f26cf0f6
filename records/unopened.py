"""Texts in the web chat that nobody has opened, until they are seen, go by SMS, or are of no use any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, text, update

from conversations.effects import Purpose
from records import engagement, outbox
from records.bulk import updating
from records.channels import ChannelName, Unopened, switched_off
from records.consent import SILENT
from records.prepared import AnyRow
from records.states import MessageState
from records.tables import UNOPENED, attempts, clients, messages

_LOOK_AGAIN = updating(messages, ("by_sms_at",))

NOT_OPENED = "not_opened"
"""Why one is expired."""


def any_due(connection: Connection, now: datetime) -> bool:
    """Whether it is time to look at one. Cheap."""
    return connection.execute(select(or_(*(exists().where(one) for one in _are_due(now))))).scalar_one()


def due(connection: Connection, now: datetime, limit: int) -> Sequence[Unopened]:
    """Those that it is time to look at, locked; what another process looks at just now is left to it."""
    tried = attempts.alias("tried")
    newest = select(func.max(tried.c.id)).where(tried.c.message_id == messages.c.id).scalar_subquery()
    wanted = (
        select(
            messages.c.id,
            attempts.c.id.label("attempt_id"),
            messages.c.purpose,
            attempts.c.claimed_at,
            messages.c.expires_at,
            clients.c.zone,
            clients.c.chat_until,
            clients.c.channels_off,
            clients.c.consent,
            messages.c.number,
            clients.c.number.label("number_now"),
        )
        .select_from(messages)
        .join(attempts, attempts.c.id == newest)
        .join(clients, clients.c.id == messages.c.client_id)
        .where(or_(*_are_due(now)))
        .order_by(messages.c.id)
        .limit(limit)
        .with_for_update(of=messages, skip_locked=True)
    )
    return [_unopened(row) for row in connection.execute(wanted)]


def _are_due(now: datetime) -> Sequence[ColumnElement[bool]]:
    """Those that nobody has looked at yet, and those whose moment has come: each is one end of the index."""
    return [and_(text(UNOPENED), when) for when in (messages.c.by_sms_at.is_(None), messages.c.by_sms_at <= now)]


def _unopened(row: AnyRow) -> Unopened:
    off = switched_off(row.channels_off)
    return Unopened(
        row.id,
        row.attempt_id,
        Purpose(row.purpose),
        row.claimed_at,
        row.expires_at,
        ZoneInfo(row.zone),
        None if ChannelName.WEB_CHAT in off else row.chat_until,
        ChannelName.SMS in off or row.number != row.number_now or _is_confirmation(row),
    )


def _is_confirmation(row: AnyRow) -> bool:
    """That the texts have ended is said once, and at once (domain guide 6.4): not hours later, by SMS as well."""
    return row.purpose == Purpose.LEGAL and row.consent in SILENT


def goes_by_sms(connection: Connection, found: Unopened, now: datetime) -> None:
    """It is due there, and on no other channel."""
    if outbox.by_sms_instead(connection, found.attempt_id, now):
        look_again(connection, {found.message_id: now})


def look_again(connection: Connection, at: Mapping[str, datetime]) -> None:
    """When to look at each again, by the message's id."""
    _LOOK_AGAIN.run(connection, [{"id": message_id, "by_sms_at": when} for message_id, when in at.items()])


def look_at_all_of(connection: Connection, client_id: str) -> None:
    """Look at a client's at once: they left the chat, or their channels have changed."""
    theirs = update(messages).where(messages.c.client_id == client_id, text(UNOPENED))
    connection.execute(theirs.values(by_sms_at=None))


def expire(connection: Connection, message_ids: Sequence[str], now: datetime) -> None:
    """Nobody opened them while they were of use."""
    if not message_ids:
        return
    of_these = messages.c.id.in_(message_ids)
    rows = connection.execute(
        select(messages.c.id, messages.c.client_id, messages.c.language, clients.c.worker_id)
        .join(clients, clients.c.id == messages.c.client_id)
        .where(of_these)
    ).all()
    connection.execute(update(messages).where(of_these).values(state=MessageState.EXPIRED, reason=NOT_OPENED))
    log = [engagement.text_status(row, now, MessageState.EXPIRED, NOT_OPENED) for row in rows]
    engagement.append(connection, log)
