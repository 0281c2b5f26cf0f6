import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

import records
from conversations.effects import TellWorker, Texted
from conversations.escalations import Level, Trigger
from conversations.situation import Consent
from records import escalations, hook_queue, log_reads, people
from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError
from records.log_reads import Asked
from records.roles import Role
from records.tables import clients, hook_deliveries, staff
from records.tables import engagement as engagement_table
from records.tables import escalations as escalations_table
from tests.records.place import NOW, ZONE, Place, texted


async def test_the_log_is_read_newest_first_a_page_at_a_time(place: Place) -> None:
    for client in range(3):
        await place.decides(texted(), client=client)
    first = place.do(lambda c: log_reads.page(c, Asked(), limit=4))
    second = place.do(lambda c: log_reads.page(c, Asked(), before=first.older, limit=50))
    ids = [row.id for row in first.rows + second.rows]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == len(place.rows(engagement_table))
    assert place.do(lambda c: log_reads.has_more_than(c, Asked(), len(ids) - 1))
    assert not place.do(lambda c: log_reads.has_more_than(c, Asked(), len(ids)))


async def test_the_log_is_narrowed_by_client_worker_kind_language_and_day(place: Place) -> None:
    await place.decides(Texted("Hola", "es", 1, "GSM-7", texted().purpose, "a/b"))
    place.later(days=1)
    await place.decides(texted("Bye"), client=1)

    def bodies(**asked: object) -> list[str]:
        kinds = frozenset({Kind.TEXT_OUT})
        rows = place.do(lambda c: log_reads.page(c, Asked(kinds=kinds, **asked)).rows)  # type: ignore[arg-type]
        return [row.body for row in rows]

    assert bodies() == ["Bye", "Hola"]
    assert bodies(client_id=place.ids[0]) == ["Hola"]
    assert bodies(worker_id=place.worker, language="es") == ["Hola"]
    assert bodies(worker_id="somebody") == []
    assert bodies(since=place.now) == ["Bye"]
    assert bodies(until=place.now) == ["Hola"]


async def test_a_row_of_the_log_says_who_and_holds_the_text(place: Place) -> None:
    await place.decides(texted("Bye"))
    (row,) = place.do(lambda c: log_reads.page(c, Asked(kinds=frozenset({Kind.TEXT_OUT}))).rows)
    assert (row.client, row.worker, row.zone, row.body, row.state) == ("Client0", "Ana", ZONE, "Bye", "due")
    assert row.detail == {"template": "welcome/hello"}


def test_nothing_in_this_folder_changes_or_takes_away_the_log() -> None:
    folder = Path(records.__file__).parent
    code = "\n".join(path.read_text() for path in folder.glob("*.py"))
    assert not re.search(r"(update|delete|updating)\(\s*(engagement|engagement\.engagement)\b", code)
    assert not re.search(r"(UPDATE|DELETE FROM) engagement", code)


async def test_a_look_at_a_thread_is_logged(place: Place) -> None:
    place.do(lambda c: note_staff_act(c, Kind.THREAD_VIEWED, place.worker, NOW, client_id=place.ids[0]))
    place.do(lambda c: note_staff_act(c, Kind.LOG_EXPORTED, place.worker, NOW, reason="audit"))
    exported, seen, *_ = place.do(lambda c: log_reads.page(c, Asked()).rows)
    assert (seen.kind, seen.client_id, seen.actor, seen.worker) == ("thread_viewed", place.ids[0], place.worker, "Ana")
    assert (exported.client_id, exported.reason, exported.client) == (None, "audit", "")


async def open_one(place: Place) -> str:
    await place.decides(TellWorker(Trigger.QUIET, Level.U2, place.now))
    found: str = place.rows(escalations_table)[-1].id
    return found


async def test_an_escalation_that_is_not_there_is_not_found(place: Place) -> None:
    with pytest.raises(NotFoundError):
        place.do(lambda c: escalations.acknowledge(c, "nothing", place.worker, NOW))


