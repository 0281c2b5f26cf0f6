import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict, MultiDictProxy
from twilio.request_validator import RequestValidator

from bot.channels.twilio_webhooks import (
    FORM_TYPE,
    MalformedError,
    Signature,
    read_form,
    read_status,
    read_text,
)
from records.channels import ChannelName
from records.turns import Inbound

TOKEN = "a-token-for-tests"
URL = "https://texts.example.org"
PATH = "/twilio/message?a=1"
GOOD = {"MessageSid": "SM1", "From": "+17075550111", "Body": "hi", "NumMedia": "0"}


def form(**fields: str) -> MultiDictProxy[str]:
    return MultiDictProxy(MultiDict(GOOD | fields))


def signed(fields: MultiDictProxy[str]) -> str:
    return str(RequestValidator(TOKEN).compute_signature(URL + PATH, fields))


def test_what_the_provider_signed_is_accepted_and_what_was_changed_is_not() -> None:
    signature = Signature(TOKEN, URL)
    assert signature.fits(PATH, form(), signed(form()))
    assert not signature.fits(PATH, form(Body="ho"), signed(form()))
    assert not signature.fits("/twilio/message", form(), signed(form()))
    assert not Signature("another", URL).fits(PATH, form(), signed(form()))


def test_doubled_fields_are_part_of_what_is_signed() -> None:
    twice = MultiDictProxy(MultiDict([*GOOD.items(), ("MediaUrl", "b"), ("MediaUrl", "a")]))
    assert Signature(TOKEN, URL).fits(PATH, twice, signed(twice))


@pytest.mark.parametrize("header", [None, "", "junk", "é", "=" * 5000])
def test_a_missing_or_odd_signature_is_simply_wrong(header: str | None) -> None:
    assert not Signature(TOKEN, URL).fits(PATH, form(), header)


def test_an_address_that_is_none_is_simply_wrong() -> None:
    assert not Signature(TOKEN, URL).fits("//[::1", form(), "x")
    assert not Signature(TOKEN, "http://[").fits("/", form(), "x")


def test_a_json_body_is_refused_though_its_signature_covers_the_address() -> None:
    empty = read_form("application/json", b'{"Body": "hi"}')
    assert not Signature(TOKEN, URL).fits(PATH, empty, signed(empty))


@given(st.text(), st.text(), st.text())
def test_no_signature_makes_it_raise(path: str, value: str, header: str) -> None:
    assert not Signature(TOKEN, URL).fits(path, form(Body=value), header)


@given(st.binary())
def test_no_body_makes_it_raise_anything_else(body: bytes) -> None:
    try:
        fields = read_form(FORM_TYPE, body)
        read_text(fields)
    except MalformedError:
        pass


@pytest.mark.parametrize("body", [b"Body=%FF", b"\xff", b"&".join([b"a=1"] * 101)])
def test_what_is_no_small_form_in_utf_8_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        read_form(FORM_TYPE, body)


def test_a_text_is_read() -> None:
    text = read_text(form(Body="", NumMedia="2", OptOutType="STOP"))
    assert text == Inbound("SM1", "+17075550111", "", media=2, answered_by_provider=True)


def test_a_text_is_cut_at_the_longest_that_the_provider_sends() -> None:
    assert read_text(form(Body="c" * 2000)).text == "c" * 1600


@pytest.mark.parametrize("name", GOOD)
def test_each_field_must_be_there_once(name: str) -> None:
    without = MultiDict(GOOD)
    without.pop(name)
    with pytest.raises(MalformedError, match=name):
        read_text(MultiDictProxy(without))
    twice = MultiDict([*GOOD.items(), (name, GOOD[name])])
    with pytest.raises(MalformedError, match=name):
        read_text(MultiDictProxy(twice))


@pytest.mark.parametrize(
    "wrong", [{"MessageSid": ""}, {"MessageSid": "a b"}, {"From": "x" * 40}, {"NumMedia": "-1"}, {"NumMedia": "²"}]
)
def test_a_field_of_the_wrong_form_is_named_but_not_repeated(wrong: dict[str, str]) -> None:
    with pytest.raises(MalformedError, match="right form"):
        read_text(form(**wrong))


def test_a_report_is_read() -> None:
    report = read_status(form(MessageStatus="failed", ErrorCode="30003"))
    assert (report.provider_id, report.status, report.error_code) == ("SM1", "failed", 30003)
    assert read_status(form(MessageStatus="sent", ErrorCode="x")).error_code is None
    with pytest.raises(MalformedError):
        read_status(form())


def test_a_whatsapp_address_is_the_number_on_another_channel() -> None:
    said = read_text(form(From="whatsapp:+17075550111"))
    assert (said.number, said.channel) == ("+17075550111", ChannelName.WHATSAPP)


@pytest.mark.parametrize(
    ("tapped", "text"),
    [
        ({"ButtonPayload": "2"}, "2"),
        ({"ListId": "10"}, "10"),
        ({"ButtonPayload": "x; y"}, "some of it"),
        ({}, "some of it"),
    ],
)
def test_a_tapped_button_says_the_number_of_its_choice(tapped: dict[str, str], text: str) -> None:
    said = read_text(form(From="whatsapp:+17075550111", Body="some of it", **tapped))
    assert said.text == text
