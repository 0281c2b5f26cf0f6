"""How many due texts a second the sender takes to a channel that accepts at once.

The limit is the raw claim loop: the very statements that claiming and accepting give to the driver, replayed on the
driver alone over a copy of the same database, transaction by transaction, without anything of ours around them.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, make_url

from benchmarks.dispatching import filling
from benchmarks.dispatching.parts import COUNTY, NOW, UNBOUND, AtOnce, decider, engine_of
from benchmarks.tools.databases import Databases
from benchmarks.tools.figures import Figures, share
from records import acceptances, bulk, outbox, prepared
from records.acceptances import Acceptance
from records.writer import Writer
from scheduler.sender import Sender

LEAST = 0.5
"""Of the raw loop."""

AT_ONCE = 20
"""Texts in flight, as in `scheduler.sender.Sender`."""

Transaction = list[tuple[str, Any]]
"""Statements and their values, as the driver gets them."""


def measure(databases: Databases, kind: str, texts: int, rounds: int, figures: Figures) -> None:
    filled = databases.fresh(kind)
    with engine_of(filled) as engine:
        with engine.begin() as connection:
            filling.staff(connection, NOW)
            filling.clients(connection, texts, NOW)
            filling.texts(connection, texts, NOW.replace(hour=10), over=texts)
        filling.settled(engine)
    replayed = recorded(databases, filled)
    ours: list[float] = []
    raw: list[float] = []
    for turn in range(rounds):
        ways: list[tuple[list[float], Callable[[str], float]]] = [
            (ours, lambda url: sent(url, texts)),
            (raw, lambda url: replay(url, replayed)),
        ]
        for rates, seconds in ways if turn % 2 else reversed(ways):
            copy = databases.copy(filled)
            rates.append(texts / seconds(copy))
            databases.drop(copy)
    databases.drop(filled)
    reached = f"{statistics.median(ours):.0f} texts/s; raw {statistics.median(raw):.0f}"
    figures.at_least(f"{kind}, {texts} texts due: share of the raw claim loop", share(ours, raw), LEAST, note=reached)


def sent(url: str, texts: int) -> float:
    """Seconds until the sender has sent them and stored what came of it."""
    return asyncio.run(_sent(url, texts))


async def _sent(url: str, texts: int) -> float:
    all_out = asyncio.Event()
    channel = AtOnce(lambda _text: all_out.set() if channel.count >= texts else None)
    with engine_of(url) as engine:
        writer = Writer(engine, decider(), lambda: NOW, COUNTY)
        sender = Sender(writer, channel, lambda: NOW, pace=UNBOUND, in_flight=AT_ONCE)
        began = time.perf_counter()
        sender.start()
        await all_out.wait()
        await sender.close()
        seconds = time.perf_counter() - began
        await writer.close()
        with engine.begin() as connection:
            waiting = connection.exec_driver_sql("SELECT count(*) FROM messages WHERE state <> 'accepted'").scalar()
            assert not waiting, f"{waiting} texts are not accepted"
    return seconds


def recorded(databases: Databases, filled: str) -> Sequence[Transaction]:
    """What claiming and accepting give to the driver until nothing is due, on a copy."""
    copy = databases.copy(filled)
    transactions: list[Transaction] = []
    accepted: list[Acceptance] = []
    with engine_of(copy) as engine, listening() as heard:
        while True:
            with engine.begin() as connection:
                acceptances.store(connection, accepted) if accepted else None
                claims = outbox.claim(connection, NOW, AT_ONCE, UNBOUND)
            transactions.append(list(heard))
            heard.clear()
            if not claims.texts:
                break
            accepted = [Acceptance(text.attempt_id, f"SM{text.attempt_id}", NOW) for text in claims.texts]
    databases.drop(copy)
    return transactions


@contextmanager
def listening() -> Iterator[Transaction]:
    """The statements that our records give to the driver meanwhile."""
    heard: Transaction = []
    execute = prepared.execute

    def listened(connection: Connection, statement: str, values: Any) -> Any:  # noqa: ANN401  as the driver's
        heard.append((statement, values))
        return execute(connection, statement, values)

    for module in (prepared, bulk):
        module.execute = listened  # type: ignore[attr-defined]
    try:
        yield heard
    finally:
        for module in (prepared, bulk):
            module.execute = execute  # type: ignore[attr-defined]


def replay(url: str, transactions: Sequence[Transaction]) -> float:
    """Seconds."""
    return _on_sqlite(url, transactions) if url.startswith("sqlite") else _on_postgres(url, transactions)


def _on_sqlite(url: str, transactions: Sequence[Transaction]) -> float:
    with closing(sqlite3.connect(str(make_url(url).database), isolation_level=None)) as driver:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
            driver.execute(f"PRAGMA {pragma}")
        began = time.perf_counter()
        for transaction in transactions:
            driver.execute("BEGIN IMMEDIATE")
            for statement, values in transaction:
                driver.execute(statement, values).fetchall()
            driver.execute("COMMIT")
        seconds = time.perf_counter() - began
        (waiting,) = driver.execute("SELECT count(*) FROM messages WHERE state <> 'accepted'").fetchone()
        assert not waiting, f"the replay left {waiting} texts"
        return seconds


def _on_postgres(url: str, transactions: Sequence[Transaction]) -> float:
    address = make_url(url)
    host = str(address.query["host"])
    with psycopg.connect(user="postgres", dbname=address.database, host=host, options="-c timezone=UTC") as driver:
        began = time.perf_counter()
        for transaction in transactions:
            for statement, values in transaction:
                found = driver.execute(statement, values)
                if found.description:
                    found.fetchall()
            driver.commit()
        seconds = time.perf_counter() - began
        row = driver.execute("SELECT count(*) FROM messages WHERE state <> 'accepted'").fetchone()
        assert row == (0,), f"the replay left {row} texts"
        return seconds
