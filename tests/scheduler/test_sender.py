"""The sender, with the real writer on a real database, and a small provider on a real socket."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import Connection, insert, select, update
from structlog.testing import capture_logs

from conversations.county import County
from conversations.effects import Effect, Texted
from conversations.events import Event
from conversations.nudges import Nudge
from conversations.shared_phone import Held, Phone, Routing
from conversations.situation import Situation
from records.database import connect
from records.delivery_trouble import Trouble
from records.errors import StorageError
from records.ids import new_id
from records.states import MessageState
from records.tables import attempts, clients, messages, staff
from records.writer import Writer
from scheduler.sender import Accepted, NotSent, Outcome, Outgoing, Pace, Refused, Sender, Transactions, Unknown

T = TypeVar("T")
A, B = "+17075550101", "+17075550102"
COUNTY = County("Demo", "Goal Line", "707 555 0100", ZoneInfo("America/Los_Angeles"))


class NobodyDecides:
    def decide(self, situation: Situation, event: Event, now: datetime) -> Sequence[Effect]:
        return ()

    def decide_due(self, situation: Situation, nudges: Sequence[Nudge], now: datetime) -> Sequence[Effect]:
        return ()

    def route(self, phone: Phone, said: Held, now: datetime) -> Routing:
        return Routing((), phone)

    def answer_stranger(self, text: str, helped_at: datetime | None, now: datetime) -> Sequence[Texted]:
        return ()


@dataclass
class Provider:
    """Takes texts on a socket. `answers` says how the next ones go; "cut" takes the text and drops the line."""

    answers: deque[int | str] = field(default_factory=deque)
    taken: list[tuple[str, str]] = field(default_factory=list)
    requests: int = 0
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        how = self.answers.popleft() if self.answers else 201
        self.requests += 1
        named = f"SM{self.requests}"
        if how in (201, "cut"):
            self.taken.append((str(form["to"]), str(form["body"])))
        async with self.changed:
            self.changed.notify_all()
        await self.may_answer.wait()
        if how == "cut":
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"id": named, "code": how}, status=int(how) if how in (201, 429) else 400)

    async def has(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(condition)

    def sent(self, number: str) -> list[str]:
        return [body for to, body in self.taken if to == number]


@dataclass
class LoopbackChannel:
    url: str
    session: aiohttp.ClientSession

    async def send(self, text: Outgoing) -> Outcome:
        assert 1 <= text.useful_for <= 36_000
        if text.body == "raise":
            raise RuntimeError("the channel broke")
        try:
            async with self.session.post(self.url, data={"to": text.to, "body": text.body}) as response:
                answer = await response.json()
        except aiohttp.ClientError:
            return Unknown()
        match response.status:
            case 201:
                return Accepted(answer["id"], delivered=text.body == "arrives at once")
            case 429:
                return NotSent(0.01)
            case _:
                return Refused(answer["code"])


class House:
    """A database, its writer, a sender and a provider; and a clock that can be moved."""

    def __init__(self, url: str, provider: Provider, channel: LoopbackChannel) -> None:
        self.engine = connect(url)
        self.reader = connect(url, reads_only=True)
        self.ahead = timedelta(0)
        self.provider = provider
        self.writer = Writer(self.engine, NobodyDecides(), self.now, COUNTY)
        self.channel = channel

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def sender(
        self,
        *,
        transactions: Transactions | None = None,
        in_flight: int = 20,
        poll: float = 1.0,
        chance: Callable[[], float] = lambda: 0.5,
    ) -> Sender:
        through = transactions or self.writer
        return Sender(through, self.channel, self.now, pace=1000.0, in_flight=in_flight, poll=poll, chance=chance)

    async def write(self, *texts: tuple[str, str], priority: int = 0, client_id: str | None = None) -> None:
        rows = [self.row(number, body, priority, client_id) for number, body in texts]
        await self.writer.run(lambda connection: connection.execute(insert(messages), rows))

    def row(self, number: str, body: str, priority: int, client_id: str | None) -> dict[str, object]:
        now = self.now()
        return {
            "id": new_id(now),
            "client_id": client_id,
            "number": number,
            "direction": "out",
            "body": body,
            "language": "en",
            "segments": 1,
            "encoding": "GSM-7",
            "purpose": "reply",
            "template": "",
            "author": "bot",
            "state": MessageState.DUE,
            "reason": "",
            "at": now,
            "due_at": now,
            "expires_at": now + timedelta(hours=12),
            "priority": priority,
            "attempts": 0,
        }

    async def states(self) -> dict[str, str]:
        """Each text's state by its body; read past the writer, whose commits would wake the sender."""

        def read() -> dict[str, str]:
            with self.reader.connect() as connection:
                rows = connection.execute(select(messages.c.body, messages.c.state))
                return {row.body: row.state for row in rows}

        return await asyncio.to_thread(read)

    async def becomes(self, body: str, state: MessageState) -> None:
        async with asyncio.timeout(10):
            while (await self.states())[body] != state:  # noqa: ASYNC110  another thread writes it
                await asyncio.sleep(0.01)


