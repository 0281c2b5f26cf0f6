"""Pairs of clients that may be one person: the same name, and the same or nearly the same number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlalchemy import Connection, delete, func, insert, select

from conversations.folding import fold
from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError
from records.sight import Sight, shown
from records.tables import clients, goals, messages, notes, staff, two_people, visits

MOST_PAIRS = 100


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two clients, the one who came first before the other; `why` is "same number" or "similar number"."""

    ids: tuple[str, str]
    first_name: str
    why: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as they stand side by side. `texts`, `goals`, `visits` and `notes` are how many."""

    id: str
    first_name: str
    number: str
    language: str
    consent: str
    worker_id: str
    worker: str
    created_at: datetime
    last_heard_at: datetime | None
    goal: str
    texts: int
    goals: int
    visits: int
    notes: int


def pairs(connection: Connection, sight: Sight) -> Sequence[Duplicate]:
    """At most a hundred. Two names at one number are two people who share a phone.

    Those of whom somebody said that they are two people are left out.
    """
    rows = connection.execute(
        select(clients.c.id, clients.c.first_name, clients.c.number).where(shown(sight)).order_by(clients.c.id)
    )
    by_name: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in rows:
        by_name[fold(row.first_name)].append((row.id, row.first_name, row.number))
    two = {(row.one_id, row.other_id) for row in connection.execute(select(two_people.c.one_id, two_people.c.other_id))}
    found: list[Duplicate] = []
    for same in by_name.values():
        found += [one for one in _alike(same) if one.ids not in two]
        if len(found) >= MOST_PAIRS:
            break
    return found[:MOST_PAIRS]


def are_two(
    connection: Connection, ids: tuple[str, str], by: str, sight: Sight, now: datetime, *, two: bool = True
) -> None:
    """Somebody looked, and they are two people; or, with `two=False`, may be one after all.

    Raises NotFoundError if one of them is out of sight.
    """
    one_id, other_id = sorted(ids)
    if connection.scalar(select(func.count()).where(clients.c.id.in_(ids), shown(sight))) != len(set(ids)):
        raise NotFoundError("no such client")
    said = two_people.c.one_id == one_id, two_people.c.other_id == other_id
    was = bool(connection.execute(delete(two_people).where(*said)).rowcount)
    if two:
        connection.execute(insert(two_people).values(one_id=one_id, other_id=other_id, at=now, by_id=by))
    if was is not two:
        subject = "two_people" if two else "one_person"
        note_staff_act(connection, Kind.CLIENT_CHANGED, by, now, client_id=one_id, subject=subject)


def said_to_be_two(connection: Connection, sight: Sight) -> Sequence[Duplicate]:
    """The latest first, at most a hundred."""
    other = clients.alias()
    wanted = (
        select(two_people.c.one_id, two_people.c.other_id, clients.c.first_name)
        .join(clients, clients.c.id == two_people.c.one_id)
        .join(other, other.c.id == two_people.c.other_id)
        .where(shown(sight), other.c.merged_into.is_(None))
        .order_by(two_people.c.at.desc(), two_people.c.one_id)
        .limit(MOST_PAIRS)
    )
    return [Duplicate((row.one_id, row.other_id), row.first_name, "") for row in connection.execute(wanted)]


def side(connection: Connection, client_id: str, sight: Sight) -> Side:
    """Raises NotFoundError if there is no such client, or they are out of sight."""
    wanted = select(clients, staff.c.first_name.label("worker")).join(staff, staff.c.id == clients.c.worker_id)
    row = connection.execute(wanted.where(clients.c.id == client_id, shown(sight))).first()
    if row is None:
        raise NotFoundError("no such client")
    count = {
        table.name: connection.scalar(select(func.count()).where(table.c.client_id == client_id)) or 0
        for table in (messages, goals, visits, notes)
    }
    open_ = goals.c.client_id == client_id, goals.c.status.in_(["active", "paused"])
    goal = connection.scalar(select(goals.c.text).where(*open_).order_by(goals.c.number.desc()).limit(1))
    who = (row.id, row.first_name, row.number, row.language, row.consent, row.worker_id, row.worker)
    counted = (count["messages"], count["goals"], count["visits"], count["notes"])
    return Side(*who, row.created_at, row.last_heard_at, goal or "", *counted)


def _alike(same: Sequence[tuple[str, str, str]]) -> Iterator[Duplicate]:
    for one, other in combinations(same, 2):
        differing = [at for at, (a, b) in enumerate(zip(one[2], other[2], strict=False)) if a != b]
        if len(one[2]) != len(other[2]) or len(differing) > len("ab"):
            continue
        if not differing:
            yield Duplicate((one[0], other[0]), one[1], "same number")
        elif len(differing) == 1 or _swapped(one[2], other[2], *differing):
            yield Duplicate((one[0], other[0]), one[1], "similar number")


def _swapped(one: str, other: str, at: int, then: int) -> bool:
    """Two neighbours that changed places."""
    return then == at + 1 and one[at] == other[then] and one[then] == other[at]
