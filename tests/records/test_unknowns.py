"""Texts of which nobody knows whether they left, and what the provider's list says of them."""

from datetime import timedelta
from functools import partial

from conversations.effects import Effect, TellWorker
from conversations.escalations import Level, Trigger
from conversations.events import Event, TextsFail
from conversations.situation import Situation
from records import outbox, unknowns
from records.delivery_trouble import Trouble
from records.engagement import Kind
from records.outbox import Claimed
from records.states import MessageState, Outcome
from records.tables import attempts, engagement, escalations, messages
from records.unknowns import Lost, Sighting
from tests.records.place import Place, texted

OUT = messages.c.direction == "out"
SETTLE, AGAIN = timedelta(seconds=90), timedelta(seconds=60)


def state(place: Place, n: int = 0) -> str:
    found: str = place.rows(messages, OUT)[n].state
    return found


async def no_answer(place: Place, *bodies: str) -> Claimed:
    """A text is handed over, and nobody knows what came of it."""
    await place.decides(*[texted(body) for body in bodies or ("one",)])
    (text,) = place.claims()
    unanswered(place, text)
    return text


def unanswered(place: Place, text: Claimed) -> None:
    place.do(lambda c: outbox.outcome(c, text.attempt_id, Outcome.UNKNOWN, place.now, reason="time-out"))


def to_look_for(place: Place) -> list[Lost]:
    found: list[Lost] = place.do(lambda c: unknowns.to_look_for(c, place.now, SETTLE, AGAIN, 100))
    return found


def look(place: Place, *sightings: Sighting, lost: Lost | None = None) -> Trouble | None:
    """Look for what there is to look for now."""
    if lost is None:
        (lost,) = to_look_for(place)
    trouble: Trouble | None = place.do(lambda c: unknowns.looked(c, lost, sightings, place.now))
    return trouble


def sighted(place: Place, provider_id: str = "OUT1", status: str = "sent", code: int | None = None) -> Sighting:
    return Sighting(provider_id, status, code, place.now)


async def test_a_text_is_looked_for_when_the_list_has_settled_and_again_after_a_while(place: Place) -> None:
    text = await no_answer(place)
    place.later(seconds=89)
    assert to_look_for(place) == []
    place.later(seconds=1)
    (lost,) = to_look_for(place)
    assert lost == Lost(text.attempt_id, text.message_id, text.number, "one", place.now - SETTLE, 0)
    look(place)
    place.later(seconds=59)
    assert to_look_for(place) == []
    place.later(seconds=1)
    assert [lost.looks for lost in to_look_for(place)] == [1]


async def test_what_is_found_was_accepted_and_takes_its_status(place: Place) -> None:
    await no_answer(place)
    place.later(seconds=90)
    look(place, sighted(place, "OUT1", "delivered"))
    assert state(place) == MessageState.DELIVERED
    (attempt,) = place.rows(attempts)
    assert (attempt.outcome, attempt.provider_id) == (Outcome.ACCEPTED, "OUT1")
    assert place.rows(messages, OUT)[0].provider_id == "OUT1"
    assert to_look_for(place) == []


async def test_until_it_is_found_it_holds_back_its_number(place: Place) -> None:
    await no_answer(place, "one", "two")
    assert place.claims() == []
    place.later(seconds=90)
    look(place)
    assert place.claims() == []
    place.later(seconds=60)
    look(place, sighted(place))
    assert [text.body for text in place.claims()] == ["two"]


async def test_what_two_looks_did_not_find_is_sent_again_before_the_later_ones(place: Place) -> None:
    await no_answer(place, "one", "two")
    for seconds in (90, 60):
        assert state(place) == MessageState.UNKNOWN
        place.later(seconds=seconds)
        look(place)
    assert state(place) == MessageState.DUE
    (text,) = place.claims()
    assert (text.body, text.tries) == ("one", 2)
    log = place.rows(engagement, engagement.c.kind == Kind.TEXT_STATUS)
    assert [(row.subject, row.reason) for row in log] == [("due", "the provider does not have it")]


async def test_what_is_no_longer_useful_is_parked_instead(place: Place) -> None:
    text = await no_answer(place)
    place.later(hours=13)
    look(place)
    place.later(seconds=60)
    look(place)
    assert state(place) == MessageState.PARKED
    (row,) = place.rows(engagement, engagement.c.kind == Kind.TEXT_STATUS)
    assert (row.subject, row.reason) == ("parked", "nobody knows whether it went out")
    assert to_look_for(place) == []
    place.do(lambda c: outbox.fold_status(c, text.attempt_id, "delivered", "OUT1", None, place.now))
    assert state(place) == MessageState.DELIVERED


async def test_two_who_look_at_once_count_one_absence(place: Place) -> None:
    await no_answer(place)
    place.later(seconds=90)
    (lost,) = to_look_for(place)
    look(place, lost=lost)
    look(place, lost=lost)
    assert [row.looks for row in place.rows(attempts)] == [1]
    assert state(place) == MessageState.UNKNOWN


