"""May this text go out, and what stops when a client says no (domain guide 3.10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from conversations.effects import Purpose
from conversations.nudges import NudgeState
from conversations.situation import Consent
from records import engagement
from records.engagement import Kind, Row, entry
from records.ids import new_id
from records.states import MessageState
from records.tables import clients, consent_events, messages, nudges

_BEFORE_YES = frozenset({Purpose.INVITE, Purpose.LEGAL, Purpose.REPLY})

MAY_RECEIVE: dict[Consent, frozenset[Purpose]] = {
    Consent.NONE: _BEFORE_YES,
    Consent.INVITED: _BEFORE_YES,
    Consent.ACTIVE: frozenset(Purpose),
    Consent.REVOKED: frozenset({Purpose.LEGAL}),
    Consent.CLOSED: frozenset({Purpose.LEGAL, Purpose.REPLY}),
}
"""What may be sent, looked at again when a text is claimed. After a stop: the confirmation, and an answer to HELP."""

SILENT = frozenset({Consent.REVOKED, Consent.CLOSED})
"""To go here takes back everything that has not left."""

REASON = "no consent any more"

LOCK = (
    select(clients.c.id, clients.c.consent, clients.c.language, clients.c.worker_id)
    .where(clients.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(clients.c.id)
    .with_for_update(key_share=True)
)
"""A client's row is the lock on all that is about this client; several are taken in the order of their ids."""

_CANCEL_MESSAGES = (
    update(messages)
    .where(messages.c.client_id.in_(bindparam("ids", expanding=True)), messages.c.state == MessageState.DUE)
    .values(state=MessageState.CANCELLED, reason=REASON)
    .returning(messages.c.id, messages.c.client_id, messages.c.purpose)
)
_CANCEL_NUDGES = (
    update(nudges)
    .where(nudges.c.client_id == bindparam("client"), nudges.c.state == NudgeState.PLANNED)
    .values(state=NudgeState.CANCELLED, reason=REASON, version=nudges.c.version + 1)
    .returning(nudges.c.id, nudges.c.kind)
)


def cancel_messages(connection: Connection, client_ids: Sequence[str]) -> list[tuple[str, str, str]]:
    """Take back what has not been claimed; gives (message id, client id, purpose) of each."""
    return [(row.id, row.client_id, row.purpose) for row in connection.execute(_CANCEL_MESSAGES, {"ids": client_ids})]


def revoked_elsewhere(connection: Connection, client_id: str, now: datetime, evidence: str) -> None:
    """The carrier or the provider says that this client opted out where we could not see it (error 21610)."""
    client = connection.execute(LOCK, {"ids": [client_id]}).one()
    if client.consent == Consent.REVOKED:
        return
    connection.execute(update(clients).where(clients.c.id == client_id).values(consent=Consent.REVOKED))
    happened = {
        "id": new_id(now),
        "client_id": client_id,
        "at": now,
        "to": Consent.REVOKED,
        "channel": "provider",
        "language": client.language,
        "exact_text": "",
        "evidence_message_id": evidence,
        "actor": "provider",
    }
    connection.execute(insert(consent_events), [happened])

    def row(kind: Kind, subject: str, reason: str, message_id: str | None = None) -> Row:
        return entry(
            kind,
            now,
            client_id=client_id,
            worker_id=client.worker_id,
            language=client.language,
            subject=subject,
            reason=reason,
            message_id=message_id,
        )

    log = [row(Kind.CONSENT_CHANGED, Consent.REVOKED, "the provider says the client opted out (21610)", evidence)]
    log += [
        row(Kind.TEXT_STATUS, MessageState.CANCELLED, REASON, message)
        for message, _client, _purpose in cancel_messages(connection, [client_id])
    ]
    log += [
        row(Kind.NUDGE_CANCELLED, nudge.kind, REASON)
        for nudge in connection.execute(_CANCEL_NUDGES, {"client": client_id})
    ]
    engagement.append(connection, log)
