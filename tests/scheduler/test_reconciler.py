"""Texts of which nobody knows whether they left: against the provider's stand-in, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.channels.twilio import TwilioChannel
from bot.trust.fake_twilio import FakeTwilio, Fault, Weather
from records import outbox, unknowns
from records.outbox import Claimed
from records.states import MessageState
from records.tables import attempts
from records.unknowns import Lost
from scheduler.channel import Outgoing
from scheduler.timing import Timing
from tests.bot.settings_for_tests import make_settings
from tests.records.place import UNBOUND
from tests.scheduler.sending import A, B, Desk, until

PATIENCE = timedelta(seconds=0.3)
QUICK = Timing(
    abandoned=timedelta(seconds=0.5),
    settle=timedelta(seconds=0.2),
    look_again=timedelta(seconds=0.3),
    housekeeping=timedelta(seconds=0.1),
    drain=timedelta(seconds=0.1),
)


class House(Desk):
    """A desk, the provider and the channel to it."""

    twilio: FakeTwilio
    channel: TwilioChannel


@pytest.fixture
async def house(migrated_url: str) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        house = House(migrated_url)
        stack.push_async_callback(house.close)
        house.twilio = await stack.enter_async_context(FakeTwilio())
        settings = make_settings(twilio_api_base=house.twilio.url)
        house.channel = await stack.enter_async_context(TwilioChannel(settings, PATIENCE))
        yield house


async def claimed_by_the_dead(house: House) -> Claimed:
    """A process claims the one text there is, and is no more."""
    claims = await house.writer.run(lambda connection: outbox.claim(connection, house.now(), 1, UNBOUND))
    return claims.texts[0]


async def looks(house: House) -> int:
    found: int = await house.read(lambda connection: connection.execute(select(attempts.c.looks)).scalar_one())
    return found


async def test_a_text_that_left_without_an_answer_is_found_and_not_sent_twice(house: House) -> None:
    house.twilio.fail(Fault.ACCEPTED_BUT_RESET)
    async with house.sending(house.channel, timing=QUICK):
        await house.write((A, "hello"), (A, "after it"))
        await house.becomes("after it", MessageState.ACCEPTED)
    assert house.twilio.sent(A) == ["hello", "after it"]
    assert await house.attempts_of("hello") == ["accepted"]


async def test_a_text_that_two_looks_do_not_find_is_sent_again(house: House) -> None:
    house.twilio.fail(Fault.RESET)
    async with house.sending(house.channel, timing=QUICK):
        await house.write((A, "hello"), (A, "after it"))
        await house.becomes("after it", MessageState.ACCEPTED)
    assert house.twilio.sent(A) == ["hello", "after it"]
    assert await house.attempts_of("hello") == ["unknown", "accepted"]


async def test_a_list_that_lags_behind_the_first_look_doubles_nothing(house: House) -> None:
    house.twilio.weather = Weather(list_lag=0.4)
    house.twilio.fail(Fault.ACCEPTED_BUT_BROKEN)
    async with house.sending(house.channel, timing=QUICK):
        await house.write((A, "hello"))
        await house.becomes("hello", MessageState.ACCEPTED)
    assert await looks(house) == 1
    assert house.twilio.sent(A) == ["hello"]


async def test_a_list_that_cannot_be_read_is_no_absence(house: House) -> None:
    house.twilio.down = Fault.BROKEN
    with capture_logs() as logs:
        async with house.sending(house.channel, timing=QUICK):
            await house.write((A, "hello"))
            await until(lambda: sum(entry["event"] == "look_failed" for entry in logs) >= 2)
            assert await looks(house) == 0
            house.twilio.down = None
            await house.becomes("hello", MessageState.ACCEPTED)
    assert house.twilio.sent(A) == ["hello"]
    assert A not in str(logs)


async def test_words_that_were_sent_before_are_not_taken_for_those_that_were_lost(house: House) -> None:
    async with house.sending(house.channel, timing=QUICK):
        await house.write((A, "Good morning!"))
        await house.twilio.wait_for_texts(A, 1)
        house.twilio.fail(Fault.RESET)
        await house.write((A, "Good morning!"), (A, "after it"))
        await house.becomes("after it", MessageState.ACCEPTED)
    assert house.twilio.sent(A) == ["Good morning!", "Good morning!", "after it"]


async def test_a_provider_that_hangs_lets_the_sender_go_within_its_patience(house: House) -> None:
    house.twilio.fail(Fault.HANG)
    async with house.sending(house.channel, timing=QUICK, in_flight=1):
        await house.write((A, "hangs"), (B, "another"))
        begun = asyncio.get_running_loop().time()
        await house.becomes("another", MessageState.ACCEPTED)
        assert asyncio.get_running_loop().time() - begun < 5
        await house.becomes("hangs", MessageState.ACCEPTED)
    assert (house.twilio.sent(A), house.twilio.sent(B)) == (["hangs"], ["another"])


@pytest.mark.parametrize("it_left", [True, False])
async def test_what_a_dead_process_had_claimed_is_sent_once_in_all(house: House, it_left: bool) -> None:  # noqa: FBT001
    await house.write((A, "hello"))
    text = await claimed_by_the_dead(house)
    if it_left:
        await house.channel.send(Outgoing(text.attempt_id, text.number, text.body, 3600))
    async with house.sending(house.channel, timing=QUICK):
        await house.becomes("hello", MessageState.ACCEPTED)
    assert house.twilio.sent(A) == ["hello"]
    assert await house.attempts_of("hello") == (["accepted"] if it_left else ["unknown", "accepted"])


async def test_a_claim_that_was_given_up_may_not_begin_once_the_text_is_claimed_again(house: House) -> None:
    await house.write((A, "hello"))
    first = await claimed_by_the_dead(house)
    house.ahead = timedelta(hours=1)
    await house.writer.run(lambda connection: unknowns.after_crash(connection, house.now(), QUICK.abandoned))
    for looked in range(2):
        lost = Lost(first.attempt_id, first.message_id, A, "hello", house.now(), looked)
        await house.writer.run(partial(unknowns.looked, lost=lost, sightings=[], now=house.now()))
    second = await claimed_by_the_dead(house)
    for attempt, may in ((first, False), (second, True)):
        begins = partial(outbox.may_begin, attempt_id=attempt.attempt_id, now=house.now())
        assert await house.writer.run(begins) is may


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.ACCEPTED_BUT_HANG])
async def test_what_a_process_gave_up_at_its_end_the_next_one_brings_to_an_end(house: House, fault: Fault) -> None:
    house.twilio.fail(fault)
    async with house.sending(house.channel, timing=QUICK):
        await house.write((A, "hello"))
        await until(lambda: bool(house.twilio.requests))
    assert await house.states() == {"hello": "unknown"}
    async with house.sending(house.channel, timing=QUICK):
        await house.becomes("hello", MessageState.ACCEPTED)
    assert house.twilio.sent(A) == ["hello"]


async def test_two_processes_that_look_at_once_send_a_lost_text_once(house: House) -> None:
    house.twilio.fail(Fault.RESET)
    async with (
        house.sending(house.channel, timing=QUICK),
        house.sending(house.channel, timing=replace(QUICK, drain=timedelta(seconds=1))),
    ):
        await house.write((A, "hello"))
        await house.becomes("hello", MessageState.ACCEPTED)
    assert house.twilio.sent(A) == ["hello"]


async def test_looks_go_on_beside_the_sending(house: House) -> None:
    house.twilio.weather = Weather(lists_fail=1.0)
    house.twilio.fail(Fault.ACCEPTED_BUT_RESET)
    async with house.sending(house.channel, timing=QUICK):
        await house.write((A, "lost"))
        await house.becomes("lost", MessageState.UNKNOWN)
        await house.write(*((f"+1707555{n:04}", f"{n}") for n in range(50)))
        for n in range(50):
            await house.becomes(f"{n}", MessageState.ACCEPTED)
        assert (await house.states())["lost"] == "unknown"
        house.twilio.weather = Weather()
        await house.becomes("lost", MessageState.ACCEPTED)
