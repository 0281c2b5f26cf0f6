"""The sender, with the real writer on a real database, and a small provider on a real socket."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import Connection, insert, select
from structlog.testing import capture_logs

from records.delivery_trouble import Trouble
from records.errors import StorageError
from records.pace import Pace
from records.states import MessageState
from records.tables import attempts, clients, messages
from records.writer import Writer
from scheduler.breaker import BreakerState
from scheduler.channel import Accepted, ChannelName, NotSent, Outcome, Outgoing, Refused, Sighting, Sought, Unknown
from scheduler.sender import Sender, SenderState
from scheduler.timing import Timing
from tests.scheduler.sending import FAST, SHORT_DRAIN, A, B, Desk, due_text, until

T = TypeVar("T")


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
        return web.json_response({"id": named, "code": how}, status=int(how) if how in (201, 429, 503) else 400)

    async def has(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(condition)

    def sent(self, number: str) -> list[str]:
        return [body for to, body in self.taken if to == number]


@dataclass
class LoopbackChannel:
    url: str
    session: aiohttp.ClientSession
    carries: frozenset[ChannelName] = frozenset({ChannelName.SMS})

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
            case 503:
                return NotSent()
            case _:
                return Refused(answer["code"])

    async def find(self, text: Sought) -> Sequence[Sighting]:
        return ()


class House(Desk):
    """A desk with a provider, and the way to it."""

    def __init__(self, url: str, provider: Provider, channel: LoopbackChannel) -> None:
        super().__init__(url)
        self.provider = provider
        self.channel = channel


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
        await house.close()
    await runner.cleanup()


async def test_a_commit_wakes_the_sender_and_the_text_leaves_once(migrated_url: str) -> None:
    async with a_house(migrated_url) as house, house.sending(house.channel, poll=60.0):
        await house.write((A, "hello"))
        await house.becomes("hello", MessageState.ACCEPTED)
        assert house.provider.taken == [(A, "hello")]
        attempt = await house.read(lambda connection: connection.execute(select(attempts)).mappings().one())
        assert (attempt["outcome"], attempt["provider_id"]) == ("accepted", "SM1")


async def test_a_channel_may_know_at_once_that_a_text_arrived(migrated_url: str) -> None:
    async with a_house(migrated_url) as house, house.sending(house.channel):
        await house.write((A, "arrives at once"))
        await house.becomes("arrives at once", MessageState.DELIVERED)


async def test_the_poll_finds_what_nobody_told_of(house: House) -> None:
    async with house.sending(house.channel):
        await house.write((B, "woken"))
        await house.becomes("woken", MessageState.ACCEPTED)
        with house.engine.begin() as connection:
            connection.execute(insert(messages), [due_text(house.now(), A, "quietly")])
        await house.provider.has(lambda: house.provider.sent(A) == ["quietly"])


async def test_a_word_from_any_thread_wakes_the_sender(house: House) -> None:
    async with house.sending(house.channel, poll=60.0) as sender:
        await house.write((B, "woken"))
        await house.becomes("woken", MessageState.ACCEPTED)
        with house.engine.begin() as connection:
            connection.execute(insert(messages), [due_text(house.now(), A, "announced")])
        await asyncio.to_thread(sender.wake)
        await house.provider.has(lambda: house.provider.sent(A) == ["announced"])


async def test_texts_to_one_number_keep_their_order_while_many_are_under_way(migrated_url: str) -> None:
    numbers = [f"+1707555{n:04}" for n in range(20)]
    async with a_house(migrated_url) as house:
        await house.write(*((number, f"{number} {n}") for n in range(5) for number in numbers))
        async with house.sending(house.channel, in_flight=8, poll=0.05):
            await house.provider.has(lambda: len(house.provider.taken) == 100)
        for number in numbers:
            assert house.provider.sent(number) == [f"{number} {n}" for n in range(5)]
        assert set((await house.states()).values()) == {"accepted"}


async def test_never_more_are_under_way_than_allowed(house: House) -> None:
    house.provider.may_answer.clear()
    await house.write(*((f"+1707555{n:04}", f"{n}") for n in range(10)))
    async with house.sending(house.channel, in_flight=3, poll=0.01) as sender:
        await house.provider.has(lambda: house.provider.requests == 3)
        await house.write((A, "one more"))
        assert list((await house.states()).values()).count("claimed") == 3
        assert sender.state == SenderState(3, BreakerState.CLOSED)
        house.provider.may_answer.set()
        await house.provider.has(lambda: len(house.provider.taken) == 11)


async def test_an_answer_overtakes_what_nobody_waits_for(house: House) -> None:
    house.provider.may_answer.clear()
    await house.write(*((f"+1707555{n:04}", f"bulk {n}") for n in range(10)), priority=1)
    async with house.sending(house.channel, in_flight=1, poll=0.05):
        await house.provider.has(lambda: house.provider.requests == 1)
        await house.write((A, "answer"))
        house.provider.may_answer.set()
        await house.provider.has(lambda: len(house.provider.taken) == 11)
    assert house.provider.taken[1] == (A, "answer")


async def test_two_senders_share_one_pace_and_send_each_text_once(migrated_url: str) -> None:
    """A second's worth may leave at once; the other ten of them take a second more, whoever sends them."""
    pace = Pace("us", 10.0)
    async with a_house(migrated_url) as house:
        await house.write(*((f"+1707555{n:04}", f"{n}") for n in range(20)))
        begun = asyncio.get_running_loop().time()
        async with house.sending(house.channel, pace=pace), house.sending(house.channel, pace=pace):
            await house.provider.has(lambda: len(house.provider.taken) == 20)
        assert asyncio.get_running_loop().time() - begun > 0.9
        assert sorted(body for _, body in house.provider.taken) == sorted(f"{n}" for n in range(20))


