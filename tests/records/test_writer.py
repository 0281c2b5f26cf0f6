import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.exc import InternalError

from conversations.effects import Effect, KeepIdea, PlanNudge, SaveTalk, SettleNudge
from conversations.escalations import Trigger
from conversations.events import Event, Said, WorkerInvited
from conversations.nudges import Nudge, NudgeKind, NudgeState
from conversations.situation import Situation, Talk
from records.database import connect
from records.engagement import Kind
from records.errors import NotFoundError, StorageError
from records.reading import Reader
from records.states import MessageState
from records.tables import engagement, escalations, ideas, messages, nudges, talks
from records.writer import Inbound, Taken, Writer
from tests.records.place import Place, texted


async def test_a_text_is_stored_and_answered_in_one_transaction(place: Place) -> None:
    assert await place.says("hi") is Taken.STORED
    came, answer = place.rows(messages)
    assert (came.direction, came.body, came.state, came.client_id) == ("in", "hi", "received", place.ids[0])
    assert (answer.direction, answer.body, answer.state, answer.priority) == ("out", "Hello", "due", 0)
    assert answer.due_at == place.now
    assert [row.kind for row in place.rows(engagement) if row.message_id] == [Kind.TEXT_IN, Kind.TEXT_OUT]


async def test_a_text_that_comes_twice_changes_nothing(place: Place) -> None:
    assert await place.says("hi", provider_id="SM1") is Taken.STORED
    before = place.rows(messages), place.rows(engagement)
    assert await place.says("hi", provider_id="SM1") is Taken.DUPLICATE
    assert (place.rows(messages), place.rows(engagement)) == before


async def test_the_same_text_five_times_at_once_is_taken_once(place: Place) -> None:
    taken = await asyncio.gather(*[place.says("hi", n % 5, provider_id=f"SM{n % 5}") for n in range(25)])
    assert sorted(taken) == [Taken.DUPLICATE] * 20 + [Taken.STORED] * 5
    assert len(place.rows(messages)) == 10


async def test_texts_of_one_client_that_wait_together_are_decided_in_order_each_seeing_the_one_before(
    place: Place,
) -> None:
    def remember(_situation: Situation, event: Event) -> Sequence[Effect]:
        assert isinstance(event, Said)
        return [KeepIdea(event.text)]

    place.script.on_text = remember
    await asyncio.gather(*[place.says(str(n)) for n in range(10)])
    assert [situation.ideas for situation in place.script.seen] == [tuple(str(m) for m in range(n)) for n in range(10)]


async def test_a_poisoned_text_is_stored_set_aside_and_harms_nobody(place: Place) -> None:
    def decide(situation: Situation, _event: Event) -> Sequence[Effect]:
        if situation.client.id == place.ids[1]:
            raise ValueError("the client's own words")
        return [texted()]

    place.script.on_text = decide
    assert set(await asyncio.gather(*[place.says("hi", n) for n in range(5)])) == {Taken.STORED}
    assert len(place.rows(messages, messages.c.direction == "in")) == 5
    assert len(place.rows(messages, messages.c.direction == "out")) == 4
    (told,) = place.rows(escalations)
    assert (told.client_id, told.trigger, told.level) == (place.ids[1], Trigger.SET_ASIDE, "U2")
    (aside,) = place.rows(engagement, engagement.c.kind == Kind.SET_ASIDE)
    assert aside.reason.startswith("ValueError < test_writer.py:")
    assert "words" not in aside.reason


async def test_what_cannot_be_saved_is_set_aside_alone(place: Place) -> None:
    """The talk's answers cannot be stored; the other clients of the same batch do not notice."""

    def decide(situation: Situation, _event: Event) -> Sequence[Effect]:
        answers = {"x": object()} if situation.client.id == place.ids[3] else {}
        return [SaveTalk(Talk("flow", "step", place.now, answers)), texted()]  # type: ignore[arg-type]

    place.script.on_text = decide
    assert set(await asyncio.gather(*[place.says("hi", n) for n in range(5)])) == {Taken.STORED}
    assert {row.client_id for row in place.rows(talks)} == {place.ids[n] for n in (0, 1, 2, 4)}
    assert len(place.rows(messages, messages.c.direction == "in")) == 5
    assert [row.client_id for row in place.rows(escalations)] == [place.ids[3]]
    assert await place.says("hi", 3, provider_id="SM4") is Taken.DUPLICATE


