"""What the carriers say of a number, decided on where it is stored."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from conversations.effects import Effect, PlanNudge, Purpose, SaveTalk, TellWorker
from conversations.escalations import Level, Trigger
from conversations.events import Event, TextsFail
from conversations.nudges import NudgeKind
from conversations.situation import Consent, Situation, Talk
from records import outbox, people
from records.outbox import Claimed
from records.states import MessageState, Outcome
from records.tables import clients, consent_events, escalations, messages, nudges, talks
from tests.records.place import NOW, ZONE, Place, texted

OUT = messages.c.direction == "out"


async def fails(place: Place, code: int, how: str = "refused", text: Claimed | None = None) -> Claimed:
    """A text is claimed and fails, in one of the two ways in which we hear of it."""
    if text is None:
        await place.decides(texted("one", Purpose.REMINDER))
        (text,) = place.do(lambda c: outbox.claim(c, place.now, 10))
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


@pytest.mark.parametrize("how", ["refused", "reported"])
@pytest.mark.parametrize("code", [21211, 21614, 30005, 30006, 30007, 30034])
async def test_an_error_that_does_not_pass_is_decided_on_at_once_and_once(place: Place, code: int, how: str) -> None:
    heard = listen(place)
    text = await fails(place, code, how)
    await fails(place, code, "reported", text)
    assert heard == [code]
    assert [row.trigger for row in place.rows(escalations)] == [Trigger.DELIVERY_FAILING]


@pytest.mark.parametrize("code", [30003, 30008])
async def test_errors_that_pass_are_decided_on_when_there_are_three_in_a_week(place: Place, code: int) -> None:
    heard = listen(place)
    for days in (0, 5, 3):  # the first is more than a week before the third
        place.later(days=days)
        await fails(place, code)
    assert heard == []
    await fails(place, code)
    assert heard == [code]


@pytest.mark.parametrize("code", [30001, 20003])
async def test_other_errors_say_nothing_of_the_client(place: Place, code: int) -> None:
    heard = listen(place)
    await fails(place, code)
    assert heard == []


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
    (text,) = place.do(lambda c: outbox.claim(c, place.now, 10))
    place.script.on_text = before
    await fails(place, 21211, text=text)
    assert place.rows(messages, OUT)[0].state == MessageState.FAILED


@pytest.mark.parametrize("how", ["refused", "reported"])
async def test_an_opt_out_that_only_the_provider_knew_is_the_number_s_and_each_worker_is_told(
    place: Place, how: str
) -> None:
    ben = place.do(lambda c: people.add_staff(c, "ben@example.org", "Ben", "worker", "h", NOW))
    sister = people.NewClient(place.numbers[0], "Lee", "es", ZONE, ben, phone_is_shared=True)
    place.do(lambda c: people.put_clients(c, [sister], place.worker, NOW))
    place.do(lambda c: c.execute(clients.update().values(consent=Consent.ACTIVE)))
    check_in = PlanNudge(NudgeKind.CHECK_IN, "k", place.now + timedelta(hours=1), "1.1")
    await place.decides(texted("one"), texted("two"), check_in, SaveTalk(Talk("a", "b", place.now)))
    (text,) = place.do(lambda c: outbox.claim(c, place.now, 10))
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
