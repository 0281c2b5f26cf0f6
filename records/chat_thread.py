"""What a client sees of their own thread in the web chat, on whatever channel each text went; and what is new in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, or_, select

from records import sealed_texts
from records.channels import ChannelName
from records.ids import first_id
from records.prepared import Prepared
from records.states import MessageState
from records.tables import engagement, messages, pictures, staff

LATEST = 60

FROM_CHAT = "WB"
"""What the ids of texts begin with that were written in the web chat; the browser's own id comes after it."""

ARRIVED = (MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED)
IN_CHAT = (MessageState.CLAIMED, MessageState.UNKNOWN)
"""What is claimed for the web chat is in it."""

SETTLES = timedelta(seconds=10)
"""Rows of the log may come to be seen later than their ids say: the transaction of one lasts longer than the next's."""


@dataclass(frozen=True, slots=True)
class ChatText:
    """`sent_as` is the browser's own id of a text that was written in the chat; `by` a worker's first name."""

    id: str
    is_mine: bool
    body: str
    language: str
    at: datetime
    sent_as: str
    by: str
    has_picture: bool


_SHOWN = or_(
    messages.c.direction == "in",
    and_(
        messages.c.template.not_in(sealed_texts.TEMPLATES),
        or_(
            messages.c.state.in_(ARRIVED),
            and_(messages.c.channel == ChannelName.WEB_CHAT, messages.c.state.in_(IN_CHAT)),
            messages.c.by_sms_at.is_not(None),  # it was there, whatever became of it since
        ),
    ),
)
_TEXTS: Select[Any] = (
    select(
        messages.c.id,
        messages.c.direction,
        messages.c.body,
        messages.c.language,
        messages.c.at,
        messages.c.provider_id,
        staff.c.first_name,
        select(pictures.c.id).where(pictures.c.message_id == messages.c.id).exists().label("has_picture"),
    )
    .outerjoin(staff, staff.c.id == messages.c.author)
    .where(messages.c.client_id == bindparam("client"), messages.c.id < bindparam("before"), _SHOWN)
    .order_by(messages.c.id.desc())
    .limit(bindparam("most"))
)
_NEWS = Prepared(
    select(engagement.c.id, engagement.c.client_id)
    .where(engagement.c.id > bindparam("after"))
    .order_by(engagement.c.id.desc())
    .limit(bindparam("most"))
)
AFTER_ALL = "~"


def texts(connection: Connection, client_id: str, before: str = AFTER_ALL, limit: int = LATEST) -> Sequence[ChatText]:
    """The latest before the text with the id `before`, the newest last."""
    rows = connection.execute(_TEXTS, {"client": client_id, "before": before, "most": limit}).all()
    return [_text(row) for row in reversed(rows)]


def _text(row: Any) -> ChatText:  # noqa: ANN401  a row of _TEXTS
    is_mine = row.direction == "in"
    own = (row.provider_id or "").removeprefix(FROM_CHAT) if is_mine and _is_from_chat(row.provider_id) else ""
    by = "" if is_mine else row.first_name or ""
    return ChatText(row.id, is_mine, row.body, row.language, row.at, own, by, row.has_picture)


def _is_from_chat(provider_id: str | None) -> bool:
    return (provider_id or "").startswith(FROM_CHAT)


@dataclass(frozen=True, slots=True)
class News:
    """Whose rows of the log are new, and what to give as `known` the next time."""

    client_ids: frozenset[str]
    known: Collection[str]


AT_ONCE = 5_000


def news(connection: Connection, known: Collection[str], now: datetime) -> News:
    """Clients of whom there is a row in the log that is not `known`, of the last moments before `now`."""
    rows = _NEWS.rows(connection, {"after": first_id(now - SETTLES), "most": AT_ONCE})
    fresh = {row.client_id for row in rows if row.id not in known and row.client_id}
    return News(frozenset(fresh), {row.id for row in rows})
