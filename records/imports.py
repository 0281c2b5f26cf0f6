"""How far the import of a list has come: a row each, which changes in the same transaction as what was imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from records.errors import TooLateError
from records.ids import new_id
from records.tables import imports


@dataclass(frozen=True, slots=True)
class Import:
    """`done` of `rows` have been taken; `counts` says what became of them, by verdict. Moments are UTC."""

    id: str
    rows: int
    done: int
    counts: Mapping[str, int]
    started_at: datetime
    finished_at: datetime | None


_COLUMNS = (
    imports.c.id,
    imports.c.rows,
    imports.c.done,
    imports.c.counts,
    imports.c.started_at,
    imports.c.finished_at,
)


def begin(connection: Connection, kind: str, sha256: str, rows: int, started_by: str, now: datetime) -> Import:
    """The import of this file: where it was broken off, it goes on."""
    same = imports.c.kind == kind, imports.c.sha256 == sha256, imports.c.finished_at.is_(None)
    found = connection.execute(select(*_COLUMNS).where(*same)).first()
    if found is not None:
        return Import(*found)
    one: dict[str, Any] = {"id": new_id(now), "rows": rows, "done": 0, "counts": {}, "started_at": now}
    more = {"kind": kind, "sha256": sha256, "finished_at": None, "started_by": started_by}
    connection.execute(insert(imports), [{**one, **more}])
    return Import(**one, finished_at=None)


def last_finished(connection: Connection, kind: str, sha256: str) -> Import | None:
    """When this very file was imported before."""
    same = imports.c.kind == kind, imports.c.sha256 == sha256, imports.c.finished_at.is_not(None)
    found = connection.execute(select(*_COLUMNS).where(*same).order_by(imports.c.finished_at.desc()).limit(1)).first()
    return Import(*found) if found else None


def lock(connection: Connection, one: Import) -> None:
    """For as long as the transaction lasts. Raises TooLateError if somebody else has taken rows of it meanwhile."""
    done = connection.scalar(select(imports.c.done).where(imports.c.id == one.id).with_for_update())
    if done != one.done:
        raise TooLateError


def advance(connection: Connection, one: Import, became: Counter[str], now: datetime) -> Import:
    """So many more rows are done, by verdict. The last ones finish it."""
    counts = Counter(one.counts) + became
    done = one.done + became.total()
    finished_at = now if done >= one.rows else None
    values = {"done": done, "counts": dict(counts), "finished_at": finished_at}
    connection.execute(update(imports).where(imports.c.id == one.id).values(**values))
    return Import(one.id, one.rows, done, dict(counts), one.started_at, finished_at)