async def test_a_wish_that_nobody_planned_is_set_aside(place: Place) -> None:
    place.script.on_text = lambda _situation, _event: ["no effect"]  # type: ignore[list-item]
    assert await place.says("hi") is Taken.STORED
    assert [row.trigger for row in place.rows(escalations)] == [Trigger.SET_ASIDE]


async def test_a_text_that_no_database_can_store_is_stored_without_what_breaks_it(place: Place) -> None:
    assert await place.writer.take_text(Inbound("SM1", place.numbers[0], "a\0b\ud800c")) is Taken.STORED
    assert place.rows(messages)[0].body == "ab?c"


async def test_a_text_that_cannot_be_stored_at_all_is_a_storage_error_without_its_words(place: Place) -> None:
    async def attempt() -> None:
        await place.writer.take_text(Inbound("SM1", None, "secret"))  # type: ignore[arg-type]

    with pytest.raises(StorageError) as raised:
        await attempt()
    assert "secret" not in str(raised.value)


async def test_a_stranger_is_answered_once_and_belongs_to_nobody(place: Place) -> None:
    assert await place.says("who is this", 77) is Taken.STORED
    assert await place.says("hello?", 77) is Taken.STORED
    rows = place.rows(messages)
    assert [row.direction for row in rows] == ["in", "out", "in"]
    assert {row.client_id for row in rows} == {None}


async def test_a_stranger_on_whom_we_fail_is_stored_all_the_same(place: Place) -> None:
    def fail(_text: str, _helped: object) -> Sequence[object]:
        raise KeyError

    place.script.on_stranger = fail  # type: ignore[assignment]
    assert await place.says("x", 77) is Taken.STORED
    assert [row.kind for row in place.rows(engagement) if not row.client_id] == [Kind.TEXT_IN, Kind.SET_ASIDE]


async def test_a_due_nudge_is_settled_once(place: Place) -> None:
    plan = PlanNudge(NudgeKind.CHECK_IN, "check_in:1.1:2026-03-03", place.now + timedelta(hours=1), "1.1")
    await place.decides(plan)
    assert await place.writer.take_due(place.now) == 0
    place.later(hours=1)
    assert await place.writer.take_due(place.now) == 1
    assert await place.writer.take_due(place.now) == 0
    assert [row.state for row in place.rows(nudges)] == [NudgeState.SENT]


async def test_a_held_nudge_waits_for_its_new_moment_and_says_why(place: Place) -> None:
    until = place.now + timedelta(hours=5)
    await place.decides(PlanNudge(NudgeKind.CHECK_IN, "k", place.now, "1.1"))
    place.script.on_due = lambda _situation, due: [SettleNudge(due[0].id, NudgeState.PLANNED, "quiet_hours", until)]
    assert await place.writer.take_due(place.now) == 1
    (row,) = place.rows(nudges)
    assert (row.state, row.due_at, row.held, row.reason, row.version) == ("planned", until, 1, "quiet_hours", 2)
    assert place.rows(engagement, engagement.c.kind == Kind.NUDGE_HELD)[0].reason == "quiet_hours"


