"""What a client has read in the web chat."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from records import chat_reading, outbox
from records.channels import ChannelName
from records.engagement import Kind
from records.outbox import Claimed
from records.states import MessageState, Outcome
from records.tables import engagement, messages, status_events
from records.turns import Inbound
from tests.records.place import UNBOUND, Place, texted

CHAT = ChannelName.WEB_CHAT


async def shown(place: Place, client: int = 0, channel: ChannelName = CHAT) -> Claimed:
    """The client writes there, and is answered there; the answer is claimed."""
    place.script.on_text = lambda _situation, _event: (texted("hello"),)
    name = f"{channel}{client}"
    await place.writer.take_text(Inbound(name, place.numbers[client], "hi", channel=channel))
    claims: list[Claimed] = [
        *place.do(lambda c: outbox.claim_shown(c, place.now, 10)).texts,
        *place.do(lambda c: outbox.claim(c, place.now, 10, UNBOUND, frozenset(ChannelName))).texts,
    ]
    (text,) = claims
    return text


def came_to(place: Place, text: Claimed, outcome: Outcome) -> None:
    place.do(partial(outbox.outcome, attempt_id=text.attempt_id, came_to=outcome, now=place.now))


def not_opened(place: Place, text: Claimed) -> None:
    assert place.do(lambda c: outbox.by_sms_instead(c, text.attempt_id, place.now))


def sees(place: Place, *ids: str, client: int = 0) -> set[str]:
    return set(place.do(lambda c: chat_reading.seen(c, place.ids[client], ids, place.now)))


def stands(place: Place, text: Claimed) -> Any:  # noqa: ANN401  a row
    return place.rows(messages, messages.c.id == text.message_id)[0]


@pytest.mark.parametrize("outcome", [Outcome.CLAIMED, Outcome.UNKNOWN, Outcome.ACCEPTED])
async def test_what_the_page_has_shown_is_delivered_once(place: Place, outcome: Outcome) -> None:
    text = await shown(place)
    came_to(place, text, outcome)
    assert sees(place, text.message_id) == {text.message_id}
    assert sees(place, text.message_id) == set()
    came_to(place, text, Outcome.ACCEPTED)
    assert (stands(place, text).state, stands(place, text).reason) == (MessageState.DELIVERED, "")
    assert [row.status for row in place.rows(status_events)] == ["read"]
    logged = place.rows(engagement, engagement.c.kind == Kind.TEXT_STATUS, engagement.c.subject == "delivered")
    assert [(row.client_id, row.message_id) for row in logged] == [(place.ids[0], text.message_id)]


async def test_what_is_seen_before_it_leaves_by_sms_does_not_leave(place: Place) -> None:
    text = await shown(place)
    came_to(place, text, Outcome.ACCEPTED)
    not_opened(place, text)
    assert (stands(place, text).state, stands(place, text).channel) == (MessageState.DUE, ChannelName.SMS)
    assert sees(place, text.message_id) == {text.message_id}
    assert place.claims() == []
    assert (stands(place, text).state, stands(place, text).error_code) == (MessageState.DELIVERED, None)


async def test_what_left_by_sms_too_late_is_delivered_whatever_the_carrier_says(place: Place) -> None:
    text = await shown(place)
    came_to(place, text, Outcome.ACCEPTED)
    not_opened(place, text)
    (by_sms,) = place.claims()
    sees(place, text.message_id)
    assert not place.do(lambda c: outbox.may_begin(c, by_sms.attempt_id, place.now))
    came_to(place, by_sms, Outcome.UNKNOWN)
    assert stands(place, text).state == MessageState.DELIVERED


async def test_nobody_sees_the_texts_of_others_nor_what_was_never_in_the_chat(place: Place) -> None:
    theirs, by_sms = await shown(place, 1), await shown(place, 0, ChannelName.SMS)
    (inbound, *_) = place.rows(messages, messages.c.direction == "in", messages.c.client_id == place.ids[0])
    before = place.rows(messages)
    assert sees(place, theirs.message_id, by_sms.message_id, inbound.id, "no such id") == set()
    assert sees(place) == set()
    assert place.rows(messages) == before


async def test_what_was_taken_back_stays_taken_back(place: Place) -> None:
    text = await shown(place)
    place.do(lambda c: c.execute(messages.update().values(state=MessageState.SUPPRESSED)))
    assert sees(place, text.message_id) == set()
