from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.channels.phone import PhoneChannel
from bot.channels.twilio import TwilioChannel
from scheduler.sender import Accepted, NotSent, Outgoing, Refused, Unknown
from tests.bot.settings_for_tests import PUBLIC_URL, make_settings
from tests.fake_twilio import OUR_NUMBER, FakeTwilio, Fault

MARIA = "+17075550111"
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
    service = "MG" + "0" * 32
    settings = make_settings(twilio_api_base=twilio.url, twilio_from=None, twilio_messaging_service_sid=service)
    async with TwilioChannel(settings) as channel:
        await channel.send(TEXT)
    assert twilio.requests[0]["MessagingServiceSid"] == service
    assert "From" not in twilio.requests[0]


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


async def test_the_fake_lists_what_it_took_and_reports_on_it(twilio: FakeTwilio, channel: TwilioChannel) -> None:
    await channel.send(TEXT)
    assert await twilio.wait_for_texts(MARIA, 1) == [TEXT.body]


async def test_the_phone_of_the_demo_takes_every_text() -> None:
    assert isinstance(await PhoneChannel().send(TEXT), Accepted)