async def test_a_look_for_the_first_try_that_ends_late_says_nothing_of_the_second(place: Place) -> None:
    await no_answer(place)
    place.later(seconds=90)
    look(place)
    place.later(seconds=60)
    (lost,) = to_look_for(place)
    look(place, lost=lost)
    unanswered(place, place.claims()[0])
    look(place, lost=lost)
    assert state(place) == MessageState.UNKNOWN


async def test_a_report_that_came_while_it_was_looked_for_stands(place: Place) -> None:
    text = await no_answer(place)
    place.later(seconds=90)
    (lost,) = to_look_for(place)
    place.do(lambda c: outbox.fold_status(c, text.attempt_id, "delivered", "OUT1", None, place.now))
    look(place, lost=lost)
    assert state(place) == MessageState.DELIVERED
    assert place.rows(attempts)[0].looks == 0


async def test_a_sighting_that_is_another_attempt_s_is_not_taken(place: Place) -> None:
    await place.decides(texted("one"), texted("one"))
    (first,) = place.claims()
    place.do(lambda c: outbox.outcome(c, first.attempt_id, Outcome.ACCEPTED, place.now, provider_id="OUT1"))
    (second,) = place.claims()
    unanswered(place, second)
    place.later(seconds=90)
    look(place, sighted(place, "OUT1"))
    assert place.rows(attempts)[1].looks == 1
    place.later(seconds=60)
    look(place, sighted(place, "OUT1"), sighted(place, "OUT2"), sighted(place, "OUT3"))
    assert [row.provider_id for row in place.rows(attempts)] == ["OUT1", "OUT2"]


async def test_a_found_text_that_failed_is_treated_as_a_report_would_be(place: Place) -> None:
    def fails(_situation: Situation, event: Event) -> list[Effect]:
        found = isinstance(event, TextsFail) and event.error_code == 30005
        return [TellWorker(Trigger.DELIVERY_FAILING, Level.U2, place.now)] if found else []

    await no_answer(place)
    place.script.on_text = fails
    place.later(seconds=90)
    (lost,) = to_look_for(place)
    failed = sighted(place, "OUT1", "undelivered", 30005)
    await place.writer.settle(partial(unknowns.looked, lost=lost, sightings=[failed], now=place.now))
    row = place.rows(messages, OUT)[0]
    assert (row.state, row.error_code) == (MessageState.UNDELIVERED, 30005)
    assert [row.trigger for row in place.rows(escalations)] == [Trigger.DELIVERY_FAILING]


async def test_the_second_try_is_looked_for_by_itself(place: Place) -> None:
    first = await no_answer(place)
    for seconds in (90, 60):
        place.later(seconds=seconds)
        look(place)
    (second,) = place.claims()
    unanswered(place, second)
    place.later(seconds=90)
    assert [(lost.attempt_id, lost.looks) for lost in to_look_for(place)] == [(second.attempt_id, 0)]
    place.do(lambda c: outbox.fold_status(c, first.attempt_id, "delivered", "OUT1", None, place.now))
    assert state(place) == MessageState.DELIVERED


async def test_an_outcome_of_the_first_try_that_comes_late_says_nothing_of_the_second(place: Place) -> None:
    first = await no_answer(place)
    for seconds in (90, 60):
        place.later(seconds=seconds)
        look(place)
    (second,) = place.claims()
    for came_to in (Outcome.UNKNOWN, Outcome.NOT_SENT):
        place.do(partial(outbox.outcome, attempt_id=first.attempt_id, came_to=came_to, now=place.now))
        assert state(place) == MessageState.CLAIMED
    place.do(lambda c: outbox.outcome(c, second.attempt_id, Outcome.ACCEPTED, place.now, provider_id="OUT2"))
    assert state(place) == MessageState.ACCEPTED


async def test_claims_of_a_process_that_died_become_unknown_and_are_not_sent_again(place: Place) -> None:
    await place.decides(texted("one"))
    assert len(place.claims()) == 1
    assert place.do(lambda c: unknowns.after_crash(c, place.now, timedelta(minutes=1))) == 0
    place.later(minutes=1)
    assert place.do(lambda c: unknowns.after_crash(c, place.now, timedelta(minutes=1))) == 1
    assert state(place) == MessageState.UNKNOWN
    assert place.claims() == []


async def test_a_clock_that_was_set_back_keeps_no_text_waiting(place: Place) -> None:
    await place.decides(texted("one"))
    assert len(place.claims()) == 1
    place.later(hours=-2)
    assert place.do(lambda c: unknowns.after_crash(c, place.now, timedelta(minutes=2))) == 1
    place.later(hours=-2)
    look(place)
    place.later(hours=-2)
    look(place)
    assert state(place) == MessageState.DUE


async def test_only_what_is_unknown_is_looked_for(place: Place) -> None:
    for client in range(3):
        await place.decides(texted(), client=client)
    for text, came_to in zip(place.claims(), (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.NOT_SENT), strict=True):
        place.do(partial(outbox.outcome, attempt_id=text.attempt_id, came_to=came_to, now=place.now))
    place.later(hours=1)
    assert to_look_for(place) == []