async def test_a_notice_is_claimed_for_a_while_and_tried_until_it_is_delivered_or_parked(place: Place) -> None:
    one = await open_one(place)
    desk, pager = place.do(lambda c: hook_queue.claim(c, place.now, 10))
    assert (desk.escalation_id, desk.tries) == (one, 1)
    assert place.do(lambda c: hook_queue.claim(c, place.now, 10)) == []
    place.do(lambda c: hook_queue.delivered(c, desk.id))
    place.do(lambda c: hook_queue.retry(c, pager.id, place.now + timedelta(minutes=5), "503"))
    assert place.do(lambda c: hook_queue.claim(c, place.later(minutes=4), 10)) == []
    (again,) = place.do(lambda c: hook_queue.claim(c, place.later(minutes=1), 10))
    assert (again.id, again.tries) == (pager.id, 2)
    place.do(lambda c: hook_queue.park(c, again.id, "x" * 200))
    assert place.do(lambda c: hook_queue.claim(c, place.later(hours=1), 10)) == []
    assert {row.hook: row.state for row in place.rows(hook_deliveries)} == {"desk": "delivered", "pager": "parked"}


async def test_a_notice_whose_sender_died_is_tried_again(place: Place) -> None:
    await open_one(place)
    place.do(lambda c: hook_queue.claim(c, place.now, 10))
    assert len(place.do(lambda c: hook_queue.claim(c, place.later(minutes=2), 10))) == 2


async def test_a_shared_phone_may_be_known_from_the_start_and_later_the_client_says_so(place: Place) -> None:
    shared = [people.NewClient("+15550109999", "Lee", "en", ZONE, place.worker, phone_is_shared=True)]
    place.do(lambda c: people.put_clients(c, shared, place.worker, NOW))
    assert [row.phone_is_shared for row in place.rows(clients, clients.c.first_name == "Lee")] == [True]
    place.do(lambda c: c.execute(update(clients).values(phone_is_shared=False)))
    assert place.do(lambda c: people.put_clients(c, shared, place.worker, NOW)) == people.Imported(0, 0, 1)
    assert not any(row.phone_is_shared for row in place.rows(clients))


async def test_importing_twice_changes_nothing_and_never_touches_what_a_client_decided(place: Place) -> None:
    before = place.rows(clients)
    wanted = [
        people.NewClient(number, f"Client{n}", "es", ZONE, place.worker) for n, number in enumerate(place.numbers)
    ]
    imported = place.do(lambda c: people.put_clients(c, wanted, place.worker, NOW))
    assert imported == people.Imported(0, 0, 5)
    assert place.rows(clients) == before


async def test_an_import_adds_the_new_and_changes_the_names_of_the_known(place: Place) -> None:
    wanted = [
        people.NewClient(place.numbers[0], "Rosa", "es", "America/New_York", place.worker),
        people.NewClient("+15550109999", "Lee", "en", ZONE, place.worker),
    ]
    assert place.do(lambda c: people.put_clients(c, wanted, place.worker, NOW)) == people.Imported(1, 1, 0)
    known = place.rows(clients, clients.c.number == place.numbers[0])[0]
    assert (known.first_name, known.zone, known.language, known.consent) == (
        "Rosa",
        "America/New_York",
        "en",
        Consent.ACTIVE,
    )
    new = place.rows(clients, clients.c.number == "+15550109999")[0]
    assert (new.consent, new.rhythm, new.language) == (Consent.NONE, "weekly", "en")


async def test_staff_are_added_listed_given_a_password_and_closed(place: Place) -> None:
    ben = place.do(lambda c: people.add_staff(c, "ben@example.org", "Ben", Role.SUPERVISOR, "h", NOW))
    place.do(lambda c: people.set_password(c, "ben@example.org", "other"))
    place.do(lambda c: people.set_active(c, "ben@example.org", active=False))
    assert place.do(lambda c: c.scalar(select(staff.c.password_hash).where(staff.c.id == ben))) == "other"
    assert [(one.first_name, one.active) for one in place.do(people.all_staff)] == [("Ana", True), ("Ben", False)]
    with pytest.raises(IntegrityError):
        place.do(lambda c: people.add_staff(c, "ben@example.org", "Ben", Role.ETW, "h", NOW))
    for change in (
        lambda c: people.set_password(c, "nobody", "x"),
        lambda c: people.set_active(c, "nobody", active=True),
    ):
        with pytest.raises(NotFoundError):
            place.do(change)


async def test_an_error_s_text_holds_nothing_of_a_client(place: Place) -> None:
    with pytest.raises(IntegrityError) as raised:
        place.do(lambda c: c.execute(update(clients).values(number="+15550000000", first_name="Maria")))
    assert "+15550000000" not in str(raised.value).replace(str(raised.value.orig), "")
