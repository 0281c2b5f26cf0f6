"""The participation ladder: each client's hours of a month beside those of their own plan (domain guide 8.3).

The programme names the rungs without thresholds; those here are ours. Who is exempt or has good cause stands apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import ColumnElement, Connection, func, insert, select

from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError
from records.ids import new_id
from records.sight import Sight, shown
from records.tables import clients, ladder_entries

MOST_HOURS = 744
"""As many as a month has."""

SUBSTANTIAL, FULL = 0.5, 1.0
"""Shares of the hours of the client's own plan."""


class Rung(StrEnum):
    NONE = "none"
    ANY = "any"
    SUBSTANTIAL = "substantial"
    FULL = "full"


class Apart(StrEnum):
    """Why a client's hours are not compared with their plan's."""

    EXEMPT = "exempt"
    GOOD_CAUSE = "good_cause"


@dataclass(frozen=True, slots=True)
class Month:
    """Of one client: hours and quarters of one. `apart` is an Apart, or "" where the hours count."""

    hours: float = 0
    plan_hours: float = 0
    apart: str = ""

    @property
    def rung(self) -> Rung:
        """Of hours that count. A plan has more than no hours."""
        if not self.hours:
            return Rung.NONE
        share = self.hours / self.plan_hours
        if share >= FULL:
            return Rung.FULL
        return Rung.SUBSTANTIAL if share >= SUBSTANTIAL else Rung.ANY


def of_worker(connection: Connection, worker_id: str, sight: Sight) -> Sequence[tuple[str, str]]:
    """(id, first name) of the worker's clients in sight, by name."""
    wanted = select(clients.c.id, clients.c.first_name).where(clients.c.worker_id == worker_id, shown(sight))
    return [(row.id, row.first_name) for row in connection.execute(wanted.order_by(clients.c.first_name, clients.c.id))]


def entered(connection: Connection, month: str, where: ColumnElement[bool]) -> Mapping[str, Month]:
    """What was entered last for a month like "2026-03", by client; `where` chooses the clients."""
    it = ladder_entries.c
    last = select(func.max(it.id)).where(it.month == month).group_by(it.client_id)
    wanted = select(it.client_id, it.hours, it.plan_hours, it.apart).where(it.id.in_(last))
    rows = connection.execute(wanted.join(clients, clients.c.id == it.client_id).where(where))
    return {row.client_id: Month(row.hours, row.plan_hours, row.apart) for row in rows}


def enter(
    connection: Connection, month: str, entries: Mapping[str, Month], staff_id: str, sight: Sight, now: datetime
) -> int:
    """What is so already is not entered again; gives how many changed. Raises NotFoundError for who is not in sight."""
    theirs = clients.c.id.in_(entries), shown(sight)
    if len(connection.scalars(select(clients.c.id).where(*theirs)).all()) < len(entries):
        raise NotFoundError
    before = entered(connection, month, clients.c.id.in_(entries))
    changed = {client_id: one for client_id, one in entries.items() if before.get(client_id) != one}
    for client_id, one in changed.items():
        row = {"id": new_id(now), "client_id": client_id, "month": month, "by_id": staff_id, "at": now}
        said = {"hours": one.hours, "plan_hours": one.plan_hours, "apart": one.apart}
        connection.execute(insert(ladder_entries).values(row | said))
        note = partial(note_staff_act, connection, Kind.LADDER_ENTERED, staff_id, now, client_id=client_id)
        note(subject=one.apart or one.rung, detail={"month": month})
    return len(changed)
