"""What people do about an item: take it, turn to the client, put it off, give it away, close it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from conversations.effects import ChangeMode, Effect, PlanNudge
from conversations.escalations import Level, Trigger
from conversations.events import Event, WorkerLeft
from conversations.nudges import NudgeKind, NudgeState
from conversations.situation import Mode, Situation
from records import escalations, people
from records.engagement import Kind
from records.errors import NotFoundError, RefusedError, TooLateError
from records.escalations import Closing, Outcome, Owner
from records.hook_replies import Reply
from records.roles import Role
from records.tables import clients, nudges
from records.tables import escalations as table
from tests.records.desk import calls, close, contact, hire, item, logged, needs, opened, take
from tests.records.place import NOW, Place, texted


async def test_an_item_is_taken_once_and_the_first_one_stands(place: Place) -> None:
    one, ben = await opened(place, Trigger.QUIET, Level.U3), hire(place, "Ben")
    taken_at = place.later(hours=1)
    assert take(place, one, ben) is True
    place.later(hours=1)
    assert take(place, one) is False
    row = item(place, Trigger.QUIET)
    assert (row.acknowledged_at, row.acknowledged_by, row.assigned_to, row.passes_up_at) == (taken_at, ben, ben, None)
    (line,) = logged(place, Kind.ESCALATION_ACKNOWLEDGED)
    assert (line.actor, line.subject, line.detail) == (ben, "quiet", {"escalation": one})


async def test_to_turn_to_the_client_is_to_take_it_and_counts_once(place: Place) -> None:
    one = await opened(place, Trigger.QUIET, Level.U3)
    assert contact(place, one) is True
    at = place.now
    place.later(hours=1)
    assert contact(place, one) is False
    row = item(place, Trigger.QUIET)
    assert (row.contacted_at, row.contacted_by, row.acknowledged_at) == (at, place.worker, at)


async def test_to_take_it_does_not_stop_the_clock_for_the_contact(place: Place) -> None:
    await place.decides(
        needs(place, Trigger.QUIET, Level.U2),
        PlanNudge(NudgeKind.PROMISE, "promise:quiet", NOW + timedelta(hours=2), subject="quiet"),
    )
    take(place, item(place, Trigger.QUIET).id)
    assert [row.state for row in place.rows(nudges)] == [NudgeState.PLANNED]
    contact(place, item(place, Trigger.QUIET).id)
    assert [row.state for row in place.rows(nudges)] == [NudgeState.CANCELLED]


async def test_a_person_who_turns_to_the_client_does_so_about_all_that_is_open(place: Place) -> None:
    await opened(place, Trigger.QUIET, Level.U3)
    await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    await opened(place, Trigger.MEDIA, Level.U3, client=1)
    assert place.do(lambda c: escalations.turned_to(c, place.ids[0], place.worker, place.now)) is True
    assert [row.contacted_at for row in place.rows(table)] == [NOW, NOW, None]
    assert place.do(lambda c: escalations.turned_to(c, place.ids[0], place.worker, place.now)) is False


async def test_what_merged_into_an_item_goes_with_it(place: Place) -> None:
    await place.decides(
        needs(place, Trigger.ASKED_FOR_PERSON, Level.U1),
        needs(place, Trigger.NOT_UNDERSTOOD, Level.U2),
        needs(place, Trigger.MEDIA, Level.U3),
    )
    under = item(place, Trigger.MEDIA).id
    take(place, under)
    assert [row.acknowledged_at for row in place.rows(table)].count(None) == 2
    leader = item(place, Trigger.ASKED_FOR_PERSON).id
    take(place, leader)
    close(place, leader)
    assert {row.acknowledged_by for row in place.rows(table)} == {place.worker}
    assert {(row.resolved_at, row.outcome) for row in place.rows(table)} == {(NOW, "talked")}
    assert calls(place, Trigger.ASKED_FOR_PERSON) == ["opened", "resolved"]
    assert calls(place, Trigger.NOT_UNDERSTOOD) == []


async def test_an_item_is_closed_once_with_its_outcome_and_whose_the_next_step_is(place: Place) -> None:
    one = await opened(place, Trigger.QUIET, Level.U3)
    closing = Closing(Outcome.MET, "We met at the library.", "Calls the school", Owner.CLIENT)
    place.do(lambda c: escalations.resolve(c, one, closing, place.worker, place.county, place.now))
    assert close(place, one, Outcome.NOT_NEEDED) is False
    row = item(place, Trigger.QUIET)
    assert (row.outcome, row.note, row.next_step, row.next_step_by, row.resolved_by) == (
        "met",
        "We met at the library.",
        "Calls the school",
        "client",
        place.worker,
    )
    (line,) = logged(place, Kind.ESCALATION_RESOLVED)
    assert (line.reason, "library" in str(line)) == ("met", False)


@pytest.mark.parametrize(
    ("outcome", "contacted"), [(Outcome.TALKED, True), (Outcome.NO_CONTACT, False), (Outcome.NOT_NEEDED, False)]
)
async def test_an_outcome_says_whether_the_client_was_reached(
    place: Place,
    outcome: Outcome,
    contacted: bool,  # noqa: FBT001
) -> None:
    one = await opened(place, Trigger.QUIET, Level.U3)
    close(place, one, outcome)
    assert (item(place, Trigger.QUIET).contacted_at is not None) is contacted


async def test_after_it_is_closed_the_same_trigger_opens_a_new_one(place: Place) -> None:
    one = await opened(place, Trigger.QUIET, Level.U3)
    close(place, one)
    assert await opened(place, Trigger.QUIET, Level.U3) != one


async def test_an_item_is_put_off_with_a_reason_and_a_second_time_changes_nothing(place: Place) -> None:
    one, until = await opened(place, Trigger.OUT_OF_SCOPE, Level.U2), NOW + timedelta(days=2)

    def snooze() -> bool:
        done: bool = place.do(lambda c: escalations.snooze(c, one, until, " exam ", place.worker, place.now))
        return done

    assert (snooze(), snooze()) == (True, False)
    row = item(place, Trigger.OUT_OF_SCOPE)
    assert (row.snoozed_until, row.snoozed_because, row.passes_up_at, row.acknowledged_at) == (
        until,
        "exam",
        until,
        None,
    )
    (line,) = logged(place, Kind.ESCALATION_SNOOZED)
    assert (line.reason, line.detail["until"]) == ("exam", until.isoformat())


async def test_an_item_is_given_to_somebody_who_has_to_take_it(place: Place) -> None:
    one, ben = await opened(place, Trigger.OUT_OF_SCOPE, Level.U2), hire(place, "Ben")
    take(place, one)

    def give(to: str | None) -> bool:
        done: bool = place.do(
            lambda c: escalations.reassign(c, one, to, "knows her", place.worker, place.county, place.now)
        )
        return done

    assert (give(ben), give(ben)) == (True, False)
    row = item(place, Trigger.OUT_OF_SCOPE)
    assert (row.assigned_to, row.held_by, row.acknowledged_at, row.passes_up_at) == (ben, "worker", None, row.due_at)
    place.later(minutes=1)
    assert give(None) is True
    assert (item(place, Trigger.OUT_OF_SCOPE).assigned_to, item(place, Trigger.OUT_OF_SCOPE).held_by) == (None, "team")
    assert calls(place, Trigger.OUT_OF_SCOPE) == [
        "opened",
        "reassigned:2026-03-02T18:00:00",
        "reassigned:2026-03-02T18:01:00",
    ]
    assert [(row.reason, row.detail["to"]) for row in logged(place, Kind.ESCALATION_REASSIGNED)] == [
        ("knows her", ben),
        ("knows her", None),
    ]


Act = Callable[[Connection, Place, str], object]
SNOOZES: dict[str, Act] = {
    "until what is past": lambda c, at, one: escalations.snooze(c, one, NOW, "exam", at.worker, NOW),
    "without a reason": lambda c, at, one: escalations.snooze(c, one, NOW + timedelta(1), " ", at.worker, NOW),
    "to nobody": lambda c, at, one: escalations.reassign(c, one, "nobody", "why", at.worker, at.county, NOW),
    "to who has left": lambda c, at, one: escalations.reassign(c, one, left(c), "why", at.worker, at.county, NOW),
    "for no reason": lambda c, at, one: escalations.reassign(c, one, None, "", at.worker, at.county, NOW),
}


def left(connection: Connection) -> str:
    gone = people.add_staff(connection, "gone@example.org", "Gone", Role.ETW, "hash", NOW)
    people.set_active(connection, "gone@example.org", active=False)
    return gone


@pytest.mark.parametrize("act", SNOOZES.values(), ids=SNOOZES)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(place: Place, act: Act) -> None:
    one = await opened(place, Trigger.OUT_OF_SCOPE, Level.U2)
    before = item(place, Trigger.OUT_OF_SCOPE)
    with pytest.raises(RefusedError, match=r"^(Choose|Say) .+\.$"):
        place.do(lambda c: act(c, place, one))
    assert item(place, Trigger.OUT_OF_SCOPE) == before


async def test_danger_is_not_put_off(place: Place) -> None:
    one = await opened(place, Trigger.SELF_HARM, Level.U0)
    with pytest.raises(RefusedError, match="Danger does not wait"):
        place.do(lambda c: escalations.snooze(c, one, NOW + timedelta(1), "later", place.worker, NOW))


ON_CLOSED: dict[str, Act] = {
    "take": lambda c, at, one: escalations.acknowledge(c, one, at.worker, NOW),
    "contact": lambda c, at, one: escalations.contacted(c, one, at.worker, NOW),
    "snooze": lambda c, at, one: escalations.snooze(c, one, NOW + timedelta(1), "why", at.worker, NOW),
    "reassign": lambda c, at, one: escalations.reassign(c, one, None, "why", at.worker, at.county, NOW),
}


@pytest.mark.parametrize("act", ON_CLOSED.values(), ids=ON_CLOSED)
async def test_a_closed_item_is_left_as_it_is(place: Place, act: Act) -> None:
    one = await opened(place, Trigger.QUIET, Level.U3)
    close(place, one)
    with pytest.raises(TooLateError):
        place.do(lambda c: act(c, place, one))
    with pytest.raises(NotFoundError):
        place.do(lambda c: act(c, place, "nothing"))


def hands_back(situation: Situation, event: Event) -> list[Effect]:
    """As the core answers to who leaves: the bot has the thread again, and says so."""
    assert isinstance(event, WorkerLeft)
    assert event.name == "Ana"
    return [ChangeMode(Mode.BOT), texted("Ana has signed off for now.")]


def mode(place: Place, to: Mode | None = None) -> str:
    if to:
        place.do(lambda c: c.execute(update(clients).where(clients.c.id == place.ids[0]).values(mode=to)))
    found: str = place.rows(clients, clients.c.id == place.ids[0])[0].mode
    return found


async def test_with_the_last_pressing_item_closed_the_thread_is_the_bot_s_again(place: Place) -> None:
    asked = await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    need = await opened(place, Trigger.BASIC_NEED, Level.U1, client=0)
    await opened(place, Trigger.QUIET, Level.U3)
    mode(place, Mode.HUMAN)
    place.script.on_text = hands_back
    place.do(lambda c: c.execute(update(table).values(merged_into=None)))
    assert await place.writer.resolve(need, Closing(Outcome.REFERRED), place.worker) is True
    assert mode(place) == Mode.HUMAN
    assert await place.writer.resolve(asked, Closing(Outcome.TALKED), place.worker) is True
    assert mode(place) == Mode.BOT
    assert await place.writer.resolve(asked, Closing(Outcome.TALKED), place.worker) is False


async def test_what_is_not_why_a_person_has_the_thread_does_not_give_it_back(place: Place) -> None:
    one = await opened(place, Trigger.QUIET, Level.U3)
    mode(place, Mode.HUMAN)
    place.script.on_text = hands_back
    await place.writer.resolve(one, Closing(Outcome.TALKED), place.worker)
    assert mode(place) == Mode.HUMAN


@pytest.mark.parametrize("after", [Mode.STOPPED, Mode.SILENT])
async def test_after_a_crisis_closing_the_item_starts_nothing(place: Place, after: Mode) -> None:
    one = await opened(place, Trigger.SELF_HARM, Level.U0)
    mode(place, after)
    place.script.on_text = hands_back
    await place.writer.resolve(one, Closing(Outcome.TALKED), place.worker)
    assert mode(place) == after


async def test_a_text_and_a_worker_s_act_at_the_same_moment_both_count(place: Place) -> None:
    one = await opened(place, Trigger.QUIET, Level.U3)
    closing = place.writer.resolve(one, Closing(Outcome.TALKED), place.worker)
    texting = place.decides(needs(place, Trigger.QUIET, Level.U3))
    closed, _ = await asyncio.gather(closing, texting)
    assert closed is True
    assert [row.resolved_at is None for row in place.rows(table)] == [False, True]


async def test_a_hook_s_reply_that_closes_the_item_gives_the_thread_back_as_well(place: Place) -> None:
    one = await opened(place, Trigger.ASKED_FOR_PERSON, Level.U1)
    mode(place, Mode.HUMAN)
    place.script.on_text = hands_back
    reply = Reply("desk", "msg_1", one, "ana@example.org", Closing(Outcome.TALKED))
    assert await place.writer.take_reply(reply) == "resolved"
    assert mode(place) == Mode.BOT