async def test_while_there_is_no_room_a_commit_makes_nobody_look_for_texts(house: House) -> None:
    counting = Shaky(house.writer)
    async with house.sending(house.channel, transactions=counting, pace=Pace("us", 0.01), poll=60.0):
        await house.write((A, "first"), (B, "waits"))
        await house.becomes("first", MessageState.ACCEPTED)
        before = counting.calls
        for n in range(20):
            await house.write((A, f"{n}"))
        assert counting.calls - before < 10


async def test_what_comes_in_at_one_moment_is_stored_in_one_transaction(house: House) -> None:
    counting = Shaky(house.writer)
    house.provider.may_answer.clear()
    await house.write(*((f"+1707555{n:04}", f"{n}") for n in range(20)))
    async with house.sending(house.channel, transactions=counting, poll=60.0):
        await house.provider.has(lambda: house.provider.requests == 20)
        before = counting.calls
        house.provider.may_answer.set()
        for n in range(20):
            await house.becomes(f"{n}", MessageState.ACCEPTED)
        assert counting.calls - before < 10


async def test_a_text_that_did_not_leave_is_sent_again_later_and_once(house: House) -> None:
    house.provider.answers.extend([429, 429])
    async with house.sending(house.channel):
        await house.write((A, "later"))
        await house.becomes("later", MessageState.ACCEPTED)
    assert house.provider.sent(A) == ["later"]
    assert house.provider.requests == 3


async def test_after_three_failures_all_wait_until_one_text_has_found_the_way_open_again(house: House) -> None:
    house.provider.answers.extend([503] * 3)
    await house.write(*((f"+1707555{n:04}", f"{n}") for n in range(10)))
    async with house.sending(house.channel, in_flight=3) as sender:
        await until(lambda: sender.state.breaker is BreakerState.OPEN)
        house.provider.may_answer.clear()
        await house.provider.has(lambda: house.provider.requests == 4)
        await house.write((A, "no second one"))
        assert sender.state == SenderState(1, BreakerState.HALF_OPEN)
        assert house.provider.requests == 4
        house.provider.may_answer.set()
        await house.provider.has(lambda: len(house.provider.taken) == 11)
        assert sender.state.breaker is BreakerState.CLOSED


async def test_answers_that_never_come_count_as_failures(house: House) -> None:
    house.provider.answers.extend(["cut"] * 3)
    await house.write(*((f"+1707555{n:04}", f"{n}") for n in range(10)))
    async with house.sending(house.channel, in_flight=3) as sender:
        await until(lambda: sender.state.breaker is BreakerState.OPEN)
        assert house.provider.requests == 3


