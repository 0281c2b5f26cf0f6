"""Webhooks over a socket: what is not the provider's is refused, what is odd is answered, and nothing is a 500."""

from __future__ import annotations

import io
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from bot.trust.fake_twilio import AUTH_TOKEN
from conversations.events import WorkerInvited
from records import phones
from tests.bot.conftest import MARIA, Street

STRANGER = "+17075550199"
GOOD = {"MessageSid": "SM1", "From": MARIA, "Body": "hi", "NumMedia": "0"}
FORM = "application/x-www-form-urlencoded"


async def post(street: Street, path: str, body: bytes, signature: str = "", content_type: str = FORM) -> int:
    headers = {"Content-Type": content_type} | ({"X-Twilio-Signature": signature} if signature else {})
    async with street.session.post(street.url + path, data=io.BytesIO(body), headers=headers) as response:
        await response.read()
        return response.status


def signature_of(street: Street, path: str, fields: dict[str, str]) -> str:
    return str(RequestValidator(AUTH_TOKEN).compute_signature(street.url + path, fields))


async def joined(street: Street) -> None:
    """Maria was invited, said yes, and has been asked who reads her phone."""
    await street.house.writer.act(street.maria, WorkerInvited("Ana"), street.ana)
    await street.twilio.text_in(MARIA, "yes")
    await street.twilio.wait_for_texts(MARIA, 3)


async def test_a_text_is_answered_with_an_empty_reply_and_the_answer_leaves_by_itself(street: Street) -> None:
    await joined(street)
    url = f"{street.url}/twilio/message"
    headers = {"X-Twilio-Signature": signature_of(street, "/twilio/message", GOOD | {"Body": "1"})}
    async with street.session.post(url, data=GOOD | {"Body": "1"}, headers=headers) as response:
        assert (response.status, response.content_type) == (200, "text/xml")
        assert (await response.text()).endswith("<Response/>")
    assert "When is a good time" in (await street.twilio.wait_for_texts(MARIA, 4))[-1]


async def test_the_same_text_delivered_five_times_is_taken_once(street: Street) -> None:
    await joined(street)
    for path in ("/twilio/message", "/twilio/message/fallback") * 3:
        fields = GOOD | {"Body": "1"}
        assert await post(street, path, urlencode(fields).encode(), signature_of(street, path, fields)) == 200
    (phone,) = await street.house.reader.run(phones.phones)
    assert [text.body for text in phone.texts if text.mine] == ["yes", "1"]


async def test_an_unsigned_post_is_refused(street: Street) -> None:
    assert await post(street, "/twilio/message", urlencode(GOOD).encode()) == 403


async def test_a_tampered_post_is_refused(street: Street) -> None:
    signature = signature_of(street, "/twilio/message", GOOD)
    changed = urlencode(GOOD | {"Body": "STOP"}).encode()
    assert await post(street, "/twilio/message", changed, signature) == 403
    assert await post(street, "/twilio/message?a=1", urlencode(GOOD).encode(), signature) == 403


async def test_a_json_body_is_refused_though_the_address_is_signed(street: Street) -> None:
    signature = signature_of(street, "/twilio/message", {})
    assert await post(street, "/twilio/message", b'{"Body": "hi"}', signature, "application/json") == 403


@pytest.mark.parametrize("missing", GOOD)
async def test_a_signed_post_without_a_field_that_is_always_there_is_malformed(street: Street, missing: str) -> None:
    fields = {name: value for name, value in GOOD.items() if name != missing}
    signature = signature_of(street, "/twilio/message", fields)
    assert await post(street, "/twilio/message", urlencode(fields).encode(), signature) == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"Body=%FF%FE", 400),
        (b"\xff\xfe\x00", 400),
        (urlencode([(f"f{n}", "x") for n in range(4000)]).encode(), 400),
        (urlencode([(f"f{n}", "x") for n in range(20_000)]).encode(), 413),
        (b"Body=" + b"x" * 2_000_000, 413),
        (b"", 403),
        (b"=&=&==", 403),
    ],
)
async def test_what_is_no_form_of_the_provider_is_refused_before_it_costs_anything(
    street: Street, body: bytes, status: int
) -> None:
    assert await post(street, "/twilio/message", body, "c2lnbmF0dXJl") == status


@pytest.mark.parametrize("text", ["", " ", "🎉🎉🎉", "x" * 1600, "\x00", "\u202e{name}%s<b>", "ñandú á í ó ú"])
async def test_an_odd_text_gets_a_kind_answer(street: Street, text: str) -> None:
    await joined(street)
    assert await street.twilio.text_in(MARIA, text) == 200
    answer = (await street.twilio.wait_for_texts(MARIA, 4))[-1]
    assert "didn't get that" in answer


async def test_a_stranger_hears_who_we_are_once_a_day(street: Street) -> None:
    for _ in range(3):
        assert await street.twilio.text_in(STRANGER, "who is this") == 200
    await street.twilio.wait_for_texts(STRANGER, 1)
    assert await street.twilio.text_in(MARIA, "hello") == 200
    assert len(street.twilio.sent(STRANGER)) == 1


async def test_reports_in_any_order_and_more_than_once_are_taken(street: Street) -> None:
    await joined(street)
    text = street.twilio.ledger[0]
    for status in ("delivered", "sent", "delivered", "queued", "something_new"):
        assert await street.twilio.report(text, status) == 204


async def test_a_report_on_nothing_of_ours_is_taken_and_forgotten(street: Street) -> None:
    path = f"/twilio/status/{'f' * 32}"
    fields = {"MessageSid": "SM1", "MessageStatus": "sent"}
    assert await post(street, path, urlencode(fields).encode(), signature_of(street, path, fields)) == 204
    assert await post(street, path, urlencode(fields).encode()) == 403
    assert await post(street, path, b"Body=%FF", "x") == 400
    assert await post(street, "/twilio/status/short", b"a=1", "x") == 404


async def test_what_could_not_be_stored_is_asked_for_again(street: Street) -> None:
    await street.house.writer.close()
    assert await street.twilio.text_in(MARIA, "hi") == 503
    path = f"/twilio/status/{'f' * 32}"
    fields = {"MessageSid": "SM1", "MessageStatus": "sent"}
    assert await post(street, path, urlencode(fields).encode(), signature_of(street, path, fields)) == 503
