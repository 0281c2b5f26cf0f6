"""A call that makes something makes it once, however often it is sent: it comes with a key of the caller's.

The digest is of the whole request, so that a key that comes with another one is noticed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, text

from records.errors import ChangedError
from records.tables import idempotency_keys
from records.types import Moment

KEPT = timedelta(hours=48)

_CLAIM = text(
    "INSERT INTO idempotency_keys (token_id, key, digest, made, at) VALUES (:token_id, :key, :digest, :made, :at)"
    " ON CONFLICT DO NOTHING RETURNING made"
).bindparams(bindparam("at", type_=Moment()))


def made_before(connection: Connection, token_id: str, key: str, digest: str) -> str | None:
    """The id of what was made with this key; None if nothing was. Raises ChangedError as `claim` does."""
    same = idempotency_keys.c.token_id == token_id, idempotency_keys.c.key == key
    found = connection.execute(select(idempotency_keys.c.digest, idempotency_keys.c.made).where(*same)).first()
    if found is None:
        return None
    if found.digest != digest:
        raise ChangedError
    return str(found.made)


def claim(connection: Connection, token_id: str, key: str, digest: str, made: str, now: datetime) -> bool:
    """Whether the key is new: then the caller makes `made` in this transaction; else see `made_before`.

    Two transactions that claim the same key wait for one another. Keys older than `KEPT` are swept away.
    """
    connection.execute(delete(idempotency_keys).where(idempotency_keys.c.at < now - KEPT))
    row = {"token_id": token_id, "key": key, "digest": digest, "made": made, "at": now}
    return connection.execute(_CLAIM, row).first() is not None
