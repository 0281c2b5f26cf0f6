"""After a restore nothing goes out again by itself, and nothing is lost without somebody being told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from conversations.effects import ChangeConsent, Effect, PlanNudge, SaveReminder, SaveTalk, TellWorker
from conversations.escalations import Level, Trigger
from conversations.events import Event
from conversations.nudges import NudgeKind, NudgeState
from conversations.own_reminders import OwnReminder, ReminderStatus
from conversations.situation import Consent, Situation
from records import people, restoring, sessions, watermarks
from records.engagement import Kind
from records.ids import new_id
from records.restoring import Settled
from records.states import MessageState, Outcome
from records.tables import attempts, clients, engagement, escalations, messages, nudges, own_reminders
from records.tables import sessions as sessions_table
from records.writer import Inbound, Taken
from tests.records.place import NOW, ZONE, Place, texted

MADE_AT = NOW - timedelta(hours=6)
WHY = "came before the database was restored"


def settle(place: Place) -> Settled:
    found: Settled = place.do(lambda c: restoring.settle(c, MADE_AT, place.now, place.county))
    return found


def mark(place: Place, name: str) -> datetime | None:
    found: datetime | None = place.do(lambda c: watermarks.read(c, name))
    return found


def states(place: Place, client: int = 0) -> list[str]:
    rows = place.rows(messages, messages.c.direction == "out", messages.c.client_id == place.ids[client])
    return [row.state for row in rows]


def move(place: Place, before: MessageState, after: MessageState) -> None:
    place.do(lambda c: c.execute(update(messages).where(messages.c.state == before).values(state=after)))


def told(place: Place) -> list[tuple[str, str]]:
    return [(place.numbers[place.ids.index(row.client_id)][-1], row.trigger) for row in place.rows(escalations)]


async def planned(place: Place, kind: NudgeKind, client: int = 0, **ago: float) -> str:
    """Gives the key."""
    due_at = place.now - timedelta(**ago)
    key = f"{kind}:{client}:{due_at.isoformat()}"
    await place.decides(PlanNudge(kind, key, due_at, "1.1"), SaveTalk(None), client=client)
    return key


async def claimed(place: Place, client: int = 0) -> None:
    """A text that was in somebody's hands."""
    await place.decides(texted(), client=client)
    (text,) = place.rows(messages, messages.c.state == MessageState.DUE, messages.c.client_id == place.ids[client])
    attempt = {"id": new_id(NOW), "message_id": text.id, "body": "Hello", "claimed_at": NOW, "outcome": Outcome.CLAIMED}
    place.do(lambda c: c.execute(attempts.insert().values(**attempt)))
    move(place, MessageState.DUE, MessageState.CLAIMED)


async def test_what_waited_to_leave_is_looked_for_first(place: Place) -> None:
    await place.decides(texted())
    assert settle(place) == Settled(looked_for=1, parked=0, nudges=0, clients=0)
    (attempt,) = place.rows(attempts)
    assert (attempt.outcome, attempt.body, attempt.claimed_at) == (Outcome.UNKNOWN, "Hello", MADE_AT)
    assert attempt.finished_at == place.now
    assert states(place) == [MessageState.UNKNOWN]
    assert told(place) == []


async def test_what_was_under_way_or_held_is_looked_for_too(place: Place) -> None:
    await claimed(place)
    await place.decides(texted(), client=1)
    move(place, MessageState.DUE, MessageState.HELD)
    settle(place)
    assert states(place, 0) == states(place, 1) == [MessageState.UNKNOWN]
    assert {(row.outcome, row.looks) for row in place.rows(attempts)} == {(Outcome.UNKNOWN, 0)}


async def test_what_was_looked_for_in_vain_is_looked_for_anew(place: Place) -> None:
    await claimed(place)
    settle(place)
    place.do(lambda c: c.execute(update(attempts).values(looks=1, looked_at=place.now)))
    settle(place)
    assert [(row.looks, row.looked_at) for row in place.rows(attempts)] == [(0, None)]


async def test_what_waits_behind_another_text_of_its_number_is_left_to_people(place: Place) -> None:
    await place.decides(texted("one"), texted("two"))
    assert settle(place) == Settled(looked_for=1, parked=1, nudges=0, clients=1)
    assert states(place) == [MessageState.UNKNOWN, MessageState.PARKED]
    assert told(place) == [("0", Trigger.RESTORED)]
    (entry,) = place.rows(engagement, engagement.c.subject == MessageState.PARKED)
    assert (entry.kind, entry.client_id) == (Kind.TEXT_STATUS, place.ids[0])


