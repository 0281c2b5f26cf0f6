"""A client's channels on the staff pages: one thread, each text with its channel and what became of it there."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert, update

from bot.staff.plain_words.filters import reason, text_state
from conversations.provider_errors import NOT_OPENED
from records.staff_reads import Text
from records.tables import clients, messages
from tests.staff.life import DAY, text
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import words

ZONE = ZoneInfo("America/Los_Angeles")
LATER = MONDAY + timedelta(hours=2)


@pytest.mark.parametrize(
    ("channel", "state", "by_sms_at", "code", "says"),
    [
        ("web_chat", "claimed", None, None, "not opened yet"),
        (
            "web_chat",
            "accepted",
            LATER,
            None,
            "not opened yet; goes by text after 12:00 pm",
        ),
        ("web_chat", "sent", LATER + DAY, None, "not opened yet; goes by text after Tue Mar 3, 12:00 pm"),
        ("web_chat", "delivered", LATER, None, "seen"),
        ("web_chat", "expired", LATER, None, "they did not open the chat"),
        ("web_chat", "due", None, None, "waiting to go out"),
        ("sms", "due", LATER, NOT_OPENED, "waiting to go out: they did not open the chat"),
        ("sms", "delivered", LATER, None, "delivered, by text: they did not open the chat"),
        ("sms", "delivered", None, None, "delivered"),
        ("whatsapp", "sent", None, None, "sent"),
        ("", "due", None, None, "waiting to go out"),
    ],
)
def test_what_became_of_a_text_is_said_as_its_channel_has_it(
    channel: str, state: str, by_sms_at: datetime | None, code: int | None, says: str
) -> None:
    one = Text(
        "i", "out", "hi", "en", "bot", state, "", code, MONDAY, redacted=False, channel=channel, by_sms_at=by_sms_at
    )
    assert text_state(one, ZONE) == says


def test_a_providers_error_is_said_in_plain_words() -> None:
    assert reason("error 30003") == "the phone is off or out of reach"
    assert reason("web_chat") == "in the web chat"


async def test_the_thread_and_the_transcript_say_where_a_text_went(busy: Office, ana: Browser) -> None:
    in_chat = text(busy.maria, "in the chat", MONDAY, channel="web_chat", state="accepted", by_sms_at=LATER)
    by_whatsapp = text(
        busy.maria, "there", MONDAY, channel="whatsapp", direction="in", author="client", state="received"
    )
    await busy.write(lambda c: c.execute(insert(messages), [in_chat]))
    await busy.write(lambda c: c.execute(insert(messages), [by_whatsapp]))
    page = words(await ana.get(f"/staff/clients/{busy.maria}"))
    assert "chat · not opened yet; goes by text after 12:00 pm" in page
    assert "Mon Mar 2, 10:00 am · WhatsApp" in page
    asked = {"csrf": ana.csrf, "why": "fair hearing", "form": "text"}
    async with ana.http.post(f"{ana.url}/staff/clients/{busy.maria}/transcript", data=asked) as answer:
        printed = await answer.text()
    assert "chat \u00b7 not opened yet; goes by text after 12:00 pm" in printed
    assert "Spanish \u00b7 WhatsApp" in printed


async def test_before_a_worker_writes_the_page_says_where_it_will_go(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    assert "It goes" not in await ana.get(joe)

    async def stands(**values: object) -> str:
        def change(connection: Connection) -> None:
            connection.execute(update(clients).where(clients.c.id == office.joe).values(values))

        await office.write(change)
        return words(await ana.get(joe))

    now = office.clock.now()
    page = await stands(preferred_channel="web_chat", chat_until=now + timedelta(days=2))
    assert "likes Web chat best" in page
    assert "It goes to their chat; by text after 12:00 pm, if they have not opened it." in page
    assert "It goes to their chat." in await stands(channels_off="sms")
    assert "Nothing reaches them now" in await stands(chat_until=now)
    page = await stands(channels_off="", spoke_on="whatsapp", whatsapp_at=now, last_heard_at=now)
    assert "It goes by WhatsApp." in page
