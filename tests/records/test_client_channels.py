"""On which channels a client can be reached, and where they like to be texted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import update

from conversations.effects import Preference, Purpose, SetPreference
from records import client_channels, outbox
from records.channels import ChannelName, Ways
from records.client_channels import ChannelIsOffError, ClientChannel, ClientChannels, LastChannelError
from records.engagement import Kind
from records.outbox import NO_CHANNEL
from records.states import MessageState, Outcome
from records.tables import clients, engagement, messages
from records.turns import Inbound
from tests.records.place import UNBOUND, Place, texted

SMS, WHATSAPP, CHAT = ChannelName
ALL = frozenset(ChannelName)
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
PREFERRED, OFF = Preference.PREFERRED_CHANNEL, Preference.CHANNELS_OFF


def stands(
    preferred: ChannelName = SMS, off: Collection[ChannelName] = (), reaches: Collection[ChannelName] = ALL
) -> ClientChannels:
    ways = Ways(preferred, off=frozenset(off))
    return ClientChannels(ways, [ClientChannel(name, name in off, name in reaches, None, None) for name in ChannelName])


@pytest.mark.parametrize(
    ("before", "preferred", "on", "changes"),
    [
        (stands(), SMS, ALL, {}),
        (stands(), CHAT, ALL, {PREFERRED: "web_chat"}),
        (stands(), SMS, {SMS, CHAT}, {OFF: "whatsapp"}),
        (stands(CHAT, {WHATSAPP}), WHATSAPP, {SMS, WHATSAPP}, {PREFERRED: "whatsapp", OFF: "web_chat"}),
        (stands(), CHAT, {CHAT}, {PREFERRED: "web_chat", OFF: "sms whatsapp"}),
    ],
)
def test_what_changes_is_what_was_told(
    before: ClientChannels, preferred: ChannelName, on: Collection[ChannelName], changes: dict[Preference, str]
) -> None:
    assert client_channels.told(before, preferred, on) == changes


@pytest.mark.parametrize("on", [set(), {WHATSAPP}])
def test_the_last_channel_that_reaches_them_stays_on(on: Collection[ChannelName]) -> None:
    with pytest.raises(LastChannelError):
        client_channels.told(stands(reaches={SMS, CHAT}), SMS, on)


@pytest.mark.parametrize(("preferred", "on"), [(CHAT, {SMS}), (WHATSAPP, ALL)])
def test_nobody_prefers_what_is_off_or_does_not_reach_them(preferred: ChannelName, on: Collection[ChannelName]) -> None:
    with pytest.raises(ChannelIsOffError):
        client_channels.told(stands(reaches={SMS, CHAT}), preferred, on)


def test_what_they_liked_and_switch_off_is_liked_no_more() -> None:
    assert client_channels.switched(stands(CHAT), CHAT, on=False) == {PREFERRED: "sms", OFF: "web_chat"}
    assert client_channels.switched(stands(SMS), SMS, on=False) == {PREFERRED: "whatsapp", OFF: "sms"}
    assert client_channels.switched(stands(off={CHAT}), CHAT, on=True) == {OFF: ""}
    with pytest.raises(LastChannelError):
        client_channels.switched(stands(off={WHATSAPP, CHAT}), SMS, on=False)


def channels(place: Place, *offered: ChannelName) -> ClientChannels:
    found: ClientChannels = place.do(lambda c: client_channels.of(c, place.ids[0], offered or ALL, place.now))
    return found


async def test_what_was_set_stands_with_its_moment_and_every_change_is_in_the_log(place: Place) -> None:
    await place.decides(SetPreference(OFF, "whatsapp", "voice"), SetPreference(PREFERRED, "web_chat", "voice"))
    switched_at = place.now
    place.later(hours=1)
    await place.decides(SetPreference(OFF, "web_chat whatsapp"))
    found = {one.name: one for one in channels(place).all}
    assert channels(place).ways.preferred is CHAT
    assert (found[WHATSAPP].is_off, found[WHATSAPP].changed_at) == (True, switched_at)
    assert (found[CHAT].is_off, found[CHAT].changed_at) == (True, place.now)
    assert (found[SMS].is_off, found[SMS].changed_at, found[SMS].reaches) == (False, None, True)
    assert [one.name for one in channels(place, SMS, CHAT).all] == [SMS, CHAT]
    rows = place.rows(engagement, engagement.c.kind == Kind.PREFERENCE_SET)
    assert [(row.actor, row.subject, row.reason, row.detail) for row in rows] == [
        ("client", "channels_off", "voice", {"value": "whatsapp"}),
        ("client", "preferred_channel", "voice", {"value": "web_chat"}),
        ("client", "channels_off", "", {"value": "web_chat whatsapp"}),
    ]


async def test_a_channel_reaches_who_was_there_and_says_how_long_it_is_open(place: Place) -> None:
    there = {"whatsapp_at": place.now, "chat_until": place.now - timedelta(minutes=1)}
    place.do(lambda c: c.execute(update(clients).values(there)))
    found = {one.name: one for one in channels(place).all}
    assert (found[WHATSAPP].reaches, found[WHATSAPP].open_until) == (True, place.now + timedelta(days=1))
    assert (found[CHAT].reaches, found[CHAT].open_until) == (True, None)


@pytest.mark.parametrize(("channel", "off"), [(WHATSAPP, ""), (CHAT, "whatsapp"), (SMS, "whatsapp")])
async def test_whatsapp_is_on_again_once_they_write_there(place: Place, channel: ChannelName, off: str) -> None:
    place.do(lambda c: c.execute(update(clients).values(channels_off=WHATSAPP)))
    await place.writer.take_text(Inbound("SM1", place.numbers[0], "hi", channel=channel))
    assert place.rows(clients, clients.c.id == place.ids[0])[0].channels_off == off
    rows = place.rows(engagement, engagement.c.kind == Kind.PREFERENCE_SET)
    assert [(row.actor, row.reason, row.detail) for row in rows] == (
        [] if off else [("client", "whatsapp", {"value": ""})]
    )


async def test_sms_stays_off_until_they_say_otherwise_but_they_are_answered_where_they_write(place: Place) -> None:
    place.do(lambda c: c.execute(update(clients).values(channels_off=SMS)))
    await place.says("hi")
    assert [text.channel for text in place.claims()] == [SMS]
    assert place.rows(clients, clients.c.id == place.ids[0])[0].channels_off == SMS


async def test_a_channel_that_the_provider_switched_off_is_in_the_log(place: Place) -> None:
    (text,) = await on_whatsapp(place)
    refuse = partial(outbox.outcome, came_to=Outcome.REFUSED, now=place.now, error_code=63024)
    assert place.do(partial(refuse, attempt_id=text.attempt_id)) is None, "nobody is called: it goes by SMS"
    (row,) = place.rows(engagement, engagement.c.kind == Kind.PREFERENCE_SET)
    assert (row.actor, row.subject, row.reason, row.detail) == (
        "provider",
        OFF,
        "error 63024",
        {"value": "whatsapp"},
    )
    assert place.claims()[0].channel is SMS


async def test_what_another_channel_did_not_take_does_not_go_by_sms_to_who_switched_that_off(place: Place) -> None:
    (text,) = await on_whatsapp(place)
    place.do(lambda c: c.execute(update(clients).values(channels_off=SMS)))
    refuse = partial(outbox.outcome, came_to=Outcome.REFUSED, now=place.now, error_code=63016)
    place.do(partial(refuse, attempt_id=text.attempt_id))
    assert place.claims() == []
    (row,) = place.rows(messages, messages.c.direction == "out")
    assert (row.state, row.reason) == (MessageState.SUPPRESSED, NO_CHANNEL)


async def on_whatsapp(place: Place) -> list[outbox.Claimed]:
    place.script.on_text = lambda _situation, _event: (texted("hello", Purpose.REPLY),)
    await place.writer.take_text(Inbound("SM1", place.numbers[0], "hi", channel=WHATSAPP))
    claims: outbox.Claims = place.do(lambda c: outbox.claim(c, place.now, 10, UNBOUND, ALL))
    return claims.texts