async def test_whom_several_things_concern_is_told_of_once(place: Place) -> None:
    await place.decides(texted("one"), texted("two"))
    await planned(place, NudgeKind.STEP_REMINDER, hours=1)
    assert settle(place) == Settled(looked_for=1, parked=1, nudges=1, clients=1)
    assert [row.times for row in place.rows(escalations)] == [1]


async def test_what_had_come_to_its_end_stays_as_it_was(place: Place) -> None:
    ends = [MessageState.DELIVERED, MessageState.FAILED, MessageState.CANCELLED, MessageState.PARKED]
    for n, state in enumerate(ends):
        await place.decides(texted(), client=n)
        move(place, MessageState.DUE, state)
    settle(place)
    assert [states(place, n) for n in range(4)] == [[state] for state in ends]


async def test_what_was_due_since_the_copy_is_dropped_and_its_worker_told(place: Place) -> None:
    due = [await planned(place, NudgeKind.STEP_REMINDER, n, hours=n + 1) for n in range(3)]
    ahead = await planned(place, NudgeKind.STEP_REMINDER, 3, hours=-1)
    assert settle(place) == Settled(looked_for=0, parked=0, nudges=3, clients=3)
    stand = {row.key: (row.state, row.reason) for row in place.rows(nudges)}
    assert [stand[key] for key in due] == [(NudgeState.DROPPED, restoring.REASON)] * 3
    assert stand[ahead][0] == NudgeState.PLANNED
    assert sorted(told(place)) == [(str(n), Trigger.RESTORED) for n in range(3)]
    assert {row.level for row in place.rows(escalations)} == {Level.U3}
    assert len(place.rows(engagement, engagement.c.kind == Kind.NUDGE_DROPPED)) == 3
    assert await place.writer.take_due(place.now) == 0


@pytest.mark.parametrize("kind", sorted(restoring.COMES_ROUND))
async def test_what_comes_round_is_left_for_its_next_round(place: Place, kind: NudgeKind) -> None:
    await planned(place, kind, days=8)
    settle(place)
    (nudge,) = place.rows(nudges)
    assert (nudge.state, nudge.due_at) == (NudgeState.PLANNED, place.now + timedelta(days=6))
    assert told(place) == [("0", Trigger.RESTORED)]


@pytest.mark.parametrize(
    ("repeats", "state", "status"),
    [("", NudgeState.DROPPED, ReminderStatus.SENT), ("daily", NudgeState.PLANNED, ReminderStatus.SET)],
)
async def test_a_client_s_own_reminder_is_taken_as_sent(
    place: Place, repeats: str, state: NudgeState, status: ReminderStatus
) -> None:
    at = place.now - timedelta(hours=1)
    plan = PlanNudge(NudgeKind.OWN_REMINDER, "own_reminder:1", at, "1")
    await place.decides(SaveReminder(OwnReminder(1, "call", at, repeats)), plan)
    settle(place)
    (nudge,), (reminder,) = place.rows(nudges), place.rows(own_reminders)
    assert (nudge.state, reminder.status) == (state, status)
    if repeats:
        assert nudge.due_at == reminder.at == at + timedelta(days=1)


async def test_the_backfill_is_told_where_to_begin_and_what_to_set_aside(place: Place) -> None:
    settle(place)
    marks = [mark(place, name) for name in (watermarks.STARTED, watermarks.INBOUND, watermarks.RESTORED)]
    assert marks == [MADE_AT, MADE_AT, NOW]


async def test_a_mark_of_the_copy_s_own_stays(place: Place) -> None:
    earlier = MADE_AT - timedelta(minutes=4)
    place.do(lambda c: watermarks.raise_to(c, watermarks.INBOUND, earlier))
    settle(place)
    assert mark(place, watermarks.INBOUND) == earlier


async def test_everybody_has_to_log_in_again(place: Place) -> None:
    place.do(lambda c: sessions.open_session(c, place.worker, "a" * 64, "b", "", NOW))
    settle(place)
    assert place.rows(sessions_table) == []


