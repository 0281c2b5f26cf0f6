"""Texts of which nobody knows whether they left, until the provider's own list tells (delivery design, 3).

Such a text holds back the later ones to its number. It is looked for on the list after a while, as the list lags
behind; only what two looks did not find is sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select, text, union_all, update

from records import engagement, outbox
from records.channels import ChannelName
from records.delivery_trouble import Trouble
from records.states import MessageState, Outcome
from records.tables import UNDER_WAY, attempts, clients, messages, sealed_texts

LOOKS = 2
"""So many looks that do not find it mean that it did not leave."""

NOBODY_KNOWS = "nobody knows whether it went out"
NOT_THERE = "the provider does not have it"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One of the provider's messages that may be the text that is looked for. `at` is aware."""

    provider_id: str
    status: str
    error_code: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """A try of which nobody knows whether the text left. `looks` did not find it so far."""

    attempt_id: str
    message_id: str
    number: str
    body: str
    claimed_at: datetime
    looks: int
    channel: ChannelName = ChannelName.SMS


def after_crash(connection: Connection, now: datetime, older_than: timedelta) -> int:
    """Claims that nobody finished: their process died, so nobody knows whether the text left. Gives how many.

    `older_than` must be longer than a hand-over may take, or a process that lives would lose its claim.
    """
    left = (
        select(attempts.c.id)
        .join(messages, messages.c.id == attempts.c.message_id)
        .where(
            text(f"messages.{UNDER_WAY}"),
            messages.c.state == MessageState.CLAIMED,
            attempts.c.outcome == Outcome.CLAIMED,
            _is_over(attempts.c.claimed_at, older_than, now),
        )
        .with_for_update(of=messages, skip_locked=True)
    )
    found = connection.execute(left).all()
    for row in found:
        outbox.outcome(connection, row.id, Outcome.UNKNOWN, now, reason="the process stopped while sending")
    return len(found)


def to_look_for(connection: Connection, now: datetime, settle: timedelta, again: timedelta, limit: int) -> list[Lost]:
    """What to look for on the provider's list now: `settle` after the try, `again` after the last look."""
    later = attempts.alias("later")
    newest = select(func.max(later.c.id)).where(later.c.message_id == messages.c.id).scalar_subquery()
    wanted = (
        select(
            attempts.c.id,
            messages.c.id,
            messages.c.number,
            func.coalesce(sealed_texts.c.body, attempts.c.body),
            attempts.c.claimed_at,
            attempts.c.looks,
            messages.c.channel,
        )
        .join(messages, messages.c.id == attempts.c.message_id)
        .outerjoin(sealed_texts, sealed_texts.c.message_id == messages.c.id)
        .where(
            text(f"messages.{UNDER_WAY}"),
            messages.c.state == MessageState.UNKNOWN,
            attempts.c.id == newest,
            _is_over(attempts.c.finished_at, settle, now),
            or_(attempts.c.looked_at.is_(None), _is_over(attempts.c.looked_at, again, now)),
        )
        .order_by(attempts.c.finished_at)
        .limit(limit)
    )
    return [Lost(*row[:-1], ChannelName(row.channel)) for row in connection.execute(wanted)]


def _is_over(since: ColumnElement[datetime], span: timedelta, now: datetime) -> ColumnElement[bool]:
    """So far in the future it cannot have been: the clock was set back, which is not waited for."""
    return or_(since <= now - span, since > now + span)


def looked(connection: Connection, lost: Lost, sightings: Sequence[Sighting], now: datetime) -> Trouble | None:
    """What a look came to; gives what it says of the number, to be decided on in this transaction.

    `sightings`, the oldest first, are the provider's messages with this text to this number. The first that is no other
    attempt's is this one. If there is none, the text was not there: counted once, however many looked at the same time.
    """
    taken = _bound(connection, sightings, lost)
    found = next((sighting for sighting in sightings if sighting.provider_id not in taken), None)
    if found is None:
        _absent(connection, lost, now)
        return None
    outbox.outcome(connection, lost.attempt_id, Outcome.ACCEPTED, now, provider_id=found.provider_id)
    return outbox.fold_status(connection, lost.attempt_id, found.status, found.provider_id, found.error_code, now)


def _bound(connection: Connection, sightings: Sequence[Sighting], lost: Lost) -> set[str]:
    """Which of them are known to be another text, or another try."""
    ids = [sighting.provider_id for sighting in sightings]
    others = union_all(
        select(attempts.c.provider_id).where(attempts.c.provider_id.in_(ids), attempts.c.id != lost.attempt_id),
        select(messages.c.provider_id).where(messages.c.provider_id.in_(ids), messages.c.id != lost.message_id),
    )
    return set(connection.scalars(others)) if ids else set()


def _absent(connection: Connection, lost: Lost, now: datetime) -> None:
    its_text = (
        select(messages.c.id, messages.c.client_id, messages.c.language, messages.c.expires_at, clients.c.worker_id)
        .select_from(messages)
        .outerjoin(clients, clients.c.id == messages.c.client_id)
        .where(messages.c.id == lost.message_id, messages.c.state == MessageState.UNKNOWN)
        .with_for_update(of=messages)
    )
    row = connection.execute(its_text).first()
    if row is None:  # a report has settled it
        return
    counted = connection.execute(
        update(attempts)
        .where(attempts.c.id == lost.attempt_id, attempts.c.looks == lost.looks)
        .values(looks=lost.looks + 1, looked_at=now)
    )
    if not counted.rowcount or lost.looks + 1 < LOOKS:
        return
    useful = row.expires_at > now
    to, because = (MessageState.DUE, NOT_THERE) if useful else (MessageState.PARKED, NOBODY_KNOWS)
    settled = update(messages).where(messages.c.id == row.id).values(state=to, reason=because)
    connection.execute(settled.values(due_at=now) if useful else settled)
    engagement.append(connection, [engagement.text_status(row, now, to, because)])
