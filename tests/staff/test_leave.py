from __future__ import annotations

import re

from sqlalchemy import select

from records.tables import leaves
from tests.staff.office import Browser, Office
from tests.staff.test_client_pages import words

DAYS = {"first_day": "2026-03-09", "last_day": "2026-03-13"}


async def test_leave_is_entered_with_a_cover_and_removed(office: Office, ana: Browser) -> None:
    await ana.get("/staff/leave")
    for _click in range(2):
        page = words(await ana.post("/staff/leave", **DAYS, cover=office.ben))
        assert "Ana, Mon Mar 9 to Fri Mar 13 Ben answers" in page
    rows = await office.house.writer.run(lambda c: c.execute(select(leaves)).all())
    assert [(row.staff_id, row.cover_id) for row in rows] == [(office.ana, office.ben)]
    page = words(await ana.post(f"/staff/leave/{rows[0].id}/remove"))
    assert "The leave is removed." in page
    assert "Nobody has leave entered." in page


async def test_a_worker_enters_nobody_elses_leave(office: Office, ana: Browser) -> None:
    await ana.get("/staff/leave")
    await ana.post("/staff/leave", **DAYS, staff=office.ben)
    assert ana.status == 404
    assert await office.house.writer.run(lambda c: c.execute(select(leaves)).all()) == []


async def test_what_is_amiss_with_a_leave_is_said(office: Office, ana: Browser) -> None:
    await ana.get("/staff/leave")
    page = await ana.post("/staff/leave", first_day="soon", last_day="")
    assert (ana.status, page.count("Choose a day.")) == (422, 2)
    page = await ana.post("/staff/leave", first_day="2026-03-13", last_day="2026-03-09")
    assert "The last day is before the first." in page
    assert 'value="2026-03-13"' in page
    assert "Nobody can cover for themselves." in await ana.post("/staff/leave", **DAYS, cover=office.ana)
    await ana.post("/staff/leave", csrf="made up", **DAYS)
    assert ana.status == 403


async def test_only_supervisors_touch_anothers_leave(office: Office, sue: Browser) -> None:
    await sue.get("/staff/leave")
    page = await sue.post("/staff/leave", **DAYS, staff=office.ana)
    assert "Ana, Mon Mar 9 to Fri Mar 13 the team answers" in words(page)
    [remove] = re.findall(r"/staff/leave/[0-9a-f]{32}/remove", page)
    await sue.post("/staff/log-out")
    await sue.log_in("ben@county.example")
    page = await sue.get("/staff/leave")
    assert "Ana, Mon Mar 9" in words(page)
    assert remove not in page
    await sue.post(remove)
    assert sue.status == 404
    await sue.get("/staff")
    await sue.post("/staff/log-out")
    await sue.log_in("sue@county.example")
    await sue.get("/staff/leave")
    assert "The leave is removed." in await sue.post(remove)
