"""Texts on which we fail, among many others: each is kept for a person, and its neighbours hardly notice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from conversations.effects import Effect, SaveTalk
from conversations.escalations import Trigger
from conversations.events import Event, Said
from conversations.situation import Situation, Talk
from records.tables import escalations, messages
from records.writer import Inbound, Taken
from tests.records.place import NOW, Place, texted

TEXTS = 200
A_SECOND = 60
ONE_IN = 50
"""Half of these make our code raise, the other half what it decided cannot be saved."""

LATE = 1.0
"""Seconds (delivery design)."""


def decide(_situation: Situation, event: Event) -> Sequence[Effect]:
    assert isinstance(event, Said)
    if event.text == "raises":
        raise ValueError
    if event.text == "cannot be saved":
        return [SaveTalk(Talk("flow", "step", NOW, {"x": object()})), texted()]  # type: ignore[dict-item]
    return [texted()]


def said(nth: int) -> str:
    return {ONE_IN // 2: "raises", 0: "cannot be saved"}.get(nth % ONE_IN, "hi")


async def test_one_poisoned_text_in_fifty_is_kept_for_a_person_and_the_others_are_not_late(place: Place) -> None:
    place.script.on_text = decide
    began = time.perf_counter()

    async def text(nth: int) -> float:
        await asyncio.sleep(began + nth / A_SECOND - time.perf_counter())
        sent = time.perf_counter()
        inbound = Inbound(f"SM{nth}", place.numbers[nth % len(place.numbers)], said(nth))
        assert await place.writer.take_text(inbound) is Taken.STORED
        return time.perf_counter() - sent

    took = await asyncio.gather(*map(text, range(TEXTS)))
    poisoned = {nth for nth in range(TEXTS) if said(nth) != "hi"}
    neighbours = sorted(seconds for nth, seconds in enumerate(took) if nth not in poisoned)
    assert neighbours[int(len(neighbours) * 0.99)] < LATE
    assert len(place.rows(messages, messages.c.direction == "in")) == TEXTS
    assert len(place.rows(messages, messages.c.direction == "out")) == TEXTS - len(poisoned)
    assert {row.trigger for row in place.rows(escalations)} == {Trigger.SET_ASIDE}
