"""The databases' own indexes of words: FTS5 on SQLite, a GIN index of a tsvector on Postgres.

Words come folded (`records.searchable_words`): they hold letters and digits alone, so none has a meaning to a database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from records.searchable_words import Phrase, words_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the log whose text has the words; not all of its phrases unless `is_match`."""

    log_id: str
    place: str
    is_match: bool


Add = Callable[[Connection, Sequence[tuple[str, str, str]]], None]
Find = Callable[[Connection, Sequence[Phrase], Sequence[str] | None, str | None, int], Sequence[Candidate]]


def add(connection: Connection, texts: Sequence[tuple[str, str, str]]) -> None:
    """Each is a row of the log, its client and what the text says. One that is there already is left alone."""
    _ADD[connection.dialect.name](connection, texts)


def find(
    connection: Connection, phrases: Sequence[Phrase], theirs: Sequence[str] | None, before: str | None, limit: int
) -> Sequence[Candidate]:
    """The newest first, from the place `before` on; `theirs` are clients, None for all. At most `limit`."""
    return _FIND[connection.dialect.name](connection, phrases, theirs, before, limit)


# --- SQLite ----------------------------------------------------------------------------------------------------------

_ADD_TO_FTS = text("INSERT INTO log_words (log_id, client, words) VALUES (:log_id, :client, :words)")
_FIND_BY_FTS = text(
    "SELECT log_id, rowid AS place FROM log_words"
    " WHERE log_words MATCH :words AND rowid < CAST(:before AS INTEGER) ORDER BY rowid DESC LIMIT :limit"
)
_NEWEST = str(2**62)


def _add_to_fts(connection: Connection, texts: Sequence[tuple[str, str, str]]) -> None:
    rows = [
        {"log_id": log_id, "client": client, "words": " ".join(word.plain for word in words_of(said))}
        for log_id, client, said in texts
    ]
    connection.execute(_ADD_TO_FTS, rows)


def _find_by_fts(
    connection: Connection, phrases: Sequence[Phrase], theirs: Sequence[str] | None, before: str | None, limit: int
) -> Sequence[Candidate]:
    clauses = [f'words : "{" ".join(one.words)}"{"*" if one.is_beginning else ""}' for one in phrases]
    if theirs is not None:
        quoted = " OR ".join(f'"{one}"' for one in theirs)
        clauses.append(f"client : ({quoted})")
    place = before if before and before.isdecimal() else _NEWEST
    rows = connection.execute(_FIND_BY_FTS, {"words": " AND ".join(clauses), "before": place, "limit": limit})
    return [Candidate(row.log_id, str(row.place), is_match=True) for row in rows]


# --- Postgres --------------------------------------------------------------------------------------------------------

_ADD_TO_GIN = text(
    "INSERT INTO log_words (log_id, client_id, words) VALUES (:log_id, :client, CAST(:words AS tsvector))"
    " ON CONFLICT DO NOTHING"
)
"""Another process may take in the same texts at the same time."""

LATEST = 20_000
"""Texts among which a frequent word is looked for."""

_MATCH = "log_id, words @@ CAST(:exact AS tsquery) AS is_match"
_AMONG_THE_LATEST = text(
    f"SELECT {_MATCH} FROM"  # noqa: S608  constants of ours
    " (SELECT log_id, words FROM log_words WHERE log_id < :before ORDER BY log_id DESC LIMIT :latest) AS latest"
    " WHERE words @@ CAST(:words AS tsquery) ORDER BY log_id DESC LIMIT :limit"
)
_BY_GIN = text(
    f"SELECT {_MATCH} FROM log_words"  # noqa: S608  constants of ours
    " WHERE words @@ CAST(:words AS tsquery) AND log_id < :before ORDER BY log_id || '' DESC LIMIT :limit"
)
"""No index is to be chosen for the order: it would read all texts for a few."""
_OF_CLIENTS = text(
    f"SELECT {_MATCH} FROM"  # noqa: S608  constants of ours
    " (SELECT log_id, words FROM log_words WHERE client_id = ANY(:theirs) AND log_id < :before OFFSET 0) AS theirs"
    " WHERE words @@ CAST(:words AS tsquery) ORDER BY log_id DESC LIMIT :limit"
)
"""OFFSET lets nothing else than the clients choose the index: to ask that of the words would fetch everybody's."""


def _add_to_gin(connection: Connection, texts: Sequence[tuple[str, str, str]]) -> None:
    rows = [
        {
            "log_id": log_id,
            "client": client,
            "words": " ".join(f"'{word.plain}':{number}" for number, word in enumerate(words_of(said), 1)),
        }
        for log_id, client, said in texts
    ]
    connection.execute(_ADD_TO_GIN, rows)


def _find_by_gin(
    connection: Connection, phrases: Sequence[Phrase], theirs: Sequence[str] | None, before: str | None, limit: int
) -> Sequence[Candidate]:
    """A GIN index has no order: all that it finds is fetched and sorted, and for a phrase looked at.

    So what is frequent is looked for among the latest texts first, and only what is rare by the index.
    """
    exact = " & ".join(f"({' <-> '.join(_lexemes(one))})" for one in phrases)
    words = " & ".join(lexeme for one in phrases for lexeme in _lexemes(one))
    asked: Mapping[str, Any] = {"exact": exact, "words": words, "before": before or "~", "limit": limit}
    if theirs is not None:
        return _candidates(connection.execute(_OF_CLIENTS, {**asked, "theirs": list(theirs)}))
    latest = _candidates(connection.execute(_AMONG_THE_LATEST, {**asked, "latest": LATEST}))
    return latest if len(latest) == limit else _candidates(connection.execute(_BY_GIN, asked))


def _lexemes(phrase: Phrase) -> Sequence[str]:
    return [f"'{word}':*" if phrase.is_beginning else f"'{word}'" for word in phrase.words]


def _candidates(rows: Any) -> Sequence[Candidate]:  # noqa: ANN401  rows of any query
    return [Candidate(row.log_id, row.log_id, row.is_match) for row in rows]


_ADD: Mapping[str, Add] = {"sqlite": _add_to_fts, "postgresql": _add_to_gin}
_FIND: Mapping[str, Find] = {"sqlite": _find_by_fts, "postgresql": _find_by_gin}
