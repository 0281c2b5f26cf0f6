"""The words of texts, beside the log: found at once, however many texts there are.

The database's own index of words does it: FTS5 on SQLite, a GIN index of a tsvector on Postgres. It follows the log
by some seconds, so that no text waits for it to be sent or taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, column, select, text

from records.bulk import inserting, replaced
from records.engagement import Kind
from records.log_reads import Asked, LogPage, fitting, in_sight, rows_of, seen_if_few, settled, unindexed
from records.searchable_words import Phrase, words_of
from records.tables import engagement, log_followers, messages

FOLLOWER = "words"
AT_ONCE = 500
WIDTHS = (500, 2_000)
"""Texts with the words that are looked through for a page, first a few, then more: of these, few may be of clients whom
the reader sees, if they see many clients and not all."""

_ADD = {
    "sqlite": text("INSERT INTO log_words (log_id, client, words) VALUES (:log_id, :client, :words)"),
    "postgresql": text(
        "INSERT INTO log_words (log_id, words) VALUES (:log_id, CAST(:client || :words AS tsvector))"
        " ON CONFLICT DO NOTHING"
    ),
}
"""On Postgres another process may take in the same texts at the same time."""

_KEEP = inserting(log_followers, ("name", "through"), f"ON CONFLICT (name) DO UPDATE SET {replaced('through')}")
_FIND = {
    "sqlite": text(
        "SELECT log_id, rowid AS place FROM log_words"
        " WHERE log_words MATCH :words AND rowid < CAST(:before AS INTEGER) ORDER BY rowid DESC LIMIT :limit"
    ),
    "postgresql": text(
        "SELECT log_id, log_id AS place FROM log_words WHERE words @@ CAST(:words AS tsquery)"
        " AND log_id < :before AND log_id >= :floor ORDER BY log_id DESC LIMIT :limit"
    ),
}
_FLOOR = text("SELECT log_id FROM log_words WHERE log_id < :before ORDER BY log_id DESC OFFSET :latest LIMIT 1")
FREQUENT = 40
"""A word is, that stands in every 40th text or more."""

_NEWEST = {"sqlite": str(2**62), "postgresql": "~"}


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
    dialect = connection.dialect.name
    if found:
        connection.execute(_ADD[dialect], [_indexed(*row, dialect) for row in found])
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
    dialect = connection.dialect.name
    place = before if before and (before.isdecimal() or dialect != "sqlite") else _NEWEST[dialect]
    ids = list[str]()
    theirs = [asked.client_id] if asked.client_id else seen_if_few(connection, asked.sight)
    if theirs == []:
        return LogPage([], None)
    words = _query(phrases, theirs, dialect)
    for width in WIDTHS:
        rows = _matches(connection, asked, {"words": words, "before": place, "limit": width})
        for row in rows:
            if row.fits and len(ids) == limit:
                return LogPage(rows_of(connection, ids), place)
            place = str(row.place)
            if row.fits:
                ids.append(row.log_id)
        if len(rows) < width:
            return LogPage(rows_of(connection, ids), None)
    return LogPage(rows_of(connection, ids), place)


def _matches(connection: Connection, asked: Asked, find: Mapping[str, Any]) -> Sequence[Any]:
    """The next texts with the words.

    A GIN index has no order: all that it finds is fetched and sorted. So what is frequent is looked for among the
    latest texts first, and only what is not found there by the index.
    """
    wanted = _fitting(asked, connection.dialect.name)
    if connection.dialect.name == "sqlite":
        return connection.execute(wanted, find).all()
    floor = connection.scalar(_FLOOR, {"before": find["before"], "latest": find["limit"] * FREQUENT}) or ""
    rows = connection.execute(wanted, {**find, "floor": floor}).all()
    is_all = len(rows) == find["limit"] or not floor
    return rows if is_all else connection.execute(wanted, {**find, "floor": ""}).all()


def _fitting(asked: Asked, dialect: str) -> Select[Any]:
    """The next texts with the words, and of each whether the reader sees it and chose it."""
    found = _FIND[dialect].columns(column("log_id"), column("place")).subquery()
    row = engagement.c
    these = and_(row.id == found.c.log_id, in_sight(asked.sight), *fitting(asked))
    wanted = select(found.c.log_id, found.c.place, row.id.is_not(None).label("fits"))
    return wanted.select_from(found.outerjoin(engagement, these)).order_by(found.c.place.desc())


def _query(phrases: Sequence[Phrase], theirs: Sequence[str] | None, dialect: str) -> str:
    """In the database's own notation. Words hold letters and digits alone, so nothing in them has a meaning to it."""
    if dialect == "sqlite":
        clauses = [f"words : {_clause(one, dialect)}" for one in phrases]
        return " AND ".join(
            clauses if theirs is None else [*clauses, f"client : ({' OR '.join(map(_quoted, theirs))})"]
        )
    clauses = [_clause(one, dialect) for one in phrases]
    return " & ".join(clauses if theirs is None else [*clauses, f"({' | '.join(map(_tag, theirs))})"])


def _quoted(client_id: str) -> str:
    return f'"{client_id}"'


def _tag(client_id: str) -> str:
    """What no word looks like."""
    return f"'@{client_id}'"


def _clause(phrase: Phrase, dialect: str) -> str:
    if dialect == "sqlite":
        return f'"{" ".join(phrase.words)}"{"*" if phrase.is_beginning else ""}'
    side_by_side = " <-> ".join(f"'{word}'" for word in phrase.words)
    return f"{side_by_side}:*" if phrase.is_beginning else f"({side_by_side})"


def _indexed(log_id: str, client_id: str, body: str, dialect: str) -> Mapping[str, str]:
    words = [word.plain for word in words_of(body)]
    if dialect == "sqlite":
        return {"log_id": log_id, "client": client_id, "words": " ".join(words)}
    said = "".join(f" '{word}':{number}" for number, word in enumerate(words, 1))
    return {"log_id": log_id, "client": _tag(client_id), "words": said}
