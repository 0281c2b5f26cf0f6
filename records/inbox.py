"""Which of the texts that the provider has for us are here."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from records.bulk import one_of
from records.prepared import Prepared
from records.tables import messages

_HERE = Prepared(select(messages.c.provider_id).where(one_of(messages.c.provider_id, "provider_ids")))


def missing(connection: Connection, provider_ids: Collection[str]) -> set[str]:
    """Those of the provider's ids of which no text is stored."""
    here = {row.provider_id for row in _HERE.rows(connection, {"provider_ids": list(provider_ids)})}
    return set(provider_ids) - here
