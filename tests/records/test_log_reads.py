"""Pages of the log, held against the whole of it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from records import log_reads
from records.engagement import Kind, append, entry
from records.log_reads import Asked
from records.roles import Reach
from records.sight import Sight
from records.tables import clients, engagement, staff, teams
from tests.records.place import NOW

KINDS, LANGUAGES = (Kind.TEXT_IN, Kind.TEXT_OUT, Kind.GOAL_SET), ("en", "es")
WORKERS = {"ana": "north", "ben": "north", "cat": "south", "dee": "south"}
HAS = {"c1": "ana", "c2": "ana", "c3": "ben", "c4": "cat", "c5": "cat"}
"""Who has whom; Dee has nobody."""

SIGHTS = {
    Sight(Reach.ALL): set(WORKERS),
    Sight(Reach.TEAM, "ben", "north"): {"ana", "ben"},
    Sight(Reach.OWN, "cat"): {"cat"},
    Sight(Reach.OWN, "dee"): {"dee"},
}
"""Of whose clients each sees the rows."""


def fill(engine: Engine) -> None:
    """Rows of a client who has moved on to another worker keep the worker of their day; some are about nobody."""
    chance = Random(1)
    rows = []
    for nth in range(120):
        client = chance.choice([*HAS, None])
        worker = chance.choice([HAS[client], "dee"]) if client else chance.choice([*WORKERS, None])
        moment, kind = NOW + timedelta(hours=nth), chance.choices(KINDS, (8, 4, 1))[0]
        rows.append(entry(kind, moment, client_id=client, worker_id=worker, language=chance.choice(LANGUAGES)))
    with engine.begin() as connection:
        connection.execute(insert(teams), [{"id": name, "name": name} for name in ("north", "south")])
        account = {"role": "etw", "password_hash": "", "active": True, "created_at": NOW}
        people = [{"id": name, "email": name, "first_name": name, "team_id": team} for name, team in WORKERS.items()]
        connection.execute(insert(staff), [{**one, **account} for one in people])
        client_row = {"language": "en", "zone": "America/Los_Angeles", "consent": "active", "created_at": NOW}
        who = [{"id": name, "number": name, "first_name": name, "worker_id": worker} for name, worker in HAS.items()]
        connection.execute(insert(clients), [{**one, **client_row} for one in who])
        append(connection, rows)


def questions() -> Iterator[Asked]:
    days = (None, NOW + timedelta(days=2)), (None, NOW + timedelta(days=4))
    for sight, client, worker, kinds, language, since, until in product(
        SIGHTS,
        (None, "c1"),
        (None, "ana", "dee"),
        (frozenset[str](), frozenset({Kind.GOAL_SET}), frozenset({Kind.GOAL_SET, Kind.TEXT_IN})),
        (None, "es", "lo"),
        *days,
    ):
        yield Asked(client, worker, kinds, language, since, until, sight)


def fits(row: Any, asked: Asked) -> bool:  # noqa: ANN401  a row of the log
    workers = SIGHTS[asked.sight]
    seen = asked.sight.sees_all or (HAS[row.client_id] if row.client_id else row.worker_id) in workers
    return (
        seen
        and asked.client_id in (None, row.client_id)
        and asked.worker_id in (None, row.worker_id)
        and asked.language in (None, row.language)
        and (not asked.kinds or row.kind in asked.kinds)
        and (asked.since is None or row.at >= asked.since)
        and (asked.until is None or row.at < asked.until)
    )


@pytest.mark.parametrize(("widths", "widest", "few"), [((5, 12), 25, 500), ((), 7, 500), ((5,), 9, 0)])
def test_pages_together_hold_what_fits_and_nothing_else_however_little_each_looks_through(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, widths: Sequence[int], widest: int, few: int
) -> None:
    fill(engine)
    monkeypatch.setattr(log_reads, "WIDTHS", widths)
    monkeypatch.setattr(log_reads, "WIDEST", widest)
    monkeypatch.setattr(log_reads, "FEW", few)
    with engine.begin() as connection:
        rows = connection.execute(engagement.select().order_by(engagement.c.id.desc())).all()
        for asked in list(questions())[::23]:
            ids: list[str] = []
            before, pages = None, 0
            while pages == 0 or before:
                page = log_reads.page(connection, asked, before=before, limit=4)
                ids += [row.id for row in page.rows]
                before, pages = page.older, pages + 1
            assert ids == [row.id for row in rows if fits(row, asked)], asked
            assert pages <= len(rows)
            assert log_reads.has_more_than(connection, asked, len(ids) - 1)
            assert not log_reads.has_more_than(connection, asked, len(ids))
