"""Where a client says texts should reach them, and the pictures that they send from the chat."""

from __future__ import annotations

import secrets
from io import BytesIO

from aiohttp import FormData
from PIL import Image
from sqlalchemy import select

from records.tables import clients, consent_events, messages, pictures
from tests.chat.visitor import Visitor, visiting
from tests.staff.office import Office


def a_photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return out.getvalue()


async def send(joe: Visitor, own_id: str, content: bytes, name: str = "a.jpg") -> int:
    form = FormData({"id": own_id})
    form.add_field("picture", content, filename=name, content_type="image/jpeg")
    headers = {"X-CSRF-Token": joe.csrf, "Accept": "application/json"}
    async with joe.http.post(f"{joe.office.url}/chat/pictures", data=form, headers=headers) as answer:
        return answer.status


async def test_a_picture_from_the_chat_is_kept_once_and_shown_as_one(office: Office, joe: Visitor) -> None:
    own_id = secrets.token_hex(16)
    assert [await send(joe, own_id, a_photo()) for _ in range(2)] == [200, 200]
    [kept] = await office.house.reader.run(lambda c: c.execute(select(pictures.c.state, pictures.c.width)).all())
    assert tuple(kept) == ("kept", 40)
    assert "[Picture]" in [text["body"] for text in await joe.thread()]


async def test_what_is_no_picture_is_refused_with_what_to_do(office: Office, joe: Visitor) -> None:
    assert await send(joe, secrets.token_hex(16), b"<html>") == 422
    assert await send(joe, "x", a_photo()) == 400
    assert await office.house.reader.run(lambda c: c.execute(select(pictures)).all()) == []


async def test_who_is_not_in_sends_no_picture(office: Office) -> None:
    async with visiting(office) as somebody:
        assert await send(somebody, secrets.token_hex(16), a_photo()) == 401


async def chosen(office: Office) -> tuple[str, str]:
    wanted = select(clients.c.preferred_channel, clients.c.channels_off).where(clients.c.id == office.joe)
    row = await office.house.reader.run(lambda c: c.execute(wanted).one())
    return row.preferred_channel, row.channels_off


async def test_a_client_chooses_where_texts_come_and_what_may_be_used(office: Office, joe: Visitor) -> None:
    assert "In this chat" in await joe.get("/chat/settings")
    await joe.post("/chat/settings", preferred="web_chat", on_web_chat="on", on_sms="on")
    assert await chosen(office) == ("web_chat", "")
    await joe.post("/chat/settings", preferred="web_chat", on_web_chat="on")
    assert await chosen(office) == ("web_chat", "sms")
    assert "text STOP" in await joe.post("/chat/settings", preferred="web_chat")
    assert joe.status == 422
    assert await chosen(office) == ("web_chat", "sms")


async def test_a_stop_in_the_chat_is_kept_with_its_channel(office: Office, joe: Visitor) -> None:
    await joe.say("STOP")
    wanted = select(consent_events.c.channel).join(messages, messages.c.id == consent_events.c.evidence_message_id)
    assert await office.house.reader.run(lambda c: c.scalars(wanted).all()) == ["web_chat"]
