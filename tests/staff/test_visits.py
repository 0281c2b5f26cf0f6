from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from records.tables import free_times, messages, visits
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import words
from tests.staff.test_scheduling import token

WHEN = {"date": "2026-03-12", "time": "10:30", "place": "our office", "bring": "your ID"}
NEXT_DAY = {**WHEN, "date": "2026-03-13"}


async def all_visits(office: Office) -> list[tuple[object, ...]]:
    wanted = select(visits.c.number, visits.c.status, visits.c.starts_at, visits.c.place).order_by(visits.c.number)
    rows = await office.house.writer.run(lambda c: c.execute(wanted).all())
    return [tuple(row) for row in rows]


async def a_visit(office: Office, who: Browser, **form: str) -> str:
    new = f"/staff/clients/{office.joe}/visits/new"
    await who.post(new, **{**WHEN, "token": token(await who.get(new)), **form})
    return f"/staff/clients/{office.joe}/visits/1"


async def test_a_visit_is_entered_once_and_is_on_the_clients_and_the_workers_page(office: Office, ana: Browser) -> None:
    new = f"/staff/clients/{office.joe}/visits/new"
    form = {**WHEN, "token": token(await ana.get(new))}
    await ana.post(new, **form)
    page = words(await ana.post(new, **form))
    assert "The visit is entered." in page
    assert "Thu Mar 12, 10:30 am not confirmed yet our office \u00b7 brings your ID" in page
    assert await all_visits(office) == [(1, "planned", MONDAY + timedelta(days=9, hours=23.5), "our office")]
    assert "Question about the visit" in page
    assert "Thu Mar 12, 10:30 am Joe" in words(await ana.get("/staff/visits"))


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"date": "2026-03-01"}, "That moment is over."),
        ({"date": "2027-06-01"}, "Choose a day within a year."),
        ({"date": "soon"}, "Choose a day."),
        ({"time": ""}, "Choose a time."),
        ({"place": " "}, "Say where, as the client knows it."),
        ({"place": "x" * 21}, "this has 21"),
        ({"bring": "x" * 30}, "this has 30"),
        ({"time": "19:00"}, "The office is closed then."),
        ({"date": "2026-03-14"}, "The office is closed then."),
    ],
)
async def test_what_is_amiss_with_a_visit_is_said_and_nothing_is_kept(
    office: Office, ana: Browser, form: dict[str, str], problem: str
) -> None:
    new = f"/staff/clients/{office.joe}/visits/new"
    page = await ana.post(new, **{**WHEN, "token": token(await ana.get(new)), **form})
    assert ana.status == 422
    assert problem in page
    assert not await all_visits(office)


async def test_odd_hours_are_taken_when_they_are_meant(office: Office, ana: Browser) -> None:
    await a_visit(office, ana, time="19:00", anyway="yes", place="", by_phone="yes")
    assert len(await all_visits(office)) == 1
    assert "by phone" in words(await ana.get("/staff/visits"))


async def test_a_visit_moves_and_the_client_is_told_but_a_new_place_is_not_news(office: Office, ana: Browser) -> None:
    one = await a_visit(office, ana)
    await ana.get(one)
    await ana.post(one, **{**WHEN, "place": "the library"})
    told = select(messages.c.body).where(messages.c.client_id == office.joe)
    assert not await office.house.writer.run(lambda c: c.execute(told).all())
    await ana.post(one, **{**WHEN, "time": "23:00"})
    assert ana.status == 422
    page = words(await ana.post(one, **{**NEXT_DAY, "place": "the library"}))
    assert "The visit is moved." in page
    assert await all_visits(office) == [(1, "planned", MONDAY + timedelta(days=10, hours=23.5), "the library")]
    [body] = await office.house.writer.run(lambda c: c.execute(told).scalars().all())
    assert "Fri Mar 13" in body


