"""What leaves: claims, outcomes, and the provider's reports. Never lost, never twice (delivery design).

A message is claimed in one transaction, which looks at the consent once more and freezes the text in an attempt. Only
after its commit may the text be handed to the provider. The message's state is then folded from what came of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, select, text, update

from conversations.effects import Purpose
from conversations.situation import Consent, Mode
from records import consent, delivery_trouble, engagement
from records.bulk import inserting, one_of
from records.delivery_trouble import Trouble
from records.engagement import Kind, Row, entry
from records.ids import new_id
from records.prepared import AnyRow, Prepared
from records.states import RANK, MessageState, Outcome
from records.tables import UNFINISHED, attempts, clients, messages, status_events


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text that is ours to send now. `tries` counts this attempt; from `expires_at` on the text is of no use."""

    attempt_id: str
    message_id: str
    number: str
    body: str
    purpose: Purpose
    expires_at: datetime
    tries: int


_other = messages.alias("other")
_first = (
    select(_other.c.id)
    .where(_other.c.number == messages.c.number, text(f"other.{UNFINISHED}"))
    .order_by(_other.c.state == MessageState.DUE, _other.c.id)
    .limit(1)
    .correlate(messages)
    .scalar_subquery()
)
"""Which unfinished message of a number comes first: one under way, or else the oldest. NOT EXISTS would say the same,
but Postgres makes that a join over all that waits, where the few at the head of the queue are enough."""

_CANDIDATES = Prepared(
    select(
        messages.c.id,
        messages.c.number,
        messages.c.body,
        messages.c.purpose,
        messages.c.expires_at,
        messages.c.attempts,
        messages.c.client_id,
        messages.c.language,
        clients.c.consent,
        clients.c.mode,
        clients.c.worker_id,
    )
    .select_from(messages)
    .outerjoin(clients, clients.c.id == messages.c.client_id)
    .where(
        text("messages.state = 'due'"),
        messages.c.due_at <= bindparam("now"),
        _first == messages.c.id,
    )
    .order_by(messages.c.priority, messages.c.due_at, messages.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=messages, skip_locked=True)
)
"""The oldest unfinished message of each number, answers first.

A claim that has not been committed still shows its message as due, and so holds back the later ones of its number.
"""

_CLAIM = Prepared(
    update(messages)
    .where(one_of(messages.c.id, "ids"))
    .values(state=MessageState.CLAIMED, attempts=messages.c.attempts + 1)
)
_FREEZE = inserting(attempts, ("id", "message_id", "body", "claimed_at", "outcome"))
_REPORTED = inserting(status_events, ("id", "attempt_id", "at", "status", "error_code"))
_NEVER_SENT = Prepared(
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values(state=bindparam("to"), reason=bindparam("because"))
)


