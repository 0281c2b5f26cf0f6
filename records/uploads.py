"""Lists that were sent in on the staff pages: weighed first, then brought in when somebody says so.

The file itself lies in the database, so that whichever process lives can go on with it, and goes as soon as it is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError, TooLateError
from records.tables import imports, staff, uploads

IS_LEFT_AFTER = timedelta(seconds=60)
"""Without a sign of work for so long, whoever was at it is gone."""

KEPT_FOR = timedelta(days=7)
"""A list that nobody brought in."""

LATEST = 30


class UploadState(StrEnum):
    WEIGHING = "weighing"
    WEIGHED = "weighed"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    DROPPED = "dropped"


UNDER_WAY = (UploadState.WEIGHING, UploadState.RUNNING)


@dataclass(frozen=True, slots=True)
class Upload:
    """`found` is what the weighing or the run made of it so far; `problem` why it stopped. Moments are UTC."""

    id: str
    kind: str
    name: str
    state: UploadState
    rows: int
    done: int
    at: datetime
    by_id: str
    found: Mapping[str, Any]
    problem: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PastImport:
    """A list that was brought in, here or from the command line (`by` is empty then). Moments are UTC."""

    kind: str
    rows: int
    done: int
    counts: Mapping[str, int]
    started_at: datetime
    finished_at: datetime | None
    by: str


_UPLOAD = [uploads.c[field.name] for field in fields(Upload)]


def add(
    connection: Connection, upload_id: str, kind: str, name: str, content: bytes, sha256: str, by: str, now: datetime
) -> None:
    """The id is the form's: a form that is sent twice adds one. Lists that lay here for long are dropped."""
    old = uploads.c.content.is_not(None), uploads.c.at < now - KEPT_FOR, uploads.c.state.not_in(UNDER_WAY)
    connection.execute(update(uploads).where(*old).values(content=None, state=UploadState.DROPPED))
    if connection.scalar(select(uploads.c.id).where(uploads.c.id == upload_id)):
        return
    row = {"id": upload_id, "kind": kind, "name": name, "content": content, "sha256": sha256, "by_id": by, "at": now}
    stands = {"state": UploadState.WEIGHING, "rows": 0, "done": 0, "found": {}, "problem": "", "touched_at": None}
    connection.execute(insert(uploads).values({**row, **stands}))


def find(connection: Connection, upload_id: str) -> Upload:
    """Raises NotFoundError."""
    row = connection.execute(select(*_UPLOAD).where(uploads.c.id == upload_id)).first()
    if row is None:
        raise NotFoundError("no such list")
    return _upload(row)


def left(connection: Connection, now: datetime) -> Sequence[str]:
    """The ids of those that nobody is at, the oldest first."""
    wanted = select(uploads.c.id).where(uploads.c.state.in_(UNDER_WAY), _is_left(now)).order_by(uploads.c.id)
    return list(connection.scalars(wanted))


def take(connection: Connection, upload_id: str, now: datetime) -> tuple[Upload, bytes, str] | None:
    """To work on it, with the language of whoever sent it in; None if it is done, or somebody is at it."""
    mine = uploads.c.id == upload_id, uploads.c.state.in_(UNDER_WAY), _is_left(now)
    if not connection.execute(update(uploads).where(*mine).values(touched_at=now)).rowcount:
        return None
    wanted = select(uploads.c.content, staff.c.language).join(staff, staff.c.id == uploads.c.by_id)
    content, language = connection.execute(wanted.where(uploads.c.id == upload_id)).one()
    return find(connection, upload_id), content or b"", language


def tell(connection: Connection, upload_id: str, rows: int, done: int, now: datetime) -> None:
    """How far it has come."""
    connection.execute(update(uploads).where(uploads.c.id == upload_id).values(rows=rows, done=done, touched_at=now))


def weighed(connection: Connection, upload_id: str, found: Mapping[str, Any]) -> None:
    _become(connection, upload_id, UploadState.WEIGHED, found=found, touched_at=None)


def run(connection: Connection, upload_id: str) -> bool:
    """Somebody says that it shall be brought in; False if it is not weighed, or they said so already."""
    ready = uploads.c.id == upload_id, uploads.c.state == UploadState.WEIGHED
    values = {"state": UploadState.RUNNING, "done": 0, "touched_at": None}
    return bool(connection.execute(update(uploads).where(*ready).values(**values)).rowcount)


def finished(connection: Connection, upload: Upload, found: Mapping[str, Any], now: datetime) -> None:
    _become(connection, upload.id, UploadState.FINISHED, found=found, done=upload.rows, content=None)
    detail = {"rows": upload.rows, **found.get("counts", {})}
    note_staff_act(connection, Kind.LIST_IMPORTED, upload.by_id, now, subject=upload.kind, detail=detail)


def stopped(connection: Connection, upload_id: str, problem: str) -> None:
    """It goes no further; what was taken stays."""
    _become(connection, upload_id, UploadState.STOPPED, problem=problem, content=None)


def drop(connection: Connection, upload_id: str) -> None:
    """Raises TooLateError if it is being brought in, or was."""
    ready = uploads.c.id == upload_id, uploads.c.state == UploadState.WEIGHED
    values = {"state": UploadState.DROPPED, "content": None}
    if not connection.execute(update(uploads).where(*ready).values(**values)).rowcount:
        raise TooLateError


def unfinished(connection: Connection) -> Sequence[Upload]:
    """Those that are weighed and wait for a word, or are at work; the newest first."""
    open_ = (*UNDER_WAY, UploadState.WEIGHED)
    wanted = select(*_UPLOAD).where(uploads.c.state.in_(open_)).order_by(uploads.c.id.desc()).limit(LATEST)
    return [_upload(row) for row in connection.execute(wanted)]


def past(connection: Connection) -> Sequence[PastImport]:
    """What was brought in, the newest first."""
    it = imports.c
    wanted = (
        select(it.kind, it.rows, it.done, it.counts, it.started_at, it.finished_at, staff.c.first_name)
        .outerjoin(staff, staff.c.id == it.started_by)
        .order_by(it.id.desc())
        .limit(LATEST)
    )
    return [PastImport(*row[:6], row.first_name or "") for row in connection.execute(wanted)]


def _is_left(now: datetime) -> Any:  # noqa: ANN401  a condition
    return or_(uploads.c.touched_at.is_(None), uploads.c.touched_at < now - IS_LEFT_AFTER)


def _become(connection: Connection, upload_id: str, state: UploadState, **values: object) -> None:
    connection.execute(update(uploads).where(uploads.c.id == upload_id).values(state=state, **values))


def _upload(row: Any) -> Upload:  # noqa: ANN401  a row of _UPLOAD
    return replace(Upload(*row), state=UploadState(row.state))
