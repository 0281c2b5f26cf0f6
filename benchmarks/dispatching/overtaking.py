"""Whether answers overtake a long queue of unprompted texts, at the pace of one US number.

Time runs faster here: the loop's clock and the moment that the records see go SPEED times as fast as the machine's. So
whatever we need ourselves counts SPEED times.
"""

from __future__ import annotations

import asyncio
import selectors
import statistics
import time
from datetime import datetime, timedelta
from random import Random
from typing import Any

from benchmarks.dispatching import filling
from benchmarks.dispatching.parts import COUNTY, NOW, AtOnce, decider, engine_of
from benchmarks.tools.databases import Databases
from benchmarks.tools.figures import Figures, percentile
from conversations.effects import Purpose, Texted
from records import text_saving
from records.pace import Pace
from records.writer import Writer
from scheduler.channel import Outgoing
from scheduler.sender import Sender

SPEED = 10.0
PACE = Pace("us", 1.0)
"""As TWILIO_SEGMENTS_A_SECOND has it, unless set otherwise."""

LONGEST = 2.0
"""Seconds, for 99 answers in 100."""

ANSWER = "Saved. Starting is success! We'll text you Monday."
NEVER = float("inf")

APART = (3.0, 6.0)
"""Seconds between two answers: what is measured is how they overtake, not how they wait for each other."""


class _Selector(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found: list[tuple[selectors.SelectorKey, int]] = super().select(timeout and timeout / SPEED)
        return found


class QuickLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__(_Selector())

    def time(self) -> float:
        return super().time() * SPEED


def measure(databases: Databases, kind: str, bulk: int, answers: int, figures: Figures) -> None:
    url = databases.fresh(kind)
    with engine_of(url) as engine:
        with engine.begin() as connection:
            filling.staff(connection, NOW)
            filling.clients(connection, bulk, NOW)
            filling.texts(connection, bulk, NOW - timedelta(hours=1), over=bulk)
        filling.settled(engine)
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        waited = runner.run(_measure(url, bulk, answers))
    databases.drop(url)
    told = f"half {statistics.median(waited):.2f} s, longest {max(waited):.2f} s, at 1 segment a second"
    name = f"{kind}, {len(waited)} answers past {bulk} queued texts: 99 % leave"
    figures.at_most(name, percentile(waited, 99), LONGEST, " s", told)


async def _measure(url: str, bulk: int, answers: int) -> list[float]:
    began = time.monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=(time.monotonic() - began) * SPEED)

    chance = Random(1)
    loop = asyncio.get_running_loop()
    asked_at: dict[str, float] = {}
    waited: dict[str, float] = {}

    def heard(text: Outgoing) -> None:
        if text.body == ANSWER:
            waited[text.to] = loop.time() - asked_at[text.to]

    with engine_of(url) as engine:
        writer = Writer(engine, decider(), now, COUNTY)
        sender = Sender(writer, AtOnce(heard), now, pace=PACE)
        sender.start()
        # From the end of the queue: a text to each of them waits there too.
        for client in chance.sample(range(bulk // 2, bulk), answers):
            await asyncio.sleep(chance.uniform(*APART))
            row = _answer(client, now())
            asked_at[row["number"]] = loop.time()
            await writer.run(lambda connection, row=row: text_saving.INSERT.run(connection, [row]))  # type: ignore[misc]
        await asyncio.sleep(LONGEST * 5)
        await sender.close()
        await writer.close()
    return [waited.get(number, NEVER) for number in asked_at]


def _answer(client: int, now: datetime) -> dict[str, Any]:
    said = Texted(ANSWER, "en", 1, "GSM-7", Purpose.REPLY)
    row = text_saving.outgoing(said, filling.number_of(client), now, now + timedelta(hours=12))
    return {**row, "client_id": filling.client_id(client)}