def claim(connection: Connection, now: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` texts to send; at most one of a number. Any number of processes may do this at once.

    Each must begin to leave within `consent.RIGHT_TO_BEGIN` of this call's end; later, `may_begin` is to be asked.
    A text that is too late becomes expired, one that the client's consent does not allow becomes suppressed; both with
    the reason. They count towards `limit`, so an empty answer means that nothing is due only if nothing changed.
    """
    claimed: list[Claimed] = []
    never: list[dict[str, str]] = []
    log: list[Row] = []
    for row in _CANDIDATES.rows(connection, {"now": now, "most": limit}):
        if stop := _why_not(row, now):
            never.append({"message": row.id, "to": stop[0], "because": stop[1]})
            log.append(_status_entry(row, now, *stop))
        else:
            claimed.append(_claimed(row, now))
    if never:
        _NEVER_SENT.run(connection, never)
        engagement.append(connection, log)
    if claimed:
        _CLAIM.run(connection, [{"ids": [text.message_id for text in claimed]}])
        _FREEZE.run(connection, [_frozen(text, now) for text in claimed])
    return claimed


def _why_not(row: AnyRow, now: datetime) -> tuple[MessageState, str] | None:
    if row.expires_at <= now:
        return MessageState.EXPIRED, "too late to be useful"
    if reason := _not_allowed(row):
        return MessageState.SUPPRESSED, reason
    return None


def _not_allowed(row: AnyRow) -> str:
    """What a stranger is answered needs nobody's consent."""
    if not row.client_id:
        return ""
    return consent.why_not(Purpose(row.purpose), Consent(row.consent), Mode(row.mode))


def _claimed(row: AnyRow, now: datetime) -> Claimed:
    return Claimed(
        attempt_id=new_id(now),
        message_id=row.id,
        number=row.number,
        body=row.body,
        purpose=Purpose(row.purpose),
        expires_at=row.expires_at,
        tries=row.attempts + 1,
    )


def _frozen(text: Claimed, now: datetime) -> dict[str, Any]:
    return {
        "id": text.attempt_id,
        "message_id": text.message_id,
        "body": text.body,
        "claimed_at": now,
        "outcome": Outcome.CLAIMED,
    }


_CLAIMED = Prepared(
    select(
        messages.c.id,
        messages.c.client_id,
        messages.c.language,
        messages.c.purpose,
        messages.c.state,
        clients.c.consent,
        clients.c.mode,
        clients.c.worker_id,
    )
    .select_from(attempts)
    .join(messages, messages.c.id == attempts.c.message_id)
    .outerjoin(clients, clients.c.id == messages.c.client_id)
    .where(attempts.c.id == bindparam("attempt"))
)


def may_begin(connection: Connection, attempt_id: str, now: datetime) -> bool:
    """Whether a claimed text may still leave, for another `consent.RIGHT_TO_BEGIN` from this call's end.

    Waits for what is being decided about its client. If the text may not leave it becomes suppressed.
    """
    _lock_people(connection, attempt_id)
    (row,) = _CLAIMED.rows(connection, {"attempt": attempt_id})
    if row.state != MessageState.CLAIMED:  # given up meanwhile, as after a crash
        return False
    reason = _not_allowed(row)
    if not reason:
        return True
    _NEVER_SENT.run(connection, [{"message": row.id, "to": MessageState.SUPPRESSED, "because": reason}])
    finish = {"attempt": attempt_id, "came_to": Outcome.NOT_SENT, "now": now, "error": None, "provider": None}
    _FINISH.run(connection, [finish])
    engagement.append(connection, [_status_entry(row, now, MessageState.SUPPRESSED, reason)])
    return False


_its_number = (
    select(messages.c.number)
    .join(attempts, attempts.c.message_id == messages.c.id)
    .where(attempts.c.id == bindparam("attempt"))
    .scalar_subquery()
)
_PEOPLE = Prepared(
    select(clients.c.id).where(clients.c.number == _its_number).order_by(clients.c.id).with_for_update(key_share=True)
)


def _lock_people(connection: Connection, attempt_id: str) -> None:
    """All of this text's number, before its message: the order that everybody keeps."""
    _PEOPLE.rows(connection, {"attempt": attempt_id})


_ATTEMPT = Prepared(
    select(
        attempts.c.id.label("attempt_id"),
        attempts.c.provider_id.label("bound_to"),
        messages.c.id,
        messages.c.client_id,
        messages.c.number,
        messages.c.state,
        messages.c.language,
        messages.c.expires_at,
        clients.c.worker_id,
    )
    .select_from(attempts)
    .join(messages, messages.c.id == attempts.c.message_id)
    .outerjoin(clients, clients.c.id == messages.c.client_id)
    .where(attempts.c.id == bindparam("attempt"))
    .with_for_update(of=messages)
)
_holder = attempts.alias("holder")
_is_held = select(_holder.c.id).where(_holder.c.provider_id == bindparam("provider")).exists()
_FINISH = Prepared(
    update(attempts)
    .where(attempts.c.id == bindparam("attempt"))
    .values(
        outcome=bindparam("came_to"),
        finished_at=bindparam("now"),
        error_code=bindparam("error"),
        provider_id=func.coalesce(attempts.c.provider_id, case((~_is_held, bindparam("provider")))),
    )
)
_BIND = Prepared(
    update(attempts)
    .where(attempts.c.id == bindparam("attempt"), attempts.c.provider_id.is_(None), ~_is_held)
    .values(provider_id=bindparam("provider"))
)
_named = messages.alias("named")
_is_named = select(_named.c.id).where(_named.c.provider_id == bindparam("provider")).exists()
_BIND_MESSAGE = Prepared(
    update(messages)
    .where(messages.c.id == bindparam("message"), messages.c.provider_id.is_(None), ~_is_named)
    .values(provider_id=bindparam("provider"))
)
_MOVE = Prepared(
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values(
        state=bindparam("to"),
        reason=bindparam("because"),
        error_code=bindparam("error"),
        provider_id=func.coalesce(messages.c.provider_id, case((~_is_named, bindparam("provider")))),
    )
)
"""The first answer or report says which of the provider's messages this is; later ones change nothing.

An id that another attempt or message has already stays with that one. No id, where none is news, changes nothing.
"""


def outcome(
    connection: Connection,
    attempt_id: str,
    came_to: Outcome,
    now: datetime,
    *,
    provider_id: str | None = None,
    error_code: int | None = None,
    retry_at: datetime | None = None,
    reason: str = "",
) -> Trouble | None:
    """What came of handing the text over; gives what it says of the number, to be decided on in this transaction.

    ACCEPTED takes the `provider_id`. REFUSED is final, with its `error_code`. NOT_SENT is due again at `retry_at`,
    which the caller spreads out; at the latest when the text expires. UNKNOWN holds back later texts to this number
    until a report or `park_unknown` settles it. A report that came before this is not undone.
    """
    if delivery_trouble.may_be_trouble(error_code):
        _lock_people(connection, attempt_id)
    (row,) = _ATTEMPT.rows(connection, {"attempt": attempt_id})
    rose = False
    names = _news(row, provider_id)
    finish = {"attempt": attempt_id, "came_to": came_to, "now": now, "error": error_code, "provider": names}
    _FINISH.run(connection, [finish])
    match came_to:
        case Outcome.ACCEPTED:
            _rise(connection, row, MessageState.ACCEPTED, now, names=names)
        case Outcome.REFUSED:
            rose = _rise(connection, row, MessageState.FAILED, now, error_code, reason)
        case Outcome.NOT_SENT if RANK.get(row.state, 1) == 0:
            again = min(retry_at or now, row.expires_at)
            connection.execute(
                update(messages)
                .where(messages.c.id == row.id)
                .values(state=MessageState.DUE, due_at=again, reason=reason, error_code=error_code)
            )
        case Outcome.UNKNOWN if row.state == MessageState.CLAIMED:
            _move(connection, row, MessageState.UNKNOWN, reason, error_code)
        case _:
            pass
    return _trouble(connection, row, error_code, now, rose=rose)


REPORTS = {
    "accepted": MessageState.ACCEPTED,
    "scheduled": MessageState.ACCEPTED,
    "queued": MessageState.ACCEPTED,
    "sending": MessageState.ACCEPTED,
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.DELIVERED,
    "undelivered": MessageState.UNDELIVERED,
    "failed": MessageState.FAILED,
    "canceled": MessageState.FAILED,
}
"""The provider's words for where a message is."""


def fold_status(
    connection: Connection,
    attempt_id: str,
    status: str,
    provider_id: str,
    error_code: int | None,
    at: datetime,
) -> Trouble | None:
    """Take a report of the provider's; gives what `outcome` gives. One on no attempt of ours changes nothing.

    Reports come more than once, in any order, and sometimes before our own outcome is stored: the state only rises.
    """
    if delivery_trouble.may_be_trouble(error_code):
        _lock_people(connection, attempt_id)
    row = _ATTEMPT.first(connection, {"attempt": attempt_id})
    if row is None:
        return None
    if names := _news(row, provider_id):
        _BIND.run(connection, [{"attempt": attempt_id, "provider": names}])
    event = {"id": new_id(at), "attempt_id": attempt_id, "at": at, "status": status[:16], "error_code": error_code}
    _REPORTED.run(connection, [event])
    rose = _rise(connection, row, REPORTS.get(status), at, error_code, names=names)
    return _trouble(connection, row, error_code, at, rose=rose)


def _trouble(
    connection: Connection, row: AnyRow, error_code: int | None, now: datetime, *, rose: bool
) -> Trouble | None:
    """An opt-out counts whenever it is heard of; the rest once a text, when it fails."""
    if not error_code or not row.client_id or not delivery_trouble.may_be_trouble(error_code):
        return None
    found = Trouble(row.id, row.client_id, row.number, error_code)
    if delivery_trouble.is_opt_out(found):
        return found
    return found if rose and delivery_trouble.counts(connection, found, now) else None


def _rise(
    connection: Connection,
    row: AnyRow,
    to: MessageState | None,
    now: datetime,
    error_code: int | None = None,
    reason: str = "",
    names: str | None = None,
) -> bool:
    """Whether it is news. The provider's id, where that is, is kept in any case."""
    if to is None or RANK[to] <= RANK.get(row.state, RANK[to]):
        if names:
            _BIND_MESSAGE.run(connection, [{"message": row.id, "provider": names}])
        return False
    because = reason or (f"error {error_code}" if error_code else "")
    _move(connection, row, to, because, error_code, names)
    engagement.append(connection, [_status_entry(row, now, to, because)])
    return True


def _move(
    connection: Connection,
    row: AnyRow,
    to: MessageState,
    because: str,
    error_code: int | None,
    names: str | None = None,
) -> None:
    values = {"message": row.id, "to": to, "because": because, "error": error_code, "provider": names}
    _MOVE.run(connection, [values])


def _news(row: AnyRow, provider_id: str | None) -> str | None:
    """The provider's id, where this attempt has none yet."""
    return provider_id if row.bound_to is None else None


def unknown_after_crash(connection: Connection, now: datetime, older_than: timedelta) -> int:
    """Claims that nobody finished: their process died, so nobody knows whether the text left. Gives how many.

    `older_than` must be longer than a hand-over may take, or a process that lives would lose its claim.
    """
    left = (
        select(attempts.c.id)
        .join(messages, messages.c.id == attempts.c.message_id)
        .where(
            messages.c.state == MessageState.CLAIMED,
            attempts.c.outcome == Outcome.CLAIMED,
            attempts.c.claimed_at <= now - older_than,
        )
        .with_for_update(of=messages, skip_locked=True)
    )
    found = connection.execute(left).all()
    for row in found:
        outcome(connection, row.id, Outcome.UNKNOWN, now, reason="the process stopped while sending")
    return len(found)


def park_unknown(connection: Connection, now: datetime, older_than: timedelta) -> int:
    """Give up on texts of which nobody knows for `older_than` whether they left, so that later texts may go out.

    They are not sent again, since twice is worse here. A late report still settles them. Gives how many.
    """
    latest = select(attempts.c.finished_at).where(
        attempts.c.message_id == messages.c.id, attempts.c.finished_at > now - older_than
    )
    waiting = (
        select(messages.c.id, messages.c.client_id, messages.c.language, clients.c.worker_id)
        .select_from(messages)
        .outerjoin(clients, clients.c.id == messages.c.client_id)
        .where(and_(messages.c.state == MessageState.UNKNOWN, ~latest.exists()))
        .with_for_update(of=messages, skip_locked=True)
    )
    found = connection.execute(waiting).all()
    return _parked(connection, found, now)


def _parked(connection: Connection, rows: Sequence[AnyRow], now: datetime) -> int:
    because = "nobody knows whether it went out"
    if rows:
        gone = [{"message": row.id, "to": MessageState.PARKED, "because": because} for row in rows]
        _NEVER_SENT.run(connection, gone)
        engagement.append(connection, [_status_entry(row, now, MessageState.PARKED, because) for row in rows])
    return len(rows)


def _status_entry(row: AnyRow, now: datetime, state: MessageState, reason: str) -> Row:
    return entry(
        Kind.TEXT_STATUS,
        now,
        client_id=row.client_id,
        worker_id=row.worker_id,
        language=row.language,
        subject=state,
        reason=reason,
        message_id=row.id,
    )
