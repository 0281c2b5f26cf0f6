from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, insert, select

from conversations.effects import ChangeConsent, KeepIdea, SaveGoal
from conversations.goals import Goal, GoalEvent, Moment, Step
from conversations.situation import Consent
from records import goal_history, merging, notes, number_history
from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError, TooLateError
from records.ids import new_id
from records.merging import FOLLOW, WHOLE, Wanted
from records.notes import NewNote, NoteKind
from records.sight import EVERYBODY
from records.tables import (
    client_groups,
    clients,
    engagement,
    escalations,
    free_times,
    goals,
    group_members,
    messages,
    nudges,
    own_reminders,
    referrals,
    roadmaps,
    steps,
    talks,
    visits,
)
from tests.records.place import NOW, Place

LEFT_ALONE = frozenset({"engagement", "transferred_clients", "client_merges", "chat_links", "chat_sessions"})


def planned(place: Place, client: int, kind: str, subject: str) -> dict[str, Any]:
    row = {"id": new_id(NOW), "client_id": place.ids[client], "kind": kind, "key": f"{kind}:{subject}", "words": ""}
    at = {"due_at": NOW + timedelta(days=1), "wanted_at": NOW, "created_at": NOW}
    return {**row, **at, "subject": subject, "template": "", "state": "planned", "held": 0, "version": 1, "reason": ""}


async def fill(place: Place) -> None:
    """Two clients, each with a little of everything."""
    for client in (0, 1):
        step = Step(1, f"Call {client}", Moment(None, "soon"))
        await place.decides(SaveGoal(Goal(1, f"Goal {client}", step=step), GoalEvent.SET), KeepIdea("x"), client=client)
        id_ = place.ids[client]
        times = {"client_id": id_, "number": 1, "created_at": NOW, "changed_at": NOW}
        visit = {"worker_id": place.worker, "starts_at": NOW + timedelta(days=3), "place": "here", "bring": ""}
        more = {"by_phone": False, "status": "planned", "leaves_at": "", "reason": "", "version": 1}
        reminder = {**times, "what": "x", "at": NOW, "repeats": "", "status": "set"}
        road = {"client_id": id_, "number": 1, "goal": "x", "why": "", "marks": [], "reached": 0, "status": "open"}
        item = {"id": new_id(NOW), "client_id": id_, "trigger": "quiet", "level": "U3", "opened_at": NOW, "due_at": NOW}
        group = {"id": new_id(NOW), "staff_id": place.worker, "name": str(client), "language": "", "only": "chosen"}
        time = {"id": new_id(NOW), "worker_id": place.worker, "starts_at": NOW + timedelta(hours=client)}
        talk = {"client_id": id_, "place": "open", "flow": "goal_setting", "at": "goal", "asked_at": NOW, "answers": {}}
        referred = {"id": new_id(NOW), "client_id": id_, "staff_id": place.worker, "created_by": place.worker}
        rows: list[tuple[Table, dict[str, Any]]] = [
            (visits, {**times, **visit, **more}),
            (own_reminders, reminder),
            (roadmaps, {**road, "set_at": NOW}),
            (escalations, item),
            (client_groups, {**group, "created_at": NOW}),
            (group_members, {"group_id": group["id"], "client_id": id_}),
            (free_times, {**time, "created_at": NOW, "visit_client": id_, "visit": 1}),
            (talks, {**talk, "misses": 0}),
            (referrals, {**referred, "created_at": NOW}),
            *((nudges, planned(place, client, *what)) for what in (("check_in", "1.1"), ("visit_tomorrow", "1"))),
            (nudges, planned(place, client, "worker_nudge", "")),
        ]
        with place.engine.begin() as connection:
            for table, row in rows:
                connection.execute(insert(table).values(row))
            note = NewNote(new_id(NOW), id_, NoteKind.CALL, NOW, "talked")
            notes.add(connection, note, place.worker, NOW)


def everything(place: Place) -> dict[str, list[Any]]:
    tables = {*FOLLOW, *WHOLE, clients, free_times}
    return {table.name: [tuple(row) for row in place.rows(table)] for table in tables}


def wanted(place: Place, *from_gone: str) -> Wanted:
    return Wanted(new_id(NOW), place.ids[0], place.ids[1], frozenset(from_gone))


def merge(place: Place, it: Wanted) -> bool:
    done: bool = place.do(lambda c: merging.merge(c, it, place.worker, EVERYBODY, place.now))
    return done


