"""What leaves: claims, outcomes, and the provider's reports. Never lost, never twice (delivery design).

A message is claimed in one transaction, which looks at the consent once more and freezes the text in an attempt. Only
after its commit may the text be handed to the provider. The message's state is then folded from what came of it.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ScalarSelect, bindparam, case, false, func, select, text, update

from conversations import provider_errors
from conversations.effects import Preference, Purpose
from conversations.provider_errors import Action, ProviderError
from records import consent, delivery_trouble, engagement, holds, sealed_texts, whatsapp_contents
from records import pace as pacing
from records.bulk import inserting, one_of
from records.channels import ChannelName, Ways, as_stored, is_in_window, switched_off, way_for
from records.delivery_trouble import Trouble
from records.engagement import Kind, Row
from records.ids import new_id
from records.pace import Pace
from records.prepared import AnyRow, Prepared, together
from records.states import ANSWER, RANK, UNPROMPTED, MessageState, Outcome
from records.tables import BY_PROVIDER, BY_WEB_CHAT, UNFINISHED, attempts, clients, messages, status_events
from records.whatsapp_contents import Content, Contents


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text that is ours to send now. `tries` counts this attempt; from `expires_at` on the text is of no use.

    With a `content` that is what to hand over: the `body` is how it will read.
    """

    attempt_id: str
    message_id: str
    number: str
    body: str
    purpose: Purpose
    segments: int
    expires_at: datetime
    tries: int
    channel: ChannelName = ChannelName.SMS
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """`looked_at` counts the texts that were taken from the queue, sent or not: 0 means that nothing is due.

    Unless there is no room: then `opens_in` says in how many seconds there will be; it is 0 while there is.
    """

    texts: list[Claimed]
    looked_at: int
    opens_in: float


NO_CHANNEL = "every channel is switched off"

_IN_CHAT = frozenset({ChannelName.WEB_CHAT})

_other = messages.alias("other")


def _first(queue: str) -> ScalarSelect[Any]:
    """Which unfinished message of a number comes first: one under way, or else the oldest answer, or else the oldest.

    NOT EXISTS would say the same, but Postgres makes that a join over all that waits, where the few at the head of the
    queue are enough.
    """
    return (
        select(_other.c.id)
        .where(_other.c.number == messages.c.number, text(f"other.{UNFINISHED}"), text(f"other.{queue}"))
        .order_by(_other.c.state == MessageState.DUE, _other.c.priority, _other.c.id)
        .limit(1)
        .correlate(messages)
        .scalar_subquery()
    )


_CANDIDATE = (
    select(
        messages.c.id,
        messages.c.number,
        messages.c.body,
        messages.c.purpose,
        messages.c.expires_at,
        messages.c.attempts,
        messages.c.client_id,
        messages.c.language,
        messages.c.segments,
        messages.c.priority,
        messages.c.campaign,
        messages.c.channel,
        messages.c.error_code,
        messages.c.template,
        clients.c.consent,
        clients.c.mode,
        clients.c.worker_id,
        clients.c.preferred_channel,
        clients.c.spoke_on,
        clients.c.last_heard_at,
        clients.c.whatsapp_at,
        clients.c.channels_off,
        clients.c.chat_until,
    )
    .select_from(messages)
    .outerjoin(clients, clients.c.id == messages.c.client_id)
    .order_by(messages.c.due_at, messages.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=messages, skip_locked=True)
)


def _candidates_of(queue: str) -> Prepared:
    """What comes first of each number. Asked by priority, or the index would be read through all that waits for later.

    The claims of all processes take turns (`pace.room`): none that is not committed still shows its message as due,
    with an answer to the same number before it. The coalesce changes nothing but what Postgres expects: of a bare
    comparison, that it holds for so few that it had better look at all that is due, instead of at the queue's head.
    """
    return Prepared(
        _CANDIDATE.where(
            text("messages.state = 'due'"),
            text(f"messages.{queue}"),
            messages.c.priority == bindparam("priority"),
            messages.c.due_at <= bindparam("now"),
            func.coalesce(_first(queue) == messages.c.id, false()),
        )
    )


def _first_due_of(queue: str) -> Prepared:
    """When that is of each priority. To ask whether any is due would have Postgres read all that is not."""

    def first(priority: int) -> ScalarSelect[Any]:
        due = (text("messages.state = 'due'"), text(f"messages.{queue}"), messages.c.priority == priority)
        return select(func.min(messages.c.due_at)).where(*due).scalar_subquery()

    return Prepared(select(first(ANSWER).label("answer"), first(UNPROMPTED).label("unprompted")))


