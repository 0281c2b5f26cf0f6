"""What goes out by itself waits while a worker has paused it; what cannot wait does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from conversations.events import VisitChanged
from conversations.visits import Visit, VisitEvent
from records.tables import clients, messages
from records.writer import Inbound
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import words
from tests.staff.test_scheduling import a_scheduled_text, due, of_workers

A_WEEK = {"until": "2026-03-09", "pause_why": "In hospital"}


async def texts(office: Office) -> list[str]:
    wanted = select(messages.c.body).where(messages.c.direction == "out").order_by(messages.c.id)
    return list(await office.house.reader.run(lambda c: c.execute(wanted).scalars().all()))


async def test_a_pause_holds_what_goes_by_itself_until_its_day_and_says_why(office: Office, ana: Browser) -> None:
    page = f"/staff/clients/{office.joe}"
    await a_scheduled_text(office, ana)
    seen = words(await ana.post(f"{page}/pause", **A_WEEK))
    assert "What goes out by itself waits until then." in seen
    assert "wait until Mon Mar 9, 12:00 am: Paused by a worker (In hospital)." in seen
    await due(office, days=3, hours=2)
    assert await texts(office) == []
    assert "waited: a worker paused what goes out by itself" in words(await ana.get(page))
    for _day in range(4):
        await due(office, days=1)
    assert [row.state for row in await of_workers(office)] == ["sent"]


async def test_a_pause_is_ended_on_the_clients_page(office: Office, ana: Browser) -> None:
    page = f"/staff/clients/{office.joe}"
    await ana.get(page)
    await ana.post(f"{page}/pause", **A_WEEK)
    seen = words(await ana.post(f"{page}/resume"))
    assert "What waited goes out again" in seen
    assert "Paused by a worker" not in seen
    row = await office.house.reader.run(lambda c: c.execute(select(clients).where(clients.c.id == office.joe)).one())
    assert row.held_until is None


async def test_visits_are_spoken_of_and_clients_are_answered_all_the_same(office: Office, ana: Browser) -> None:
    await ana.get(f"/staff/clients/{office.joe}")
    await ana.post(f"/staff/clients/{office.joe}/pause", **A_WEEK)
    visit = Visit(1, MONDAY + timedelta(days=2), "Ana", "our office")
    await office.house.writer.act(office.joe, VisitChanged(visit, VisitEvent.ENTERED), office.ana)
    await due(office, minutes=1)
    (about_visit,) = await texts(office)
    assert "Wed Mar 4" in about_visit
    await office.house.writer.take_text(Inbound("SM1", "+17075550101", "HELP"))
    assert len(await texts(office)) > 1
    row = await office.house.reader.run(lambda c: c.execute(select(clients).where(clients.c.id == office.joe)).one())
    assert row.held_because == "paused"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({**A_WEEK, "until": "soon"}, "until"),
        ({**A_WEEK, "until": "2026-03-02"}, "until"),
        ({**A_WEEK, "until": "2027-03-02"}, "until"),
        ({**A_WEEK, "pause_why": ""}, "pause_why"),
    ],
)
async def test_what_is_amiss_with_a_pause_is_said_beside_its_field(
    office: Office, ana: Browser, form: dict[str, str], field: str
) -> None:
    page = f"/staff/clients/{office.joe}"
    await ana.get(page)
    seen = await ana.post(f"{page}/pause", **form)
    assert ana.status == 422
    assert f'id="{field}-problem"' in seen
    assert "Paused by a worker" not in seen


async def test_a_shorter_pause_than_stands_is_told_of(office: Office, ana: Browser) -> None:
    page = f"/staff/clients/{office.joe}"
    await ana.get(page)
    await ana.post(f"{page}/pause", **A_WEEK)
    assert "They wait longer than that already." in await ana.post(f"{page}/pause", **{**A_WEEK, "until": "2026-03-05"})
