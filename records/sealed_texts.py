"""Texts that hold a secret: the phone alone gets it; the thread, the log, and whoever reads these, do not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from records.bulk import one_of
from records.prepared import Prepared
from records.tables import messages, sealed_texts

CHAT_LINK, CHAT_CODE = "chat/link", "chat/code"
TEMPLATES = frozenset({CHAT_LINK, CHAT_CODE})

_BODIES = Prepared(
    select(sealed_texts.c.message_id, sealed_texts.c.body).where(one_of(sealed_texts.c.message_id, "ids"))
)


def seal(connection: Connection, message_id: str, body: str) -> None:
    """`body` is what leaves, and stays until the message has expired."""
    connection.execute(insert(sealed_texts).values(message_id=message_id, body=body))


def bodies(connection: Connection, message_ids: Collection[str]) -> Mapping[str, str]:
    """What leaves in place of these messages' own bodies."""
    if not message_ids:
        return {}
    return {row.message_id: row.body for row in _BODIES.rows(connection, {"ids": list(message_ids)})}


def sweep(connection: Connection, now: datetime) -> None:
    """Forget those that have expired."""
    over = select(messages.c.id).where(messages.c.id == sealed_texts.c.message_id, messages.c.expires_at <= now)
    connection.execute(delete(sealed_texts).where(over.exists()))
