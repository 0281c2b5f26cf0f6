"""The staff pages' questions, asked of both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection

from conversations.goals import StepStatus
from records import escalation_reads, phones, sessions, staff_reads, worker_nudges
from records.database import connect
from records.errors import ChangedError, NotFoundError, TooLateError
from records.ids import new_id
from records.roles import Reach
from records.sessions import Session
from records.sight import EVERYBODY, Sight
from records.worker_nudges import Wish
from tests.staff.life import live_a_little
from tests.staff.office import MONDAY, a_county, add_people

DAY = timedelta(days=1)


@pytest.fixture
def connection(migrated_url: str) -> Iterator[Connection]:
    engine = connect(migrated_url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def who(connection: Connection) -> SimpleNamespace:
    who = SimpleNamespace(**add_people(connection))
    live_a_little(who, connection)
    return who


def own(staff_id: str) -> Sight:
    return Sight(Reach.OWN, staff_id)


def session(connection: Connection, token_hash: str, now: datetime) -> Session | None:
    return sessions.find_session(connection, token_hash, now, lambda _connection, _staff_id: ())


def test_what_waits_is_in_the_order_of_its_due_time(connection: Connection, who: SimpleNamespace) -> None:
    waiting = escalation_reads.waiting(connection, own(who.ana), who.joe)
    assert [one.trigger for one in waiting] == ["asked_for_person", "second_setback"]
    assert escalation_reads.waiting(connection, own(who.ben)) == []
    assert escalation_reads.escalation(connection, waiting[0].id, EVERYBODY).times == 2
    with pytest.raises(NotFoundError):
        escalation_reads.escalation(connection, waiting[0].id, own(who.ben))


def test_a_client_is_known_to_their_worker_alone(connection: Connection, who: SimpleNamespace) -> None:
    known = staff_reads.situation(connection, who.maria, own(who.ana), a_county(), MONDAY)
    assert known.goal is not None
    assert known.goal.step is not None
    assert known.goal.step.status is StepStatus.PLANNED
    assert staff_reads.client_card(connection, who.maria, EVERYBODY).first_name == "Maria"
    for ask in (
        lambda: staff_reads.client_card(connection, who.maria, own(who.ben)),
        lambda: staff_reads.situation(connection, who.maria, own(who.ben), a_county(), MONDAY),
    ):
        with pytest.raises(NotFoundError):
            ask()


def test_a_thread_has_its_newest_text_last(connection: Connection, who: SimpleNamespace) -> None:
    thread = staff_reads.thread(connection, who.maria)
    assert thread[-1].body == "Le escribo pronto."
    assert len(thread) == 6
    assert len(staff_reads.planned(connection, who.maria)) == 3
    assert MONDAY - 2 * DAY in staff_reads.unprompted(connection, who.maria, MONDAY - 7 * DAY)


def test_a_phone_shows_what_arrived_and_what_was_typed_on_it(connection: Connection, who: SimpleNamespace) -> None:
    maria, joe, _pat = phones.phones(connection)
    assert [text.mine for text in maria.texts] == [False, True, True, False]
    assert [text.mine for text in joe.texts] == [True]
    assert phones.next_due(connection, MONDAY) == MONDAY + DAY - timedelta(hours=1)
    assert phones.next_due(connection, MONDAY + 30 * DAY) is None


def test_a_workers_text_is_kept_once_changed_and_cancelled(connection: Connection, who: SimpleNamespace) -> None:
    nudge_id, wish = new_id(MONDAY), Wish("Hi", "", MONDAY + DAY, MONDAY + DAY, "")
    assert worker_nudges.schedule(connection, nudge_id, who.joe, wish, who.ana, MONDAY)
    assert not worker_nudges.schedule(connection, nudge_id, who.joe, wish, who.ana, MONDAY)
    worker_nudges.change(connection, nudge_id, 1, wish, who.ana, MONDAY)
    with pytest.raises(ChangedError):
        worker_nudges.change(connection, nudge_id, 1, wish, who.ana, MONDAY)
    worker_nudges.cancel(connection, nudge_id, who.ana, MONDAY)
    with pytest.raises(TooLateError):
        worker_nudges.cancel(connection, nudge_id, who.ana, MONDAY)
    with pytest.raises(NotFoundError):
        worker_nudges.find(connection, nudge_id, own(who.ben))


def test_a_log_in_ends_idle_or_old(connection: Connection, who: SimpleNamespace) -> None:
    sessions.open_session(connection, who.ana, "hash", "token", "", MONDAY)
    assert session(connection, "hash", MONDAY + timedelta(minutes=29)) is not None
    assert session(connection, "hash", MONDAY + sessions.IDLE) is None
    sessions.open_session(connection, who.ana, "newer", "token", "", MONDAY + DAY)
    assert session(connection, "hash", MONDAY) is None
