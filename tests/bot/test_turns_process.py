"""Turns in a process of their own: a real fork, on both databases."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot import turns_process
from bot.turns_process import LENGTH, Due, Failed, TurnsProcesses, packed
from conversations.effects import PlanNudge
from conversations.nudges import NudgeKind
from records.database import connect
from records.errors import StorageError
from records.tables import messages, nudges
from records.turn_runner import TurnRunner
from records.turns import Inbound, Taken
from records.turnstile import Turnstile
from tests.records.place import NOW, Place, open_place


@pytest.fixture
async def place(migrated_url: str) -> AsyncIterator[Place]:
    engine = connect(migrated_url)
    async with open_place(engine) as place:
        yield place
    engine.dispose()


def runner(place: Place, turnstile: Turnstile | None = None) -> TurnRunner:
    return TurnRunner(connect(place.engine.url), place.script, lambda: place.now, place.county, turnstile)


@asynccontextmanager
async def forked(open_runner: Callable[[], TurnRunner], how_many: int = 1) -> AsyncIterator[TurnsProcesses]:
    turns = turns_process.fork(open_runner, how_many)
    await turns.open()
    try:
        yield turns
    finally:
        await turns.close()


def text_of(place: Place, client: int, sid: str, body: str = "hi") -> Inbound:
    return Inbound(sid, place.numbers[client], body)


async def test_texts_are_taken_there_each_once_and_whoever_listens_hears_of_it(place: Place) -> None:
    heard: list[None] = []
    async with forked(lambda: runner(place), 2) as turns:
        turns.listen(lambda: heard.append(None))
        same = [turns.take_text(text_of(place, client, f"SM{client}")) for client in (0, 1, 2, 0)]
        came = await asyncio.gather(*same)
        assert (turns.waiting, turns.under_way) == (0, 0)
    assert came == [Taken.STORED] * 3 + [Taken.DUPLICATE]
    assert len(place.rows(messages, messages.c.direction == "in")) == 3
    assert heard


async def test_texts_of_one_number_keep_their_order(place: Place) -> None:
    async with forked(lambda: runner(place), 2) as turns:
        await asyncio.gather(*(turns.take_text(text_of(place, 0, f"SM{n}", f"{n}")) for n in range(20)))
    bodies = [row.body for row in place.rows(messages, messages.c.direction == "in")]
    assert bodies == [f"{n}" for n in range(20)]


async def test_what_is_due_is_taken_there_too(place: Place) -> None:
    await place.decides(PlanNudge(NudgeKind.CHECK_IN, "check_in:1", NOW, "1"))
    async with forked(lambda: runner(place)) as turns:
        assert await turns.take_due(NOW + timedelta(days=1)) == 1
        assert await turns.take_due(NOW + timedelta(days=1)) == 0
    assert [row.state for row in place.rows(nudges)] == ["sent"]


async def test_without_a_database_nothing_was_stored_and_the_next_text_is_tried_afresh(place: Place) -> None:
    gone = connect("postgresql://nobody@127.0.0.1:1/nothing")
    async with forked(lambda: TurnRunner(gone, place.script, lambda: NOW, place.county)) as turns:
        for _ in range(2):
            with pytest.raises(StorageError):
                await turns.take_text(text_of(place, 0, "SM1"))
            with pytest.raises(StorageError):
                await turns.take_due(NOW)


async def test_while_it_works_texts_wait_here_and_an_end_waits_for_them(place: Place) -> None:
    turns = turns_process.fork(lambda: runner(place), 2)
    await turns.open()
    taking = [asyncio.create_task(turns.take_text(text_of(place, n % 5, f"SM{n}"))) for n in range(10)]
    await asyncio.sleep(0)
    assert turns.waiting + turns.under_way == 10
    await turns.close()
    assert [task.result() for task in taking] == [Taken.STORED] * 10
    with pytest.raises(StorageError):
        await turns.take_text(text_of(place, 0, "SM99"))
    assert not turns.died


async def test_when_it_dies_nobody_waits_for_ever_and_this_process_is_told_to_stop(place: Place) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with forked(lambda: runner(place)) as turns:
        os.kill(turns.pids[0], signal.SIGSTOP)
        assert turns.busy_for == 0
        taking = asyncio.create_task(turns.take_text(text_of(place, 0, "SM1")))
        waiting = asyncio.create_task(turns.take_text(text_of(place, 0, "SM2")))
        while not turns.busy_for:  # noqa: ASYNC110  it tells nobody
            await asyncio.sleep(0)
        os.kill(turns.pids[0], signal.SIGKILL)
        for task in (taking, waiting):
            with pytest.raises(StorageError):
                await task
        await asyncio.wait_for(told.wait(), 10)
        assert turns.died
    asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)


def test_it_dies_with_the_process_that_forked_it() -> None:
    pid_of, tells = os.pipe()
    parent = os.fork()
    if not parent:  # a process of ours that forks one for turns, and is then killed
        turns = turns_process.fork(lambda: threading.Event().wait(), 2)  # type: ignore[arg-type,return-value]
        os.write(tells, f"{turns.pids}\n".encode())
        threading.Event().wait()
    os.close(tells)
    with os.fdopen(pid_of) as told:
        assert told.readline()
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
        assert told.read() == ""  # it had the other end open as well, so it is no more


async def test_the_answers_name_what_went_wrong_and_hold_none_of_its_words(place: Place) -> None:
    def breaks(_connection: Connection, _now: object, _limit: int) -> int:
        raise ValueError("Maria's own words")

    ours, theirs = socket.socketpair()
    broken = TurnRunner(place.engine, place.script, lambda: place.now, place.county)
    broken.turns.due = breaks  # type: ignore[method-assign,assignment]
    broken.turns.due_clients = breaks  # type: ignore[method-assign,assignment]
    answering = threading.Thread(target=turns_process.answer, args=(theirs, broken), daemon=True)
    answering.start()
    told = ours.makefile("rb")
    for asked, came in (([text_of(place, 0, "SM1")], [Taken.STORED]), ([Due(NOW, 10)], [Failed("ValueError")])):
        ours.sendall(packed(asked))
        length = int.from_bytes(told.read(LENGTH))
        assert pickle.loads(told.read(length)) == came  # noqa: S301  ours
    told.close()
    ours.close()
    answering.join(10)
    theirs.close()