@dataclass(frozen=True, slots=True)
class _Queue:
    """Texts that are due, of some channels: those of another queue do not hold them back."""

    first_due: Prepared
    candidates: Prepared


_SENT = _Queue(_first_due_of(BY_PROVIDER), _candidates_of(BY_PROVIDER))
_SHOWN = _Queue(_first_due_of(BY_WEB_CHAT), _candidates_of(BY_WEB_CHAT))

_CLAIM = Prepared(
    update(messages)
    .where(one_of(messages.c.id, "ids"))
    .values(state=MessageState.CLAIMED, attempts=messages.c.attempts + 1, channel=bindparam("leaves_on"))
)
_HAND_ON = Prepared(update(messages).where(one_of(messages.c.id, "ids")).values(channel=ChannelName.WEB_CHAT))
_FREEZE = inserting(attempts, ("id", "message_id", "body", "claimed_at", "outcome"))
_REPORTED = inserting(status_events, ("id", "attempt_id", "at", "status", "error_code"))
_KEEP = Prepared(
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values(state=bindparam("to"), reason=bindparam("because"))
)


def claim(
    connection: Connection,
    now: datetime,
    limit: int,
    pace: Pace,
    offered: Collection[ChannelName] = frozenset({ChannelName.SMS}),
) -> Claims:
    """Take up to `limit` texts to send; at most one of a number, and of these an answer before what nobody waits for.

    Any number of processes may do this at once. Each text must begin to leave within `consent.RIGHT_TO_BEGIN` of this
    call's end; later, `may_begin` is to be asked. A text that is too late becomes expired, one that the client's
    consent does not allow becomes suppressed, one on which there is a hold becomes held; all with the reason. No more
    segments leave than the `pace` has room for, but that the last text may be longer: the next ones wait for that.
    What is no answer to a text leaves on a channel of those `offered`: see `channels.way_for`. What is to be shown in
    the web chat is not claimed here, but by `claim_shown`.
    """
    if not _is_any_due(connection, _SENT, now):
        return Claims([], 0, 0.0)
    room = pacing.room(connection, pace, now)
    if not room.segments:
        return Claims([], 0, room.opens_in)
    claims = _taken(connection, _SENT, now, limit, room.segments, offered)
    spent = sum(text.segments for text in claims.texts)
    return replace(claims, opens_in=pacing.spend(connection, pace, room, spent, now)) if spent else claims


def claim_shown(connection: Connection, now: datetime, limit: int) -> Claims:
    """As `claim`, what is to be shown in the web chat: no carrier sets a pace there."""
    if not _is_any_due(connection, _SHOWN, now):
        return Claims([], 0, 0.0)
    pacing.take_turns(connection)
    return _taken(connection, _SHOWN, now, limit, sys.maxsize, _IN_CHAT)


def _taken(
    connection: Connection, queue: _Queue, now: datetime, limit: int, segments: int, offered: Collection[ChannelName]
) -> Claims:
    claimed: list[Claimed] = []
    handed_on: list[str] = []
    sealed: list[str] = []
    kept: list[dict[str, str]] = []
    log: list[Row] = []
    rows = _candidates(connection, queue, now, limit)
    standing = holds.that_may_keep(connection, rows) if rows else []
    by_whatsapp = rows and ChannelName.WHATSAPP in offered
    contents = whatsapp_contents.usable(connection) if by_whatsapp else whatsapp_contents.NONE
    for row in rows:
        if segments <= 0:
            break
        channel = _way_of(row, offered, now, contents)
        if stop := _why_not(row, channel, standing, now):
            kept.append({"message": row.id, "to": stop[0], "because": stop[1]})
            log.append(engagement.text_status(row, now, *stop))
            continue
        if channel is ChannelName.WEB_CHAT and queue is _SENT:
            handed_on.append(row.id)
            continue
        claimed.append(_claimed(row, channel or ChannelName.SMS, now, contents))
        segments -= row.segments
        if row.template in sealed_texts.TEMPLATES:
            sealed.append(row.id)
    if kept:
        _KEEP.run(connection, kept)
        engagement.append(connection, log)
    if handed_on:
        _HAND_ON.run(connection, [{"ids": handed_on}])
    if claimed:
        for channel in {text.channel for text in claimed}:
            ids = [text.message_id for text in claimed if text.channel is channel]
            _CLAIM.run(connection, [{"ids": ids, "leaves_on": channel}])
        _FREEZE.run(connection, [_frozen(text, now) for text in claimed])
        bodies = sealed_texts.bodies(connection, sealed)
        claimed = [replace(text, body=bodies.get(text.message_id, text.body)) for text in claimed]
    return Claims(claimed, len(claimed) + len(kept) + len(handed_on), 0.0)


