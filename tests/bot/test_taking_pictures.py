"""A picture that a client sends in the web chat is a text of theirs, stored whole and once."""

from __future__ import annotations

import asyncio
import pickle

import pytest
from sqlalchemy import select

from bot.pictures.cleaning import NotTakenError, cleaned
from bot.pictures.sealing import picture_cipher
from bot.pictures.taking import MOST_AT_ONCE, BusyError, PictureTaker
from records.channels import ChannelName
from records.pictures import PictureState, Size, WhyNot
from records.tables import clients, escalations, messages, pictures
from records.turns import Inbound, Taken
from tests.bot.conftest import MARIA, Street
from tests.bot.pictures import HTML, photo, photo_with_a_place
from tests.bot.settings_for_tests import make_settings


def taker(street: Street) -> PictureTaker:
    return PictureTaker(
        street.house.writer, picture_cipher(street.house.plan.settings.secret_key), street.house.plan.clock.now
    )


async def test_a_picture_is_stored_with_its_text_once_however_often_it_is_sent(street: Street) -> None:
    joined = clients.update().values(consent="active")
    await street.house.writer.run(lambda c: c.execute(joined))
    desk, sent = taker(street), photo_with_a_place()
    for expected in (Taken.STORED, Taken.DUPLICATE):
        assert await desk.take("chat-1", MARIA, street.maria, sent, "my letter") is expected
    wanted = select(pictures, messages.c.client_id, messages.c.body.label("words"), messages.c.channel)
    rows = await street.house.reader.run(
        lambda c: list(c.execute(wanted.join(messages, messages.c.id == pictures.c.message_id)).all())
    )
    (row,) = rows
    assert (row.state, row.client_id, row.words, row.channel) == ("kept", street.maria, "my letter", "web_chat")
    cipher = picture_cipher(street.house.plan.settings.secret_key)
    assert b"SpyPhone" not in cipher.open(row.body, row.id, "chat-1", Size.WHOLE)
    assert row.due_at is None  # the provider never had it
    told = await street.house.reader.run(lambda c: list(c.scalars(select(escalations.c.trigger))))
    assert "media" in told


async def test_what_is_no_picture_is_refused_and_nothing_is_stored(street: Street) -> None:
    with pytest.raises(NotTakenError) as refused:
        await taker(street).take("chat-1", MARIA, street.maria, HTML)
    assert refused.value.why is WhyNot.NO_PICTURE
    assert await street.house.reader.run(lambda c: list(c.scalars(select(messages.c.id)))) == []


async def test_who_comes_while_too_many_send_is_asked_to_come_again(street: Street) -> None:
    desk, sent = taker(street), photo()
    sending = [desk.take(f"chat-{nth}", MARIA, street.maria, sent) for nth in range(MOST_AT_ONCE + 2)]
    came = await asyncio.gather(*sending, return_exceptions=True)
    assert came.count(Taken.STORED) == MOST_AT_ONCE
    assert sum(isinstance(one, BusyError) for one in came) == 2
    kept = select(pictures.c.id).where(pictures.c.state == PictureState.KEPT)
    assert len(await street.house.reader.run(lambda c: list(c.scalars(kept)))) == MOST_AT_ONCE


def test_a_text_with_its_picture_goes_to_another_process_as_it_is() -> None:
    sealed = picture_cipher(make_settings().secret_key).seal(cleaned(photo()), "p", "chat-1")
    inbound = Inbound("chat-1", MARIA, "", channel=ChannelName.WEB_CHAT, writer="maria", picture=sealed)
    again = pickle.loads(pickle.dumps(inbound))  # noqa: S301  our own
    assert again == inbound
    assert again.said().has_media
