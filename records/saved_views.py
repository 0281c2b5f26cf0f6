"""Views of the engagement log that somebody keeps under a name, to look at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from records.errors import RefusedError
from records.ids import new_id
from records.tables import saved_views

LONGEST_NAME = 60
MOST = 20


@dataclass(frozen=True, slots=True)
class SavedView:
    """`filter` is as in the address of the log."""

    name: str
    filter: Mapping[str, str]


def of(connection: Connection, staff_id: str) -> Sequence[SavedView]:
    """By name."""
    wanted = select(saved_views.c.name, saved_views.c.filter).where(saved_views.c.staff_id == staff_id)
    return [SavedView(*row) for row in connection.execute(wanted.order_by(saved_views.c.name))]


def keep(connection: Connection, staff_id: str, view: SavedView, now: datetime) -> None:
    """In the place of one of the same name. Raises RefusedError with what to do about it."""
    if not view.name:
        raise RefusedError("Give the view a name.")
    if len(view.name) > LONGEST_NAME:
        raise RefusedError("Say it in at most %(longest)s characters.", longest=LONGEST_NAME)
    drop(connection, staff_id, view.name)
    kept = select(func.count()).select_from(saved_views).where(saved_views.c.staff_id == staff_id)
    if (connection.scalar(kept) or 0) >= MOST:
        raise RefusedError("You have %(most)s views already. Drop one that you do not need.", most=MOST)
    row = {"id": new_id(now), "staff_id": staff_id, "name": view.name, "filter": dict(view.filter)}
    connection.execute(insert(saved_views).values(row))


def drop(connection: Connection, staff_id: str, name: str) -> None:
    connection.execute(delete(saved_views).where(saved_views.c.staff_id == staff_id, saved_views.c.name == name))
