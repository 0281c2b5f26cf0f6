"""May this text go out, and what stops when a client says no (domain guide 3.10)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import Connection, bindparam, select, text, update

from conversations.effects import Purpose
from conversations.situation import Consent, Mode
from records.bulk import one_of
from records.prepared import Prepared
from records.states import MessageState
from records.tables import clients, messages

_EVERYTHING = frozenset(Purpose)
_ANSWERS = frozenset({Purpose.LEGAL, Purpose.REPLY, Purpose.CRISIS})
_BEFORE_YES = _ANSWERS | {Purpose.INVITE}
_AFTER_STOP = frozenset({Purpose.LEGAL, Purpose.CRISIS})

MAY_RECEIVE: dict[Consent, frozenset[Purpose]] = {
    Consent.NONE: _BEFORE_YES,
    Consent.INVITED: _BEFORE_YES,
    Consent.ACTIVE: _EVERYTHING,
    Consent.RENEW_DUE: _ANSWERS | {Purpose.HUMAN},
    Consent.EXPIRED: _ANSWERS,
    Consent.CLOSED: _ANSWERS,
    Consent.REVOKED: _AFTER_STOP,
    Consent.WRONG_NUMBER: _AFTER_STOP,
}
"""What may be sent, looked at again when a text is claimed. After a stop: the confirmation, an answer to HELP, and what
is said to words of danger."""

MODE_LETS: dict[Mode, frozenset[Purpose]] = {
    Mode.BOT: _EVERYTHING,
    Mode.HUMAN: _EVERYTHING - {Purpose.REMINDER, Purpose.CHECK_IN, Purpose.VISIT, Purpose.NUDGE},
    Mode.STOPPED: _ANSWERS | {Purpose.HUMAN},
    Mode.SILENT: frozenset(),
}
"""What may be sent in a thread, besides: looked at again as well."""

SILENT = frozenset({Consent.REVOKED, Consent.CLOSED, Consent.EXPIRED, Consent.WRONG_NUMBER})
"""To go here takes back everything that has not left."""

REASON = "no consent any more"

CLAIM_HOLDS = timedelta(seconds=0.3)
"""A claim says that a text may leave now. It says so for `RIGHT_TO_BEGIN`; then whoever has it must ask again. A stop
that finds a claim waits for longer than that before it is committed. So no text begins to leave after a stop,
whichever process claimed it, and no claim has to be committed twice."""
RIGHT_TO_BEGIN = CLAIM_HOLDS / 2

LOCK = Prepared(
    select(clients.c.id, clients.c.consent, clients.c.mode, clients.c.language, clients.c.worker_id)
    .where(one_of(clients.c.id, "ids"))
    .order_by(clients.c.id)
    .with_for_update(key_share=True)
)
"""A client's row is the lock on all that is about this client; several are taken in the order of their ids."""

_TAKE_BACK = (
    update(messages)
    .where(
        messages.c.client_id == bindparam("client"),
        messages.c.state.in_([MessageState.DUE, MessageState.HELD]),
        messages.c.purpose.not_in(bindparam("keeps", expanding=True)),
    )
    .values(state=MessageState.CANCELLED, reason=bindparam("because"))
    .returning(messages.c.id)
)
_numbers = select(clients.c.number).where(clients.c.id.in_(bindparam("ids", expanding=True)))
_CLAIMED = select(messages.c.id).where(messages.c.number.in_(_numbers), text("messages.state = 'claimed'")).limit(1)


def why_not(purpose: Purpose, consent: Consent, mode: Mode) -> str:
    """Why a text may not go out; "" when it may."""
    if purpose not in MAY_RECEIVE[consent]:
        return f"consent is {consent}"
    return "" if purpose in MODE_LETS[mode] else f"mode is {mode}"


def cancel_messages(connection: Connection, client_id: str, keeps: Collection[Purpose], reason: str) -> Sequence[str]:
    """Take back what has not been claimed and is not of these purposes; gives the ids of the messages."""
    values = {"client": client_id, "keeps": list(keeps), "because": reason}
    return connection.execute(_TAKE_BACK, values).scalars().all()


def any_claimed(connection: Connection, client_ids: Sequence[str]) -> bool:
    """Whether a text to the number of one of these clients may be about to leave."""
    return connection.execute(_CLAIMED, {"ids": client_ids}).first() is not None
