"""What is counted for those who watch over the service, and that nothing anybody wrote can get out with it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, String, update

from conversations.effects import PlanNudge, Purpose, SaveTalk, SettleNudge, TellWorker
from conversations.escalations import Level, Trigger
from conversations.nudges import NudgeKind, NudgeState
from records import gauges, holds, watermarks
from records.engagement import Kind, append, entry
from records.holds import Scope
from records.ids import first_id, new_id
from records.states import MessageState, Outcome
from records.tables import attempts, engagement, escalations, hook_deliveries, messages, nudges
from records.tables import holds as holds_table
from tests.records.place import NOW, Place, texted

WORDS = ("visit_moved",)
Found = Mapping[str, Mapping[tuple[str, ...], float]]


def read(place: Place) -> Found:
    found = place.do(lambda c: gauges.read(c, place.now, WORDS))
    return {gauge.name.removeprefix("milepost_"): gauge.values for gauge in found}


def move(place: Place, to: MessageState, client: int) -> None:
    theirs = messages.c.client_id == place.ids[client]
    place.do(lambda c: c.execute(update(messages).where(theirs, messages.c.direction == "out").values(state=to)))


def hold(place: Place, scope: Scope, subject: str = "") -> None:
    place.do(lambda c: holds.place(c, scope, subject, "her sister called", "operator", NOW))


async def accepted(place: Place, after: timedelta, client: int = 0) -> None:
    """The newest text to them was taken by the provider so long after now."""
    theirs = place.rows(messages, messages.c.client_id == place.ids[client], messages.c.direction == "out")
    row = {
        "id": new_id(place.now),
        "message_id": theirs[-1].id,
        "body": "",
        "claimed_at": place.now,
        "outcome": Outcome.ACCEPTED,
        "finished_at": place.now + after,
    }
    place.do(lambda c: c.execute(attempts.insert().values(**row)))


def replies(place: Place, since: datetime, until: datetime) -> list[float]:
    found: list[float] = place.do(lambda c: gauges.reply_seconds(c, since, until))
    return found


async def test_what_is_due_waits_by_its_state_and_age(place: Place) -> None:
    await place.decides(PlanNudge(NudgeKind.CHECK_IN, "k", place.now + timedelta(minutes=1), "1.1"), client=2)
    await place.decides(texted())
    await place.decides(texted(), client=1)
    move(place, MessageState.UNKNOWN, 1)
    unknown = place.rows(messages, messages.c.state == MessageState.UNKNOWN)[0]
    attempt = {"id": new_id(NOW), "message_id": unknown.id, "body": "", "claimed_at": NOW, "outcome": Outcome.UNKNOWN}
    place.do(lambda c: c.execute(attempts.insert().values(**attempt)))
    place.later(minutes=3)
    found = read(place)
    assert found["messages_waiting"] == {("due",): 1, ("claimed",): 0, ("unknown",): 1}
    assert found["message_oldest_seconds"] == found["unknown_oldest_seconds"] == {(): 180}
    assert found["nudges_due"] == {(): 1}
    assert found["nudge_oldest_seconds"] == {(): 120}
    assert found["texts_last_hour"][("due",)] == 1


async def test_an_hour_later_a_text_is_none_of_the_last_hour_s(place: Place) -> None:
    await place.decides(texted())
    place.later(minutes=59)
    assert sum(read(place)["texts_last_hour"].values()) == 1
    place.later(minutes=2)
    assert sum(read(place)["texts_last_hour"].values()) == 0


async def test_held_texts_are_counted_by_the_hold(place: Place) -> None:
    await place.decides(texted(), client=0)
    await place.decides(texted(purpose=Purpose.NUDGE), client=1)
    for client in (0, 1):
        move(place, MessageState.HELD, client)
    hold(place, Scope.UNPROMPTED)
    hold(place, Scope.CLIENT, place.ids[0])
    found = read(place)
    assert found["holds_standing"] == {("all",): 0, ("unprompted",): 1, ("client",): 1, ("campaign",): 0}
    assert found["messages_held"] == {("all",): 0, ("unprompted",): 1, ("client",): 1, ("campaign",): 0}
    hold(place, Scope.ALL)
    assert read(place)["messages_held"][("all",)] == 2


async def dropped(place: Place, reason: str, client: int = 0) -> None:
    await place.decides(PlanNudge(NudgeKind.VISIT_ASK, "k", place.now, "1"), client=client)
    place.script.on_due = lambda _situation, due: [SettleNudge(due[0].id, NudgeState.DROPPED, reason)]
    await place.writer.take_due(place.now)


async def ended(place: Place, state: MessageState, reason: str, client: int) -> None:
    await place.decides(texted(), client=client)
    (text,) = place.rows(messages, messages.c.direction == "out", messages.c.client_id == place.ids[client])
    row = entry(Kind.TEXT_STATUS, place.now, subject=state, reason=reason, message_id=text.id)
    place.do(lambda c: append(c, [row]))


async def test_what_came_to_nothing_is_counted_by_its_reason(place: Place) -> None:
    await dropped(place, "visit_moved")
    await dropped(place, "her sister called", 1)
    await ended(place, MessageState.EXPIRED, "too late to be useful", 2)
    await ended(place, MessageState.FAILED, "her sister called", 3)
    await ended(place, MessageState.DELIVERED, "", 4)
    assert read(place)["dropped_last_hour"] == {
        ("nudge", "visit_moved"): 1,
        ("nudge", "other"): 1,
        ("text", "too late to be useful"): 1,
        ("text", "failed"): 1,
    }


@pytest.mark.parametrize(("ago", "counts"), [(59, True), (61, False)])
async def test_only_the_last_hour_counts(place: Place, ago: int, counts: bool) -> None:  # noqa: FBT001  a table
    await dropped(place, "visit_moved")
    place.later(minutes=ago)
    assert read(place)["dropped_last_hour"] == ({("nudge", "visit_moved"): 1} if counts else {})


async def test_people_waited_for_and_calls_given_up_are_counted(place: Place) -> None:
    await place.decides(TellWorker(Trigger.SELF_HARM, Level.U0, place.now))
    await place.decides(TellWorker(Trigger.MEDIA, Level.U3, place.now), client=1)
    place.do(lambda c: c.execute(update(hook_deliveries).values(state="parked")))
    found = read(place)
    assert found["escalations_open"] == {("U0",): 1, ("U1",): 0, ("U2",): 0, ("U3",): 1}
    assert found["hooks_parked"][()] == len(place.rows(hook_deliveries)) > 0


async def test_how_far_the_backfill_is_behind_is_told_once_it_has_begun(place: Place) -> None:
    assert "inbound_behind_seconds" not in read(place)
    place.do(lambda c: watermarks.raise_to(c, watermarks.INBOUND, NOW))
    place.later(minutes=7)
    assert read(place)["inbound_behind_seconds"] == {(): 420}


async def test_a_reply_is_timed_from_the_text_to_its_acceptance_once(place: Place) -> None:
    await place.says("hi")
    await accepted(place, timedelta(seconds=2))
    assert replies(place, NOW, NOW + timedelta(seconds=1)) == []
    assert replies(place, NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)) == [2.0]
    assert replies(place, NOW + timedelta(seconds=2), NOW + timedelta(seconds=9)) == []


async def test_only_the_first_answer_of_the_bot_s_own_is_a_reply(place: Place) -> None:
    end = NOW + timedelta(minutes=1)
    await place.decides(texted("one"), texted("two"))
    await accepted(place, timedelta(seconds=2))  # the second
    await place.decides(texted(purpose=Purpose.HUMAN), client=1)
    await accepted(place, timedelta(seconds=2), 1)
    await place.decides(PlanNudge(NudgeKind.BREATH, "k", place.now), SaveTalk(None), client=2)
    place.script.on_due = lambda _s, due: [SettleNudge(due[0].id, NudgeState.SENT, ""), texted()]
    await place.writer.take_due(place.now)
    await accepted(place, timedelta(seconds=2), 2)
    assert replies(place, NOW, end) == []


# --- privacy ---------------------------------------------------------------------------------------------------------

CANARY = "Maria +17075550111 lost her job"
READ = (messages, attempts, nudges, engagement, escalations, hook_deliveries, holds_table)
KEYS = frozenset({"number", "key", "provider_id", "hook", "occasion", "subject", "scope", "trigger"})
VOCABULARY = frozenset({word.value for enum in (MessageState, Level, Scope) for word in enum}) | gauges.WHY_A_TEXT
LABELS = VOCABULARY | {gauges.OTHER, "nudge", "text", *WORDS}


def spoil(connection: Connection) -> None:
    """Every word that is stored, but for what rows are found by, becomes somebody's own."""
    for table in READ:
        words = {column.name: column.type for column in table.c if not column.foreign_keys and column.name not in KEYS}
        theirs = {
            name: CANARY[: kind.length]
            for name, kind in words.items()
            if isinstance(kind, String) and not name.endswith("id")
        }
        connection.execute(update(table).values(theirs))


async def test_whatever_stands_in_the_database_is_counted_and_never_named(place: Place) -> None:
    await place.decides(texted(), TellWorker(Trigger.MEDIA, Level.U3, place.now), client=2)
    await dropped(place, CANARY)
    await ended(place, MessageState.FAILED, CANARY, 1)
    hold(place, Scope.CLIENT, place.ids[0])
    for before in (read(place), place.do(spoil) or read(place)):
        for name, values in before.items():
            assert {word for words in values for word in words} <= LABELS, name
            assert all(isinstance(value, int | float) for value in values.values()), name


def test_no_id_of_a_moment_is_smaller_than_its_first() -> None:
    assert first_id(NOW) <= new_id(NOW)
    assert first_id(NOW) < first_id(NOW + timedelta(milliseconds=1))
