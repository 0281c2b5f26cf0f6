"""Reading the engagement log, newest first, a page at a time, at the same pace however long the log is.

A page is found by the index of that one of the conditions which the fewest rows meet, and at most `WIDEST` of these are
looked through for the others. Where that does not fill the page, it says from where to look on. So no question looks
through the whole log at once, however rare its answers are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, true

from records.ids import first_id
from records.sight import EVERYBODY, Sight, oversees, reached
from records.tables import clients, engagement, messages, staff

WIDTHS, WIDEST = (500, 8_000), 20_000
"""Rows that are looked through for a page: first a few, and more if they do not fill it."""

DEARER = 4
"""Times that a row costs which comes in no order: all of them are fetched, and sorted."""

FEW = 500
"""So many clients at most are looked up one by one; of more, the log is full."""

SETTLES = timedelta(seconds=10)
"""So old is a row of the log before others see it. Transactions that began before others may end after them, so who
follows the log closer would miss rows."""

CLOCKS_STEP_BACK = timedelta(days=1)
"""At most, so a row's id is no later than its moment by more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of the log: all that are given must fit. `since` is included, `until` is not; both aware."""

    client_id: str | None = None
    worker_id: str | None = None
    kinds: frozenset[str] = frozenset()
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sight: Sight = EVERYBODY
    """Whose clients the reader sees."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row as supervisors read it. `body` is the text itself, empty where the row is about none; `at` is UTC."""

    id: str
    at: datetime
    client_id: str | None
    client: str
    zone: str
    worker: str
    actor: str
    kind: str
    language: str
    subject: str
    reason: str
    detail: Mapping[str, Any]
    message_id: str | None
    body: str
    purpose: str
    template: str
    segments: int | None
    encoding: str
    state: str
    channel: str


_LOG = (
    select(
        engagement.c.id,
        engagement.c.at,
        engagement.c.client_id,
        clients.c.first_name.label("client"),
        clients.c.zone,
        staff.c.first_name.label("worker"),
        engagement.c.actor,
        engagement.c.kind,
        engagement.c.language,
        engagement.c.subject,
        engagement.c.reason,
        engagement.c.detail,
        engagement.c.message_id,
        messages.c.body,
        messages.c.purpose,
        messages.c.template,
        messages.c.segments,
        messages.c.encoding,
        messages.c.state,
        messages.c.channel,
    )
    .select_from(engagement)
    .outerjoin(clients, clients.c.id == engagement.c.client_id)
    .outerjoin(staff, staff.c.id == engagement.c.worker_id)
    .outerjoin(messages, messages.c.id == engagement.c.message_id)
)


@dataclass(frozen=True, slots=True)
class LogPage:
    """`older` is what to ask for as `before` to read on; None at the end. A page that is not full may have one."""

    rows: list[LogRow]
    older: str | None


def page(connection: Connection, asked: Asked, *, before: str | None = None, limit: int = 50) -> LogPage:
    """The newest rows first; `before` is `older` of the page before."""
    ids, older = _ids(connection, asked, before, limit)
    return LogPage(rows_of(connection, ids), older)


def rows_of(connection: Connection, ids: Sequence[str]) -> list[LogRow]:
    """The newest first."""
    rows = connection.execute(_LOG.where(engagement.c.id.in_(ids)).order_by(engagement.c.id.desc())) if ids else ()
    return [_log_row(row) for row in rows]


def settled(connection: Connection, now: datetime) -> str:
    """The id of the last row that has settled; "" for none."""
    wanted = select(engagement.c.id).where(engagement.c.at <= now - SETTLES)
    return connection.scalar(wanted.order_by(engagement.c.id.desc()).limit(1)) or ""


def has_more_than(connection: Connection, asked: Asked, count: int) -> bool:
    before: str | None = None
    while count >= 0:
        ids, before = _ids(connection, asked, before, count + 1)
        count -= len(ids)
        if before is None:
            break
    return count < 0


def _ids(connection: Connection, asked: Asked, before: str | None, limit: int) -> tuple[list[str], str | None]:
    """Those of a page, and from where to look on."""
    within, ways = list(_within(asked, before)), _ways(connection, asked)
    ids, floor = list[str](), ""
    for width in (*(width for width in WIDTHS if width > limit), WIDEST):
        floors = ((way.floor(connection, width, within), way) for way in ways)
        floor, way = min(((floor, way) for floor, way in floors if floor is not None), key=itemgetter(0))
        wanted = way.rows.where(*within, *way.rest, engagement.c.id >= floor).limit(limit + 1)
        ids = list(connection.scalars(wanted))
        if len(ids) > limit:
            return ids[:limit], ids[limit - 1]
        if not floor:
            break
    return ids, floor or None