def _is_any_due(connection: Connection, queue: _Queue, now: datetime) -> bool:
    return any(at and at <= now for row in queue.first_due.rows(connection, {}) for at in row)


def _candidates(connection: Connection, queue: _Queue, now: datetime, limit: int) -> list[AnyRow]:
    """Answers first."""
    with together(connection):
        asked = [
            queue.candidates.ask(connection, {"priority": priority, "now": now, "most": limit})
            for priority in (ANSWER, UNPROMPTED)
        ]
    return [row for answer in asked for row in answer.rows()][:limit]


_SENT_ON = frozenset(code for action in provider_errors.ON_ANOTHER_CHANNEL for code in provider_errors.codes(action))
"""After these a text goes by SMS, though it was for another channel: but not to who has switched SMS off."""


def _way_of(row: AnyRow, offered: Collection[ChannelName], now: datetime, contents: Contents) -> ChannelName | None:
    """None where every channel is switched off. A stranger is answered where they wrote."""
    if row.channel or not row.client_id:
        was_elsewhere = row.client_id and row.error_code in _SENT_ON
        stays = was_elsewhere and ChannelName.SMS in switched_off(row.channels_off)
        return None if stays else ChannelName(row.channel or ChannelName.SMS)
    if row.preferred_channel == row.spoke_on == ChannelName.SMS and not row.channels_off:
        return ChannelName.SMS
    ways = Ways(
        ChannelName(row.preferred_channel),
        ChannelName(row.spoke_on),
        row.last_heard_at,
        row.whatsapp_at,
        row.chat_until,
        switched_off(row.channels_off),
    )
    has_template = contents.may_open(row.purpose, row.language, row.body)
    return way_for(ways, offered, now, is_answer=row.priority == ANSWER, has_template=has_template)


def _why_not(
    row: AnyRow, channel: ChannelName | None, standing: Sequence[holds.Hold], now: datetime
) -> tuple[MessageState, str] | None:
    if row.expires_at <= now:
        return MessageState.EXPIRED, "too late to be useful"
    if reason := _not_allowed(row):
        return MessageState.SUPPRESSED, reason
    if channel is None:
        return MessageState.SUPPRESSED, NO_CHANNEL
    for hold in standing:
        if hold.keeps(row):
            return MessageState.HELD, hold.because
    return None


def _not_allowed(row: AnyRow) -> str:
    """What a stranger is answered needs nobody's consent. The row's words serve as well as the members they are."""
    return consent.why_not(row.purpose, row.consent, row.mode) if row.client_id else ""


def _claimed(row: AnyRow, channel: ChannelName, now: datetime, contents: Contents) -> Claimed:
    content, body = _form_of(row, channel, now, contents)
    return Claimed(
        attempt_id=new_id(now),
        message_id=row.id,
        number=row.number,
        body=body,
        purpose=Purpose(row.purpose),
        segments=row.segments,
        expires_at=row.expires_at,
        tries=row.attempts + 1,
        channel=channel,
        content=content,
    )


