"""The contents that the provider keeps for WhatsApp: which there are, and whether they may be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select

from conversations.effects import Purpose
from conversations.whatsapp_contents import Form, form_to_choose, form_to_open, rendered
from records.bulk import inserting, replaced
from records.prepared import Prepared
from records.tables import whatsapp_contents


class ContentState(StrEnum):
    """A template that starts a conversation waits for WhatsApp's yes; what answers needs none."""

    MADE = "made"
    """And not yet handed in for approval."""
    USABLE = "usable"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class KeptContent:
    """`body` is what was approved, with {{1}} where our words go; `why` is WhatsApp's reason for a no."""

    name: str
    language: str
    content_sid: str
    body: str
    state: ContentState
    why: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """To hand over instead of words."""

    content_sid: str
    variables: Mapping[str, str]


_KEEP = inserting(
    whatsapp_contents,
    whatsapp_contents.c.keys(),
    f"ON CONFLICT (name, language) DO UPDATE SET {replaced('content_sid', 'body', 'state', 'why', 'checked_at')}",
)
_USABLE = Prepared(
    select(
        whatsapp_contents.c.name,
        whatsapp_contents.c.language,
        whatsapp_contents.c.content_sid,
        whatsapp_contents.c.body,
    ).where(whatsapp_contents.c.state == bindparam("state"))
)


def keep(connection: Connection, content: KeptContent) -> None:
    """In the place of what was there under this name and language."""
    row = {name: getattr(content, name) for name in whatsapp_contents.c.keys()}  # noqa: SIM118  not a mapping
    _KEEP.run(connection, [row])


def all_kept(connection: Connection) -> Sequence[KeptContent]:
    rows = connection.execute(
        select(whatsapp_contents).order_by(whatsapp_contents.c.name, whatsapp_contents.c.language)
    )
    return [KeptContent(**{**row, "state": ContentState(row["state"])}) for row in rows.mappings()]


@dataclass(frozen=True, slots=True)
class Contents:
    """Those that may be used: the provider's id and the body, by name and language."""

    usable: Mapping[tuple[str, str], tuple[str, str]]

    def may_open(self, purpose: str, language: str, body: str) -> bool:
        form = form_to_open(Purpose(purpose), body)
        return form is not None and (form.name, language) in self.usable

    def to_open(self, purpose: str, language: str, body: str) -> tuple[Content, str] | None:
        """With the words as they will stand on the phone."""
        return self._filled(form_to_open(Purpose(purpose), body), language)

    def to_choose(self, language: str, body: str) -> tuple[Content, str] | None:
        return self._filled(form_to_choose(body), language)

    def _filled(self, form: Form | None, language: str) -> tuple[Content, str] | None:
        found = self.usable.get((form.name, language)) if form else None
        if form is None or found is None:
            return None
        content_sid, body = found
        return Content(content_sid, form.variables), rendered(body, form.variables)


NONE = Contents({})


def usable(connection: Connection) -> Contents:
    rows = _USABLE.rows(connection, {"state": ContentState.USABLE})
    return Contents({(row.name, row.language): (row.content_sid, row.body) for row in rows})