async def test_a_refused_text_is_over_and_the_next_one_goes(house: House) -> None:
    house.provider.answers.append(21211)
    with capture_logs() as logs:
        async with house.sending(house.channel, poll=0.05):
            await house.write((A, "refused"), (A, "next"))
            await house.becomes("next", MessageState.ACCEPTED)
    assert (await house.states())["refused"] == "failed"
    (entry,) = [entry for entry in logs if entry["event"] == "text_refused"]
    assert entry.keys() == {"event", "log_level", "attempt", "code"}


async def test_when_the_account_is_refused_nothing_is_lost(house: House) -> None:
    house.provider.answers.extend([20003] * 3)
    async with house.sending(house.channel, in_flight=3) as sender:
        await house.write(*((f"+1707555{n:04}", f"{n}") for n in range(4)))
        await until(lambda: sender.state == SenderState(0, BreakerState.OPEN))
        await house.becomes("2", MessageState.DUE)
    assert set((await house.states()).values()) == {"due"}
    assert house.provider.taken == []


async def test_a_client_who_opted_out_with_the_provider_is_not_texted_again(house: House) -> None:
    client_id = await house.a_client(A)
    house.provider.answers.append(21610)
    async with house.sending(house.channel, poll=0.05):
        await house.write((A, "one"), (A, "two"), client_id=client_id)
        await house.becomes("one", MessageState.FAILED)
    consent = await house.read(lambda connection: connection.execute(select(clients.c.consent)).scalar_one())
    assert consent == "revoked"
    assert house.provider.requests == 1


async def test_what_may_have_left_holds_back_only_its_own_number(house: House) -> None:
    house.provider.answers.append("cut")
    async with house.sending(house.channel):
        await house.write((A, "perhaps"))
        await house.becomes("perhaps", MessageState.UNKNOWN)
        await house.write((A, "after it"), (B, "another"))
        await house.becomes("another", MessageState.ACCEPTED)
    assert house.provider.sent(A) == ["perhaps"]
    assert (await house.states())["after it"] == "due"


async def test_a_channel_that_raises_leaves_an_unknown_and_the_sender_goes_on(house: House) -> None:
    async with house.sending(house.channel):
        await house.write((A, "raise"), (B, "another"))
        await house.becomes("raise", MessageState.UNKNOWN)
        await house.becomes("another", MessageState.ACCEPTED)


async def test_close_lets_what_is_under_way_come_to_its_end_and_claims_no_more(house: House) -> None:
    house.provider.may_answer.clear()
    await house.write((A, "under way"), (A, "stays"))
    async with house.sending(house.channel) as sender:
        await house.provider.has(lambda: house.provider.requests == 1)
        closing = asyncio.ensure_future(sender.close())
        await house.write((B, "too late"))
        assert not closing.done()
        house.provider.may_answer.set()
        await closing
        assert await house.states() == {"under way": "accepted", "stays": "due", "too late": "due"}


async def test_a_text_that_was_claimed_as_the_sender_closed_is_due_again(house: House) -> None:
    late = Late(house.writer)
    await house.write((A, "claimed"))
    async with house.sending(house.channel, transactions=late) as sender:
        await asyncio.wait_for(late.has_claimed.wait(), 10)
        closing = asyncio.ensure_future(sender.close())
        await asyncio.sleep(0)
        late.may_hear.set()
        await closing
    assert await house.states() == {"claimed": "due"}
    assert house.provider.requests == 0


async def test_close_gives_up_what_takes_too_long_and_says_that_nobody_knows(house: House) -> None:
    house.provider.may_answer.clear()
    await house.write((A, "hangs"))
    async with house.sending(house.channel, timing=SHORT_DRAIN):
        await house.provider.has(lambda: house.provider.requests == 1)
    assert await house.states() == {"hangs": "unknown"}


async def test_a_sender_that_was_never_started_closes(house: House) -> None:
    sender = Sender(house.writer, house.channel, house.now, pace=FAST)
    assert sender.state == SenderState(0, BreakerState.CLOSED)
    sender.wake()
    await sender.close()


