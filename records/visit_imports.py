"""Visits that a case system knows, as its list names them. Each is weighed, and taken as if a worker had entered it.

What that system says is compared with what it said last, not with how the visit stands: a client who moved a visit is
not moved back by a list that has not heard of it yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, or_, select, update

from conversations.county import County
from conversations.effects import Effect
from conversations.events import Event, VisitChanged
from conversations.office_hours import is_open
from conversations.situation import Situation
from conversations.visits import AHEAD, FARTHEST, MOVABLE, Visit, VisitEvent, VisitStatus
from conversations.wall_clock import at_wall
from records import situations
from records.bulk import one_of
from records.import_verdicts import SAME, Judged, Verdict, bad
from records.people import ELSEWHERE
from records.tables import visits
from records.turns import Turns

NO_MOMENT = "date or time is missing"
FAILED = "could not be taken; the log says where it failed"


@dataclass(frozen=True, slots=True)
class WantedVisit:
    """A row of a list. `number` is E.164. `on` and `at` are the client's wall clock, None only where it is `ended`.

    `first_name` tells clients of one number apart. `worker_id` is whom they meet, None where the list does not say.
    """

    number: str
    first_name: str
    external_id: str
    on: date | None
    at: time | None
    place: str
    bring: str
    by_phone: bool
    ended: bool
    worker_id: str | None

    def digest(self) -> str:
        """Of what the list says of the visit."""
        said = (self.on, self.at, self.place, self.bring, self.by_phone, self.ended)
        return hashlib.sha256(repr(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Weighed:
    """`event` is what happens to the visit, if anything does; `visit` whose id in the case system is to be kept."""

    judged: Judged
    client_id: str = ""
    number: int = 0
    event: VisitChanged | None = None


_KNOWN = select(visits).where(or_(one_of(visits.c.external_id, "external_ids"), one_of(visits.c.client_id, "ids")))
_SO_FAR = (
    select(visits.c.client_id, func.max(visits.c.number))
    .where(one_of(visits.c.client_id, "ids"))
    .group_by(visits.c.client_id)
)
_KEEP = (
    update(visits)
    .where(visits.c.client_id == bindparam("client"), visits.c.number == bindparam("visit"))
    .values(external_id=bindparam("to_id"), external_said=bindparam("to_said"))
)


def weigh(connection: Connection, wanted: Sequence[WantedVisit], county: County, now: datetime) -> list[Judged]:
    """What `take` would make of them. Changes nothing."""
    return [one.judged for one in _weigh(connection, wanted, county, now)]


def foresee(
    connection: Connection,
    turns: Turns,
    wanted: Sequence[WantedVisit],
    county: County,
    now: datetime,
    reach: Collection[str] | None = None,
) -> tuple[list[Judged], list[tuple[Situation, Sequence[Effect]]]]:
    """What `take` would make of them, and what would follow for each client. Changes nothing."""
    weighed = _weigh(connection, wanted, county, now, reach)
    follows = [one for events in _rounds(weighed) for one in turns.foresee(connection, events, now)]
    return [one.judged for one in weighed], follows


def take(
    connection: Connection,
    turns: Turns,
    wanted: Sequence[WantedVisit],
    county: County,
    actor: str,
    now: datetime,
    reach: Collection[str] | None = None,
) -> list[Judged]:
    """Enter, move and end them, each through the act of a worker. `actor` is who the log says did it.

    `reach` as in `people.take_clients`.
    """
    weighed = _weigh(connection, wanted, county, now, reach)
    failed = {client_id for events in _rounds(weighed) for client_id in turns.acts(connection, events, actor, now)}
    weighed = [replace(one, judged=bad(FAILED)) if one.event and one.client_id in failed else one for one in weighed]
    kept = [
        {"client": one.client_id, "visit": one.number, "to_id": said.external_id, "to_said": said.digest()}
        for one, said in zip(weighed, wanted, strict=True)
        if one.number and one.judged.verdict is not Verdict.BAD
    ]
    if kept:
        connection.execute(_KEEP, kept)
    return [one.judged for one in weighed]


def _rounds(weighed: Sequence[_Weighed]) -> list[dict[str, Event]]:
    """Each client's first event, then each client's second: one is decided on when those before are saved."""
    rounds: list[dict[str, Event]] = []
    so_far: dict[str, int] = {}
    for one in weighed:
        if one.event is None:
            continue
        nth = so_far.get(one.client_id, 0)
        so_far[one.client_id] = nth + 1
        if nth == len(rounds):
            rounds.append({})
        rounds[nth][one.client_id] = one.event
    return rounds


def _weigh(
    connection: Connection,
    wanted: Sequence[WantedVisit],
    county: County,
    now: datetime,
    reach: Collection[str] | None = None,
) -> list[_Weighed]:
    """The clients are locked: nobody else gives their visits numbers meanwhile."""
    people: dict[str, list[Any]] = {}
    for row in situations.lock_by_number(connection, sorted({one.number for one in wanted})):
        people.setdefault(row.number, []).append(row)
    ids = [row.id for theirs in people.values() for row in theirs]
    known = connection.execute(_KNOWN, {"ids": ids, "external_ids": [one.external_id for one in wanted]}).all()
    by_id = {row.external_id: row for row in known if row.external_id is not None}
    by_hand = {(row.client_id, row.starts_at): row for row in known if row.external_id is None and row.status in AHEAD}
    so_far: dict[str, int] = {row[0]: row[1] for row in connection.execute(_SO_FAR, {"ids": ids})}
    weighed: list[_Weighed] = []
    for one in wanted:
        client = _whose(one, people.get(one.number, ()))
        if isinstance(client, Judged):
            weighed.append(_Weighed(client))
            continue
        if reach is not None and client.worker_id not in reach:
            weighed.append(_Weighed(bad(ELSEWHERE)))
            continue
        starts_at = _starts_at(one, client)
        stands = by_id.get(one.external_id) or by_hand.pop((client.id, starts_at), None)
        found = _of_one(one, client, starts_at, stands, so_far.get(client.id, 0) + 1, county, now)
        if found.judged.verdict is Verdict.NEW:
            so_far[client.id] = found.number
        weighed.append(found)
    return weighed


def _whose(wanted: WantedVisit, people: Sequence[Any]) -> Any:  # noqa: ANN401  a client's row, or why there is none
    if not people:
        return bad("no client has this number; import clients first")
    named = [row for row in people if row.first_name.casefold() == wanted.first_name.casefold()]
    if len(people) > 1 and len(named) != 1:
        return bad("several people share the number, and first_name is none of theirs")
    client = named[0] if named else people[0]
    if wanted.worker_id not in (None, client.worker_id):
        return bad("worker_email is not of the client's own worker; hand the client over first")
    return client


def _starts_at(wanted: WantedVisit, client: Any) -> datetime | None:  # noqa: ANN401  a row
    return None if wanted.on is None or wanted.at is None else at_wall(wanted.on, wanted.at, ZoneInfo(client.zone))


def _of_one(
    wanted: WantedVisit,
    client: Any,  # noqa: ANN401  a row
    starts_at: datetime | None,
    stands: Any,  # noqa: ANN401  a row, or None
    number: int,
    county: County,
    now: datetime,
) -> _Weighed:
    """`number` is the visit's if it is new. Pure."""
    if stands is None:
        if wanted.ended:  # before it was ever here
            return _Weighed(SAME)
        amiss = _amiss(starts_at, county, now) if starts_at else NO_MOMENT
        if amiss or starts_at is None:
            return _Weighed(bad(amiss))
        return _entered(wanted, client, starts_at, number)
    if stands.client_id != client.id:
        return _Weighed(bad("external_id is of another client's visit"))
    if stands.external_said == wanted.digest():
        return _Weighed(SAME)
    return _changed(wanted, client, starts_at, stands, county, now)


