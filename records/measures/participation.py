"""Where clients stand on the participation ladder, and how they moved: M14."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from records import ladder
from records.ladder import Apart, Rung
from records.measures.figures import Figure, share
from records.measures.period import Period
from records.measures.reading import Where


def participation(connection: Connection, period: Period, where: Where) -> Sequence[Figure]:
    """M14: levels, moves since the month before, and who stands apart."""
    now = ladder.entered(connection, _month(period.since, period.county.zone), where)
    before = ladder.entered(connection, _month(period.since - timedelta(days=1), period.county.zone), where)
    rungs = {client: one.rung for client, one in now.items() if not one.apart}
    came = {client: before[client].rung for client in rungs if client in before and not before[client].apart}
    return [
        *(share(rung, [(one, its == rung) for one, its in rungs.items()], part=True) for rung in Rung),
        *(share(apart, [(client, one.apart == apart) for client, one in now.items()]) for apart in Apart),
        *(_moved(was, so, came, rungs) for was, so in product(Rung, Rung)),
    ]


def _moved(was: Rung, so: Rung, came: Mapping[str, Rung], rungs: Mapping[str, Rung]) -> Figure:
    moved = [(client, (before, rungs[client]) == (was, so)) for client, before in came.items()]
    return replace(share(f"{was}>{so}", moved, part=True), total="moves")


def _month(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m}"
