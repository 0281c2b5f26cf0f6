"""What staff write about a client for each other. A note is no text: nothing of it ever reaches a phone or the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError, TooLateError
from records.sight import Sight, shown
from records.tables import clients, notes


class NoteKind(StrEnum):
    """What the note is about; an ADDITION belongs to another note."""

    NOTE = "note"
    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"
    NO_ANSWER = "no_answer"
    ADDITION = "addition"


IN_TOUCH = frozenset({NoteKind.CALL, NoteKind.VISIT})
"""A person and the client spoke (domain guide 8.2, M27); a letter or a call that nobody took is no such contact."""

MAY_BE_CHANGED_FOR = timedelta(hours=24)
"""A slip of the pen is mended the same day. After that a note is a record, and can only be added to."""


@dataclass(frozen=True, slots=True)
class Note:
    """Moments are UTC. `happened_at` is when the call or the visit was; `additions` come oldest first."""

    id: str
    client_id: str
    author_id: str
    at: datetime
    kind: NoteKind
    happened_at: datetime
    words: str
    changed_at: datetime | None
    adds_to: str | None
    additions: tuple[Note, ...] = ()

    def may_be_changed_by(self, staff_id: str, now: datetime) -> bool:
        return self.author_id == staff_id and now < self.at + MAY_BE_CHANGED_FOR


@dataclass(frozen=True, slots=True)
class NewNote:
    """The `id` is the form's, so that one that is sent twice adds one note. `adds_to` is the note that it goes on."""

    id: str
    client_id: str
    kind: NoteKind
    happened_at: datetime
    words: str
    adds_to: str | None = None


def of_client(connection: Connection, client_id: str) -> Sequence[Note]:
    """All, the newest first, each with its additions."""
    rows = connection.execute(notes.select().where(notes.c.client_id == client_id).order_by(notes.c.id)).all()
    added: dict[str, list[Note]] = {}
    for row in rows:
        if row.adds_to:
            added.setdefault(row.adds_to, []).append(_note(row))
    return [_note(row, added.get(row.id, ())) for row in reversed(rows) if not row.adds_to]


def find(connection: Connection, note_id: str, sight: Sight) -> Note:
    """Raises NotFoundError if there is none, or its client is out of sight."""
    wanted = select(notes).join(clients, clients.c.id == notes.c.client_id).where(notes.c.id == note_id, shown(sight))
    row = connection.execute(wanted).first()
    if row is None:
        raise NotFoundError("no such note")
    more = connection.execute(notes.select().where(notes.c.adds_to == note_id).order_by(notes.c.id))
    return _note(row, [_note(one) for one in more])


def add(connection: Connection, wanted: NewNote, by: str, now: datetime) -> None:
    """A second time with the same id changes nothing."""
    if connection.scalar(select(notes.c.id).where(notes.c.id == wanted.id)):
        return
    row = {name: getattr(wanted, name) for name in ("id", "client_id", "kind", "happened_at", "words", "adds_to")}
    connection.execute(insert(notes).values({**row, "author_id": by, "at": now}))
    note_staff_act(connection, Kind.NOTE_ADDED, by, now, client_id=wanted.client_id, subject=wanted.kind)


def change(connection: Connection, note: Note, words: str, by: str, now: datetime) -> None:
    """Raises TooLateError when it is another's, or a record by now."""
    if not note.may_be_changed_by(by, now):
        raise TooLateError
    if words == note.words:
        return
    connection.execute(update(notes).where(notes.c.id == note.id).values(words=words, changed_at=now))
    note_staff_act(connection, Kind.NOTE_CHANGED, by, now, client_id=note.client_id, subject=note.kind)


def _note(row: Row[Any], additions: Sequence[Note] = ()) -> Note:
    kind = NoteKind(row.kind)
    about = (row.id, row.client_id, row.author_id, row.at, kind, row.happened_at, row.words, row.changed_at)
    return Note(*about, row.adds_to, tuple(additions))
