"""What was not opened in the web chat goes by SMS: the same text, on one channel at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, update

from conversations.effects import Purpose
from conversations.provider_errors import NOT_OPENED
from conversations.situation import Consent
from records import chat_reading, chat_thread, gauges, outbox, people, unopened
from records.channels import ChannelName
from records.database import connect
from records.engagement import Kind
from records.outbox import Claimed
from records.states import MessageState, Outcome
from records.tables import attempts, clients, engagement, messages
from records.turns import Inbound
from scheduler.fallback import fall_back
from tests.records.place import NOW, Place, open_place, texted

CHAT, SMS = ChannelName.WEB_CHAT, ChannelName.SMS


@pytest_asyncio.fixture
async def place(migrated_url: str) -> AsyncIterator[Place]:
    engine = connect(migrated_url)
    async with open_place(engine) as place:
        yield place
    engine.dispose()


async def in_the_chat(place: Place, purpose: Purpose = Purpose.REPLY) -> Claimed:
    """Client 0 writes in a web chat that stays open for days, and is answered there."""
    there = {"chat_until": place.now + timedelta(days=3)}
    place.do(lambda c: c.execute(update(clients).values(there)))
    place.script.on_text = lambda _situation, _event: (texted("hello", purpose),)
    await place.writer.take_text(Inbound("WC1", place.numbers[0], "hi", channel=CHAT))
    (text,) = place.do(lambda c: outbox.claim_shown(c, place.now, 10)).texts
    place.do(partial(outbox.outcome, attempt_id=text.attempt_id, came_to=Outcome.ACCEPTED, now=place.now))
    falls_back(place)
    return text  # type: ignore[no-any-return]


def falls_back(place: Place) -> None:
    """The round of the scheduler, if it is due."""
    if place.do(lambda c: unopened.any_due(c, place.now)):
        place.do(lambda c: fall_back(c, place.county, place.now))


def unopened_ones(connection: Connection) -> float:
    found = {gauge.name: gauge.values for gauge in gauges.read(connection, NOW, ())}
    return found["milepost_chat_unopened"][()]


def stands(place: Place) -> Any:  # noqa: ANN401  a row
    (row,) = place.rows(messages, messages.c.direction == "out")
    return row


async def test_what_nobody_opened_goes_by_sms_once_and_in_the_same_row(place: Place) -> None:
    text = await in_the_chat(place)
    assert place.do(unopened_ones) == 1
    place.later(minutes=119)
    falls_back(place)
    assert (stands(place).state, stands(place).by_sms_at) == (MessageState.ACCEPTED, place.now + timedelta(minutes=1))
    place.later(minutes=1)
    falls_back(place)
    falls_back(place)
    assert place.do(unopened_ones) == 0
    assert place.do(partial(chat_thread.texts, client_id=place.ids[0]))[-1].id == text.message_id
    (by_sms,) = place.claims()
    assert (by_sms.message_id, by_sms.channel, by_sms.body) == (text.message_id, SMS, text.body)
    (first, second) = place.rows(attempts)
    assert (first.outcome, first.error_code, second.outcome) == (Outcome.NOT_SENT, NOT_OPENED, Outcome.CLAIMED)
    place.do(partial(outbox.outcome, attempt_id=by_sms.attempt_id, came_to=Outcome.ACCEPTED, now=place.now))
    falls_back(place)
    assert stands(place).state == MessageState.ACCEPTED


async def test_what_was_opened_goes_by_nothing_else(place: Place) -> None:
    text = await in_the_chat(place)
    place.do(lambda c: chat_reading.seen(c, place.ids[0], [text.message_id], place.now))
    place.later(hours=3)
    falls_back(place)
    assert place.claims() == []
    assert stands(place).state == MessageState.DELIVERED


async def test_what_comes_too_late_for_the_sending_hours_is_expired_and_may_still_be_opened(place: Place) -> None:
    place.later(hours=9)  # 19:00
    text = await in_the_chat(place)
    place.later(hours=12)
    falls_back(place)
    assert place.claims() == []
    assert (stands(place).state, stands(place).reason) == (MessageState.EXPIRED, unopened.NOT_OPENED)
    logged = place.rows(engagement, engagement.c.kind == Kind.TEXT_STATUS, engagement.c.subject == "expired")
    assert [row.message_id for row in logged] == [text.message_id]
    place.do(lambda c: chat_reading.seen(c, place.ids[0], [text.message_id], place.now))
    assert stands(place).state == MessageState.DELIVERED


async def test_what_is_said_to_words_of_danger_goes_by_sms_at_night(place: Place) -> None:
    place.later(hours=13)  # 23:00
    await in_the_chat(place, Purpose.CRISIS)
    place.later(minutes=10)
    falls_back(place)
    assert [text.channel for text in place.claims()] == [SMS]


@pytest.mark.parametrize(
    ("who", "state"),
    [({"channels_off": "sms"}, MessageState.EXPIRED), ({"consent": Consent.REVOKED}, MessageState.SUPPRESSED)],
)
async def test_nothing_goes_by_sms_to_who_does_not_want_that(
    place: Place, who: dict[str, str], state: MessageState
) -> None:
    await in_the_chat(place)
    place.do(lambda c: c.execute(update(clients).values(who)))
    for _ in range(2):
        place.later(hours=6)
        falls_back(place)
        assert place.claims() == []
    assert stands(place).state == state


async def test_a_stop_is_confirmed_once_and_not_by_sms_as_well(place: Place) -> None:
    await in_the_chat(place, Purpose.LEGAL)
    place.do(lambda c: c.execute(update(clients).values(consent=Consent.REVOKED)))
    place.later(hours=6)
    falls_back(place)
    assert place.claims() == []
    assert stands(place).state == MessageState.ACCEPTED


async def test_nothing_goes_by_sms_to_a_number_that_they_had_before(place: Place) -> None:
    await in_the_chat(place)
    place.do(lambda c: people.change_number(c, place.ids[0], "+15559990000", place.worker, place.now))
    for _ in range(2):
        place.later(hours=6)
        falls_back(place)
        assert place.claims() == []
    assert stands(place).state == MessageState.EXPIRED


async def test_where_the_chat_was_left_nothing_is_waited_for(place: Place) -> None:
    await in_the_chat(place)
    place.do(lambda c: c.execute(update(clients).values(chat_until=None)))
    falls_back(place)
    assert place.claims() == []
    place.do(lambda c: unopened.look_at_all_of(c, place.ids[0]))
    falls_back(place)
    assert [text.channel for text in place.claims()] == [SMS]


def in_a_thread(pool: ThreadPoolExecutor, place: Place, what: Any) -> Future[Any]:  # noqa: ANN401  as Place.do
    return pool.submit(place.do, what)


@pytest.mark.parametrize("first", ["seen", "fall back"])
async def test_of_seen_and_falling_back_at_once_what_is_seen_never_goes_by_sms_as_well(
    place: Place, first: str
) -> None:
    text = await in_the_chat(place)
    place.later(hours=2)
    acts: list[Callable[[Connection], Any]] = [
        lambda c: chat_reading.seen(c, place.ids[0], [text.message_id], place.now),
        lambda c: fall_back(c, place.county, place.now),
    ]
    if first == "fall back":
        acts.reverse()
    with ThreadPoolExecutor(1) as pool:
        with place.engine.begin() as connection:
            acts[0](connection)
            other = in_a_thread(pool, place, acts[1])
            if place.engine.dialect.name == "postgresql" and first == "seen":
                assert other.result(10) == 0
        other.result(10)
    falls_back(place)
    assert place.claims() == []
    assert stands(place).state == MessageState.DELIVERED


async def test_a_round_that_is_cut_off_leaves_the_text_as_it_was(place: Place) -> None:
    await in_the_chat(place)
    place.later(hours=2)

    def cut_off() -> None:
        with place.engine.begin() as connection:
            fall_back(connection, place.county, place.now)
            raise KeyError

    with pytest.raises(KeyError):
        cut_off()
    assert stands(place).state == MessageState.ACCEPTED
    falls_back(place)
    assert [one.channel for one in place.claims()] == [SMS]