async def test_how_a_visit_went_is_said_when_it_began_and_a_slip_is_put_right(office: Office, ana: Browser) -> None:
    one = await a_visit(office, ana)
    assert "They came" not in await ana.get(one)
    page = words(await ana.post(f"{one}/close", what="attended"))
    assert "That does not fit this visit" in page
    await ana.post(f"{one}/close", what="danced")
    assert ana.status == 400
    office.clock.forward(timedelta(days=10))
    await ana.get(one)
    page = words(await ana.post(f"{one}/close", what="missed"))
    assert "Mar 12, 10:30 am missed" in page
    assert "Missed a visit" in page
    await ana.post(f"{one}/close", what="attended")
    assert (await all_visits(office))[0][1] == "attended"
    page = words(await ana.post(f"{one}/close", what="ended_by_office"))
    assert "That does not fit this visit" in page
    assert "That visit is over" in await ana.post(one, **NEXT_DAY)


async def test_the_office_calls_a_visit_off(office: Office, ana: Browser) -> None:
    one = await a_visit(office, ana)
    page = words(await ana.post(f"{one}/close", what="ended_by_office"))
    assert "called off by the office" in page


async def test_visits_are_downloaded_as_files_for_a_calendar(office: Office, ana: Browser) -> None:
    one = await a_visit(office, ana)
    for path in (f"{one}/visit.ics", "/staff/visits.ics"):
        async with ana.http.get(office.url + path) as answer:
            body = await answer.text()
            assert answer.content_type == "text/calendar"
            assert ".ics" in answer.headers["Content-Disposition"]
        assert body.count("BEGIN:VEVENT") == 1
        assert "DTSTART;TZID=America/Los_Angeles:20260312T103000" in body
        assert "SUMMARY:Joe" in body
    await ana.post("/staff/log-out")
    await ana.get("/staff/visits.ics")
    assert ana.at.startswith("/staff/log-in")


async def test_free_times_are_offered_together_and_withdrawn_unless_they_are_held(office: Office, ana: Browser) -> None:
    await ana.get("/staff/visits")
    for times, problem in (("", "Write up to 20 times"), ("9:00 noon", "Write up to 20"), ("9:00 20:00", "closed")):
        page = await ana.post("/staff/times", date="2026-03-10", times=times)
        assert (ana.status, problem in page) == (422, True)
    assert "still to come" in await ana.post("/staff/times", date="2026-03-02", times="9:00")
    for _click in range(2):
        page = words(await ana.post("/staff/times", date="2026-03-10", times="9:00, 9:30 14:00"))
        assert "The times are offered." in page
        assert "Tue Mar 10 9:00 am Withdraw" in page
    rows = await office.house.writer.run(lambda c: c.execute(select(free_times).order_by(free_times.c.starts_at)).all())
    assert len(rows) == 3
    held = {"held_for": office.joe, "held_until": MONDAY + timedelta(minutes=30)}
    await office.write(lambda c: c.execute(update(free_times).where(free_times.c.id == rows[0].id).values(**held)))
    page = words(await ana.post(f"/staff/times/{rows[0].id}/withdraw"))
    assert "A client holds that time or has it, so it stays." in page
    assert "9:00 am held for Joe" in page
    page = words(await ana.post(f"/staff/times/{rows[1].id}/withdraw"))
    assert "The time is not offered any more." in page
    assert "9:30" not in page.partition("Offer times")[0]
    await ana.post("/staff/log-out")
    await ana.log_in("ben@county.example")
    await ana.get("/staff/visits")
    await ana.post(f"/staff/times/{rows[2].id}/withdraw")
    assert ana.status == 404
    await ana.get(f"/staff/visits?worker={office.ana}")
    assert "2:00 pm" not in await ana.get(f"/staff/visits?worker={office.ana}")


async def test_a_supervisor_keeps_anybodys_calendar(office: Office, sue: Browser) -> None:
    whose = f"?worker={office.ben}"
    await sue.get(f"/staff/visits{whose}")
    page = words(await sue.post(f"/staff/times{whose}", date="2026-03-10", times="9:00"))
    assert "9:00 am Withdraw" in page
    row = await office.house.writer.run(lambda c: c.execute(select(free_times)).one())
    assert row.worker_id == office.ben
    page = words(await sue.post(f"/staff/times/{row.id}/withdraw{whose}"))
    assert "No free times are offered." in page
    await sue.get("/staff/visits?worker=nobody")
    assert sue.status == 404
