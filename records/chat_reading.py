"""What a client has read in the web chat: the page tells which texts it has shown."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select, update

from conversations.provider_errors import NOT_OPENED
from records import engagement
from records.bulk import inserting, one_of
from records.channels import ChannelName
from records.ids import new_id
from records.prepared import Prepared
from records.states import MessageState
from records.tables import attempts, clients, messages, status_events

_SETTLED = (MessageState.DELIVERED, MessageState.SUPPRESSED, MessageState.CANCELLED)
"""What was delivered already, and what consent or a person has taken back: that stays what the record says."""

_LOCK = Prepared(
    select(messages.c.id, messages.c.client_id, messages.c.language, clients.c.worker_id)
    .join(clients, clients.c.id == messages.c.client_id)
    .where(
        one_of(messages.c.id, "ids"),
        messages.c.client_id == bindparam("client"),
        messages.c.direction == "out",
        *(messages.c.state != state for state in _SETTLED),
    )
    .order_by(messages.c.id)
    .with_for_update(of=messages)
)
_SHOWN = Prepared(
    select(attempts.c.id, attempts.c.message_id)
    .join(messages, messages.c.id == attempts.c.message_id)
    .where(
        one_of(attempts.c.message_id, "ids"),
        or_(messages.c.channel == ChannelName.WEB_CHAT, attempts.c.error_code == NOT_OPENED),
    )
    .order_by(attempts.c.id)
)
_DELIVER = Prepared(
    update(messages)
    .where(one_of(messages.c.id, "ids"))
    .values(state=MessageState.DELIVERED, reason="", error_code=None)
)
_REPORTED = inserting(status_events, ("id", "attempt_id", "at", "status", "error_code"))


def seen(connection: Connection, client_id: str, message_ids: Collection[str], now: datetime) -> Collection[str]:
    """The client's page has shown these texts: they are delivered. Gives those of which that is news.

    Ids of other people's texts, of texts from the client, and of texts that were never in the web chat change nothing.
    One that nobody had opened, and that was to go by SMS instead, does not go any more if it has not left.
    """
    rows = _LOCK.rows(connection, {"ids": list(message_ids), "client": client_id}) if message_ids else []
    if not rows:
        return ()
    # Asked once the messages are locked, so that what was just sent on by SMS is seen as such.
    shown = {row.message_id: row.id for row in _SHOWN.rows(connection, {"ids": [row.id for row in rows]})}
    news = [row for row in rows if row.id in shown]
    _DELIVER.run(connection, [{"ids": list(shown)}] if shown else [])
    _REPORTED.run(
        connection,
        [
            {"id": new_id(now), "attempt_id": tried, "at": now, "status": "read", "error_code": None}
            for tried in shown.values()
        ],
    )
    engagement.append(connection, [engagement.text_status(row, now, MessageState.DELIVERED, "") for row in news])
    return tuple(shown)
