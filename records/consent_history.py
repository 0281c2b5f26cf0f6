"""How a client's consent came to be what it is: every change, with what shows it (domain guide 6.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from records.tables import consent_events, messages


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """`exact_text` is what the client was shown, or was heard to say; `answer` what they texted to it. `at` is UTC."""

    at: datetime
    to: str
    channel: str
    language: str
    exact_text: str
    answer: str
    actor: str


def of(connection: Connection, client_id: str) -> Sequence[ConsentChange]:
    """The newest first."""
    it = consent_events.c
    wanted = (
        select(it.at, it.to, it.channel, it.language, it.exact_text, func.coalesce(messages.c.body, ""), it.actor)
        .outerjoin(messages, messages.c.id == it.evidence_message_id)
        .where(it.client_id == client_id)
        .order_by(it.id.desc())
    )
    return [ConsentChange(*row) for row in connection.execute(wanted)]
