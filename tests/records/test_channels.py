"""On which channel a text leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from conversations.effects import Purpose
from records import outbox, sealed_texts, whatsapp_contents
from records.channels import ChannelName, Ways, way_for
from records.outbox import NO_CHANNEL, Claimed
from records.states import ANSWER, UNPROMPTED, MessageState, Outcome
from records.tables import attempts, clients, messages
from records.turns import Inbound
from records.whatsapp_contents import Content, ContentState, KeptContent
from tests.records.place import UNBOUND, Place, texted

SMS, WHATSAPP, CHAT = ChannelName
ALL = frozenset(ChannelName)
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
JUST_NOW, LONG_AGO, SOON = NOW - timedelta(minutes=1), NOW - timedelta(days=3), NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("ways", "priority", "goes"),
    [
        (Ways(), ANSWER, SMS),
        (Ways(spoke_on=CHAT, spoke_at=JUST_NOW, chat_until=SOON), ANSWER, CHAT),
        (Ways(spoke_on=CHAT, spoke_at=JUST_NOW, chat_until=JUST_NOW), ANSWER, SMS),
        (Ways(spoke_on=CHAT, spoke_at=JUST_NOW), UNPROMPTED, SMS),
        (Ways(spoke_on=CHAT, spoke_at=LONG_AGO), ANSWER, SMS),
        (Ways(preferred=CHAT, chat_until=SOON), UNPROMPTED, CHAT),
        (Ways(preferred=CHAT, spoke_at=JUST_NOW), ANSWER, SMS),
        (Ways(preferred=WHATSAPP, whatsapp_at=LONG_AGO), UNPROMPTED, SMS),
        (Ways(preferred=WHATSAPP, whatsapp_at=JUST_NOW), UNPROMPTED, WHATSAPP),
        (Ways(spoke_on=WHATSAPP, spoke_at=JUST_NOW, whatsapp_at=JUST_NOW, off=frozenset({WHATSAPP})), ANSWER, SMS),
        (Ways(spoke_on=CHAT, spoke_at=LONG_AGO, chat_until=SOON, off=frozenset({SMS})), ANSWER, CHAT),
        (Ways(off=frozenset({SMS})), ANSWER, None),
    ],
)
def test_an_answer_goes_where_they_wrote_and_the_rest_where_they_like_it(
    ways: Ways, priority: int, goes: ChannelName | None
) -> None:
    assert way_for(ways, ALL, NOW, is_answer=priority == ANSWER) is goes


def test_what_the_county_does_not_offer_is_no_way() -> None:
    ways = Ways(CHAT, CHAT, JUST_NOW)
    assert way_for(ways, {SMS}, NOW, is_answer=True) is SMS


@pytest.mark.parametrize(("ago", "goes"), [(timedelta(hours=23, minutes=59), WHATSAPP), (timedelta(hours=24), SMS)])
def test_whatsapp_is_open_for_a_day_after_their_last_word_there(ago: timedelta, goes: ChannelName) -> None:
    assert way_for(Ways(WHATSAPP, whatsapp_at=NOW - ago), ALL, NOW, is_answer=False) is goes


async def writes(place: Place, channel: ChannelName, text: str = "ok") -> None:
    """Client 0 writes on this channel, and is answered "hello"."""
    place.script.on_text = lambda _situation, _event: (texted("hello"),)
    await place.writer.take_text(Inbound(f"SM{channel}{text}", place.numbers[0], text, channel=channel))


def claims(place: Place) -> list[Claimed]:
    sent = place.do(lambda c: outbox.claim(c, place.now, 10, UNBOUND, ALL)).texts
    return [*sent, *place.do(lambda c: outbox.claim_shown(c, place.now, 10)).texts]


def accept(place: Place, text: Claimed) -> None:
    place.do(partial(outbox.outcome, attempt_id=text.attempt_id, came_to=Outcome.ACCEPTED, now=place.now))


@pytest.mark.parametrize("channel", ChannelName)
async def test_what_a_client_writes_is_answered_where_they_wrote_it(place: Place, channel: ChannelName) -> None:
    await writes(place, channel)
    (text,) = claims(place)
    assert (text.channel, text.number) == (channel, place.numbers[0])
    said = place.do(lambda c: c.scalars(select(messages.c.channel).order_by(messages.c.id)).all())
    assert said == [channel, channel]


async def test_a_stranger_is_answered_where_they_wrote(place: Place) -> None:
    place.script.on_stranger = lambda _text, _helped_at: (texted("who are you?"),)
    await place.writer.take_text(Inbound("SM1", "+15559990000", "hi", channel=WHATSAPP))
    assert [text.channel for text in claims(place)] == [WHATSAPP]


async def test_a_nudge_goes_where_they_like_it_and_by_sms_once_whatsapp_is_closed(place: Place) -> None:
    place.do(lambda c: c.execute(update(clients).values(preferred_channel=WHATSAPP)))
    await writes(place, WHATSAPP)
    accept(place, *claims(place))
    place.script.on_text = lambda _situation, _event: (texted("nudge", Purpose.NUDGE),)
    await place.says("by sms")
    (text,) = claims(place)
    assert text.channel is SMS
    accept(place, text)
    place.do(lambda c: c.execute(update(messages).where(messages.c.body == "nudge").values(state="due", channel="")))
    assert [text.channel for text in claims(place)] == [WHATSAPP]
    place.do(lambda c: c.execute(update(messages).where(messages.c.body == "nudge").values(state="due", channel="")))
    place.later(hours=25)
    place.do(lambda c: c.execute(update(messages).values(expires_at=place.now + timedelta(hours=1))))
    assert [text.channel for text in claims(place)] == [SMS]


async def test_what_may_not_start_on_whatsapp_goes_by_sms_at_once_and_once(place: Place) -> None:
    await writes(place, WHATSAPP)
    (first,) = claims(place)
    refuse = partial(outbox.outcome, came_to=Outcome.REFUSED, now=place.now, error_code=63016)
    place.do(partial(refuse, attempt_id=first.attempt_id))
    (second,) = claims(place)
    assert (second.message_id, second.channel) == (first.message_id, SMS)
    place.do(partial(refuse, attempt_id=second.attempt_id))
    assert claims(place) == []
    assert place.rows(messages, messages.c.direction == "out")[0].state == MessageState.PARKED


async def test_a_report_that_a_channel_does_not_reach_them_sends_it_by_sms_and_switches_it_off(place: Place) -> None:
    await writes(place, WHATSAPP)
    (first,) = claims(place)
    accept(place, first)
    report = partial(outbox.fold_status, attempt_id=first.attempt_id, status="undelivered", provider_id="SM9")
    place.do(partial(report, error_code=63024, at=place.now))
    assert [text.channel for text in claims(place)] == [SMS]
    assert place.rows(clients)[0].channels_off == WHATSAPP


async def test_nothing_leaves_where_every_channel_is_off(place: Place) -> None:
    place.do(lambda c: c.execute(update(clients).values(channels_off=SMS)))
    await writes(place, CHAT)
    accept(place, *claims(place))
    place.do(lambda c: c.execute(update(messages).where(messages.c.direction == "out").values(state="due", channel="")))
    place.do(lambda c: c.execute(update(clients).values(spoke_on=SMS)))
    assert claims(place) == []
    assert place.rows(messages, messages.c.direction == "out")[0].reason == NO_CHANNEL


async def test_what_is_shown_in_the_chat_does_not_wait_for_what_the_provider_has(place: Place) -> None:
    await writes(place, SMS)
    (by_sms,) = claims(place)
    await writes(place, CHAT, "and?")
    (shown,) = claims(place)
    assert (by_sms.channel, shown.channel) == (SMS, CHAT)


async def test_what_nobody_waits_for_goes_on_to_the_chat_of_who_likes_it_and_is_there(place: Place) -> None:
    there = {"preferred_channel": CHAT, "chat_until": place.now + timedelta(hours=1)}
    place.do(lambda c: c.execute(update(clients).values(there)))
    place.script.on_text = lambda _situation, _event: (texted("nudge", Purpose.NUDGE),)
    await place.says("by sms")
    place.do(lambda c: c.execute(update(messages).where(messages.c.body == "nudge").values(channel="")))
    assert [text.channel for text in claims(place)] == [CHAT]


async def test_a_secret_is_in_what_leaves_and_nowhere_else(place: Place) -> None:
    place.script.on_text = lambda _situation, _event: (texted("Your code: ...", template=sealed_texts.CHAT_CODE),)
    await place.says("code?")
    (row,) = place.rows(messages, messages.c.direction == "out")
    place.do(lambda c: sealed_texts.seal(c, row.id, "Your code: 123456"))
    (text,) = claims(place)
    (tried,) = place.rows(attempts)
    assert (text.body, tried.body) == ("Your code: 123456", row.body)
    place.do(lambda c: sealed_texts.sweep(c, row.expires_at))
    assert place.do(lambda c: sealed_texts.bodies(c, [row.id])) == {}


def approve(place: Place, *names: str) -> None:
    for name in names:
        body = "From us: {{1}} Bye." if name.startswith("open") else "{{1}}"
        one = KeptContent(name, "en", f"HX{name}", body, ContentState.USABLE, "", place.now)
        place.do(partial(whatsapp_contents.keep, content=one))


async def a_nudge_after(place: Place, **ago: float) -> Claimed:
    place.do(lambda c: c.execute(update(clients).values(preferred_channel=WHATSAPP)))
    await writes(place, WHATSAPP)
    accept(place, *claims(place))
    place.later(**ago)
    place.script.on_text = lambda _situation, _event: (texted("See you\nsoon", Purpose.NUDGE),)
    await place.says("by sms")
    place.do(lambda c: c.execute(update(messages).where(messages.c.purpose == "nudge").values(channel="")))
    (text,) = claims(place)
    return text


async def test_an_approved_template_starts_a_conversation_on_whatsapp(place: Place) -> None:
    approve(place, "open_nudge")
    text = await a_nudge_after(place, hours=30)
    assert (text.channel, text.body) == (WHATSAPP, "From us: See you soon Bye.")
    assert text.content == Content("HXopen_nudge", {"1": "See you soon"})
    assert place.rows(attempts)[-1].body == text.body


@pytest.mark.parametrize("approved", [(), ("open_visit",)])
async def test_without_one_it_goes_by_sms(place: Place, approved: tuple[str, ...]) -> None:
    approve(place, *approved)
    text = await a_nudge_after(place, hours=30)
    assert (text.channel, text.body, text.content) == (SMS, "See you\nsoon", None)


async def test_inside_the_window_our_own_words_need_no_template(place: Place) -> None:
    approve(place, "open_nudge")
    text = await a_nudge_after(place, hours=1)
    assert (text.channel, text.content) == (WHATSAPP, None)


async def test_choices_are_buttons_on_whatsapp_where_they_were_made(place: Place) -> None:
    approve(place, "choose_2")
    place.script.on_text = lambda _situation, _event: (texted("Ready? 1 yes, 2 not now"),)
    await place.writer.take_text(Inbound("SMw", place.numbers[0], "hi", channel=WHATSAPP))
    (text,) = claims(place)
    assert text.content == Content("HXchoose_2", {"1": "Ready? 1 yes, 2 not now", "2": "yes", "3": "not now"})
    assert text.body == "Ready? 1 yes, 2 not now"
