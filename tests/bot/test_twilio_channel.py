import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels import twilio_client
from bot.channels.phone import PhoneChannel
from bot.channels.twilio import A_PAGE, TwilioChannel
from bot.settings import Settings
from bot.trust.fake_twilio import OUR_NUMBER, FakeTwilio, Fault, Text, Weather
from records.turns import Inbound
from scheduler.channel import Accepted, ChannelName, LookFailedError, NotSent, Outgoing, Refused, Sought, Unknown
from tests.bot.settings_for_tests import PUBLIC_URL, make_settings

MARIA, JOSE = "+17075550111", "+17075550112"
SERVICE = "MG" + "0" * 32
TEXT = Outgoing("a" * 32, MARIA, "¿Cómo le fue? 1 hecho", 3600)


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with FakeTwilio() as fake:
        yield fake


@pytest.fixture
async def channel(twilio: FakeTwilio) -> AsyncIterator[TwilioChannel]:
    settings = make_settings(twilio_api_base=twilio.url)
    async with TwilioChannel(settings, patience=timedelta(seconds=0.5)) as channel:
        yield channel


def through_a_service(twilio: FakeTwilio) -> Settings:
    return make_settings(twilio_api_base=twilio.url, twilio_from=None, twilio_messaging_service_sid=SERVICE)


def with_whatsapp(twilio: FakeTwilio) -> Settings:
    return make_settings(twilio_api_base=twilio.url, twilio_whatsapp_from=JOSE)


def took(twilio: FakeTwilio, body: str, at: datetime) -> Text:
    """As if the provider had taken a text to Maria then."""
    text = Text(f"SM{len(twilio.ledger):032x}", MARIA, body, {}, at=at)
    twilio.ledger.append(text)
    twilio._by_number[MARIA].append(text)
    return text


async def test_a_text_goes_out_as_we_wrote_it(twilio: FakeTwilio, channel: TwilioChannel) -> None:
    outcome = await channel.send(TEXT)
    assert outcome == Accepted(twilio.ledger[0].sid)
    assert twilio.requests == [
        {
            "To": MARIA,
            "From": OUR_NUMBER,
            "Body": TEXT.body,
            "StatusCallback": f"{PUBLIC_URL}/twilio/status/{TEXT.attempt}",
            "ValidityPeriod": "3600",
        }
    ]


async def test_a_messaging_service_takes_the_place_of_the_number(twilio: FakeTwilio) -> None:
    async with TwilioChannel(through_a_service(twilio)) as channel:
        await channel.send(TEXT)
    assert twilio.requests[0]["MessagingServiceSid"] == SERVICE
    assert "From" not in twilio.requests[0]


async def test_on_whatsapp_both_addresses_say_so(twilio: FakeTwilio) -> None:
    async with TwilioChannel(with_whatsapp(twilio)) as channel:
        assert channel.carries == {ChannelName.SMS, ChannelName.WHATSAPP}
        outcome = await channel.send(replace(TEXT, channel=ChannelName.WHATSAPP))
        assert (twilio.requests[0]["To"], twilio.requests[0]["From"]) == (f"whatsapp:{MARIA}", f"whatsapp:{JOSE}")
        sought = Sought(MARIA, TEXT.body, datetime.now(UTC) - timedelta(minutes=1), ChannelName.WHATSAPP)
        (found,) = await channel.find(sought)
        assert outcome == Accepted(found.provider_id)
        assert await channel.find(replace(sought, channel=ChannelName.SMS)) == []


async def test_what_came_in_on_whatsapp_is_listed_as_what_came_by_sms(twilio: FakeTwilio) -> None:
    begins = datetime.now(UTC) - timedelta(minutes=1)
    twilio.take_in(MARIA, "by sms")
    twilio.take_in(f"whatsapp:{MARIA}", "by whatsapp", To=f"whatsapp:{JOSE}")
    async with TwilioChannel(with_whatsapp(twilio)) as channel:
        came = [(one.number, one.channel, one.text) async for one in channel.received(begins)]
    assert sorted(came) == [
        (MARIA, ChannelName.SMS, "by sms"),
        (MARIA, ChannelName.WHATSAPP, "by whatsapp"),
    ]


