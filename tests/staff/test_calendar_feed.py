"""A calendar program sees a worker's visits without a log-in, and nothing by which a client is known."""

from __future__ import annotations

import re
from datetime import timedelta

from aiohttp import ClientSession
from sqlalchemy import update

from conversations.events import VisitChanged
from conversations.visits import Visit, VisitEvent
from records.tables import staff
from tests.staff.office import MONDAY, Browser, Office

NOT_FOUND = 404
OURS = "http://127.0.0.1:8080"
"""PUBLIC_URL of the tests' office."""


async def subscribed(office: Office, who: Browser) -> str:
    """The address, as this server knows it."""
    await who.get("/staff/visits")
    page = await who.post("/staff/visits/feed")
    found = re.search(rf'value="{OURS}(/calendar/[^"]+)"', page)
    assert found
    return office.url + found[1]


async def looked_at(address: str) -> tuple[int, str]:
    async with ClientSession() as anybody, anybody.get(address) as answer:
        return answer.status, await answer.text()


async def a_visit(office: Office) -> None:
    visit = Visit(1, MONDAY + timedelta(days=8), "Ana", "our office", leaves_at="after I drop the kids")
    await office.house.writer.act(office.joe, VisitChanged(visit, VisitEvent.ENTERED), office.ana)


async def test_the_address_shows_the_visits_and_no_more_of_a_client_than_the_initial(
    office: Office, ana: Browser
) -> None:
    await a_visit(office)
    status, file = await looked_at(await subscribed(office, ana))
    assert status == 200
    assert "SUMMARY:J\r\n" in file
    assert "DTSTART;TZID=America/Los_Angeles:20260310T110000" in file
    for secret in ("Joe", "drop the kids", "+1707"):
        assert secret not in file


async def test_an_address_that_was_ended_renewed_or_made_up_leads_nowhere(office: Office, ana: Browser) -> None:
    first = await subscribed(office, ana)
    second = await subscribed(office, ana)
    made_up = second.replace(second[-12:-4], "00000000")
    assert (await looked_at(first))[0] == (await looked_at(made_up))[0] == NOT_FOUND
    assert (await looked_at(second))[0] == 200
    await ana.post("/staff/visits/feed/end")
    assert (await looked_at(second))[0] == NOT_FOUND


async def test_whose_account_is_closed_has_no_calendar_any_more(office: Office, ana: Browser) -> None:
    address = await subscribed(office, ana)
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.ana).values(active=False)))
    assert (await looked_at(address))[0] == NOT_FOUND