async def test_settling_twice_changes_no_more(place: Place) -> None:
    await place.decides(texted("one"), texted("two"))
    await planned(place, NudgeKind.CHECK_IN, 1, hours=1)
    settle(place)
    before = place.rows(messages), place.rows(nudges), place.rows(attempts), place.rows(escalations)
    assert settle(place) == Settled(looked_for=0, parked=0, nudges=0, clients=0)
    assert (place.rows(messages), place.rows(nudges), place.rows(attempts), place.rows(escalations)) == before


# --- texts that came since the copy was made -------------------------------------------------------------------------


def decides(place: Place, *effects: Effect) -> None:
    place.script.on_text = lambda _situation, _event: effects


async def late(place: Place, number: str, text: str = "ok") -> Taken:
    return await place.writer.set_aside(Inbound("SM-late", number, text, sent_at=MADE_AT), WHY)


def inbound(place: Place) -> Sequence[str]:
    return [row.body for row in place.rows(messages, messages.c.direction == "in")]


async def test_a_late_text_is_stored_and_read_by_a_person_and_answered_by_nobody(place: Place) -> None:
    decides(place, texted(), PlanNudge(NudgeKind.CHECK_IN, "k", NOW))
    assert await late(place, place.numbers[0]) == Taken.STORED
    assert await late(place, place.numbers[0]) == Taken.DUPLICATE
    assert inbound(place) == ["ok"]
    assert states(place) == []
    assert place.rows(nudges) == []
    assert told(place) == [("0", Trigger.SET_ASIDE)]
    assert place.rows(engagement, engagement.c.kind == Kind.SET_ASIDE)[0].reason == WHY
    assert place.rows(clients, clients.c.id == place.ids[0])[0].last_heard_at == NOW


async def test_a_late_stop_stops_and_a_late_yes_does_not_start(place: Place) -> None:
    await place.decides(texted("waits"))
    decides(place, ChangeConsent(Consent.REVOKED), texted("You are out"))
    await late(place, place.numbers[0], "STOP")
    decides(place, ChangeConsent(Consent.ACTIVE), texted("Welcome"))
    place.do(lambda c: c.execute(update(clients).where(clients.c.id == place.ids[1]).values(consent=Consent.INVITED)))
    await place.writer.set_aside(Inbound("SM-yes", place.numbers[1], "YES", sent_at=MADE_AT), WHY)
    consent = {row.id: row.consent for row in place.rows(clients)}
    assert (consent[place.ids[0]], consent[place.ids[1]]) == (Consent.REVOKED, Consent.INVITED)
    assert states(place, 0) == [MessageState.CANCELLED]
    assert states(place, 1) == []


async def test_a_late_cry_for_help_brings_a_person_who_was_not_promised(place: Place) -> None:
    decides(place, TellWorker(Trigger.SELF_HARM, Level.U0, NOW, promised=True), texted())
    await late(place, place.numbers[0])
    item = next(row for row in place.rows(escalations) if row.trigger == Trigger.SELF_HARM)
    assert (item.level, item.promised_by) == (Level.U0, None)
    assert states(place) == []


async def test_a_late_text_on_which_the_desk_fails_is_stored_too(place: Place) -> None:
    def fails(_situation: Situation, _event: Event) -> Sequence[Effect]:
        raise KeyError

    place.script.on_text = fails
    assert await late(place, place.numbers[0]) == Taken.STORED
    assert told(place) == [("0", Trigger.SET_ASIDE)]


async def test_a_late_stop_on_a_shared_phone_stops_both(place: Place) -> None:
    lee = people.NewClient(place.numbers[0], "Lee", "es", ZONE, place.worker, phone_is_shared=True)
    place.do(lambda c: people.put_clients(c, [lee], place.worker, NOW))
    decides(place, ChangeConsent(Consent.REVOKED))
    await late(place, place.numbers[0], "STOP")
    both = place.rows(clients, clients.c.number == place.numbers[0])
    assert [row.consent for row in both] == [Consent.REVOKED] * 2
    assert len(inbound(place)) == len(place.rows(engagement, engagement.c.kind == Kind.TEXT_IN)) == 1
    assert len(place.rows(escalations)) == 2


async def test_a_stranger_s_late_text_is_stored_and_not_answered(place: Place) -> None:
    assert await late(place, "+15559990000") == Taken.STORED
    assert inbound(place) == ["ok"]
    assert place.rows(messages, messages.c.direction == "out") == []
    assert [row.kind for row in place.rows(engagement)][-2:] == [Kind.TEXT_IN, Kind.SET_ASIDE]
