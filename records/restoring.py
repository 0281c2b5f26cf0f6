"""What must be done to a database that was put back from a copy, before anything is sent from it again.

Nobody here knows what happened since the copy was made: what waits in it may have gone out, and what came in is not in
it. So nothing that may have gone out goes out again by itself, and everybody whom something of it concerns is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, select, text, update

from conversations.county import County
from conversations.effects import Effect, SettleNudge, TellWorker
from conversations.escalations import Level, Trigger
from conversations.nudges import Nudge, NudgeKind, NudgeState
from conversations.office_hours import due
from conversations.own_reminders import OwnReminder
from conversations.reminder_acts import sent
from conversations.situation import Situation
from records import engagement, saving, situations, watermarks
from records.batch import Batch, Cause
from records.bulk import inserting
from records.ids import new_id
from records.situations import Loaded
from records.states import MessageState, Outcome
from records.tables import UNDER_WAY, attempts, clients, messages, sessions

REASON = "restored"
"""Why a text or a nudge stands as it does: the log's word."""

AT_ONCE = 200
WEEK = timedelta(days=7)

COMES_ROUND = frozenset({NudgeKind.CHECK_IN, NudgeKind.RENEWAL})
"""What would not be planned again by itself, if it were dropped, and can be asked a week later."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How many of each: texts to be looked for at the provider, texts left to people, nudges, clients told of."""

    looked_for: int
    parked: int
    nudges: int
    clients: int


def settle(connection: Connection, made_at: datetime, now: datetime, county: County) -> Settled:
    """In one transaction, while nobody else uses the database. `made_at` and `now` are aware. Safe to do again.

    Texts that had not left are looked for at the provider, and go out only if it has none of them. Nudges that were due
    by `now` are dropped, and what comes round is left for its next round. Texts that clients sent since `made_at` are
    asked for by the backfill, which sets aside what was sent before `now`. Everybody has to log in again.
    """
    _raise_marks(connection, made_at, now)
    connection.execute(delete(sessions))
    _doubt_claims(connection, now)
    looked_for, parked = _doubt_waiting(connection, made_at, now)
    nudges, told = _settle_nudges(connection, now, county)
    untold = {client_id for client_id in parked if client_id} - told
    for some in _chunks(sorted(untold)):
        _save(connection, situations.lock_by_id(connection, some), now, county)
    return Settled(looked_for, len(parked), nudges, len(told | untold))


def _raise_marks(connection: Connection, made_at: datetime, now: datetime) -> None:
    """A copy of before there were marks would be taken for a first start, at which nothing can be missing."""
    for mark in (watermarks.STARTED, watermarks.INBOUND):
        if watermarks.read(connection, mark) is None:
            watermarks.raise_to(connection, mark, made_at)
    watermarks.raise_to(connection, watermarks.RESTORED, now)


def _doubt_claims(connection: Connection, now: datetime) -> None:
    """Whoever had these in hand is gone. What was looked for already is looked for anew: it may have left since."""
    under_way = attempts.c.message_id.in_(select(messages.c.id).where(text(UNDER_WAY)))
    claimed = update(attempts).where(under_way, attempts.c.outcome == Outcome.CLAIMED)
    connection.execute(claimed.values(outcome=Outcome.UNKNOWN, finished_at=now))
    unknown = update(attempts).where(under_way, attempts.c.outcome == Outcome.UNKNOWN)
    connection.execute(unknown.values(looks=0, looked_at=None))
    waiting = update(messages).where(text(UNDER_WAY), messages.c.state == MessageState.CLAIMED)
    connection.execute(waiting.values(state=MessageState.UNKNOWN, reason=REASON))


_NEW_ATTEMPT = inserting(attempts, ("id", "message_id", "body", "claimed_at", "outcome", "finished_at", "looks"))


