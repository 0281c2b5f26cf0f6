"""A client's thread as it looks on the phone, with what broke where it broke."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.script import US, Spoken, written
from bot.simulator.findings import Broken
from bot.simulator.history import Evidence, Row
from bot.simulator.simulation import Spoke

AROUND = 12
"""So many texts lead up to what is broken."""

NEVER_LEFT = frozenset({"suppressed", "cancelled", "expired", "due"})


def thread(evidence: Evidence, nth: int) -> list[str]:
    """The whole thread of the phone that client number `nth` reads."""
    return [line for _at, line in _lines(evidence, nth)]


def around(evidence: Evidence, broken: Broken) -> list[str]:
    """The texts that led there; one that comes after is the last."""
    lines = list(_lines(evidence, broken.nth))
    until = sum(at <= broken.at for at, _line in lines) + 1
    return [line for _at, line in lines[max(0, until - AROUND) : until]]


def _lines(evidence: Evidence, nth: int) -> Iterator[tuple[datetime, str]]:
    life = evidence.lives[nth]
    lives = evidence.by_number[life.person.number]
    names = {one.client_id: one.person.name for one in lives}
    spoken = [(spoke.at, 0, _from(one.person.name, spoke)) for one in lives for spoke in one.spoke]
    said = sorted((row for one in lives for row in one.said), key=lambda row: row["id"])
    spoken += [(row["at"], 1, Spoken(row["at"], _us(row, names, lives), _body(row))) for row in said]
    for at, _order, each in sorted(spoken, key=lambda one: (one[0], one[1])):
        yield at, written(each, life.person.zone)


def _from(name: str, spoke: Spoke) -> Spoken:
    return Spoken(spoke.at, name, spoke.text or f"({spoke.why})")


def _us(row: Row, names: dict[str, str], lives: Sequence[object]) -> str:
    return US if len(lives) == 1 else f"{US}>{names.get(row['client_id'], '')}"


def _body(row: Row) -> str:
    return f"{row['body']}   ({row['state']}: {row['reason']})" if row["state"] in NEVER_LEFT else str(row["body"])
