import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from records.ids import new_id
from records.types import Moment
from tests.records.place import NOW

moments = Table("moments", MetaData(), Column("n", Integer, primary_key=True), Column("at", Moment))


def test_a_moment_comes_back_as_the_same_moment_in_utc(engine: Engine) -> None:
    pacific = datetime(2026, 11, 1, 1, 30, 0, 123456, tzinfo=ZoneInfo("America/Los_Angeles"))
    before_1970 = datetime(1969, 7, 20, 20, 17, tzinfo=UTC)
    with engine.begin() as connection:
        moments.create(connection)
        rows: list[dict[str, object]] = [{"n": 1, "at": pacific}, {"n": 2, "at": None}, {"n": 3, "at": before_1970}]
        connection.execute(insert(moments), rows)
        found = list(connection.scalars(select(moments.c.at).order_by(moments.c.n)))
        earlier = list(connection.scalars(select(moments.c.n).where(moments.c.at < pacific)))
    assert found == [pacific.astimezone(UTC), None, before_1970]
    assert all(at is None or at.utcoffset() == timedelta(0) for at in found)
    assert earlier == [3]


def test_a_naive_moment_is_refused(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(StatementError, match="time zone"):
        connection.execute(select(moments).where(moments.c.at < datetime(2026, 1, 1)))  # noqa: DTZ001


def test_ids_rise_within_a_millisecond_and_when_the_clock_steps_back() -> None:
    ids = [new_id(NOW) for _ in range(1000)] + [new_id(NOW - timedelta(hours=1)), new_id(NOW + timedelta(hours=1))]
    assert ids == sorted(set(ids))
    assert {len(one) for one in ids} == {32}
    assert {one[12] for one in ids} == {"7"}


def test_ids_of_many_threads_are_different() -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.extend(new_id(NOW) for _ in range(2000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 8000


def test_processes_that_part_do_not_give_the_same_ids() -> None:
    new_id(NOW)
    told, tells = os.pipe()
    for _ in range(2):
        if not (pid := os.fork()):
            os.write(tells, f"{new_id(NOW)}\n".encode())
            os._exit(0)
        os.waitpid(pid, 0)
    os.close(tells)
    with os.fdopen(told) as lines:
        assert len(set(lines)) == 2


def test_the_object_mapper_is_never_loaded() -> None:
    modules = "records.writer, records.reading, records.outbox, records.people, records.hook_queue, records.escalations"
    code = f"import {modules}, sys; sys.exit('sqlalchemy.orm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