@pytest.mark.parametrize("how", ["raises", "forgets to settle", "cannot be saved"])
async def test_a_poisoned_nudge_is_dropped_with_its_reason_and_the_others_go_out(place: Place, how: str) -> None:
    for client in range(3):
        await place.decides(PlanNudge(NudgeKind.CHECK_IN, "k", place.now, "1.1"), client=client)

    def decide(situation: Situation, due: Sequence[Nudge]) -> Sequence[Effect]:
        settled = [SettleNudge(nudge.id, NudgeState.SENT, "") for nudge in due]
        if situation.client.id != place.ids[1]:
            return [*settled, texted()]
        if how == "raises":
            raise ValueError
        return [] if how == "forgets to settle" else [*settled, texted(None)]  # type: ignore[arg-type]

    place.script.on_due = decide
    assert await place.writer.take_due(place.now) == 3 - (how != "raises") + (how != "raises")
    states = {row.client_id: row.state for row in place.rows(nudges)}
    assert states == {place.ids[0]: "sent", place.ids[1]: "dropped", place.ids[2]: "sent"}
    assert [row.client_id for row in place.rows(escalations)] == [place.ids[1]]
    assert len(place.rows(messages, messages.c.direction == "out")) == 2
    assert await place.writer.take_due(place.now) == 0


async def test_the_text_of_a_nudge_knows_its_nudge_and_goes_after_answers(place: Place) -> None:
    await place.decides(PlanNudge(NudgeKind.CHECK_IN, "k", place.now, "1.1"))
    place.script.on_due = lambda _situation, due: [SettleNudge(due[0].id, NudgeState.SENT, ""), texted()]
    await place.writer.take_due(place.now)
    (answer,) = place.rows(messages, messages.c.direction == "out")
    assert answer.nudge_id == place.rows(nudges)[0].id


async def test_a_worker_s_act_goes_the_same_way(place: Place) -> None:
    await place.writer.act(place.ids[2], WorkerInvited("Ana"), place.worker)
    (row,) = place.rows(messages)
    assert (row.client_id, row.body) == (place.ids[2], "Hello")
    with pytest.raises(NotFoundError):
        await place.writer.act("nobody", WorkerInvited("Ana"), place.worker)


async def test_what_a_transaction_raises_is_undone_and_raised(place: Place) -> None:
    def half(connection: Connection) -> None:
        connection.execute(text("DELETE FROM clients WHERE id = 'x'"))
        connection.execute(ideas.insert(), [{"id": "1", "client_id": place.ids[0], "at": place.now, "text": "t"}])
        raise LookupError("no")

    with pytest.raises(LookupError):
        await place.writer.run(half)
    assert place.rows(ideas) == []
    assert await place.writer.run(lambda connection: connection.scalar(text("SELECT 1"))) == 1


