"""What nobody opens in the web chat goes by SMS, and on one of them only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from conversations.effects import Preference
from conversations.events import PreferencesTold
from conversations.situation import Consent
from records.engagement import CLIENT
from records.states import MessageState
from records.tables import clients, messages
from tests.chat.visitor import Visitor, again
from tests.staff.office import Office


async def answer(office: Office, channel: str, state: MessageState) -> Any:  # noqa: ANN401  a row
    """The newest text to Joe, once it is so."""
    theirs = select(messages).where(messages.c.client_id == office.joe, messages.c.direction == "out")
    async for _ in again():
        row = await office.house.reader.run(lambda c: c.execute(theirs.order_by(messages.c.id.desc())).first())
        if row and (row.channel, row.state) == (channel, state):
            return row
    raise AssertionError


@pytest.mark.parametrize("how", ["waits", "leaves", "switches the chat off"])
async def test_what_was_not_opened_goes_by_sms_later_or_at_once_where_the_chat_was_left(
    office: Office, joe: Visitor, how: str
) -> None:
    await joe.say("goal")
    shown = await answer(office, "web_chat", MessageState.ACCEPTED)
    match how:
        case "waits":
            office.clock.forward(timedelta(hours=2))
        case "leaves":
            await joe.post("/chat/leave")
        case _:
            off = PreferencesTold({Preference.CHANNELS_OFF: "web_chat"}, "web_chat")
            await office.house.writer.act(office.joe, off, CLIENT)
    sent = await answer(office, "sms", MessageState.DELIVERED)
    assert (sent.id, sent.body) == (shown.id, shown.body)


async def test_stop_in_the_chat_ends_sms_too_and_is_confirmed_in_the_chat_alone(office: Office, joe: Visitor) -> None:
    await joe.say("goal")
    await answer(office, "web_chat", MessageState.ACCEPTED)
    await joe.say("STOP")
    async for _ in again():
        if (await consent_of(office)) == Consent.REVOKED:
            break
    await answer(office, "web_chat", MessageState.ACCEPTED)
    await joe.post("/chat/leave")
    office.clock.forward(timedelta(hours=3))
    theirs = select(messages.c.state).where(messages.c.client_id == office.joe, messages.c.direction == "out")
    async for _ in again():
        states = await office.house.reader.run(lambda c: c.scalars(theirs.order_by(messages.c.id)).all())
        if states[-2:] == [MessageState.SUPPRESSED, MessageState.ACCEPTED]:
            break


async def consent_of(office: Office) -> str:
    consent = select(clients.c.consent).where(clients.c.id == office.joe)
    return str(await office.house.reader.run(lambda c: c.scalar(consent)))
