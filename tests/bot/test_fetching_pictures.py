"""A picture that a client texts comes to us from the provider and from nobody else, once, clean and sealed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Row, select

from bot import app
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_media import TwilioMedia
from bot.pictures.cleaning import LARGEST
from bot.pictures.fetching import LEASE, MOST_TRIES
from bot.pictures.sealing import picture_cipher
from bot.pictures.source import FetchFailedError
from bot.trust.fake_media import Attached
from bot.trust.fake_twilio import FakeTwilio
from records import pictures
from records.pictures import AT_THE_PROVIDERS, PictureState, Size, WhyNot
from records.tables import messages
from records.tables import pictures as table
from tests.bot.conftest import MARIA, Street, open_street
from tests.bot.pictures import HTML, SVG, photo, photo_with_a_place
from tests.bot.settings_for_tests import make_settings

A_PHOTO = Attached("image/jpeg", photo_with_a_place())


@pytest.fixture(autouse=True)
def _rounds_follow_each_other_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "TICK", 0.05)


@pytest.fixture
async def street_on_either(migrated_url: str, free_port: int) -> AsyncIterator[Street]:
    async with open_street(migrated_url, free_port) as street:
        yield street


async def rows(street: Street) -> list[Row[Any]]:
    wanted = select(table, messages.c.provider_id).join(messages, messages.c.id == table.c.message_id)
    return await street.house.reader.run(lambda c: list(c.execute(wanted.order_by(table.c.id)).all()))


async def rows_when(street: Street, fits: Callable[[Row[Any]], bool], how_many: int = 1) -> list[Row[Any]]:
    """All rows once they are so many and each fits."""
    async with asyncio.timeout(20):
        while True:
            found = await rows(street)
            if len(found) >= how_many and all(fits(row) for row in found):
                return found
            await asyncio.sleep(0.02)


def has_failed(street: Street, tries: int) -> Callable[[Row[Any]], bool]:
    """So often, and waits to be tried again; not one that is in hand."""
    soon = street.clock.at + LEASE / 2
    return lambda row: bool(row.tries == tries and street.clock.at < row.due_at < soon)


def is_settled(row: Row[Any]) -> bool:
    return bool(row.state != PictureState.WAITING)


async def test_a_photo_is_kept_without_its_place_and_later_removed_at_the_provider(
    street_on_either: Street,
) -> None:
    street = street_on_either
    text = street.twilio.take_in_with(MARIA, "", A_PHOTO, A_PHOTO)
    assert await street.twilio.hand_on(text) == 200
    assert await street.twilio.hand_on(text) == 200
    found = await rows_when(street, is_settled, 2)
    assert [(row.state, row.nth, row.width, row.height) for row in found] == [("kept", 0, 48, 64), ("kept", 1, 48, 64)]
    cipher = picture_cipher(street.house.plan.settings.secret_key)
    for row in found:
        assert b"JFIF" not in row.body
        body = cipher.open(row.body, row.id, text.sid, Size.WHOLE)
        assert (body[6:10], len(body), b"SpyPhone" in body) == (b"JFIF", row.size, False)
    assert [asked.rpartition("/")[0] for asked in street.twilio.media.asked if asked.startswith("GET /SM")] == [
        f"GET /{text.sid}"
    ] * 2
    assert street.twilio.media.left(text.sid) == 2
    street.clock.at += AT_THE_PROVIDERS
    await rows_when(street, lambda row: row.due_at is None and row.media_id is None, 2)
    assert street.twilio.media.left(text.sid) == 0


async def test_an_address_elsewhere_is_never_asked_even_if_the_provider_signed_it(street: Street) -> None:
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=photo(), content_type="image/jpeg")

    runner = web.AppRunner(other := web.Application(), access_log=None)
    other.router.add_get("/{all:.*}", note)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    elsewhere = f"http://127.0.0.1:{runner.addresses[0][1]}/a.jpg"
    text = street.twilio.take_in_with(MARIA, "", A_PHOTO, MediaUrl0=elsewhere)
    street.twilio.media.faults.append(elsewhere)
    assert await street.twilio.hand_on(text) == 200
    (row,) = await rows_when(street, has_failed(street, 1))
    assert (row.state, row.media_id is not None) == (PictureState.WAITING, True)
    street.clock.at += timedelta(minutes=1)
    await rows_when(street, is_settled)
    await runner.cleanup()
    assert asked == []


async def test_what_is_no_picture_is_not_taken_and_the_thread_can_say_why(street: Street) -> None:
    refused = {
        Attached("image/jpeg", HTML): WhyNot.NO_PICTURE,
        Attached("image/svg+xml", SVG): WhyNot.NO_PICTURE,
        Attached("image/png", bytes(LARGEST + 1)): WhyNot.TOO_LARGE,
        Attached("audio/ogg", photo()): WhyNot.NO_PICTURE,
    }
    texts = [(street.twilio.take_in_with(MARIA, "", one), one) for one in refused]
    for text, _ in texts:
        assert await street.twilio.hand_on(text) == 200
    found = await rows_when(street, is_settled, len(refused))
    assert {row.provider_id: row.why for row in found} == {text.sid: refused[one] for text, one in texts}
    assert {(row.state, row.body, row.due_at) for row in found} == {("not_taken", None, None)}
    sound = next(text.sid for text, one in texts if one.kind == "audio/ogg")
    assert [asked.rpartition("/")[2] for asked in street.twilio.media.asked if sound in asked] == ["Media.json"]


async def test_what_fails_for_a_while_is_tried_again_and_what_fails_for_a_day_is_given_up(street: Street) -> None:
    street.twilio.media.late = 1
    street.twilio.media.faults.append(404)
    await street.twilio.hand_on(street.twilio.take_in_with(MARIA, "", A_PHOTO))
    for tries in range(1, 3):
        await rows_when(street, has_failed(street, tries))
        street.clock.at += timedelta(minutes=1)
    await rows_when(street, is_settled)
    text = street.twilio.take_in_with(MARIA, "", A_PHOTO)
    street.twilio.media.faults.append(500)
    await street.twilio.hand_on(text)
    await rows_when(street, lambda row: row.provider_id != text.sid or has_failed(street, 1)(row), 2)
    last = table.update().where(table.c.state == PictureState.WAITING).values(tries=MOST_TRIES - 1)
    await street.house.writer.run(lambda c: c.execute(last))
    street.twilio.media.faults.append(500)
    street.clock.at += timedelta(minutes=1)
    _, given_up = await rows_when(street, is_settled, 2)
    assert (given_up.state, given_up.why) == ("not_taken", WhyNot.NOT_REACHED)


async def test_who_dies_with_a_picture_in_hand_leaves_it_to_the_next_and_it_is_kept_once(
    street_on_either: Street,
) -> None:
    street = street_on_either
    street.twilio.media.faults.append(500)
    text = street.twilio.take_in_with(MARIA, "", A_PHOTO)
    await street.twilio.hand_on(text)
    await rows_when(street, has_failed(street, 1))
    claim = partial(pictures.claim, now=street.clock.at + LEASE, lease=LEASE, limit=9)
    (errand,) = await street.house.writer.run(claim)  # and nothing more is heard of who has it
    assert await street.house.writer.run(claim) == []
    street.clock.at += 3 * LEASE
    (kept,) = await rows_when(street, is_settled)
    late = pictures.SealedPicture(errand.id, 1, 1, 4, b"late", b"late")
    await street.house.writer.run(partial(pictures.keep, sealed=late, now=street.clock.at))
    assert (await rows(street))[0].body == kept.body


async def test_a_text_that_we_missed_brings_its_picture_along_and_a_strangers_is_not_fetched(street: Street) -> None:
    text = street.twilio.take_in_with(MARIA, "", A_PHOTO)
    await street.twilio.hand_on(street.twilio.take_in_with("+17075550199", "", A_PHOTO))
    async with TwilioChannel(street.house.plan.settings) as channel:  # type: ignore[arg-type]
        missed = [one async for one in channel.received(text.at - timedelta(hours=1)) if one.number == MARIA]
    assert [one.media for one in missed] == [1]
    await street.house.writer.take_text(missed[0])
    (row,) = await rows_when(street, is_settled)
    assert (row.state, row.provider_id) == ("kept", text.sid)


async def test_nothing_is_asked_for_that_cannot_be_the_providers() -> None:
    async with FakeTwilio() as twilio, TwilioMedia(make_settings(twilio_api_base=twilio.url)) as media:
        for ask in (
            media.listed("../../Accounts"),
            media.fetch("SM" + "0" * 32, "ME1/../../x", 9),
            media.remove("SM1", "ME" + "0" * 32),
        ):
            with pytest.raises(FetchFailedError):
                await ask
        assert twilio.media.asked == []
