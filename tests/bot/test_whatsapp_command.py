"""`milepost whatsapp`: contents are made once, submitted, and used when WhatsApp has said yes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_content import ContentApi, ContentApiError
from bot.chat import wording
from bot.commands.whatsapp import _bring_up_to_date
from bot.settings import Settings
from bot.trust.fake_twilio import FakeTwilio
from bot.whatsapp.definitions import wanted
from conversations.whatsapp_contents import LONGEST_BODY
from records import whatsapp_contents
from records.channels import ChannelName
from records.database import connect
from records.whatsapp_contents import Content, ContentState, KeptContent
from scheduler.channel import Accepted, Outgoing, Sought
from tests.bot.settings_for_tests import make_settings
from tests.staff.office import a_county

WANTED = list(wanted(a_county()))
MARIA, OURS = "+17075550111", "+17075550112"


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with FakeTwilio() as fake:
        yield fake


@pytest.fixture
def engine(migrated_sqlite_url: str) -> Engine:
    return connect(migrated_sqlite_url)


def settings_for(twilio: FakeTwilio) -> Settings:
    return make_settings(twilio_api_base=twilio.url, twilio_content_base=twilio.url, twilio_whatsapp_from=OURS)


def kept(engine: Engine) -> dict[tuple[str, str], KeptContent]:
    with engine.connect() as connection:
        return {(one.name, one.language): one for one in whatsapp_contents.all_kept(connection)}


async def test_what_is_made_is_kept_made_once_and_used_after_a_yes(twilio: FakeTwilio, engine: Engine) -> None:
    settings = settings_for(twilio)
    for _ in range(2):
        await _bring_up_to_date(settings, engine, WANTED)
        assert len(twilio.contents.made) == len(WANTED)
    assert kept(engine)["open_visit", "en"].state is ContentState.WAITING
    assert kept(engine)["choose_2", "en"].state is ContentState.USABLE
    twilio.contents.decide("approved")
    await _bring_up_to_date(settings, engine, WANTED)
    assert {one.state for one in kept(engine).values()} == {ContentState.USABLE}
    engine.dispose()


async def test_a_no_is_kept_with_its_reason(twilio: FakeTwilio, engine: Engine) -> None:
    for answer in ("", "rejected"):
        twilio.contents.decide(answer, "TOO_VAGUE")
        await _bring_up_to_date(settings_for(twilio), engine, WANTED)
    one = kept(engine)["open_nudge", "en"]
    assert (one.state, one.why) == (ContentState.REFUSED, "TOO_VAGUE")
    engine.dispose()


async def test_one_that_whatsapp_pauses_later_is_used_no_more(twilio: FakeTwilio, engine: Engine) -> None:
    await _bring_up_to_date(settings_for(twilio), engine, WANTED)
    for answer, state in (("approved", ContentState.USABLE), ("paused", ContentState.REFUSED)):
        for one in twilio.contents.made.values():
            one.status = answer
        await _bring_up_to_date(settings_for(twilio), engine, WANTED)
        assert kept(engine)["open_nudge", "en"].state is state
    engine.dispose()


async def test_what_could_not_be_handed_in_is_not_made_again(
    twilio: FakeTwilio, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_args: object) -> None:
        raise ContentApiError("the provider answered 500")

    for _ in range(2):
        with monkeypatch.context() as broken:
            broken.setattr(ContentApi, "submit", fails)
            with pytest.raises(ContentApiError):
                await _bring_up_to_date(settings_for(twilio), engine, WANTED)
        assert len(twilio.contents.made) == 1
    await _bring_up_to_date(settings_for(twilio), engine, WANTED)
    assert len(twilio.contents.made) == len(WANTED)
    engine.dispose()


async def test_what_was_made_before_an_error_is_kept(engine: Engine, free_port: int) -> None:
    nobody = f"http://127.0.0.1:{free_port}"
    settings = make_settings(twilio_api_base=nobody, twilio_content_base=nobody, twilio_whatsapp_from=OURS)
    with pytest.raises(ContentApiError, match="no clear answer"):
        await _bring_up_to_date(settings, engine, WANTED)
    assert kept(engine) == {}
    engine.dispose()


async def test_a_content_leaves_by_its_id_and_is_found_by_its_words(twilio: FakeTwilio, engine: Engine) -> None:
    settings = settings_for(twilio)
    await _bring_up_to_date(settings, engine, WANTED)
    sid = kept(engine)["choose_2", "en"].content_sid
    words = "Ready? 1 yes, 2 no"
    text = Outgoing("a" * 32, MARIA, words, 60, ChannelName.WHATSAPP, Content(sid, {"1": words, "2": "yes", "3": "no"}))
    async with TwilioChannel(settings) as channel:
        sent = await channel.send(text)
        since = datetime.now(UTC) - timedelta(minutes=1)
        (found,) = await channel.find(Sought(MARIA, words, since, ChannelName.WHATSAPP))
    assert sent == Accepted(found.provider_id)
    assert "Body" not in twilio.requests[-1]
    engine.dispose()


@pytest.mark.parametrize("each", WANTED, ids=lambda each: f"{each.name}-{each.language}")
def test_a_template_says_something_before_and_after_our_words(each: object) -> None:
    """And its parts fit: https://www.twilio.com/docs/content/twilio-quick-reply and list-picker."""
    [definition] = [one for one in WANTED if one is each]
    assert len(definition.body) < LONGEST_BODY // 2
    if definition.needs_approval:
        before, after = definition.body.split("{{1}}")
        assert before.strip()
        assert after.strip()
    [(kind, content)] = definition.types.items()
    assert len(content.get("actions", ())) <= 3, kind
    assert len(content.get("items", ())) <= 10
    assert len(content.get("button", "")) <= 20


def test_each_language_has_its_own_words() -> None:
    wording.load(["en", "es"])
    bodies = {(one.name, one.language): one.body for one in WANTED}
    assert bodies["open_visit", "en"] != bodies["open_visit", "es"]
