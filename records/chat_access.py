"""The two ways into the web chat: a link that works once, and a code bound to the browser that asked for it.

Only hashes are kept of both. Moments are aware.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from records.ids import new_id
from records.sight import EVERYBODY, Sight, shown
from records.tables import chat_codes, chat_links, clients

LINK_LASTS = timedelta(minutes=15)
CODE_LASTS = timedelta(minutes=10)

MOST_TRIES = 5
"""Of one code."""

CODES_AN_HOUR = 3
"""To one number: who is sent more did not ask for them."""

TRIES_AN_HOUR = 200
"""Of all browsers together. With more, somebody goes through the numbers: then links alone open."""

A_MOMENT = timedelta(minutes=1)
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be let into their chat."""

    client_id: str
    first_name: str
    language: str
    number: str
    worker_id: str


class Tried(StrEnum):
    """What came of a code that was typed in."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"
    """It has run out, or was tried too often: another one is needed."""
    CLOSED = "closed"
    """Too many wrong ones everywhere: codes open nothing for a while."""


_PEOPLE = select(clients.c.id, clients.c.first_name, clients.c.language, clients.c.number, clients.c.worker_id)


def person(connection: Connection, client_id: str, sight: Sight = EVERYBODY) -> Person | None:
    row = connection.execute(_PEOPLE.where(clients.c.id == client_id, shown(sight))).first()
    return Person(*row) if row else None


def people_of(connection: Connection, number: str) -> Sequence[Person]:
    """Who has this number, by name."""
    theirs = _PEOPLE.where(clients.c.number == number, shown(EVERYBODY))
    return [Person(*row) for row in connection.execute(theirs.order_by(clients.c.first_name, clients.c.id))]


# --- links -----------------------------------------------------------------------------------------------------------


def keep_link(connection: Connection, client_id: str, token_hash: str, now: datetime) -> None:
    """Those that ran out are swept away."""
    connection.execute(delete(chat_links).where(chat_links.c.made_at <= now - A_DAY))
    connection.execute(insert(chat_links).values(token_hash=token_hash, client_id=client_id, made_at=now))


def end_links(connection: Connection, client_id: str) -> None:
    """Those that were sent to a client open nothing any more."""
    connection.execute(delete(chat_links).where(chat_links.c.client_id == client_id))


def has_new_link(connection: Connection, client_id: str, now: datetime) -> bool:
    """Whether one was made for them a moment ago."""
    theirs = chat_links.c.client_id == client_id, chat_links.c.made_at > now - A_MOMENT
    return connection.scalar(select(chat_links.c.made_at).where(*theirs).limit(1)) is not None


def use_link(connection: Connection, token_hash: str, now: datetime) -> Person | None:
    """Whose it is, the one time that it is used within LINK_LASTS."""
    used = (
        update(chat_links)
        .where(
            chat_links.c.token_hash == token_hash,
            chat_links.c.used_at.is_(None),
            chat_links.c.made_at > now - LINK_LASTS,
        )
        .values(used_at=now)
        .returning(chat_links.c.client_id)
    )
    client_id = connection.scalar(used)
    return person(connection, client_id) if client_id else None


# --- codes -----------------------------------------------------------------------------------------------------------


def keep_code(connection: Connection, browser_hash: str, number: str, code_hash: str, now: datetime) -> bool:
    """A new code for this browser, whoever has the number or nobody; the browser's older ones are over.

    False if this number had too many: then there is none.
    """
    it = chat_codes.c
    connection.execute(delete(chat_codes).where(it.asked_at <= now - A_DAY))
    theirs = select(func.count()).where(it.number == number, it.asked_at > now - AN_HOUR)
    if (connection.scalar(theirs) or 0) >= CODES_AN_HOUR:
        return False
    connection.execute(update(chat_codes).where(it.browser_hash == browser_hash).values(browser_hash=""))
    row = {"id": new_id(now), "browser_hash": browser_hash, "number": number, "code_hash": code_hash, "asked_at": now}
    connection.execute(insert(chat_codes).values(row))
    return True


def try_code(connection: Connection, browser_hash: str, code_hash: str, now: datetime) -> Tried:
    """A right one lets its browser in as one of `proven`. The count of tries is kept whatever comes of it."""
    it = chat_codes.c
    tries = select(func.sum(it.tries)).where(it.asked_at > now - AN_HOUR)
    if (connection.scalar(tries) or 0) >= TRIES_AN_HOUR:
        return Tried.CLOSED
    is_open = (
        it.browser_hash == browser_hash,
        it.asked_at > now - CODE_LASTS,
        it.tries < MOST_TRIES,
        it.used_at.is_(None),
    )
    tried = update(chat_codes).where(*is_open).values(tries=it.tries + 1).returning(it.id, it.code_hash)
    row = connection.execute(tried).first() if browser_hash else None
    if row is None:
        return Tried.OVER
    if row.code_hash != code_hash:
        return Tried.WRONG
    connection.execute(update(chat_codes).where(it.id == row.id).values(used_at=now))
    return Tried.RIGHT


def proven(connection: Connection, browser_hash: str, now: datetime) -> Sequence[Person]:
    """Who may be let in by the right code that this browser gave a moment ago: several where a phone is shared."""
    row = _proof(connection, browser_hash, now)
    return people_of(connection, row.number) if row else ()


def use_proof(connection: Connection, browser_hash: str, client_id: str, now: datetime) -> Person | None:
    """One of `proven`, the one time."""
    row = _proof(connection, browser_hash, now)
    if row is None:
        return None
    found = next((one for one in people_of(connection, row.number) if one.client_id == client_id), None)
    if found:
        connection.execute(update(chat_codes).where(chat_codes.c.id == row.id).values(browser_hash=""))
    return found


def _proof(connection: Connection, browser_hash: str, now: datetime) -> Row[Any, Any] | None:
    it = chat_codes.c
    wanted = select(it.id, it.number).where(it.browser_hash == browser_hash, it.used_at > now - CODE_LASTS)
    return connection.execute(wanted.with_for_update()).first() if browser_hash else None