def _form_of(row: AnyRow, channel: ChannelName, now: datetime, contents: Contents) -> tuple[Content | None, str]:
    if channel is not ChannelName.WHATSAPP:
        return None, row.body
    if is_in_window(row.whatsapp_at, now) or not row.client_id:
        return contents.to_choose(row.language, row.body) or (None, row.body)
    return contents.to_open(row.purpose, row.language, row.body) or (None, row.body)


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
        attempts.c.outcome.label("came_to"),
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
    if row.state != MessageState.CLAIMED or row.came_to != Outcome.CLAIMED:
        return False  # given up meanwhile, as after a crash; perhaps claimed again by another
    reason = _not_allowed(row)
    if not reason:
        return True
    _KEEP.run(connection, [{"message": row.id, "to": MessageState.SUPPRESSED, "because": reason}])
    finish = {"attempt": attempt_id, "came_to": Outcome.NOT_SENT, "now": now, "error": None, "provider": None}
    _FINISH.run(connection, [finish])
    engagement.append(connection, [engagement.text_status(row, now, MessageState.SUPPRESSED, reason)])
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
        attempts.c.outcome.label("came_to"),
        messages.c.id,
        messages.c.client_id,
        messages.c.number,
        messages.c.channel,
        messages.c.state,
        messages.c.language,
        messages.c.expires_at,
        messages.c.attempts.label("tries"),
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

    ACCEPTED takes the `provider_id`. REFUSED is what its `error_code` says (`provider_errors`): mostly final. NOT_SENT
    is due again at `retry_at`, which the caller spreads out; at the latest when the text expires. UNKNOWN holds back
    later texts to this number until a report or a look at the provider's list settles it (`unknowns`). A report that
    came before this is not undone.
    """
    error = provider_errors.of(error_code) if came_to is Outcome.REFUSED else None
    if error and _concerns_more(error):
        _lock_people(connection, attempt_id)
    (row,) = _ATTEMPT.rows(connection, {"attempt": attempt_id})
    error = error and _on(row.channel, error)
    names = _news(row, provider_id)
    if row.came_to == Outcome.NOT_SENT:  # by a report: it is due again
        _BIND.run(connection, [{"attempt": attempt_id, "provider": names}] if names else [])
        return None
    if error and error.action in provider_errors.GOES_AGAIN:
        came_to = Outcome.NOT_SENT
    finish = {"attempt": attempt_id, "came_to": came_to, "now": now, "error": error_code, "provider": names}
    _FINISH.run(connection, [finish])
    if error:
        again = retry_at or _when_again(row, error, now)
        is_news = _refused(connection, row, error, now, again, reason)
        return _trouble(connection, row, error, now, is_news=is_news)
    match came_to:
        case Outcome.ACCEPTED:
            _rise(connection, row, MessageState.ACCEPTED, now, names=names)
        case Outcome.NOT_SENT if row.state in _UNDER_WAY:
            _due_again(connection, row, retry_at or now, error_code, reason)
        case Outcome.UNKNOWN if row.state == MessageState.CLAIMED and row.came_to == Outcome.CLAIMED:
            _move(connection, row, MessageState.UNKNOWN, reason, error_code)
        case _:
            pass
    return None


def _on(channel: str, error: ProviderError) -> ProviderError:
    """What goes by SMS already has no other channel to go by."""
    if channel == ChannelName.SMS and error.action in provider_errors.ON_ANOTHER_CHANNEL:
        return replace(error, action=Action.PARK)
    return error


def _refused(
    connection: Connection, row: AnyRow, error: ProviderError, now: datetime, again: datetime, reason: str
) -> bool:
    """Whether it is news: a report that came before says more."""
    code = error.code or None
    if error.action in provider_errors.GOES_AGAIN:
        return row.state in _UNDER_WAY and _goes(connection, row, error, again, now, reason)
    if error.action is not Action.PARK:
        return _rise(connection, row, MessageState.FAILED, now, code, reason)
    if RANK.get(row.state, 1):
        return False
    _move(connection, row, MessageState.PARKED, reason, code)
    engagement.append(connection, [engagement.text_status(row, now, MessageState.PARKED, reason)])
    return True


_UNDER_WAY = frozenset({MessageState.CLAIMED, MessageState.UNKNOWN, MessageState.PARKED})
_ON_ITS_WAY = _UNDER_WAY | {MessageState.ACCEPTED, MessageState.SENT}
_NEWEST = Prepared(select(func.max(attempts.c.id).label("id")).where(attempts.c.message_id == bindparam("message")))
_DUE_AGAIN = Prepared(
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values(
        state=MessageState.DUE, due_at=bindparam("again"), reason=bindparam("because"), error_code=bindparam("error")
    )
)


def _due_again(
    connection: Connection,
    row: AnyRow,
    again: datetime,
    error_code: int | None,
    reason: str,
) -> bool:
    """Whether it is: if there is a newer attempt, this one says nothing of that."""
    newest = _NEWEST.first(connection, {"message": row.id})
    if newest is None or newest.id != row.attempt_id:
        return False
    values = {"message": row.id, "again": min(again, row.expires_at), "because": reason, "error": error_code}
    _DUE_AGAIN.run(connection, [values])
    return True


def _goes(
    connection: Connection, row: AnyRow, error: ProviderError, again: datetime, now: datetime, reason: str
) -> bool:
    """As `_due_again`; after some errors on another channel."""
    if not _due_again(connection, row, again, error.code or None, reason):
        return False
    if error.action in provider_errors.ON_ANOTHER_CHANNEL:
        _BY_SMS.run(connection, [{"message": row.id}])
    if error.action is Action.CHANNEL_OFF and row.client_id:
        _switch_off(connection, row, error.code, now)
    return True


_BY_SMS = Prepared(update(messages).where(messages.c.id == bindparam("message")).values(channel=ChannelName.SMS))


def _switch_off(connection: Connection, row: AnyRow, error_code: int, now: datetime) -> None:
    """The caller has locked the client."""
    before = connection.scalar(select(clients.c.channels_off).where(clients.c.id == row.client_id)) or ""
    off = as_stored(switched_off(before) | {ChannelName(row.channel)})
    if off == before:
        return
    connection.execute(update(clients).where(clients.c.id == row.client_id).values(channels_off=off))
    noted = engagement.entry(
        Kind.PREFERENCE_SET,
        now,
        client_id=row.client_id,
        worker_id=row.worker_id,
        actor=engagement.PROVIDER,
        language=row.language,
        subject=Preference.CHANNELS_OFF,
        reason=f"error {error_code}",
        message_id=row.id,
        detail={"value": off},
    )
    engagement.append(connection, [noted])


def _when_again(row: AnyRow, error: ProviderError, now: datetime) -> datetime:
    """What all texts are stopped for is held when it is claimed, and due when that hold is released."""
    at_once = error.action is Action.STOP_ALL or error.action in provider_errors.ON_ANOTHER_CHANNEL
    return now if at_once else now + error.wait * row.tries


def _concerns_more(error: ProviderError) -> bool:
    """Whether more may follow from it than what becomes of this one text."""
    return error.action is not Action.TRY_LATER


def _trouble(
    connection: Connection, row: AnyRow, error: ProviderError, now: datetime, *, is_news: bool
) -> Trouble | None:
    """An opt-out counts whenever it is heard of; the rest once a text, when it fails: not if it goes by SMS now."""
    if error.action in provider_errors.ON_ANOTHER_CHANNEL:
        return None
    if _concerns_more(error) and (is_news or error.action is Action.OPT_OUT):
        return delivery_trouble.judge(connection, row, error, now)
    return None


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


_FAILURES = frozenset({MessageState.UNDELIVERED, MessageState.FAILED})


def fold_status(
    connection: Connection,
    attempt_id: str,
    status: str,
    provider_id: str,
    error_code: int | None,
    at: datetime,
) -> Trouble | None:
    """Take a report of the provider's; gives what `outcome` gives. One on no attempt of ours changes nothing.

    Reports come more than once, in any order, and sometimes before our own outcome is stored: the state only rises. But
    for one: an attempt of which a report says that the text did not go and may go later. The text is due again then,
    and of that attempt nothing counts any more but that it arrived.
    """
    error = provider_errors.of(error_code) if error_code else None
    if error and _concerns_more(error):
        _lock_people(connection, attempt_id)
    row = _ATTEMPT.first(connection, {"attempt": attempt_id})
    if row is None:
        return None
    error = error and _on(row.channel, error)
    if names := _news(row, provider_id):
        _BIND.run(connection, [{"attempt": attempt_id, "provider": names}])
    event = {"id": new_id(at), "attempt_id": attempt_id, "at": at, "status": status[:16], "error_code": error_code}
    _REPORTED.run(connection, [event])
    to = REPORTS.get(status)
    if row.came_to == Outcome.NOT_SENT and to is not MessageState.DELIVERED:
        to = None
    if not error:
        _rise(connection, row, to, at, names=names)
        return None
    failed = to in _FAILURES
    is_news = failed and _goes_again(connection, row, error, at)
    if not is_news:
        is_news = _rise(connection, row, to, at, error_code, names=names) and failed
    return _trouble(connection, row, error, at, is_news=is_news)


def _goes_again(connection: Connection, row: AnyRow, error: ProviderError, now: datetime) -> bool:
    """Whether it does: then this attempt has come to nothing, whatever else is heard of it."""
    if error.action not in provider_errors.GOES_AGAIN or row.state not in _ON_ITS_WAY:
        return False
    because = f"error {error.code}"
    if not _goes(connection, row, error, _when_again(row, error, now), now, because):
        return False
    finish = {"attempt": row.attempt_id, "came_to": Outcome.NOT_SENT, "now": now, "error": error.code, "provider": None}
    _FINISH.run(connection, [finish])
    engagement.append(connection, [engagement.text_status(row, now, MessageState.DUE, because)])
    return True


def by_sms_instead(connection: Connection, attempt_id: str, now: datetime) -> bool:
    """What this try has put into the web chat was not opened: it is due by SMS. False where that is settled already."""
    row = _ATTEMPT.first(connection, {"attempt": attempt_id})
    if row is None or row.channel != ChannelName.WEB_CHAT:
        return False
    return _goes_again(connection, row, provider_errors.of(provider_errors.NOT_OPENED), now)


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
    engagement.append(connection, [engagement.text_status(row, now, to, because)])
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
