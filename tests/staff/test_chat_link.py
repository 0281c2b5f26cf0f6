"""A worker opens the web chat for a client, and closes it where a phone was lost."""

from __future__ import annotations

import re

from sqlalchemy import select

from records.tables import chat_sessions, messages, sealed_texts
from tests.chat.visitor import visiting
from tests.staff.office import Browser, Office


async def test_a_link_is_texted_once_opens_the_chat_and_is_nowhere_to_be_read(office: Office, ana: Browser) -> None:
    here = f"/staff/clients/{office.joe}"
    assert "Text a link to the chat" in await ana.get(f"{here}/contact")
    for words in ("is on its way to their phone", "on its way already"):
        assert words in await ana.post(f"{here}/chat-link")
    [sent] = await office.house.reader.run(lambda c: c.scalars(select(sealed_texts.c.body)).all())
    [shown] = await office.house.reader.run(lambda c: c.scalars(select(messages.c.body)).all())
    [token] = re.findall(r"/chat/open/([\w-]+)", sent)
    assert token not in shown
    assert token not in await ana.get(here)
    async with visiting(office) as joe:
        assert 'id="thread"' in await joe.post(f"/chat/open/{token}")
        assert "closed on every phone" in await ana.post(f"{here}/chats/end")
        await joe.get("/chat/texts", "application/json")
        assert joe.status == 401
    assert await office.house.reader.run(lambda c: c.execute(select(chat_sessions)).all()) == []