@pytest.fixture
async def house(migrated_sqlite_url: str) -> AsyncIterator[House]:
    async with a_house(migrated_sqlite_url) as opened:
        yield opened


@asynccontextmanager
async def a_house(url: str) -> AsyncIterator[House]:
    provider = Provider()
    provider.may_answer.set()
    app = web.Application()
    app.router.add_post("/", provider.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        house = House(url, provider, LoopbackChannel(f"http://127.0.0.1:{runner.addresses[0][1]}/", session))
        yield house
        await house.writer.close()
        house.engine.dispose()
        house.reader.dispose()
    await runner.cleanup()


@asynccontextmanager
async def sending(
    house: House, *, transactions: Transactions | None = None, in_flight: int = 20, poll: float = 0.02
) -> AsyncIterator[Sender]:
    sender = house.sender(transactions=transactions, in_flight=in_flight, poll=poll)
    sender.start()
    try:
        yield sender
    finally:
        await sender.close()


async def test_a_commit_wakes_the_sender_and_the_text_leaves_once(migrated_url: str) -> None:
    async with a_house(migrated_url) as house, sending(house, poll=60.0):
        await house.write((A, "hello"))
        await house.becomes("hello", MessageState.ACCEPTED)
        assert house.provider.taken == [(A, "hello")]
        attempt = await house.writer.run(lambda connection: connection.execute(select(attempts)).mappings().one())
        assert (attempt["outcome"], attempt["provider_id"]) == ("accepted", "SM1")


async def test_a_channel_may_know_at_once_that_a_text_arrived(migrated_url: str) -> None:
    async with a_house(migrated_url) as house, sending(house):
        await house.write((A, "arrives at once"))
        await house.becomes("arrives at once", MessageState.DELIVERED)


async def test_the_poll_finds_what_nobody_told_of(house: House) -> None:
    async with sending(house):
        await house.write((B, "woken"))
        await house.becomes("woken", MessageState.ACCEPTED)
        with house.engine.begin() as connection:
            connection.execute(insert(messages), [house.row(A, "quietly", 0, None)])
        await house.provider.has(lambda: house.provider.sent(A) == ["quietly"])


async def test_texts_to_one_number_keep_their_order_while_many_are_under_way(migrated_url: str) -> None:
    numbers = [f"+1707555{n:04}" for n in range(20)]
    async with a_house(migrated_url) as house:
        await house.write(*((number, f"{number} {n}") for n in range(5) for number in numbers))
        async with sending(house, in_flight=8, poll=0.05):
            await house.provider.has(lambda: len(house.provider.taken) == 100)
        for number in numbers:
            assert house.provider.sent(number) == [f"{number} {n}" for n in range(5)]
        assert set((await house.states()).values()) == {"accepted"}


async def test_never_more_are_under_way_than_allowed(house: House) -> None:
    house.provider.may_answer.clear()
    await house.write(*((f"+1707555{n:04}", f"{n}") for n in range(10)))
    async with sending(house, in_flight=3, poll=0.01):
        await house.provider.has(lambda: house.provider.requests == 3)
        await house.write((A, "one more"))
        assert list((await house.states()).values()).count("claimed") == 3
        house.provider.may_answer.set()
        await house.provider.has(lambda: len(house.provider.taken) == 11)


async def test_an_answer_overtakes_what_nobody_waits_for(house: House) -> None:
    house.provider.may_answer.clear()
    await house.write(*((f"+1707555{n:04}", f"bulk {n}") for n in range(10)), priority=1)
    async with sending(house, in_flight=1, poll=0.05):
        await house.provider.has(lambda: house.provider.requests == 1)
        await house.write((A, "answer"))
        house.provider.may_answer.set()
        await house.provider.has(lambda: len(house.provider.taken) == 11)
    assert house.provider.taken[1] == (A, "answer")


async def test_a_text_that_did_not_leave_is_sent_again_later_and_once(house: House) -> None:
    house.provider.answers.extend([429, 429])
    async with sending(house):
        await house.write((A, "later"))
        await house.becomes("later", MessageState.ACCEPTED)
    assert house.provider.sent(A) == ["later"]
    assert house.provider.requests == 3


async def test_while_the_provider_is_busy_no_other_text_is_claimed(house: House) -> None:
    house.provider.answers.append(429)
    async with sending(house) as sender:
        await house.write((A, "first"))
        await house.becomes("first", MessageState.ACCEPTED)
        assert sender._failures == 0
        sender._paused_until = asyncio.get_running_loop().time() + 60
        await house.write((B, "second"))
        assert await sender._round() == pytest.approx(0.02)
        assert (await house.states())["second"] == "due"


async def test_a_refused_text_is_over_and_the_next_one_goes(house: House) -> None:
    house.provider.answers.append(21211)
    with capture_logs() as logs:
        async with sending(house, poll=0.05):
            await house.write((A, "refused"), (A, "next"))
            await house.becomes("next", MessageState.ACCEPTED)
    assert (await house.states())["refused"] == "failed"
    (entry,) = [entry for entry in logs if entry["event"] == "text_refused"]
    assert entry.keys() == {"event", "log_level", "attempt", "code"}


async def test_when_the_account_is_refused_nothing_is_lost(house: House) -> None:
    house.provider.answers.append(20003)
    async with sending(house):
        await house.write((A, "patient"))
        await house.provider.has(lambda: house.provider.requests == 1)
        await house.becomes("patient", MessageState.DUE)
        await house.write((B, "waits as well"))
    assert house.provider.taken == []


async def test_a_client_who_opted_out_with_the_provider_is_not_texted_again(house: House) -> None:
    client_id = await house.writer.run(lambda connection: a_client(connection, A, house.now()))
    house.provider.answers.append(21610)
    async with sending(house, poll=0.05):
        await house.write((A, "one"), (A, "two"), client_id=client_id)
        await house.becomes("one", MessageState.FAILED)
    consent = await house.writer.run(lambda connection: connection.execute(select(clients.c.consent)).scalar_one())
    assert consent == "revoked"
    assert house.provider.requests == 1


async def test_what_may_have_left_is_never_sent_again_and_holds_back_only_its_own_number(house: House) -> None:
    house.provider.answers.append("cut")
    async with sending(house):
        await house.write((A, "perhaps"))
        await house.becomes("perhaps", MessageState.UNKNOWN)
        await house.write((A, "after it"), (B, "another"))
        await house.becomes("another", MessageState.ACCEPTED)
    assert house.provider.sent(A) == ["perhaps"]
    assert (await house.states())["after it"] == "due"


async def test_a_channel_that_raises_leaves_an_unknown_and_the_sender_goes_on(house: House) -> None:
    async with sending(house):
        await house.write((A, "raise"), (B, "another"))
        await house.becomes("raise", MessageState.UNKNOWN)
        await house.becomes("another", MessageState.ACCEPTED)


async def test_a_claim_of_a_process_that_died_becomes_unknown_and_then_parked(house: House) -> None:
    await house.write((A, "lost"), (A, "after it"))
    await house.writer.run(lambda connection: claimed_by_the_dead(connection, house.now()))
    house.ahead = timedelta(minutes=3)
    async with sending(house):
        await house.becomes("lost", MessageState.UNKNOWN)
    house.ahead = timedelta(minutes=9)
    async with sending(house):
        await house.becomes("lost", MessageState.PARKED)
        await house.becomes("after it", MessageState.ACCEPTED)
    assert house.provider.sent(A) == ["after it"]


async def test_close_lets_what_is_under_way_come_to_its_end_and_claims_no_more(house: House) -> None:
    house.provider.may_answer.clear()
    await house.write((A, "under way"), (A, "stays"))
    sender = house.sender(poll=0.02)
    sender.start()
    await house.provider.has(lambda: house.provider.requests == 1)
    closing = asyncio.ensure_future(sender.close())
    await asyncio.sleep(0)
    assert not closing.done()
    house.provider.may_answer.set()
    await closing
    assert await house.states() == {"under way": "accepted", "stays": "due"}
    await sender.close()


async def test_a_sender_that_was_never_started_closes(house: House) -> None:
    await house.sender().close()


class Shaky:
    """The real writer, whose database is gone for the first calls, in one way or another."""

    def __init__(self, writer: Writer, *errors: Exception) -> None:
        self.writer = writer
        self.errors = deque(errors)
        self.calls = 0

    def listen(self, listener: Callable[[], None]) -> None:
        self.writer.listen(listener)

    async def run(self, do: Callable[[Connection], T]) -> T:
        self.calls += 1
        self.fail()
        return await self.writer.run(do)

    async def settle(self, do: Callable[[Connection], Trouble | None]) -> None:
        self.calls += 1
        self.fail()
        await self.writer.settle(do)

    def fail(self) -> None:
        if self.errors:
            raise self.errors.popleft()


async def test_an_idle_sender_leaves_the_database_alone(house: House) -> None:
    counting = Shaky(house.writer)
    async with sending(house, transactions=counting, poll=60.0):
        await house.write((A, "one"))
        await house.becomes("one", MessageState.ACCEPTED)
        before = counting.calls
        await house.write((A, "two"))
        await house.becomes("two", MessageState.ACCEPTED)
        assert counting.calls <= before + 6


async def test_the_sender_outlives_a_database_that_is_gone(house: House) -> None:
    shaky = Shaky(house.writer, StorageError("gone"), ValueError("odd"), StorageError("gone"))
    async with sending(house, transactions=shaky, poll=0.01):
        await house.write((A, "hello"))
        await house.becomes("hello", MessageState.ACCEPTED)
    assert house.provider.sent(A) == ["hello"]


async def test_an_outcome_waits_for_the_database_and_the_text_is_not_sent_twice(house: House) -> None:
    shaky = Shaky(house.writer)
    house.provider.may_answer.clear()
    async with sending(house, transactions=shaky, poll=0.01):
        await house.write((A, "hello"))
        await house.provider.has(lambda: house.provider.requests == 1)
        shaky.errors.extend([StorageError("gone")] * 3)
        house.provider.may_answer.set()
        await house.becomes("hello", MessageState.ACCEPTED)
    assert house.provider.sent(A) == ["hello"]


@pytest.mark.parametrize("error", [StorageError("gone"), ValueError("odd")])
async def test_close_does_not_wait_for_a_database_that_stays_away(house: House, error: Exception) -> None:
    shaky = Shaky(house.writer)
    house.provider.may_answer.clear()
    sender = house.sender(transactions=shaky, poll=0.01)
    sender.start()
    await house.write((A, "hello"))
    await house.provider.has(lambda: house.provider.requests == 1)
    shaky.errors.extend([error] * 1000)
    house.provider.may_answer.set()
    async with asyncio.timeout(10):
        await sender.close()
    assert (await house.states())["hello"] == "claimed"


def test_the_pace_lets_a_second_of_segments_through_and_then_waits() -> None:
    seconds = 0.0
    pace = Pace(2.0, lambda: seconds)
    assert pace.room() == 2
    pace.spend(3)
    assert (pace.room(), pace.wait()) == (0, 1.0)
    seconds = 0.5
    assert pace.room() == 0
    seconds = 1.0
    assert (pace.room(), pace.wait()) == (1, 0.0)
    seconds = 60.0
    assert pace.room() == 2


def test_a_pace_below_one_a_second_still_sends() -> None:
    pace = Pace(0.1, lambda: 0.0)
    assert pace.room() == 1
    pace.spend(1)
    assert pace.wait() == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("times", "told", "chance", "seconds"),
    [
        (1, None, 0.0, 1.0),
        (1, None, 1.0, 2.0),
        (3, None, 0.0, 4.0),
        (50, None, 1.0, 300.0),
        (1, 30.0, 0.0, 30.0),
        (9, 30.0, 1.0, 45.0),
    ],
)
async def test_waiting_grows_is_spread_and_heeds_what_the_provider_said(
    house: House, times: int, told: float | None, chance: float, seconds: float
) -> None:
    assert house.sender(chance=lambda: chance)._spread(times, told) == seconds


def a_client(connection: Connection, number: str, now: datetime) -> str:
    worker, client = new_id(now), new_id(now)
    connection.execute(
        insert(staff),
        [
            {
                "id": worker,
                "email": "a@b.example",
                "first_name": "Ana",
                "role": "worker",
                "password_hash": "x",
                "created_at": now,
            }
        ],
    )
    row = {"id": client, "number": number, "first_name": "Maria", "language": "en", "zone": "America/Los_Angeles"}
    connection.execute(insert(clients), [row | {"consent": "active", "worker_id": worker, "created_at": now}])
    return client


def claimed_by_the_dead(connection: Connection, now: datetime) -> None:
    message = connection.execute(select(messages.c.id).where(messages.c.body == "lost")).scalar_one()
    connection.execute(update(messages).where(messages.c.id == message).values(state=MessageState.CLAIMED, attempts=1))
    row = {"id": new_id(now), "message_id": message, "body": "lost", "claimed_at": now, "outcome": "claimed"}
    connection.execute(insert(attempts), [row])
