"""Numbers from which several people text: who spoke last, and the texts whose writer is not known yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from conversations.events import Said
from conversations.shared_phone import Held, Phone
from conversations.situation import Situation
from records.bulk import inserting, one_of, replaced
from records.tables import messages, shared_phones

Row = dict[str, Any]

_KNOWN = select(
    shared_phones.c.number,
    shared_phones.c.speaker_id,
    shared_phones.c.spoke_at,
    shared_phones.c.asked_at,
    shared_phones.c.held,
).where(one_of(shared_phones.c.number, "numbers"))
_WORDS = select(messages.c.id, messages.c.body).where(one_of(messages.c.id, "ids"))
_UPSERT = inserting(
    shared_phones,
    shared_phones.c.keys(),
    f"ON CONFLICT (number) DO UPDATE SET {replaced('speaker_id', 'spoke_at', 'asked_at', 'held')}",
)
_BELONGS = (
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values(client_id=bindparam("client"), language=bindparam("spoken"))
)


def load(connection: Connection, people: Mapping[str, Sequence[Situation]]) -> dict[str, Phone]:
    """The phones of these numbers. The people of a number are in the order of their ids, and their rows locked."""
    if not people:
        return {}
    known = {row.number: row for row in connection.execute(_KNOWN, {"numbers": list(people)})}
    held = [one["message"] for row in known.values() for one in row.held]
    words = {row.id: row.body for row in connection.execute(_WORDS, {"ids": held})} if held else {}
    phones: dict[str, Phone] = {}
    for number, theirs in people.items():
        row = known.get(number)
        if row is None:
            phones[number] = Phone(tuple(theirs))
        else:
            waiting = tuple(_held(one, words[one["message"]]) for one in row.held)
            phones[number] = Phone(tuple(theirs), row.speaker_id or "", row.spoke_at, row.asked_at, waiting)
    return phones


def save(connection: Connection, phones: Mapping[str, Phone]) -> None:
    """How things stand from now on, by number."""
    _UPSERT.run(connection, [_row(number, phone) for number, phone in phones.items()])


def belong(connection: Connection, owners: Iterable[tuple[str, str, str]]) -> None:
    """Whose texts these are: (message id, client id, the client's language)."""
    rows = [{"message": message, "client": client, "spoken": spoken} for message, client, spoken in owners]
    if rows:
        connection.execute(_BELONGS, rows)


def _held(stored: Row, words: str) -> Held:
    said = Said(words, stored["has_media"], stored["is_answered"], stored["held_private"])
    return Held(stored["message"], said)


def _row(number: str, phone: Phone) -> Row:
    """The words of a held text are in its message, and nowhere else."""
    return {
        "number": number,
        "speaker_id": phone.speaker or None,
        "spoke_at": phone.spoke_at,
        "asked_at": phone.asked_at,
        "held": [
            {
                "message": one.message_id,
                "has_media": one.said.has_media,
                "is_answered": one.said.is_answered,
                "held_private": one.said.held_private,
            }
            for one in phone.held
        ],
    }
