"""Who is away, and who answers for them (domain guide 7.1). Days are those of the county's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from conversations.county import County
from records.bulk import one_of
from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError, RefusedError
from records.ids import new_id
from records.prepared import Prepared
from records.tables import leaves, staff


@dataclass(frozen=True, slots=True)
class Leave:
    """Both days are included. `cover` is a first name; no cover is the team."""

    id: str
    staff_id: str
    first_name: str
    first_day: date
    last_day: date
    cover_id: str | None
    cover: str


@dataclass(frozen=True, slots=True)
class Cover:
    """Who answers for somebody who is away; nobody by name is the team."""

    staff_id: str | None = None
    first_name: str = ""


TEAM = Cover()


def add(
    connection: Connection,
    staff_id: str,
    first_day: date,
    last_day: date,
    cover_id: str | None,
    by: str,
    now: datetime,
) -> str:
    """Enter a leave; gives its id. The same leave twice is one.

    Raises NotFoundError for a member of staff who is not there, and RefusedError with what to do about it.
    """
    _lock(connection, staff_id, cover_id)
    if last_day < first_day:
        raise RefusedError("The last day is before the first. Enter the days the other way round.")
    if cover_id == staff_id:
        raise RefusedError("Nobody can cover for themselves. Choose somebody else, or leave it to the team.")
    for other in of(connection, staff_id):
        if (other.first_day, other.last_day, other.cover_id) == (first_day, last_day, cover_id):
            return other.id
        if other.first_day <= last_day and first_day <= other.last_day:
            raise RefusedError(
                "There is a leave from %(first_day)s to %(last_day)s already. Remove it, or choose other days.",
                first_day=other.first_day,
                last_day=other.last_day,
            )
    row = {
        "id": new_id(now),
        "staff_id": staff_id,
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
        "cover_id": cover_id,
        "created_by": by,
        "created_at": now,
    }
    connection.execute(insert(leaves), [row])
    _note(connection, Kind.LEAVE_ADDED, row, by, now)
    return str(row["id"])


def remove(connection: Connection, leave_id: str, by: str, now: datetime) -> bool:
    """Take a leave back. False if it is not there (any more)."""
    row = connection.execute(select(leaves).where(leaves.c.id == leave_id)).mappings().first()
    if row is None or not connection.execute(delete(leaves).where(leaves.c.id == leave_id)).rowcount:
        return False
    _note(connection, Kind.LEAVE_REMOVED, dict(row), by, now)
    return True


_cover = staff.alias("cover")
_LEAVES = (
    select(
        leaves.c.id,
        leaves.c.staff_id,
        staff.c.first_name,
        leaves.c.first_day,
        leaves.c.last_day,
        leaves.c.cover_id,
        _cover.c.first_name.label("cover"),
        _cover.c.active,
    )
    .join(staff, staff.c.id == leaves.c.staff_id)
    .outerjoin(_cover, _cover.c.id == leaves.c.cover_id)
    .order_by(leaves.c.first_day, leaves.c.id)
)


def of(connection: Connection, staff_id: str) -> Sequence[Leave]:
    """All leaves of a member of staff, the earliest first."""
    return [_leave(row) for row in connection.execute(_LEAVES.where(leaves.c.staff_id == staff_id))]


def ahead(connection: Connection, county: County, now: datetime) -> Sequence[Leave]:
    """The leaves of everybody that are not over, the earliest first."""
    wanted = _LEAVES.where(leaves.c.last_day >= _today(county, now))
    return [_leave(row) for row in connection.execute(wanted)]


_AWAY = Prepared(
    _LEAVES.where(
        one_of(leaves.c.staff_id, "ids"),
        leaves.c.first_day <= bindparam("today"),
        leaves.c.last_day >= bindparam("today"),
    )
)


def covers(connection: Connection, worker_ids: Iterable[str], county: County, now: datetime) -> Mapping[str, Cover]:
    """Who answers today for those of these workers who are away; who is there is not among the keys.

    Whoever covers for somebody may be away too: then their own cover answers, and where that comes to nobody, the team.
    """
    wanted = set(worker_ids)
    away = _away(connection, wanted, _today(county, now))
    return {worker_id: _first_there(worker_id, away) for worker_id in wanted & away.keys()}


def covered_by(connection: Connection, staff_id: str | None, county: County, now: datetime) -> frozenset[str]:
    """The workers for whom this member of staff answers today; for None, those for whom the team does."""
    today = _today(county, now)
    wanted = select(leaves.c.staff_id).where(leaves.c.first_day <= today, leaves.c.last_day >= today)
    answering = covers(connection, connection.scalars(wanted), county, now)
    return frozenset(away for away, cover in answering.items() if cover.staff_id == staff_id)


def _away(connection: Connection, worker_ids: set[str], today: str) -> dict[str, Cover]:
    """The covers of those who are away, and of their covers who are."""
    away: dict[str, Cover] = {}
    asked: set[str] = set()
    while new := worker_ids - asked:
        asked |= new
        for row in _AWAY.rows(connection, {"ids": sorted(new), "today": today}):
            away[row.staff_id] = Cover(row.cover_id, row.cover) if row.active else TEAM
        worker_ids = {cover.staff_id for cover in away.values() if cover.staff_id}
    return away


def _first_there(worker_id: str, away: Mapping[str, Cover]) -> Cover:
    cover, seen = away[worker_id], {worker_id}
    while cover.staff_id is not None and cover.staff_id in away:
        if cover.staff_id in seen:  # they cover for each other
            return TEAM
        seen.add(cover.staff_id)
        cover = away[cover.staff_id]
    return cover


def _lock(connection: Connection, staff_id: str, cover_id: str | None) -> None:
    """So that of two leaves entered at the same moment the second sees the first."""
    wanted = {staff_id, cover_id or staff_id}
    rows = select(staff.c.id).where(staff.c.id.in_(wanted)).order_by(staff.c.id).with_for_update(key_share=True)
    if len(connection.scalars(rows).all()) < len(wanted):
        raise NotFoundError("no such member of staff")


def _leave(row: Any) -> Leave:  # noqa: ANN401  a row of _LEAVES
    days = date.fromisoformat(row.first_day), date.fromisoformat(row.last_day)
    return Leave(row.id, row.staff_id, row.first_name, *days, row.cover_id, row.cover or "")


def _note(connection: Connection, kind: Kind, row: Mapping[str, Any], by: str, now: datetime) -> None:
    detail = {name: row[name] for name in ("staff_id", "first_day", "last_day", "cover_id")}
    note_staff_act(connection, kind, by, now, subject=row["id"], detail=detail)


def _today(county: County, now: datetime) -> str:
    return now.astimezone(county.zone).date().isoformat()
