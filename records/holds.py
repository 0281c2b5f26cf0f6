"""Holds: what keeps texts from leaving, of the whole county, of one client or of one campaign, until a person releases.

A text that is due meets a hold when it is claimed. It then leaves the queue for the state HELD, so that each held text
is looked at once however long the hold stands. Releasing a hold makes them due again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select, text, true, update

from conversations.effects import Purpose
from records import engagement
from records.bulk import one_of
from records.errors import NotFoundError
from records.ids import new_id
from records.prepared import AnyRow, Prepared
from records.states import UNPROMPTED, MessageState
from records.tables import clients, holds, messages
from records.types import Moment

OPERATOR = "operator"

NEVER_HELD = frozenset({Purpose.LEGAL, Purpose.CRISIS})
"""By a hold of one client or one campaign: the answer to STOP or HELP, and what is said to words of danger."""

AT_ONCE = 1000


class Scope(StrEnum):
    """What a hold keeps back. UNPROMPTED is what nobody waits for; CLIENT and CAMPAIGN name theirs."""

    ALL = "all"
    UNPROMPTED = "unprompted"
    CLIENT = "client"
    CAMPAIGN = "campaign"


NAMED = frozenset({Scope.CLIENT, Scope.CAMPAIGN})


@dataclass(frozen=True, slots=True)
class Hold:
    """`subject` is the client's or the campaign's id, else "". `by` is a staff id, "provider" or "operator"."""

    scope: Scope
    subject: str
    because: str
    by: str
    at: datetime

    def keeps(self, row: AnyRow) -> bool:
        """Whether it holds this text: a row of `messages` with client_id, campaign, purpose and priority."""
        match self.scope:
            case Scope.ALL:
                return True
            case Scope.UNPROMPTED:
                return bool(row.priority == UNPROMPTED)
            case Scope.CLIENT:
                return bool(row.client_id == self.subject) and row.purpose not in NEVER_HELD
            case Scope.CAMPAIGN:
                return bool(row.campaign == self.subject) and row.purpose not in NEVER_HELD


_STANDS = holds.c.released_at.is_(None)
_WHAT = (holds.c.scope, holds.c.subject, holds.c.because, holds.c.placed_by, holds.c.placed_at)
_THAT_MAY_KEEP = Prepared(
    select(*_WHAT)
    .where(_STANDS, or_(holds.c.subject == text("''"), one_of(holds.c.subject, "subjects")))
    .order_by(holds.c.placed_at)
    .with_for_update(read=True)
)
_PLACE = text(
    "INSERT INTO holds (id, scope, subject, because, placed_by, placed_at)"
    " VALUES (:id, :scope, :subject, :because, :placed_by, :placed_at) ON CONFLICT DO NOTHING RETURNING id"
).bindparams(bindparam("placed_at", type_=Moment()))


def that_may_keep(connection: Connection, rows: Sequence[AnyRow]) -> list[Hold]:
    """The standing holds that may keep one of these texts, the oldest first.

    They cannot be released before this transaction has ended; so nothing is held by what does not stand any more.
    """
    subjects = {row.client_id for row in rows} | {row.campaign for row in rows}
    found = _THAT_MAY_KEEP.rows(connection, {"subjects": sorted(subjects - {None})})
    return [_hold(row) for row in found]


def place(connection: Connection, scope: Scope, subject: str, because: str, by: str, now: datetime) -> bool:
    """False if such a hold stands already; it is left as it is. Raises NotFoundError for a client who is not there.

    What is claimed already still leaves.
    """
    if scope is Scope.CLIENT and connection.scalar(select(clients.c.id).where(clients.c.id == subject)) is None:
        raise NotFoundError("no such client")
    row = {
        "id": new_id(now),
        "scope": scope,
        "subject": subject if scope in NAMED else "",
        "because": because,
        "placed_by": by,
        "placed_at": now,
    }
    return connection.execute(_PLACE, row).first() is not None


def release(connection: Connection, scope: Scope, subject: str, by: str, now: datetime) -> int:
    """Gives how many texts are due again; those that another hold keeps too, it holds when they are claimed.

    Raises NotFoundError if no such hold stands.
    """
    subject = subject if scope in NAMED else ""
    ended = connection.execute(
        update(holds)
        .where(holds.c.scope == scope, holds.c.subject == subject, _STANDS)
        .values(released_by=by, released_at=now)
    )
    if not ended.rowcount:
        raise NotFoundError("no such hold stands")
    freed = connection.execute(
        update(messages)
        .where(text("messages.state = 'held'"), _kept_by(scope, subject))
        .values(state=MessageState.DUE, reason="")
    )
    return freed.rowcount


def _kept_by(scope: Scope, subject: str) -> ColumnElement[bool]:
    match scope:
        case Scope.ALL:
            return true()
        case Scope.UNPROMPTED:
            return messages.c.priority == UNPROMPTED
        case Scope.CLIENT:
            return messages.c.client_id == subject
        case Scope.CAMPAIGN:
            return messages.c.campaign == subject


def standing(connection: Connection) -> list[Hold]:
    """The oldest first."""
    return [_hold(row) for row in connection.execute(select(*_WHAT).where(_STANDS).order_by(holds.c.placed_at))]


def _hold(row: AnyRow) -> Hold:
    return Hold(Scope(row.scope), row.subject, row.because, row.placed_by, row.placed_at)


_TOO_LATE = (
    select(messages.c.id, messages.c.client_id, messages.c.language, clients.c.worker_id)
    .select_from(messages)
    .outerjoin(clients, clients.c.id == messages.c.client_id)
    .where(text("messages.state = 'held'"), messages.c.expires_at <= bindparam("now", type_=Moment()))
    .limit(AT_ONCE)
    .with_for_update(of=messages, skip_locked=True)
)
_EXPIRE = (
    update(messages).where(one_of(messages.c.id, "ids")).values(state=MessageState.EXPIRED, reason=bindparam("because"))
)


def expire_held(connection: Connection, now: datetime) -> int:
    """Held texts that came too late to be of use, up to a thousand at a time; gives how many."""
    because = "held until it was too late to be useful"
    found = connection.execute(_TOO_LATE, {"now": now}).all()
    if found:
        connection.execute(_EXPIRE, {"ids": [row.id for row in found], "because": because})
        log = [engagement.text_status(row, now, MessageState.EXPIRED, because) for row in found]
        engagement.append(connection, log)
    return len(found)