class Shaky:
    """The real writer, whose database is gone for the first calls, in one way or another."""

    def __init__(self, writer: Writer, *errors: Exception) -> None:
        self.writer = writer
        self.errors = deque(errors)
        self.calls = 0
        self.only_settles = False

    def listen(self, listener: Callable[[], None]) -> None:
        self.writer.listen(listener)

    async def run(self, do: Callable[[Connection], T]) -> T:
        self.calls += 1
        self.fail()
        if self.only_settles:
            raise ValueError("odd")
        return await self.writer.run(do)

    async def settle(self, do: Callable[[Connection], Trouble | None]) -> None:
        self.calls += 1
        self.fail()
        await self.writer.settle(do)

    def fail(self) -> None:
        if self.errors:
            raise self.errors.popleft()


class Late(Shaky):
    """Whose answer to a claim is heard late, as on a busy machine."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer)
        self.has_claimed = asyncio.Event()
        self.may_hear = asyncio.Event()

    async def run(self, do: Callable[[Connection], T]) -> T:
        result = await self.writer.run(do)
        with self.writer._runner._engine.connect() as connection:
            if connection.scalar(select(messages.c.state)) == MessageState.CLAIMED:
                self.has_claimed.set()
                await self.may_hear.wait()
        return result


async def test_an_idle_sender_leaves_the_database_alone(house: House) -> None:
    counting = Shaky(house.writer)
    async with house.sending(house.channel, transactions=counting, poll=60.0):
        await house.write((A, "one"))
        await house.becomes("one", MessageState.ACCEPTED)
        before = counting.calls
        await house.write((A, "two"))
        await house.becomes("two", MessageState.ACCEPTED)
        assert counting.calls <= before + 3


async def test_the_sender_outlives_a_database_that_is_gone(house: House) -> None:
    shaky = Shaky(house.writer, *[StorageError("gone"), ValueError("odd")] * 4)
    with capture_logs():
        async with house.sending(house.channel, transactions=shaky, poll=0.01):
            await house.write((A, "hello"))
            await house.becomes("hello", MessageState.ACCEPTED)
    assert house.provider.sent(A) == ["hello"]


async def test_outcomes_wait_for_the_database_and_no_text_is_sent_twice(house: House) -> None:
    shaky = Shaky(house.writer)
    house.provider.may_answer.clear()
    house.provider.answers.extend([201, 21211])
    async with house.sending(house.channel, transactions=shaky, poll=0.01):
        await house.write((A, "hello"), (B, "refused"))
        await house.provider.has(lambda: house.provider.requests == 2)
        shaky.errors.extend([StorageError("gone")] * 6)
        house.provider.may_answer.set()
        await house.becomes("hello" if house.provider.sent(A) else "refused", MessageState.ACCEPTED)
        await house.becomes("refused" if house.provider.sent(A) else "hello", MessageState.FAILED)
    assert house.provider.requests == 2


async def test_what_cannot_be_stored_together_is_stored_one_by_one(house: House) -> None:
    shaky = Shaky(house.writer)
    house.provider.may_answer.clear()
    with capture_logs():
        async with house.sending(house.channel, transactions=shaky, poll=0.01):
            await house.write((A, "hello"))
            await house.provider.has(lambda: house.provider.requests == 1)
            shaky.only_settles = True
            house.provider.may_answer.set()
            await house.becomes("hello", MessageState.ACCEPTED)


@pytest.mark.parametrize("error", [StorageError("gone"), ValueError("odd")])
async def test_close_does_not_wait_for_a_database_that_stays_away(house: House, error: Exception) -> None:
    shaky = Shaky(house.writer)
    house.provider.may_answer.clear()
    await house.write((A, "hello"))
    with capture_logs():
        async with asyncio.timeout(10), house.sending(house.channel, transactions=shaky, timing=SHORT_DRAIN):
            await house.provider.has(lambda: house.provider.requests == 1)
            shaky.errors.extend([error] * 1000)
            house.provider.may_answer.set()
    assert (await house.states())["hello"] == "claimed"


async def test_close_does_not_wait_for_a_database_that_never_answers(house: House) -> None:
    silent = Late(house.writer)
    await house.write((A, "hello"))
    async with (
        asyncio.timeout(10),
        house.sending(house.channel, transactions=silent, timing=Timing(drain=timedelta(seconds=0.1))),
    ):
        await silent.has_claimed.wait()
    assert house.provider.requests == 0
