"""What the provider has for us and we have not: taken once, in order, whatever else happens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
import pytest_asyncio
from sqlalchemy import Connection, Engine
from structlog.testing import capture_logs

from conversations.effects import Effect
from conversations.escalations import Trigger
from conversations.events import Event, Said
from conversations.situation import Situation
from records import watermarks
from records.database import connect
from records.errors import StorageError
from records.tables import escalations, messages
from records.writer import Inbound, Taken, Writer
from scheduler.backfill import EVERY, ON_ITS_WAY, OVERLAP, Backfill
from scheduler.channel import LookFailedError
from tests.records.place import NOW, Place, open_place, texted

T = TypeVar("T")
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    engine = connect(migrated_url)
    yield engine
    engine.dispose()


@pytest_asyncio.fixture
async def place(engine: Engine) -> AsyncIterator[Place]:
    async with open_place(engine) as place:
        yield place


@dataclass
class ProviderList:
    """The provider's list of what was texted to us; it may show a text late, and fail, at once or halfway."""

    place: Place
    texts: list[tuple[Inbound, datetime]] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)
    fails_after: int | None = None

    def add(
        self, provider_id: str, client: int, text: str, ago: timedelta, *, late: timedelta = timedelta(0)
    ) -> Inbound:
        at = self.place.now - ago
        inbound = Inbound(provider_id, self.place.numbers[client], text, sent_at=at)
        self.texts.append((inbound, at + late))
        return inbound

    async def received(self, since: datetime) -> AsyncIterator[Inbound]:
        self.asked.append(since)
        shown = [text for text, at in self.texts if at <= self.place.now and text.sent_at and text.sent_at >= since]
        for nth, text in enumerate(sorted(shown, key=lambda text: (text.sent_at, text.provider_id))):
            if nth == self.fails_after:
                raise LookFailedError
            yield text
        if self.fails_after is not None:
            raise LookFailedError


@dataclass
class Unsteady:
    """A writer that loses the database for one text."""

    writer: Writer
    loses: str

    async def take_text(self, inbound: Inbound) -> Taken:
        if inbound.provider_id == self.loses:
            raise StorageError
        return await self.writer.take_text(inbound)

    async def set_aside(self, inbound: Inbound, reason: str) -> Taken:
        return await self.writer.set_aside(inbound, reason)

    async def run(self, do: Callable[[Connection], T]) -> T:
        return await self.writer.run(do)


def backfill(place: Place, provider: ProviderList, **options: timedelta) -> Backfill:
    return Backfill(place.writer, provider, lambda: place.now, **options)


async def running(place: Place, provider: ProviderList) -> Backfill:
    """The house has been up, and has just gone down for an hour."""
    looks = backfill(place, provider)
    await looks.take()
    place.later(hours=1)
    await looks.take()
    place.later(hours=1)
    provider.asked.clear()
    return looks


def came(place: Place) -> list[str]:
    return [row.body for row in place.rows(messages, messages.c.direction == "in")]


def mark(place: Place) -> datetime | None:
    found: datetime | None = place.do(lambda connection: watermarks.read(connection, watermarks.INBOUND))
    return found


def remembering(place: Place) -> list[tuple[str, str]]:
    """Who said what, in the order in which it is decided on."""
    heard: list[tuple[str, str]] = []

    def remember(situation: Situation, event: Event) -> Sequence[Effect]:
        assert isinstance(event, Said)
        heard.append((situation.client.first_name, event.text))
        return [texted()]

    place.script.on_text = remember
    return heard


async def test_the_first_start_takes_nothing_of_what_came_before_it(place: Place) -> None:
    provider = ProviderList(place)
    provider.add("SM1", 0, "to another system", timedelta(minutes=1))
    looks = backfill(place, provider)
    for _ in range(3):
        await looks.take()
        place.later(minutes=5)
    assert came(place) == []
    assert min(provider.asked) == NOW


async def test_what_came_in_an_hour_s_outage_is_taken_in_order_and_what_is_here_is_left_alone(place: Place) -> None:
    provider = ProviderList(place)
    looks = await running(place, provider)
    for nth in range(1000):
        provider.add(f"SM{nth:04d}", nth % 5, str(nth), AN_HOUR - timedelta(seconds=3 * nth))
    for nth in range(0, 1000, 10):
        await place.writer.take_text(provider.texts[nth][0])
    heard = remembering(place)
    assert await looks.take() == 0
    assert sorted(map(int, came(place))) == list(range(1000))
    assert len(place.rows(messages, messages.c.direction == "out")) == 1000
    assert len(heard) == 900
    for client in range(5):
        said = [int(text) for name, text in heard if name == f"Client{client}"]
        assert said == sorted(said)


async def test_the_mark_follows_and_the_next_look_reaches_back_over_the_overlap(place: Place) -> None:
    provider = ProviderList(place)
    looks = await running(place, provider)
    await looks.take()
    assert provider.asked == [place.now - AN_HOUR - OVERLAP]
    assert mark(place) == place.now


async def test_a_text_that_the_list_shows_late_is_taken_by_a_later_look(place: Place) -> None:
    provider = ProviderList(place)
    looks = await running(place, provider)
    provider.add("SM1", 0, "late", timedelta(minutes=2), late=timedelta(minutes=8))
    await looks.take()
    assert came(place) == []
    place.later(minutes=6)
    await looks.take()
    assert came(place) == ["late"]