async def test_listeners_hear_of_commits_only(place: Place) -> None:
    heard: list[str] = []
    place.writer.listen(lambda: heard.append(threading.current_thread().name))
    await place.says("hi")
    with pytest.raises(ZeroDivisionError):
        await place.writer.run(lambda _connection: 1 // 0)
    assert heard == ["milepost-writer"]


async def test_a_listener_that_fails_harms_nobody(place: Place) -> None:
    def fail() -> None:
        raise RuntimeError

    place.writer.listen(fail)
    assert await place.says("hi") is Taken.STORED
    assert await place.says("hi") is Taken.STORED


async def test_a_clock_that_fails_is_an_error_for_who_waits_and_the_thread_lives_on(place: Place) -> None:
    good, place.now = place.now, None  # type: ignore[assignment]
    with pytest.raises(StorageError):
        await place.says("hi")
    place.now = good
    assert await place.says("hi") is Taken.STORED


async def test_closing_finishes_what_waits_and_then_refuses(place: Place) -> None:
    waiting = [asyncio.ensure_future(place.says("hi", n)) for n in range(5)]
    await asyncio.sleep(0)
    await place.writer.close()
    assert await asyncio.gather(*waiting) == [Taken.STORED] * 5
    with pytest.raises(StorageError):
        await place.says("late")


async def test_who_gives_up_waiting_does_not_stop_the_writer(place: Place) -> None:
    waiting = asyncio.ensure_future(place.says("hi"))
    await asyncio.sleep(0)
    waiting.cancel()
    assert await place.says("there", 1) is Taken.STORED


async def test_more_texts_than_one_batch_takes_are_all_taken(place: Place) -> None:
    assert len(await asyncio.gather(*[place.says("hi", n) for n in range(600)])) == 600
    assert len(place.rows(messages, messages.c.direction == "in")) == 600


async def test_two_writers_take_each_text_once(place: Place) -> None:
    engine = connect(place.engine.url)
    other = Writer(engine, place.script, lambda: place.now, place.county)
    both = [
        writer.take_text(Inbound(f"SM{n}", place.numbers[n % 5], "hi"))
        for n in range(60)
        for writer in (place.writer, other)
    ]
    taken = await asyncio.gather(*both)
    await other.close()
    engine.dispose()
    assert sorted(taken) == [Taken.DUPLICATE] * 60 + [Taken.STORED] * 60
    assert len(place.rows(messages)) == 120


async def test_two_schedulers_settle_each_nudge_once(place: Place) -> None:
    for client in range(5):
        await place.decides(PlanNudge(NudgeKind.CHECK_IN, "k", place.now, "1.1"), client=client)
    place.script.on_due = lambda _situation, due: [SettleNudge(due[0].id, NudgeState.SENT, ""), texted()]
    engine = connect(place.engine.url)
    other = Writer(engine, place.script, lambda: place.now, place.county)
    counts = await asyncio.gather(
        *[writer.take_due(place.now, 2) for _ in range(9) for writer in (place.writer, other)]
    )
    await other.close()
    engine.dispose()
    assert sum(counts) == 5
    assert len(place.rows(messages, messages.c.direction == "out")) == 5


async def test_a_database_that_is_gone_is_a_storage_error_and_works_again_when_it_is_back(
    place: Place, request: pytest.FixtureRequest
) -> None:
    with _database_away(place, request):
        with pytest.raises(StorageError):
            await asyncio.gather(place.says("hi"), place.says("ho", 1))
        with pytest.raises(StorageError):
            await place.writer.take_due(place.now)
    assert await place.says("back", 2) is Taken.STORED


@pytest.mark.postgres
@pytest.mark.parametrize("migrated_url", ["postgres"], indirect=True)
async def test_a_connection_that_broke_is_replaced_without_anybody_noticing(place: Place, postgres_server: str) -> None:
    await place.says("hi")
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")
    assert await place.says("hi again") is Taken.STORED


@contextmanager
def _database_away(place: Place, request: pytest.FixtureRequest) -> Iterator[None]:
    database = str(place.engine.url.database)
    if place.engine.dialect.name == "sqlite":
        place.engine.dispose()
        away = Path(database).rename(f"{database}.away")
        yield
        away.rename(database)
    else:
        admin = request.getfixturevalue("postgres_server")
        _allow_connections(admin, database, allow=False)
        yield
        _allow_connections(admin, database, allow=True)


def _allow_connections(admin: str, database: str, *, allow: bool) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        alter = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        connection.execute(alter.format(sql.Identifier(database), sql.Literal(allow)))
        if not allow:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])


async def test_a_disk_that_is_full_is_a_storage_error(place: Place) -> None:
    if place.engine.dialect.name != "sqlite":
        pytest.skip("a full disk is made with SQLite's own limit")
    engine = connect(place.engine.url, connections=1)
    with engine.connect() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    full = Writer(engine, place.script, lambda: place.now, place.county)
    with pytest.raises(StorageError):
        await full.take_text(Inbound("SM1", place.numbers[0], "x" * 200_000))
    await full.close()
    engine.dispose()
    assert place.rows(messages) == []
    assert await place.writer.take_text(Inbound("SM1", place.numbers[0], "x" * 200_000)) is Taken.STORED


async def test_a_reader_reads_but_cannot_write(place: Place) -> None:
    await place.says("hi")
    reader = Reader(place.engine)
    assert await reader.run(lambda connection: connection.execute(messages.select()).first() is not None)
    with pytest.raises((StorageError, InternalError)):
        await reader.run(lambda connection: connection.execute(messages.delete()))
    reader.close()
    assert len(place.rows(messages)) == 2
    assert {row.state for row in place.rows(messages)} == {MessageState.RECEIVED, MessageState.DUE}