@pytest.mark.parametrize(
    ("fault", "detail", "outcome"),
    [
        (Fault.TOO_MANY, 7, NotSent(7.0)),
        (Fault.TOO_MANY, 0, NotSent(None)),
        (Fault.REFUSED, 21610, Refused(21610)),
        (Fault.BROKEN, 0, Unknown()),
        (Fault.HANG, 0, Unknown()),
        (Fault.RESET, 0, Unknown()),
        (Fault.NOT_JSON, 0, Unknown()),
        (Fault.ACCEPTED_BUT_RESET, 0, Unknown()),
        (Fault.ACCEPTED_BUT_BROKEN, 0, Unknown()),
    ],
)
async def test_each_fault_is_told_apart_and_nothing_is_sent_twice(
    twilio: FakeTwilio, channel: TwilioChannel, fault: Fault, detail: int, outcome: object
) -> None:
    twilio.fail(fault, detail)
    assert await channel.send(TEXT) == outcome
    assert len(twilio.requests) == 1


async def test_a_wrong_token_is_a_refusal(twilio: FakeTwilio) -> None:
    settings = make_settings(twilio_api_base=twilio.url, twilio_auth_token="another")
    async with TwilioChannel(settings) as channel:
        assert await channel.send(TEXT) == Refused(20003)


async def test_what_never_left_is_known_not_to_have_left(free_port: int) -> None:
    async with TwilioChannel(make_settings(twilio_api_base=f"http://127.0.0.1:{free_port}")) as channel:
        assert await channel.send(TEXT) == NotSent(None)


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port that answers no attempt to connect, as behind a firewall that drops them."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port: int = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex(("127.0.0.1", port))
        yield port
        for one in waiting:
            one.close()


async def test_who_never_got_a_connection_knows_that_nothing_left(
    deaf_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_client, "TO_CONNECT", 0.2)
    async with TwilioChannel(make_settings(twilio_api_base=f"http://127.0.0.1:{deaf_port}")) as channel:
        assert await channel.send(TEXT) == NotSent(None)


async def test_a_text_is_found_by_its_number_and_its_words(twilio: FakeTwilio, channel: TwilioChannel) -> None:
    began = datetime.now(UTC)
    for text in (TEXT, replace(TEXT, body="Other words"), replace(TEXT, to=JOSE)):
        await channel.send(text)
    twilio.ledger[0].status, twilio.ledger[0].error_code = "undelivered", 30005
    (found,) = await channel.find(Sought(MARIA, f"  {TEXT.body.replace(' ', '  ')} ", began))
    assert (found.provider_id, found.status, found.error_code) == (twilio.ledger[0].sid, "undelivered", 30005)
    assert abs(found.at - began) < timedelta(seconds=5)


async def test_the_oldest_is_named_first_and_nothing_from_well_before_it_was_claimed(
    twilio: FakeTwilio, channel: TwilioChannel
) -> None:
    claimed_at = datetime.now(UTC)
    texts = [took(twilio, "Hello", claimed_at + timedelta(seconds=seconds)) for seconds in (-120, -50, 5, 10)]
    found = await channel.find(Sought(MARIA, "Hello", claimed_at))
    assert [sighting.provider_id for sighting in found] == [text.sid for text in texts[1:]]


async def test_a_text_is_found_behind_many_newer_ones_and_older_pages_are_not_asked_for(
    twilio: FakeTwilio, channel: TwilioChannel
) -> None:
    claimed_at = datetime.now(UTC)
    lost = took(twilio, "Hello", claimed_at)
    for n in range(A_PAGE):
        took(twilio, "Newer", claimed_at + timedelta(seconds=n + 1))
        took(twilio, "Older", claimed_at - timedelta(minutes=2, seconds=n))
        took(twilio, "Older", claimed_at - timedelta(minutes=9, seconds=n))
    (found,) = await channel.find(Sought(MARIA, "Hello", claimed_at))
    assert found.provider_id == lost.sid
    assert "Page=2" in channel._http._test_only_last_request.url
    assert "Page=3" not in channel._http._test_only_last_request.url


