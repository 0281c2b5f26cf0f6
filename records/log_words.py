"""Finding texts by their words, however many there are.

An index of words follows the log by some seconds, so that no text waits for it to be sent or taken.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from records import word_index
from records.bulk import inserting, replaced
from records.engagement import Kind
from records.log_reads import Asked, LogPage, fitting, in_sight, rows_of, seen_if_few, settled, unindexed
from records.searchable_words import Phrase
from records.tables import engagement, log_followers, messages

FOLLOWER = "words"
AT_ONCE = 500
WIDTH = 1_500
"""Texts with the words that are looked through for a page: few of them may be of clients whom the reader sees, if they
see many clients and not all, or may be what they chose."""

_KEEP = inserting(log_followers, ("name", "through"), f"ON CONFLICT (name) DO UPDATE SET {replaced('through')}")


def follow(connection: Connection, now: datetime) -> int:
    """Take in the words of the next texts of the log; gives how many. `now` is the programme's."""
    through, last = _through(connection), settled(connection, now)
    if last <= through:
        return 0
    wanted = (
        select(engagement.c.id, engagement.c.client_id, messages.c.body)
        .join(messages, messages.c.id == engagement.c.message_id)
        .where(engagement.c.id > through, engagement.c.id <= last, engagement.c.client_id.is_not(None))
        .where(unindexed(engagement.c.kind).in_((Kind.TEXT_IN, Kind.TEXT_OUT)))
    )
    found = connection.execute(wanted.order_by(engagement.c.id).limit(AT_ONCE)).all()
    if found:
        word_index.add(connection, [(log_id, client_id or "", body) for log_id, client_id, body in found])
    through = found[-1].id if len(found) == AT_ONCE else last
    _KEEP.run(connection, [{"name": FOLLOWER, "through": through}])
    return len(found)


def is_behind(connection: Connection, now: datetime) -> bool:
    return settled(connection, now) > _through(connection)


def _through(connection: Connection) -> str:
    wanted = select(log_followers.c.through).where(log_followers.c.name == FOLLOWER)
    return connection.scalar(wanted) or ""


def search(
    connection: Connection, asked: Asked, phrases: Sequence[Phrase], *, before: str | None = None, limit: int = 50
) -> LogPage:
    """Texts with all of these words, the newest first; `before` is `older` of the page before."""
    theirs = [asked.client_id] if asked.client_id else seen_if_few(connection, asked.sight)
    if theirs == []:
        return LogPage([], None)
    ids, place = list[str](), before
    found = word_index.find(connection, phrases, theirs, place, WIDTH)
    fits = _fitting(connection, asked, [one.log_id for one in found if one.is_match])
    for one in found:
        if one.log_id in fits and len(ids) == limit:
            return LogPage(rows_of(connection, ids), place)
        place = one.place
        if one.log_id in fits:
            ids.append(one.log_id)
    return LogPage(rows_of(connection, ids), place if len(found) == WIDTH else None)


def _fitting(connection: Connection, asked: Asked, ids: Sequence[str]) -> Collection[str]:
    """Those of these rows that the reader sees and chose."""
    row = engagement.c
    wanted = select(row.id).where(row.id.in_(ids), in_sight(asked.sight), *fitting(asked))
    return set(connection.scalars(wanted)) if ids else ()
