"""Holds keep texts from leaving until a person releases them."""

import asyncio
import threading

import pytest
from sqlalchemy import update

from conversations.effects import ChangeConsent, Purpose
from conversations.situation import Consent
from records import holds, outbox
from records.engagement import Kind
from records.errors import NotFoundError
from records.holds import Scope
from records.states import MessageState
from records.tables import engagement, messages
from records.tables import holds as hold_rows
from tests.records.place import UNBOUND, Place, texted
from tests.records.waiting import somebody_waits

OUT = messages.c.direction == "out"
EVERY_SCOPE = [Scope.ALL, Scope.UNPROMPTED, Scope.CLIENT, Scope.CAMPAIGN]


def claim(place: Place, limit: int = 10) -> list[str]:
    return [text.body for text in place.claims(limit)]


def states(place: Place) -> dict[str, str]:
    return {row.body: row.state for row in place.rows(messages, OUT)}


def subject(place: Place, scope: Scope) -> str:
    return {Scope.CLIENT: place.ids[0], Scope.CAMPAIGN: "spring"}.get(scope, "")


def hold(place: Place, scope: Scope) -> bool:
    placed: bool = place.do(
        lambda c: holds.place(c, scope, subject(place, scope), "We look into it", place.worker, place.now)
    )
    return placed


def release(place: Place, scope: Scope) -> int:
    freed: int = place.do(lambda c: holds.release(c, scope, subject(place, scope), "operator", place.now))
    return freed


async def everybody_gets(place: Place, purpose: Purpose) -> None:
    """A text each to two clients; the first one's is of the campaign."""
    for client, body in enumerate(["first", "second"]):
        await place.decides(texted(body, purpose), client=client)
    place.do(lambda c: c.execute(update(messages).where(messages.c.body == "first").values(campaign="spring")))


@pytest.mark.parametrize("purpose", [Purpose.NUDGE, Purpose.REPLY, Purpose.LEGAL, Purpose.CRISIS])
@pytest.mark.parametrize("scope", EVERY_SCOPE)
async def test_each_hold_keeps_what_it_is_for_and_no_more(place: Place, scope: Scope, purpose: Purpose) -> None:
    await everybody_gets(place, purpose)
    hold(place, scope)
    everything, of_the_first = {"first", "second"}, {"first"}
    kept = {
        Scope.ALL: everything,
        Scope.UNPROMPTED: everything if purpose is Purpose.NUDGE else set(),
        Scope.CLIENT: set() if purpose in (Purpose.LEGAL, Purpose.CRISIS) else of_the_first,
        Scope.CAMPAIGN: set() if purpose in (Purpose.LEGAL, Purpose.CRISIS) else of_the_first,
    }[scope]
    assert set(claim(place)) == everything - kept
    assert {body for body, state in states(place).items() if state == MessageState.HELD} == kept


@pytest.mark.parametrize("scope", EVERY_SCOPE)
async def test_what_was_held_leaves_when_it_is_released(place: Place, scope: Scope) -> None:
    await everybody_gets(place, Purpose.NUDGE)
    hold(place, scope)
    left = claim(place)
    held = 2 - len(left)
    assert held
    assert claim(place) == []
    assert release(place, scope) == held
    assert sorted(left + claim(place)) == ["first", "second"]


async def test_a_held_text_says_why_and_is_looked_at_once(place: Place) -> None:
    await everybody_gets(place, Purpose.NUDGE)
    hold(place, Scope.ALL)
    looked_at = [place.do(lambda c: outbox.claim(c, place.now, 10, UNBOUND)).looked_at for _ in range(2)]
    assert looked_at == [2, 0]
    assert {row.reason for row in place.rows(messages, OUT)} == {"We look into it"}
    log = place.rows(engagement, engagement.c.kind == Kind.TEXT_STATUS)
    assert [(row.subject, row.reason) for row in log] == [("held", "We look into it")] * 2


async def test_a_held_text_does_not_hold_back_the_answers_after_it(place: Place) -> None:
    await place.decides(texted("nudge", Purpose.NUDGE))
    hold(place, Scope.UNPROMPTED)
    assert claim(place) == []
    await place.decides(texted("answer"))
    assert claim(place) == ["answer"]


async def test_what_another_hold_keeps_as_well_stays_held_by_that_one(place: Place) -> None:
    await everybody_gets(place, Purpose.NUDGE)
    hold(place, Scope.ALL)
    assert claim(place) == []
    place.do(lambda c: holds.place(c, Scope.CLIENT, place.ids[0], "Moving house", place.worker, place.now))
    release(place, Scope.ALL)
    assert claim(place) == ["second"]
    (row,) = place.rows(messages, OUT, messages.c.state == "held")
    assert (row.body, row.reason) == ("first", "Moving house")


@pytest.mark.parametrize("scope", EVERY_SCOPE)
def test_a_hold_stands_once_and_keeps_who_placed_it_and_who_released_it(place: Place, scope: Scope) -> None:
    assert [hold(place, scope), hold(place, scope)] == [True, False]
    (standing,) = place.do(holds.standing)
    assert (standing.scope, standing.subject, standing.because) == (scope, subject(place, scope), "We look into it")
    assert (standing.by, standing.at) == (place.worker, place.now)
    release(place, scope)
    assert place.do(holds.standing) == []
    assert hold(place, scope)
    first, _second = place.rows(hold_rows)
    assert (first.placed_by, first.released_by, first.released_at) == (place.worker, "operator", place.now)


def test_what_does_not_stand_cannot_be_released_and_nobody_unknown_is_held(place: Place) -> None:
    with pytest.raises(NotFoundError):
        release(place, Scope.ALL)
    with pytest.raises(NotFoundError):
        place.do(lambda c: holds.place(c, Scope.CLIENT, "nobody", "x", place.worker, place.now))


async def test_a_held_text_expires_when_it_is_of_no_use_any_more(place: Place) -> None:
    await everybody_gets(place, Purpose.REMINDER)
    hold(place, Scope.ALL)
    assert claim(place) == []
    assert place.do(lambda c: holds.expire_held(c, place.now)) == 0
    place.later(hours=11)
    assert place.do(lambda c: holds.expire_held(c, place.now)) == 2
    assert set(states(place).values()) == {MessageState.EXPIRED}
    log = place.rows(engagement, engagement.c.subject == "expired")
    assert [row.reason for row in log] == ["held until it was too late to be useful"] * 2
    assert release(place, Scope.ALL) == 0


async def test_a_stop_takes_back_what_is_held(place: Place) -> None:
    await everybody_gets(place, Purpose.REMINDER)
    hold(place, Scope.ALL)
    assert claim(place) == []
    await place.decides(ChangeConsent(Consent.REVOKED))
    assert states(place) == {"first": "cancelled", "second": "held"}


async def test_what_is_claimed_while_its_hold_is_released_does_not_stay_held(place: Place) -> None:
    await place.decides(texted("one", Purpose.NUDGE))
    hold(place, Scope.ALL)
    releaser = threading.Thread(target=release, args=(place, Scope.ALL), daemon=True)
    with place.engine.begin() as connection:
        assert outbox.claim(connection, place.now, 10, UNBOUND).looked_at == 1
        releaser.start()
        while releaser.is_alive() and not somebody_waits(connection):  # noqa: ASYNC110  a database's
            await asyncio.sleep(0.01)
    releaser.join(20)
    assert states(place) == {"one": "due"}