def _doubt_waiting(connection: Connection, made_at: datetime, now: datetime) -> tuple[int, list[str | None]]:
    """How many texts are looked for now, and whose texts nobody can look for.

    Of one number only one text may be under way, or their order would be lost. So what waits behind it is for people.
    """
    under_way = select(messages.c.number).where(messages.c.state == MessageState.UNKNOWN)
    numbers = set(connection.scalars(under_way))
    looked_for: list[Any] = []
    parked: list[Any] = []
    for waiting in connection.execute(_WAITING).all():
        (parked if waiting.number in numbers else looked_for).append(waiting)
        numbers.add(waiting.number)
    _NEW_ATTEMPT.run(connection, [_attempt(waiting, made_at, now) for waiting in looked_for])
    _move(connection, looked_for, MessageState.UNKNOWN, tries=1)
    _move(connection, parked, MessageState.PARKED)
    engagement.append(connection, [engagement.text_status(each, now, MessageState.PARKED, REASON) for each in parked])
    return len(looked_for), [each.client_id for each in parked]


_WAITING = (
    select(
        messages.c.id,
        messages.c.client_id,
        messages.c.number,
        messages.c.body,
        messages.c.language,
        clients.c.worker_id,
    )
    .select_from(messages)
    .outerjoin(clients, clients.c.id == messages.c.client_id)
    .where(messages.c.state.in_((MessageState.DUE, MessageState.HELD)))
    .order_by(messages.c.id)
)


def _attempt(waiting: Any, made_at: datetime, now: datetime) -> dict[str, Any]:  # noqa: ANN401  a row of _WAITING
    return {
        "id": new_id(now),
        "message_id": waiting.id,
        "body": waiting.body,
        "claimed_at": made_at,
        "outcome": Outcome.UNKNOWN,
        "finished_at": now,
        "looks": 0,
    }


def _move(connection: Connection, texts: Sequence[Any], to: MessageState, tries: int = 0) -> None:
    for some in _chunks([each.id for each in texts]):
        connection.execute(
            update(messages)
            .where(messages.c.id.in_(some))
            .values(state=to, reason=REASON, attempts=messages.c.attempts + tries)
        )


def _settle_nudges(connection: Connection, now: datetime, county: County) -> tuple[int, set[str]]:
    """How many, and whose."""
    settled, told = 0, set()
    while rows := situations.lock_with_due(connection, now, AT_ONCE):
        settled += _save(connection, rows, now, county)
        told |= {row.id for row in rows}
    return settled, told


def _save(connection: Connection, rows: Sequence[situations.ClientRow], now: datetime, county: County) -> int:
    """Settle what is due of these clients, and have somebody look at each; gives how many nudges."""
    batch, settled = Batch(now, county), 0
    for client in situations.load(connection, rows, county, now).values():
        waiting = [planned.nudge() for planned in client.book.due(now)]
        settled += len(waiting)
        tell = TellWorker(Trigger.RESTORED, Level.U3, due(Level.U3, now, county))
        saving.add(batch, client, [*_effects(waiting, client, now), tell], Cause())
    saving.write(batch, connection)
    return settled


def _effects(waiting: Iterable[Nudge], client: Loaded, now: datetime) -> Iterator[Effect]:
    for nudge in waiting:
        if nudge.kind in COMES_ROUND:
            yield _held(nudge, nudge.due_at + WEEK * ((now - nudge.due_at) // WEEK + 1))
        elif reminder := _own_reminder(nudge, client.situation):
            taken_as_sent = sent(reminder, client.situation, now)
            yield taken_as_sent
            yield _held(nudge, taken_as_sent.reminder.at) if reminder.repeats else _dropped(nudge)
        else:
            yield _dropped(nudge)


def _own_reminder(nudge: Nudge, situation: Situation) -> OwnReminder | None:
    if nudge.kind is not NudgeKind.OWN_REMINDER:
        return None
    return next((each for each in situation.own_reminders if str(each.number) == nudge.subject), None)


def _held(nudge: Nudge, until: datetime) -> SettleNudge:
    return SettleNudge(nudge.id, NudgeState.PLANNED, REASON, until)


def _dropped(nudge: Nudge) -> SettleNudge:
    return SettleNudge(nudge.id, NudgeState.DROPPED, REASON)


def _chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    left = iter(ids)
    while some := list(islice(left, AT_ONCE)):
        yield some
