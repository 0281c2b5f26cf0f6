"""One pace for all processes that send through the same number."""

import asyncio
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from conversations.effects import Purpose
from records import outbox, pace
from records.outbox import Claims
from records.pace import Pace
from records.tables import messages
from records.tables import pace as paces
from tests.records.place import NOW, Place, texted
from tests.records.waiting import somebody_waits

ONE = Pace("+15550000001", 1.0)
FAST = Pace("MG1", 10.0)


def spend(engine: Engine, at_pace: Pace, segments: int, seconds: float) -> tuple[int, float]:
    """How many segments there was room for so many seconds after NOW, and in how many there is room again."""
    now = NOW + timedelta(seconds=seconds)
    with engine.begin() as connection:
        room = pace.room(connection, at_pace, now)
        spent = min(segments, room.segments)
        return room.segments, pace.spend(connection, at_pace, room, spent, now) if spent else room.opens_in


def test_a_long_code_sends_one_segment_a_second(engine: Engine) -> None:
    assert [spend(engine, ONE, 1, seconds)[0] for seconds in (0, 0.5, 0.99, 1, 1.5, 2, 100, 100.5)] == [
        *(1, 0, 0, 1, 0, 1, 1, 0)
    ]


def test_a_fast_sender_never_sends_more_than_a_second_s_worth_at_once(engine: Engine) -> None:
    found, opens_in = spend(engine, FAST, 99, 0)
    assert found == 10
    assert opens_in == pytest.approx(0.1)
    assert spend(engine, FAST, 99, 0.35)[0] == 3
    assert spend(engine, FAST, 99, 60)[0] == 10


def test_no_more_leaves_in_a_minute_than_the_pace_allows(engine: Engine) -> None:
    sent = sum(min(99, spend(engine, FAST, 99, step / 30)[0]) for step in range(30 * 60))
    assert 590 <= sent <= 610


def test_senders_do_not_wait_for_each_other(engine: Engine) -> None:
    assert spend(engine, ONE, 1, 0)[0] == 1
    assert spend(engine, Pace("+15550000002", 1.0), 1, 0)[0] == 1


@pytest.mark.parametrize("hours", [1, 24 * 365])
def test_a_clock_that_was_set_back_is_not_waited_for(engine: Engine, hours: int) -> None:
    assert spend(engine, ONE, 1, 0)[0] == 1
    back = -3600.0 * hours
    found, opens_in = spend(engine, ONE, 1, back)
    assert found == 0
    assert opens_in == pytest.approx(1)
    assert spend(engine, ONE, 1, back + 1)[0] == 1
    assert spend(engine, ONE, 1, back + 1.5)[0] == 0


def claim(place: Place, at_pace: Pace, limit: int = 10) -> Claims:
    claims: Claims = place.do(lambda connection: outbox.claim(connection, place.now, limit, at_pace))
    return claims


async def test_a_claim_takes_what_there_is_room_for(place: Place) -> None:
    for client in range(3):
        await place.decides(texted(str(client)), client=client)
    assert [text.body for text in claim(place, ONE).texts] == ["0"]
    closed = claim(place, ONE)
    assert (closed.texts, closed.looked_at) == ([], 0)
    assert closed.opens_in == pytest.approx(1)
    place.later(seconds=1)
    assert [text.body for text in claim(place, ONE).texts] == ["1"]


async def test_a_long_text_may_overdraw_and_the_next_waits_for_it(place: Place) -> None:
    await place.decides(texted("long"))
    await place.decides(texted("next"), client=1)
    place.do(lambda c: c.execute(update(messages).where(messages.c.body == "long").values(segments=3)))
    found = claim(place, ONE)
    assert [(text.body, text.segments) for text in found.texts] == [("long", 3)]
    assert found.opens_in == pytest.approx(3)
    place.later(seconds=2.9)
    assert claim(place, ONE).texts == []
    place.later(seconds=0.1)
    assert [text.body for text in claim(place, ONE).texts] == ["next"]


async def test_what_does_not_leave_costs_no_room(place: Place) -> None:
    await place.decides(texted("too late", Purpose.REMINDER))
    place.later(hours=10)
    await place.decides(texted("answer"), client=1)
    found = claim(place, ONE)
    assert ([text.body for text in found.texts], found.looked_at) == (["answer"], 1)
    place.later(seconds=1)
    found = claim(place, ONE)
    assert (found.texts, found.looked_at, found.opens_in) == ([], 1, 0)


async def test_two_processes_that_claim_at_once_share_one_pace(place: Place) -> None:
    for client in range(5):
        await place.decides(texted(str(client)), client=client)
    slow = Pace("MG1", 3.0)
    claim(place, Pace("MG1", 3.0), limit=1)
    later: list[Claims] = []
    other = threading.Thread(target=lambda: later.append(claim(place, slow)), daemon=True)
    with place.engine.begin() as connection:
        assert len(outbox.claim(connection, place.now, 1, slow).texts) == 1
        other.start()
        while other.is_alive() and not somebody_waits(connection):  # noqa: ASYNC110  a database's
            await asyncio.sleep(0.01)
    other.join(20)
    assert [len(claims.texts) for claims in later] == [1]
    assert [row.sender for row in place.rows(paces)] == ["", "MG1"]