async def test_all_of_both_is_one_clients_and_nothing_is_planned_twice(place: Place) -> None:
    await fill(place)
    kept, gone = place.ids[:2]
    log_before = [tuple(row) for row in place.rows(engagement)]
    it = wanted(place)
    assert merge(place, it)
    assert not merge(place, it)
    for table in (*FOLLOW, *WHOLE):
        assert not place.rows(table, table.c.client_id == gone), table.name
    assert [(row.text, row.status) for row in place.rows(goals)] == [("Goal 0", "active"), ("Goal 1", "replaced")]
    assert [row.goal for row in place.rows(steps)] == [1, 2]
    assert [row.number for row in place.rows(visits)] == [1, 2]
    assert sorted((row.visit_client, row.visit) for row in place.rows(free_times)) == [(kept, 1), (kept, 2)]
    stand = [(row.kind, row.subject) for row in place.rows(nudges, nudges.c.state == "planned")]
    assert sorted(stand) == [("check_in", "1.1"), *[("visit_tomorrow", n) for n in "12"], *[("worker_nudge", "")] * 2]
    assert len(place.rows(escalations, escalations.c.resolved_at.is_(None))) == 1
    assert len(place.rows(referrals, referrals.c.ended_at.is_(None))) == 1
    assert [tuple(row) for row in place.rows(engagement)][: len(log_before)] == log_before
    histories = place.do(lambda c: goal_history.of_client(c, kept))
    assert [(goal.text, goal.changes[0].kind) for goal in histories] == [("Goal 1", "replaced"), ("Goal 0", "set")]
    held = place.do(lambda c: number_history.of(c, kept))
    assert {one.number for one in held} == set(place.numbers[:2])
    assert len(place.do(lambda c: notes.of_client(c, kept))) == 2
    seen = await place.decides()
    assert seen.goal is not None
    assert seen.goal.text == "Goal 0"


def test_every_table_that_names_a_client_follows_or_is_known_not_to() -> None:
    naming = {table.name for table in clients.metadata.tables.values() if "client_id" in table.c}
    assert naming == {table.name for table in (*FOLLOW, *WHOLE)} | LEFT_ALONE - {"client_merges"}


@pytest.mark.parametrize("stands", [(), ("goal", "number", "first_name", "language")])
async def test_a_merge_is_undone_to_the_last_row(place: Place, stands: tuple[str, ...]) -> None:
    await fill(place)
    before = everything(place)
    it = wanted(place, *stands)
    merge(place, it)
    row = place.rows(clients, clients.c.id == place.ids[0])[0]
    assert row.number == place.numbers[1 if stands else 0]
    place.do(lambda c: note_staff_act(c, Kind.THREAD_VIEWED, place.worker, place.now, client_id=place.ids[0]))
    place.do(lambda c: merging.undo(c, it.id, place.worker, EVERYBODY, place.now))
    after = everything(place)
    assert {name: rows for name, rows in after.items() if sorted(rows, key=str) != sorted(before[name], key=str)} == {}
    with pytest.raises(TooLateError):
        place.do(lambda c: merging.undo(c, it.id, place.worker, EVERYBODY, place.now))


async def test_once_something_happened_to_the_client_it_cannot_be_undone(place: Place) -> None:
    await fill(place)
    it = wanted(place)
    merge(place, it)
    place.later(seconds=1)
    await place.says("hello")
    [found] = place.do(lambda c: merging.latest(c, EVERYBODY, place.now))
    assert not found.may_be_undone
    with pytest.raises(TooLateError):
        place.do(lambda c: merging.undo(c, it.id, place.worker, EVERYBODY, place.now))


async def test_the_stricter_consent_stands_and_its_evidence_stays(place: Place) -> None:
    await place.decides(ChangeConsent(Consent.REVOKED, "STOP"), client=1)
    merge(place, wanted(place))
    row = place.rows(clients, clients.c.id == place.ids[0])[0]
    assert row.consent == "revoked"
    kept = place.do(lambda c: c.execute(select(messages.c.client_id).distinct()).scalars().all())
    assert kept == [place.ids[0]]


async def test_whose_record_is_gone_is_found_by_nobody(place: Place) -> None:
    merge(place, wanted(place))
    with pytest.raises(NotFoundError):
        merge(place, wanted(place))
    await place.says("hello", 1)
    assert [row.client_id for row in place.rows(messages, messages.c.direction == "in")] == [None]