async def test_two_processes_that_look_at_once_take_each_text_once_and_in_order(place: Place) -> None:
    provider = ProviderList(place)
    looks = await running(place, provider)
    for nth in range(300):
        provider.add(f"SM{nth:04d}", nth % 5, str(nth), AN_HOUR - timedelta(seconds=nth))
    heard = remembering(place)
    engine = connect(place.engine.url)
    other = Writer(engine, place.script, lambda: place.now, place.county)
    await asyncio.gather(looks.take(), Backfill(other, provider, lambda: place.now).take())
    await other.close()
    engine.dispose()
    assert sorted(map(int, came(place))) == list(range(300))
    assert len(place.rows(messages, messages.c.direction == "out")) == 300
    for client in range(5):
        said = [int(text) for name, text in heard if name == f"Client{client}"]
        assert said == sorted(said)


async def test_a_text_whose_webhook_comes_at_the_same_moment_is_taken_once(place: Place) -> None:
    provider = ProviderList(place)
    looks = await running(place, provider)
    texts = [provider.add(f"SM{nth}", nth % 5, str(nth), timedelta(minutes=1)) for nth in range(50)]
    await asyncio.gather(looks.take(), *(place.writer.take_text(text) for text in texts))
    assert len(came(place)) == 50
    assert len(place.rows(messages, messages.c.direction == "out")) == 50


async def test_a_text_that_was_just_sent_is_left_to_its_webhook_and_taken_if_that_does_not_come(place: Place) -> None:
    provider = ProviderList(place)
    looks = await running(place, provider)
    provider.add("SM1", 0, "just now", timedelta(seconds=5))
    assert await looks.take() == 1
    assert came(place) == []
    place.later(seconds=20)
    assert await looks.take() == 0
    assert came(place) == ["just now"]


@pytest.mark.parametrize("fails_after", [0, 3])
async def test_a_list_that_cannot_be_read_to_its_end_is_read_again_from_where_it_began(
    place: Place, fails_after: int
) -> None:
    provider = ProviderList(place)
    looks = await running(place, provider)
    before = mark(place)
    for nth in range(6):
        provider.add(f"SM{nth}", 0, str(nth), AN_HOUR)
    provider.fails_after = fails_after
    with pytest.raises(LookFailedError):
        await looks.take()
    assert mark(place) == before
    provider.fails_after = None
    await looks.take()
    assert came(place) == ["0", "1", "2", "3", "4", "5"]
    assert mark(place) == place.now


async def test_the_mark_stays_where_it_is_until_every_text_is_stored(place: Place) -> None:
    provider = ProviderList(place)
    looks = await running(place, provider)
    before = mark(place)
    for nth in range(6):
        provider.add(f"SM{nth}", nth % 5, str(nth), AN_HOUR)
    with pytest.raises(StorageError):
        await Backfill(Unsteady(place.writer, "SM2"), provider, lambda: place.now).take()
    assert (len(came(place)), mark(place)) == (5, before)
    await looks.take()
    assert len(came(place)) == 6


async def test_a_clock_that_was_ahead_for_a_while_does_not_blind_it(place: Place) -> None:
    provider = ProviderList(place)
    looks = await running(place, provider)
    good = place.now
    place.later(days=30)
    await looks.take()
    place.now = good + timedelta(minutes=5)
    provider.add("SM1", 0, "hello", timedelta(minutes=1))
    await looks.take()
    assert came(place) == ["hello"]


async def test_what_came_before_the_database_was_restored_is_for_a_person_and_is_not_answered(place: Place) -> None:
    provider = ProviderList(place)
    looks = await running(place, provider)
    provider.add("SM1", 0, "in the gap", timedelta(minutes=30))
    provider.add("SM2", 0, "since", timedelta(minutes=5))
    restored = place.now - timedelta(minutes=10)
    place.do(lambda connection: watermarks.raise_to(connection, watermarks.RESTORED, restored))
    await looks.take()
    assert sorted(came(place)) == ["in the gap", "since"]
    assert len(place.rows(messages, messages.c.direction == "out")) == 1
    assert [row.trigger for row in place.rows(escalations)] == [Trigger.SET_ASIDE]


async def test_it_looks_by_itself_at_the_start_and_ever_again_also_after_a_failure(place: Place) -> None:
    provider = ProviderList(place)
    await running(place, provider)
    provider.add("SM1", 0, "during the outage", timedelta(minutes=30))
    provider.fails_after = 0
    looks = backfill(place, provider, every=timedelta(milliseconds=10), on_its_way=timedelta(milliseconds=10))
    looks.start()
    async with asyncio.timeout(10):
        with capture_logs() as logs:
            while not logs:  # noqa: ASYNC110  as below
                await asyncio.sleep(0.01)
    assert {entry["event"] for entry in logs} == {"backfill_could_not_ask_the_provider"}
    assert not await looks.caught_up(timedelta(milliseconds=20))
    provider.fails_after = None
    assert await looks.caught_up(timedelta(seconds=10))
    assert came(place) == ["during the outage"]
    provider.add("SM2", 0, "later", timedelta(seconds=1))
    async with asyncio.timeout(10):
        while len(came(place)) < 2:  # noqa: ASYNC110  a database's rows make no noise
            await asyncio.sleep(0.01)
    await looks.close()
    await looks.close()


async def test_it_stops_at_once_though_the_provider_does_not_answer(place: Place) -> None:
    @dataclass
    class Hanging:
        asked: asyncio.Event = field(default_factory=asyncio.Event)

        async def received(self, since: datetime) -> AsyncIterator[Inbound]:
            self.asked.set()
            await asyncio.sleep(3600)
            yield Inbound("", "", "")

    await running(place, ProviderList(place))
    hanging = Hanging()
    looks = Backfill(place.writer, hanging, lambda: place.now)
    await looks.close()
    looks.start()
    async with asyncio.timeout(5):
        await hanging.asked.wait()
        await looks.close()


def test_a_look_reaches_back_further_than_the_next_one_comes_so_that_a_late_list_is_seen_twice() -> None:
    assert OVERLAP > EVERY + ON_ITS_WAY
