"""The free times of workers while something is decided: what one client of a batch takes or holds, the next one sees.

Once is enough for each time (domain guide 3.11): the rows are locked from reading them to the commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from conversations.effects import Effect, HoldTimes, SaveVisit, TakeTime
from conversations.visits import FreeTime, VisitEvent
from records.bulk import one_of
from records.prepared import Prepared
from records.tables import free_times

Row = dict[str, Any]

CONCERNS_TIMES = (HoldTimes, TakeTime, SaveVisit)
GIVES_BACK = frozenset({VisitEvent.MOVED, VisitEvent.ENDED_BY_CLIENT})
"""The time that the visit had is free again for others."""


@dataclass(slots=True)
class Time:
    """A row of `free_times`, to be changed."""

    id: str
    worker_id: str
    starts_at: datetime
    held_for: str | None
    held_until: datetime | None
    visit_client: str | None
    visit: int | None
    changed: bool = field(default=False, init=False)

    def is_free_for(self, client_id: str, now: datetime) -> bool:
        return self.visit is None and not (self._is_held(now) and self.held_for != client_id)

    def _is_held(self, now: datetime) -> bool:
        return self.held_until is not None and self.held_until > now

    def becomes(self, *, held_for: str | None = None, held_until: datetime | None = None) -> None:
        """Free, or held."""
        self.held_for, self.held_until, self.visit_client, self.visit = held_for, held_until, None, None
        self.changed = True

    def taken(self, client_id: str, visit: int) -> None:
        self.held_for, self.held_until, self.visit_client, self.visit = None, None, client_id, visit
        self.changed = True


class Calendar:
    """The times of some workers that are still ahead, the soonest first."""

    def __init__(self, times: Sequence[Time], now: datetime) -> None:
        self._times = times
        self._now = now

    def free_for(self, client_id: str, worker_id: str) -> tuple[FreeTime, ...]:
        return tuple(
            FreeTime(time.id, time.starts_at)
            for time in self._times
            if time.worker_id == worker_id and time.is_free_for(client_id, self._now)
        )

    def follow(self, client_id: str, effects: Sequence[Effect]) -> None:
        """Raises LookupError for a time that this client cannot have: then nothing of the decision may be saved."""
        for effect in [one for one in effects if isinstance(one, CONCERNS_TIMES)]:
            match effect:
                case HoldTimes(times=ids, until=until):
                    self._let_go(client_id)
                    for time in [self._free(id_, client_id) for id_ in ids]:
                        time.becomes(held_for=client_id, held_until=until.astimezone(UTC))
                case TakeTime(time=id_, visit=visit):
                    time = self._free(id_, client_id)
                    self._let_go(client_id)
                    time.taken(client_id, visit)
                case SaveVisit(visit=visit_, what=what) if what in GIVES_BACK:
                    self._give_back(client_id, visit_.number, visit_.starts_at if what is VisitEvent.MOVED else None)
                case _:
                    pass

    def changes(self) -> list[Row]:
        """Rows for `visit_saving.UPDATE_TIMES`."""
        return [
            {
                "id": time.id,
                "held_for": time.held_for,
                "held_until": time.held_until,
                "visit_client": time.visit_client,
                "visit": time.visit,
            }
            for time in self._times
            if time.changed
        ]

    def _free(self, id_: str, client_id: str) -> Time:
        time = next((time for time in self._times if time.id == id_), None)
        if time is None or not time.is_free_for(client_id, self._now):
            raise LookupError("this time is not free for this client")
        return time

    def _let_go(self, client_id: str) -> None:
        for time in self._times:
            if time.held_for == client_id:
                time.becomes()

    def _give_back(self, client_id: str, visit: int, keeps: datetime | None) -> None:
        for time in self._times:
            if (time.visit_client, time.visit) == (client_id, visit) and time.starts_at != keeps:
                time.becomes()


_AHEAD = (
    select(
        free_times.c.id,
        free_times.c.worker_id,
        free_times.c.starts_at,
        free_times.c.held_for,
        free_times.c.held_until,
        free_times.c.visit_client,
        free_times.c.visit,
    )
    .where(one_of(free_times.c.worker_id, "workers"), free_times.c.starts_at > bindparam("now"))
    .order_by(free_times.c.id)
)
_UNLOCKED, _LOCKED = Prepared(_AHEAD), Prepared(_AHEAD.with_for_update())


def load(connection: Connection, worker_ids: Sequence[str], now: datetime, *, locks: bool) -> Calendar:
    """The times of these workers. Locked in the order of their ids, after the clients' rows: never before them."""
    if not worker_ids:
        return Calendar((), now)
    asked = _LOCKED if locks else _UNLOCKED
    rows = asked.rows(connection, {"workers": list(worker_ids), "now": now})
    return Calendar(sorted((Time(*row) for row in rows), key=lambda time: (time.starts_at, time.id)), now)
