"""Whether a claim takes longer the more waits for later, and what it costs to find that nothing is due."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from time import perf_counter

from sqlalchemy import Connection, Engine

from benchmarks.dispatching import filling
from benchmarks.dispatching.parts import COUNTY, NOW, UNBOUND, decider, engine_of, milliseconds
from benchmarks.tools.databases import Databases
from benchmarks.tools.figures import Figures
from records import outbox, situations
from records.writer import Writer

FLAT = 1.3
"""Times what it takes among the fewest."""

DUE = 1000
TEXTS_A_CLAIM = 20
NUDGES_A_TICK = 200
NUDGES_A_CLIENT = 10

IDLE_TICK = 1.0
"""Milliseconds."""

IDLE_TICKS = 300
BARE = "a transaction that asks nothing"


def measure(databases: Databases, kind: str, futures: Sequence[int], rounds: int, figures: Figures) -> None:
    """`futures`: how many rows wait for later, the fewest first."""
    urls = {future: filled(databases, kind, future) for future in futures}
    with ExitStack() as stack:
        engines = {future: stack.enter_context(engine_of(url)) for future, url in urls.items()}
        work: dict[str, Callable[[Connection], object]] = {
            f"a claim of {TEXTS_A_CLAIM} of {DUE} due texts": claim,
            f"finding {NUDGES_A_TICK} of {DUE} due nudges": find_due,
        }
        for name, do in work.items():
            took: dict[int, list[float]] = {future: [] for future in futures}
            for turn in range(rounds * 20):
                for future in futures if turn % 2 else reversed(futures):
                    took[future].append(undone(engines[future], do))
            medians = {future: statistics.median(seen) for future, seen in took.items()}
            told = ", ".join(f"{median:.2f} ms among {future}" for future, median in medians.items())
            growth = max(medians.values()) / medians[futures[0]]
            figures.at_most(f"{kind}, {name}", growth, FLAT, " times that among the fewest", told)
    most = futures[-1]
    asyncio.run(idle(urls[most], f"{kind}, nothing due among {most}", figures))
    for url in urls.values():
        databases.drop(url)


def filled(databases: Databases, kind: str, future: int) -> str:
    """1,000 texts and nudges are due; so many of each wait for later, of other clients."""
    url = databases.fresh(kind)
    clients = max(1, future // NUDGES_A_CLIENT)
    later = NOW + timedelta(hours=1)
    with engine_of(url) as engine:
        with engine.begin() as connection:
            filling.staff(connection, NOW)
            filling.clients(connection, DUE, NOW)
            filling.texts(connection, DUE, NOW - timedelta(hours=1), over=DUE)
            filling.nudges(connection, DUE, NOW - timedelta(hours=1), over=DUE)
            filling.clients(connection, clients, NOW, first=DUE)
            filling.texts(connection, future, later, first=DUE, over=clients)
            filling.nudges(connection, future, later, first=DUE, over=clients)
        filling.settled(engine)
    return url


def claim(connection: Connection) -> None:
    assert len(outbox.claim(connection, NOW, TEXTS_A_CLAIM, UNBOUND).texts) == TEXTS_A_CLAIM


def find_due(connection: Connection) -> None:
    assert len(situations.lock_with_due(connection, NOW, NUDGES_A_TICK)) == NUDGES_A_TICK


def undone(engine: Engine, do: Callable[[Connection], object]) -> float:
    """Milliseconds that it takes in an open transaction, which is then undone."""
    with engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql("SELECT 1")
        took = milliseconds(lambda: do(connection))
        transaction.rollback()
    return took


async def idle(url: str, name: str, figures: Figures) -> None:
    """What each second asks of the database, each on the writer's thread in a transaction of its own."""
    before = NOW - timedelta(hours=2)
    with engine_of(url) as engine:
        writer = Writer(engine, decider(), lambda: before, COUNTY)

        async def claims() -> object:
            return await writer.run(lambda connection: outbox.claim(connection, before, TEXTS_A_CLAIM, UNBOUND))

        async def nudges() -> object:
            return await writer.take_due(before, NUDGES_A_TICK)

        async def nothing() -> object:
            return await writer.run(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())

        looks: dict[str, Callable[[], Awaitable[object]]] = {
            BARE: nothing,
            "the ticker looks for nudges": nudges,
            "the ticker looks for items to pass up": writer.pass_up,
            "the sender looks for texts": claims,
        }
        took: dict[str, list[float]] = {what: [] for what in looks}
        for _ in range(IDLE_TICKS):
            for what, look in looks.items():
                began = perf_counter()
                assert not getattr(await look(), "texts", None)
                took[what].append((perf_counter() - began) * 1000)
        await writer.close()
    bare = statistics.median(took.pop(BARE))
    for what, seen in took.items():
        figures.at_most(f"{name}: {what}", statistics.median(seen), IDLE_TICK, " ms", f"{BARE}: {bare:.2f} ms")
