"""What every channel keeps: the sender and the reconciler rest on it. A new channel is one more line in CHANNELS."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.phone import PhoneChannel
from bot.channels.several import SeveralChannels
from bot.channels.twilio import TwilioChannel
from bot.channels.web_chat import WebChatChannel
from bot.trust.fake_twilio import FakeTwilio
from scheduler.channel import Accepted, Channel, ChannelName, Outgoing, Refused, Sought
from tests.bot.settings_for_tests import make_settings

MARIA, JOSE = "+17075550111", "+17075550112"
LONGEST_ID = 64
"""Of `messages.provider_id`."""
WORDS = ("¿Cómo le fue? 1 hecho, 2 todavía no", "مرحبا", "你好 👩‍👧", "One line\n\nand another", "x" * 1600)


@asynccontextmanager
async def through_the_provider() -> AsyncIterator[Channel]:
    async with FakeTwilio() as twilio:
        settings = make_settings(twilio_api_base=twilio.url, twilio_whatsapp_from=JOSE)
        async with TwilioChannel(settings) as channel:
            yield channel


@asynccontextmanager
async def web_chat() -> AsyncIterator[Channel]:
    yield WebChatChannel()


@asynccontextmanager
async def simulator() -> AsyncIterator[Channel]:
    yield PhoneChannel()


@asynccontextmanager
async def behind_one_door() -> AsyncIterator[Channel]:
    async with through_the_provider() as provider:
        yield SeveralChannels(provider, WebChatChannel())


Opens = Callable[[], AbstractAsyncContextManager[Channel]]

CHANNELS: dict[str, tuple[Opens, ChannelName]] = {
    "sms": (through_the_provider, ChannelName.SMS),
    "whatsapp": (through_the_provider, ChannelName.WHATSAPP),
    "web_chat": (web_chat, ChannelName.WEB_CHAT),
    "simulator": (simulator, ChannelName.SMS),
    "several": (behind_one_door, ChannelName.WEB_CHAT),
}


@pytest.fixture(params=CHANNELS)
async def open_one(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Channel, ChannelName]]:
    opens, name = CHANNELS[request.param]
    async with opens() as channel:
        yield channel, name


def a_text(name: ChannelName, body: str = WORDS[0]) -> Outgoing:
    return Outgoing(secrets.token_hex(16), MARIA, body, 3600, name)


def look_for(text: Outgoing) -> Sought:
    return Sought(text.to, text.body, datetime.now(UTC) - timedelta(minutes=1), text.channel, text.attempt)


async def test_it_says_what_it_carries(open_one: tuple[Channel, ChannelName]) -> None:
    channel, name = open_one
    assert name in channel.carries
    assert channel.carries <= frozenset(ChannelName)


@pytest.mark.parametrize("body", WORDS, ids=["spanish", "arabic", "chinese", "lines", "long"])
@pytest.mark.parametrize("useful_for", [1, 36_000])
async def test_any_words_are_taken_or_refused_under_an_id_that_can_be_kept(
    open_one: tuple[Channel, ChannelName], body: str, useful_for: int
) -> None:
    channel, name = open_one
    outcome = await channel.send(replace(a_text(name, body), useful_for=useful_for))
    assert isinstance(outcome, (Accepted, Refused))
    if isinstance(outcome, Accepted):
        assert 0 < len(outcome.provider_id) <= LONGEST_ID


async def test_each_try_has_an_id_of_its_own_however_many_leave_at_once(
    open_one: tuple[Channel, ChannelName],
) -> None:
    channel, name = open_one
    outcomes = await asyncio.gather(*(channel.send(a_text(name)) for _ in range(30)))
    assert len({one.provider_id for one in outcomes if isinstance(one, Accepted)}) == len(outcomes)


async def test_what_is_found_of_a_text_bears_the_id_under_which_it_was_accepted(
    open_one: tuple[Channel, ChannelName],
) -> None:
    """A channel where a text shows up only once the records have it may find nothing: then it is sent again."""
    channel, name = open_one
    text = a_text(name, f"number {secrets.token_hex(4)}")
    accepted = await channel.send(text)
    assert isinstance(accepted, Accepted)
    found = await channel.find(look_for(text))
    assert {one.provider_id for one in found} <= {accepted.provider_id}
    assert all(one.at.tzinfo is not None for one in found)
    assert bool(found) != isinstance(channel, PhoneChannel)


async def test_nobody_elses_text_is_found(open_one: tuple[Channel, ChannelName]) -> None:
    channel, name = open_one
    sent = a_text(name)
    accepted = await channel.send(sent)
    assert isinstance(accepted, Accepted)
    for other in (replace(sent, to=JOSE), replace(sent, body="other words")):
        found = await channel.find(look_for(replace(other, attempt=secrets.token_hex(16))))
        assert accepted.provider_id not in {one.provider_id for one in found}


def test_two_channels_that_carry_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="the same texts"):
        SeveralChannels(WebChatChannel(), WebChatChannel())