async def test_what_a_client_wrote_is_not_taken_for_a_text_of_ours(twilio: FakeTwilio, channel: TwilioChannel) -> None:
    began = datetime.now(UTC)
    twilio.take_in(MARIA, "Hello")
    assert list(await channel.find(Sought(OUR_NUMBER, "Hello", began))) == []


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.BROKEN, Fault.HANG, Fault.RESET, Fault.NOT_JSON])
async def test_a_list_that_cannot_be_read_says_nothing_and_the_error_names_nobody(
    twilio: FakeTwilio, channel: TwilioChannel, fault: Fault
) -> None:
    twilio.down = fault
    with pytest.raises(LookFailedError) as raised:
        await channel.find(Sought(MARIA, "Hello", datetime.now(UTC)))
    assert raised.value.__suppress_context__
    assert MARIA not in str(raised.value)
    with pytest.raises(LookFailedError):
        await anext(aiter(channel.received(datetime.now(UTC))))


async def all_received(channel: TwilioChannel, since: datetime) -> list[Inbound]:
    return [text async for text in channel.received(since)]


async def test_what_was_texted_to_us_is_listed_from_the_oldest_over_all_pages(
    twilio: FakeTwilio, channel: TwilioChannel
) -> None:
    since = datetime.now(UTC)
    texts = [twilio.take_in(MARIA, f"{n}") for n in range(2 * A_PAGE + 1)]
    for n, text in enumerate(texts):
        text.at = since + timedelta(seconds=n)
    received = await all_received(channel, since)
    assert [text.text for text in received] == [text.body for text in texts]
    assert received[-1].provider_id == texts[-1].sid
    assert received[-1].sent_at == texts[-1].at.replace(microsecond=0)


async def test_texts_of_one_second_keep_the_order_of_the_list(twilio: FakeTwilio, channel: TwilioChannel) -> None:
    second = datetime.now(UTC).replace(microsecond=0)
    for n in range(5):
        twilio.take_in(MARIA, f"{n}").at = second + timedelta(milliseconds=n)
    assert [text.text for text in await all_received(channel, second)] == ["0", "1", "2", "3", "4"]


async def test_only_what_came_since_then_and_to_our_number_is_listed(
    twilio: FakeTwilio, channel: TwilioChannel
) -> None:
    since = datetime.now(UTC)
    twilio.take_in(MARIA, "Before").at = since - timedelta(seconds=2)
    twilio.take_in(MARIA, "To another", To=JOSE)
    twilio.take_in(MARIA, "Hola", NumMedia="1")
    await channel.send(replace(TEXT, to=OUR_NUMBER))
    (text,) = await all_received(channel, since)
    assert (text.number, text.text, text.has_media) == (MARIA, "Hola", True)


async def test_with_a_messaging_service_only_its_texts_are_listed(twilio: FakeTwilio) -> None:
    since = datetime.now(UTC)
    twilio.take_in(MARIA, "To another", MessagingServiceSid="MG" + "1" * 32)
    twilio.take_in(MARIA, "To no service")
    twilio.take_in(MARIA, "To us", To=JOSE, MessagingServiceSid=SERVICE)
    async with TwilioChannel(through_a_service(twilio)) as channel:
        await channel.send(TEXT)
        assert [text.text for text in await all_received(channel, since)] == ["To us"]


async def test_a_list_that_lags_shows_nothing_yet(twilio: FakeTwilio, channel: TwilioChannel) -> None:
    twilio.weather = Weather(list_lag=60)
    await channel.send(TEXT)
    assert list(await channel.find(Sought(MARIA, TEXT.body, datetime.now(UTC)))) == []


async def test_the_phone_of_the_demo_takes_every_text() -> None:
    assert isinstance(await PhoneChannel().send(TEXT), Accepted)
    assert list(await PhoneChannel().find(Sought(MARIA, TEXT.body, datetime.now(UTC)))) == []
