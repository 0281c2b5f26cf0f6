"""What the carriers say of a number, decided on where it is stored."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from conversations import provider_errors
from conversations.effects import Effect, PlanNudge, Purpose, SaveTalk, TellWorker
from conversations.escalations import Level, Trigger
from conversations.events import Event, TextsFail
from conversations.nudges import NudgeKind
from conversations.provider_errors import Action
from conversations.situation import Consent, Situation, Talk
from records import holds, outbox, people
from records.holds import Scope
from records.outbox import Claimed
from records.roles import Role
from records.states import MessageState, Outcome
from records.tables import clients, consent_events, escalations, messages, nudges, talks
from tests.records.place import NOW, ZONE, Place, texted

OUT = messages.c.direction == "out"


async def fails(place: Place, code: int, how: str = "refused", text: Claimed | None = None) -> Claimed:
    """A text is claimed and fails, in one of the two ways in which we hear of it."""
    if text is None:
        await place.decides(texted("one", Purpose.REMINDER))
        (text,) = place.claims()
    attempt = text.attempt_id
    if how == "refused":
        await place.writer.settle(
            lambda c: outbox.outcome(c, attempt, Outcome.REFUSED, place.now, error_code=code, reason="x")
        )
    else:
        await place.writer.settle(
            lambda c: outbox.fold_status(c, attempt, "undelivered", f"P{attempt}", code, place.now)
        )
    return text


def listen(place: Place) -> list[int]:
    """The codes that are decided on; each comes to an item for the worker."""
    heard: list[int] = []

    def decide(_situation: Situation, event: Event) -> Sequence[Effect]:
        if not isinstance(event, TextsFail):
            return []
        heard.append(event.error_code)
        return [TellWorker(Trigger.DELIVERY_FAILING, Level.U2, place.now)]

    place.script.on_text = decide
    return heard


def states(place: Place) -> dict[str, str]:
    return {row.body: row.state for row in place.rows(messages, OUT)}


def standing(place: Place) -> list[tuple[str, str]]:
    return [(hold.scope, hold.because) for hold in place.do(holds.standing)]


def reports(place: Place, text: Claimed, status: str, code: int | None = None) -> None:
    place.do(lambda c: outbox.fold_status(c, text.attempt_id, status, f"P{text.attempt_id}", code, place.now))


HOW = pytest.mark.parametrize("how", ["refused", "reported"])


@HOW
@pytest.mark.parametrize("code", provider_errors.codes(Action.HOLD_NUMBER)[:4])
async def test_a_number_that_no_text_reaches_is_decided_on_at_once_and_once(place: Place, code: int, how: str) -> None:
    heard = listen(place)
    text = await fails(place, code, how)
    await fails(place, code, "reported", text)
    assert heard == [code]
    assert [row.trigger for row in place.rows(escalations)] == [Trigger.DELIVERY_FAILING]


@pytest.mark.parametrize("code", provider_errors.codes(Action.COUNT))
async def test_errors_that_pass_are_decided_on_when_there_are_three_in_a_week(place: Place, code: int) -> None:
    heard = listen(place)
    for days in (0, 5, 3):  # the first is more than a week before the third
        place.later(days=days)
        await fails(place, code)
    assert heard == []
    await fails(place, code)
    assert heard == [code]


@HOW
async def test_a_text_that_cannot_go_is_told_the_worker_and_the_next_one_goes(place: Place, how: str) -> None:
    heard = listen(place)
    await fails(place, 21617, how)
    assert heard == [21617]
    assert set(states(place).values()) <= {MessageState.FAILED, MessageState.UNDELIVERED}
    await place.decides(texted("next"))
    assert [text.body for text in place.claims()] == ["next"]


@pytest.mark.parametrize(("how", "state"), [("refused", MessageState.PARKED), ("reported", MessageState.UNDELIVERED)])
async def test_after_a_code_that_nobody_knows_a_text_is_set_aside_and_told(
    place: Place, how: str, state: MessageState
) -> None:
    heard = listen(place)
    await fails(place, 39999, how)
    assert heard == [39999]
    assert states(place) == {"one": state}
    assert place.claims() == []


async def test_a_refusal_without_a_code_is_set_aside_and_told_too(place: Place) -> None:
    heard = listen(place)
    await place.decides(texted("one"))
    (text,) = place.claims()
    await place.writer.settle(lambda c: outbox.outcome(c, text.attempt_id, Outcome.REFUSED, place.now, reason="x"))
    assert (heard, states(place)) == ([0], {"one": MessageState.PARKED})


@HOW
async def test_a_text_that_may_go_later_goes_later_and_nobody_is_told(place: Place, how: str) -> None:
    heard = listen(place)
    await fails(place, 30001, how)
    assert (heard, place.claims()) == ([], [])
    place.later(minutes=5)
    (text,) = place.claims()
    assert (text.body, text.tries) == ("one", 2)
    await fails(place, 30001, how, text)
    place.later(minutes=9)
    assert place.claims() == []
    place.later(minutes=1)
    assert [text.tries for text in place.claims()] == [3]


@HOW
async def test_a_text_that_may_go_later_expires_when_that_is_too_late(place: Place, how: str) -> None:
    await place.decides(texted("one"))
    place.later(hours=11, minutes=59)
    await fails(place, 30023, how, place.claims()[0])
    place.later(minutes=1)
    assert place.claims() == []
    assert states(place) == {"one": MessageState.EXPIRED}


async def test_of_a_try_that_came_to_nothing_only_its_arrival_counts(place: Place) -> None:
    first = await fails(place, 30001, "reported")
    reports(place, first, "sent")
    place.do(lambda c: outbox.outcome(c, first.attempt_id, Outcome.ACCEPTED, place.now, provider_id="P"))
    assert states(place) == {"one": MessageState.DUE}
    place.later(minutes=5)
    assert len(place.claims()) == 1
    reports(place, first, "undelivered", 30001)
    reports(place, first, "failed", 30005)
    assert states(place) == {"one": MessageState.CLAIMED}
    reports(place, first, "delivered")
    assert states(place) == {"one": MessageState.DELIVERED}


async def test_what_has_arrived_does_not_go_again(place: Place) -> None:
    await place.decides(texted("one"))
    (text,) = place.claims()
    reports(place, text, "delivered")
    reports(place, text, "undelivered", 30001)
    assert states(place) == {"one": MessageState.DELIVERED}


@HOW
async def test_when_the_carriers_filter_us_unprompted_texts_are_held_and_it_is_told_once(
    place: Place, how: str
) -> None:
    heard = listen(place)
    for _twice in range(2):
        await place.decides(texted("filtered"), client=1)
        await fails(place, 30007, how, place.claims()[0])
    assert heard == [30007]
    assert standing(place) == [("unprompted", "the carrier filtered it out (error 30007)")]
    await place.decides(texted("nudge", Purpose.NUDGE))
    await place.decides(texted("answer"), client=2)
    assert [text.body for text in place.claims()] == ["answer"]
    assert states(place)["nudge"] == MessageState.HELD
    assert states(place)["filtered"] in (MessageState.FAILED, MessageState.UNDELIVERED)


@HOW
async def test_when_no_text_can_leave_all_are_held_until_somebody_releases_them(place: Place, how: str) -> None:
    heard = listen(place)
    await place.decides(texted("one"))
    await place.decides(texted("two"), client=1)
    for text in place.claims():
        await fails(place, 30034, how, text)
    assert heard == [30034]
    assert [scope for scope, _because in standing(place)] == ["all"]
    assert place.claims() == []
    assert states(place) == {"one": MessageState.HELD, "two": MessageState.HELD}
    assert place.do(lambda c: holds.release(c, Scope.ALL, "", "operator", place.now)) == 2
    assert [(text.body, text.tries) for text in place.claims()] == [("one", 2), ("two", 2)]


async def test_a_hold_that_a_person_placed_is_left_as_it_is(place: Place) -> None:
    place.do(lambda c: holds.place(c, Scope.UNPROMPTED, "", "Our own reason", place.worker, place.now))
    heard = listen(place)
    await place.decides(texted("one"))
    await fails(place, 30007, text=place.claims()[0])
    assert (heard, standing(place)) == ([], [("unprompted", "Our own reason")])


async def test_that_no_text_can_leave_is_told_though_it_was_a_stranger_s(place: Place) -> None:
    heard = listen(place)
    await place.says("who", 77)
    (text,) = place.claims()
    await fails(place, 30034, text=text)
    assert heard == [30034]
    assert place.rows(escalations)[0].client_id == min(place.ids)


async def test_what_became_of_the_text_is_stored_though_we_fail_on_it(place: Place) -> None:
    def fail(_situation: Situation, event: Event) -> Sequence[Effect]:
        if isinstance(event, TextsFail):
            raise ValueError  # noqa: TRY004  any error will do
        return []

    place.script.on_text = fail
    await fails(place, 21211)
    assert place.rows(messages, OUT)[0].state == MessageState.FAILED
    assert [row.trigger for row in place.rows(escalations)] == [Trigger.SET_ASIDE]


async def test_what_became_of_the_text_is_stored_though_what_follows_cannot_be_saved(place: Place) -> None:
    place.script.on_text = lambda _situation, _event: ["no effect"]  # type: ignore[list-item]
    before, place.script.on_text = place.script.on_text, lambda _situation, _event: []
    await place.decides(texted("one"))
    (text,) = place.claims()
    place.script.on_text = before
    await fails(place, 21211, text=text)
    assert place.rows(messages, OUT)[0].state == MessageState.FAILED


@pytest.mark.parametrize("how", ["refused", "reported"])
async def test_an_opt_out_that_only_the_provider_knew_is_the_number_s_and_each_worker_is_told(
    place: Place, how: str
) -> None:
    ben = place.do(lambda c: people.add_staff(c, "ben@example.org", "Ben", Role.ETW, "h", NOW))
    sister = people.NewClient(place.numbers[0], "Lee", "es", ZONE, ben, phone_is_shared=True)
    place.do(lambda c: people.put_clients(c, [sister], place.worker, NOW))
    place.do(lambda c: c.execute(clients.update().values(consent=Consent.ACTIVE)))
    check_in = PlanNudge(NudgeKind.CHECK_IN, "k", place.now + timedelta(hours=1), "1.1")
    await place.decides(texted("one"), texted("two"), check_in, SaveTalk(Talk("a", "b", place.now)))
    (text,) = place.claims()
    for _twice in range(2):
        await fails(place, 21610, how, text)
    assert [row.state for row in place.rows(messages, OUT)][1] == MessageState.CANCELLED
    assert [row.state for row in place.rows(nudges)] == ["cancelled"]
    assert place.rows(talks) == []
    stopped = place.rows(clients, clients.c.number == place.numbers[0])
    assert [row.consent for row in stopped] == [Consent.REVOKED] * 2
    events = place.rows(consent_events)
    assert [(row.to, row.channel, row.evidence_message_id) for row in events] == [
        ("revoked", "provider", text.message_id)
    ] * 2
    told = {(row.trigger, row.level, row.assigned_to) for row in place.rows(escalations)}
    assert told == {(Trigger.OPTED_OUT, Level.U3, place.worker), (Trigger.OPTED_OUT, Level.U3, ben)}