def _entered(wanted: WantedVisit, client: Any, starts_at: datetime, number: int) -> _Weighed:  # noqa: ANN401  a row
    visit = Visit(number, starts_at, client.worker, wanted.place, wanted.bring, wanted.by_phone)
    return _Weighed(Judged(Verdict.NEW), client.id, number, VisitChanged(visit, VisitEvent.ENTERED))


def _changed(
    wanted: WantedVisit,
    client: Any,  # noqa: ANN401  a row
    starts_at: datetime | None,
    stands: Any,  # noqa: ANN401  a row
    county: County,
    now: datetime,
) -> _Weighed:
    status = VisitStatus(stands.status)
    visit = Visit(
        stands.number,
        stands.starts_at,
        client.worker,
        stands.place,
        stands.bring,
        stands.by_phone,
        status,
        stands.leaves_at,
    )
    same = _Weighed(SAME, client.id, visit.number)
    if wanted.ended:
        ended = VisitChanged(replace(visit, status=VisitStatus.ENDED_BY_OFFICE), VisitEvent.ENDED_BY_OFFICE)
        return replace(same, judged=Judged(Verdict.ENDED), event=ended) if status in AHEAD else same
    if starts_at is None:
        return _Weighed(bad(NO_MOMENT))
    says = replace(visit, starts_at=starts_at, place=wanted.place, bring=wanted.bring, by_phone=wanted.by_phone)
    if starts_at != visit.starts_at:
        return _moved(says, same, county, now)
    fields = tuple(name for name in ("place", "bring", "by_phone") if getattr(says, name) != getattr(visit, name))
    if status not in AHEAD or not fields:
        return same
    return replace(same, judged=Judged(Verdict.CHANGED, fields), event=VisitChanged(says, VisitEvent.ENTERED))


def _moved(says: Visit, same: _Weighed, county: County, now: datetime) -> _Weighed:
    if says.status not in MOVABLE:
        return _Weighed(bad("the visit is over; give the new one an external_id of its own"))
    if amiss := _amiss(says.starts_at, county, now):
        return _Weighed(bad(amiss))
    moved = VisitChanged(replace(says, status=VisitStatus.PLANNED, leaves_at=""), VisitEvent.MOVED)
    return replace(same, judged=Judged(Verdict.MOVED, ("date or time",)), event=moved)


def _amiss(starts_at: datetime, county: County, now: datetime) -> str:
    checks: Mapping[str, bool] = {
        "that moment is over": starts_at > now,
        "the visit is more than a year ahead": starts_at <= now + FARTHEST,
        "the office is closed then; if it is meant, enter the visit by hand": is_open(starts_at, county),
    }
    return next((reason for reason, holds in checks.items() if not holds), "")
