"""How fast texts may leave: the carriers' limit for a sender, shared by all processes that send through it.

A row a sender. It holds one moment (the generic cell rate algorithm): when all that was spent is paid for, at so many
segments a second. What lies before now is room; never more than one second's worth at once.

All the rows are locked until the claim's transaction ends, so that claims take turns whatever they send through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from records.bulk import inserting
from records.prepared import Prepared
from records.tables import pace as paces

LONGEST_TEXT = 24
"""Segments of 1,600 letters that are not GSM-7: no provider takes a longer text."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`sender` is the number, or the messaging service's id. A US long code sends one segment `a_second`."""

    sender: str
    a_second: float

    @property
    def _at_once(self) -> float:
        return max(1.0, self.a_second)

    def left(self, free_at: datetime, now: datetime) -> float:
        """Segments that may leave now; below 0 when a long text overdrew. `free_at` is when all is paid for."""
        return self._at_once - max(0.0, (free_at - now).total_seconds() * self.a_second)

    def free_after(self, left: float, now: datetime) -> datetime:
        return now + timedelta(seconds=(self._at_once - left) / self.a_second)

    def opens_in(self, left: float) -> float:
        return max(0.0, (1.0 - left) / self.a_second)


@dataclass(frozen=True, slots=True)
class Room:
    """How many whole segments may leave now, and the seconds until one may (0 if one may)."""

    segments: int
    opens_in: float
    left: float


_LOCK = Prepared(select(paces.c.sender, paces.c.free_at).order_by(paces.c.sender).with_for_update())
_FIRST = inserting(paces, ("sender", "free_at"), "ON CONFLICT DO NOTHING")
_SET = Prepared(update(paces).where(paces.c.sender == bindparam("name")).values(free_at=bindparam("to")))

NOBODY = ""
"""In whose name there is a row as well: where two senders come first at once, they take turns at this one."""

A_HAIR = 1e-6
"""Of a segment: moments are kept to the microsecond."""


def room(connection: Connection, pace: Pace, now: datetime) -> Room:
    """Until the transaction ends, whoever else asks waits, and then sees what was spent."""
    left = pace.left(_free_at(connection, pace, now), now)
    if left < -LONGEST_TEXT:  # nobody can owe so much: the clock was set back. It is not waited for
        left = 0.0
        _SET.run(connection, [{"name": pace.sender, "to": pace.free_after(left, now)}])
    return Room(max(0, int(left + A_HAIR)), pace.opens_in(left) if left + A_HAIR < 1 else 0.0, left)


def _free_at(connection: Connection, pace: Pace, now: datetime) -> datetime:
    of_senders = _locked(connection)
    if pace.sender not in of_senders:
        _FIRST.run(connection, [{"sender": sender, "free_at": now} for sender in (NOBODY, pace.sender)])
        of_senders = _locked(connection)
    return of_senders[pace.sender]


def _locked(connection: Connection) -> dict[str, datetime]:
    return {row.sender: row.free_at for row in _LOCK.rows(connection, {})}


def take_turns(connection: Connection) -> None:
    """Until the transaction ends, whoever else claims texts waits."""
    _locked(connection)


def spend(connection: Connection, pace: Pace, room: Room, segments: int, now: datetime) -> float:
    """Of the room that was given in this transaction. Gives the seconds until a segment may leave again."""
    left = room.left - segments
    _SET.run(connection, [{"name": pace.sender, "to": pace.free_after(left, now)}])
    return pace.opens_in(left) if left + A_HAIR < 1 else 0.0