@dataclass(frozen=True, slots=True)
class _Way:
    """Rows that an index finds, newest first, and what else must be so of each."""

    rows: Select[str]
    rest: Sequence[ColumnElement[bool]]
    sorted: bool = True
    """By the index itself; if not, all are to be had or none."""

    def floor(self, connection: Connection, width: int, within: Sequence[ColumnElement[bool]]) -> str | None:
        """The oldest id of so many rows; "" if that is all. The older it is, the fewer rows there are."""
        rows = self.rows.where(*within)
        if self.sorted:
            return connection.scalar(rows.offset(width).limit(1)) or ""
        further = connection.execute(rows.order_by(None).offset(width // DEARER).limit(1)).first()
        return None if further else ""


def _ways(connection: Connection, asked: Asked) -> Sequence[_Way]:
    """Each goes by an index of its own."""
    ids, newest_first, chosen = select(engagement.c.id), engagement.c.id.desc(), list(fitting(asked))
    rest = [in_sight(asked.sight), *chosen]
    ways = [_Way(ids.where(column == value).order_by(newest_first), rest) for column, value in _indexed(asked)]
    if not ways:
        ways = [_Way(ids.order_by(newest_first), rest)]
    seen = seen_if_few(connection, asked.sight)
    if seen is not None:
        theirs = or_(engagement.c.client_id.in_(seen), _of_staff(asked.sight))
        last_sorted = ids.where(theirs).order_by(unindexed(engagement.c.id).desc())
        ways.append(_Way(last_sorted, chosen, sorted=False))
    return ways


def seen_if_few(connection: Connection, sight: Sight) -> Sequence[str] | None:
    """The ids of the clients in sight; None if these are more than FEW."""
    if sight.sees_all:
        return None
    seen = connection.scalars(select(clients.c.id).where(reached(sight)).limit(FEW + 1)).all()
    return seen if len(seen) <= FEW else None


def _indexed(asked: Asked) -> Iterator[tuple[ColumnElement[Any], str]]:
    """The conditions that have an index."""
    row = engagement.c
    given = ((row.client_id, asked.client_id), (row.worker_id, asked.worker_id), (row.language, asked.language))
    for column, value in given:
        if value is not None:
            yield column, value
    if len(asked.kinds) == 1:
        yield row.kind, next(iter(asked.kinds))


def _within(asked: Asked, before: str | None) -> Iterator[ColumnElement[bool]]:
    """What the ids say."""
    if before is not None:
        yield engagement.c.id < before
    if asked.since is not None:
        yield engagement.c.id >= first_id(asked.since)
    if asked.until is not None:
        yield engagement.c.id < first_id(asked.until + CLOCKS_STEP_BACK)


def fitting(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """What was chosen; none of it leads the database to an index of its choice."""
    for column, value in _indexed(asked):
        yield unindexed(column) == value
    if len(asked.kinds) > 1:
        yield unindexed(engagement.c.kind).in_(asked.kinds)
    if asked.since is not None:
        yield engagement.c.at >= asked.since
    if asked.until is not None:
        yield engagement.c.at < asked.until


def in_sight(sight: Sight) -> ColumnElement[bool]:
    """Rows about clients go with the client, to whoever has them now; the others are their member of staff's."""
    if sight.sees_all:
        return true()
    theirs = unindexed(engagement.c.client_id).in_(select(clients.c.id).where(reached(sight)))
    return or_(theirs, _of_staff(sight))


def _of_staff(sight: Sight) -> ColumnElement[bool]:
    return and_(engagement.c.client_id.is_(None), oversees(sight, engagement.c.worker_id))


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same words, and no index has them: of several, the database must not choose this one."""
    return column.concat("")


def _log_row(row: Any) -> LogRow:  # noqa: ANN401  a row of _LOG
    return LogRow(
        id=row.id,
        at=row.at,
        client_id=row.client_id,
        client=row.client or "",
        zone=row.zone or "",
        worker=row.worker or "",
        actor=row.actor,
        kind=row.kind,
        language=row.language,
        subject=row.subject,
        reason=row.reason,
        detail=row.detail,
        message_id=row.message_id,
        body=row.body or "",
        purpose=row.purpose or "",
        template=row.template or "",
        segments=row.segments,
        encoding=row.encoding or "",
        state=row.state or "",
        channel=row.channel or "",
    )
