"""The page that a worker keeps open."""

import html
import re
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, update

from records import visits as visit_reads
from records.roles import Role
from records.tables import clients, goals, staff, steps, visits
from tests.staff.life import have_a_calendar
from tests.staff.office import MONDAY, Browser, Office

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def list_of(page: str, heading: str) -> str:
    """What a reader reads under a heading."""
    found = re.search(rf'<section aria-labelledby="{heading}">(.*?)</section>', page, re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))) if found else ""


async def change(office: Office, client: str, **values: object) -> None:
    await office.write(lambda c: c.execute(update(clients).where(clients.c.id == client).values(**values)))


async def test_who_wrote_last_to_a_silent_milepost_is_owed_a_reply_the_longest_wait_first(
    office: Office, ana: Browser
) -> None:
    await change(office, office.joe, mode="human", last_heard_at=MONDAY - HOUR, person_wrote_at=MONDAY - DAY)
    await change(office, office.maria, mode="stopped", last_heard_at=MONDAY - 2 * HOUR)
    await change(office, office.pat, mode="human", last_heard_at=MONDAY - HOUR)
    owed = list_of(await ana.get("/staff"), "owed")
    assert owed.index("Maria") < owed.index("Joe")
    assert "Pat" not in owed
    await change(office, office.joe, person_wrote_at=MONDAY)
    await change(office, office.maria, mode="bot")
    assert "Nobody waits" in list_of(await ana.get("/staff"), "owed")


async def test_what_waits_for_a_person_is_there_by_its_due_time(busy: Office, ana: Browser) -> None:
    waiting = list_of(await ana.get("/staff"), "waiting")
    assert waiting.index("Asked for a person") < waiting.index("Two setbacks in a row")
    assert "late" in waiting


async def test_a_supervisor_sees_what_is_overdue(busy: Office, sue: Browser) -> None:
    waiting = list_of(await sue.get("/staff"), "waiting")
    assert "Joe: Asked for a person" in waiting
    assert "Two setbacks" not in waiting


async def test_who_has_said_nothing_for_a_week_is_quiet_unless_they_rest(office: Office, ana: Browser) -> None:
    await change(office, office.joe, last_heard_at=MONDAY - 7 * DAY)
    await change(office, office.maria, last_heard_at=MONDAY - 7 * DAY + HOUR)
    quiet = list_of(await ana.get("/staff"), "quiet")
    assert "Joe" in quiet
    assert "Maria" not in quiet
    await change(office, office.joe, resting_until=MONDAY + DAY)
    assert "Nobody. You hear from all" in list_of(await ana.get("/staff"), "quiet")


async def win(office: Office, **goal: object) -> None:
    def do(connection: Connection) -> None:
        done = {"status": "done", "reviewed_at": MONDAY - DAY}
        connection.execute(update(steps).where(steps.c.client_id == office.maria).values(**done))
        connection.execute(update(goals).where(goals.c.client_id == office.maria).values(shared=True, **goal))

    await office.write(do)


async def test_a_step_done_and_a_goal_reached_are_wins_until_the_worker_writes(busy: Office, ana: Browser) -> None:
    await win(busy, status="achieved", closed_at=MONDAY - HOUR)
    wins = list_of(await ana.get("/staff"), "wins")
    assert wins.index("Terminar mi GED") < wins.index("Llamar a la escuela de adultos")
    await change(busy, busy.maria, person_wrote_at=MONDAY)
    assert "None waiting for a word" in list_of(await ana.get("/staff"), "wins")


async def test_what_a_client_does_not_share_is_no_win_to_show(busy: Office, ana: Browser) -> None:
    await win(busy)
    await busy.write(lambda c: c.execute(update(goals).values(shared=False)))
    assert "None waiting for a word" in list_of(await ana.get("/staff"), "wins")


async def test_a_visit_that_is_over_asks_how_it_went_and_one_click_says_so(busy: Office, ana: Browser) -> None:
    def over(connection: Connection) -> None:
        mine = visits.c.client_id == busy.joe
        connection.execute(update(visits).where(mine, visits.c.number == 1).values(starts_at=MONDAY - DAY))

    await busy.write(partial(have_a_calendar, busy))
    await busy.write(over)
    page = await ana.get("/staff")
    assert "Joe" in list_of(page, "closing")
    await ana.post(f"/staff/clients/{busy.joe}/visits/1/close", what="attended")
    page = await ana.get("/staff")
    assert list_of(page, "closing") == ""
    one = partial(visit_reads.of_client, client_id=busy.joe)
    assert [v.visit.status for v in await busy.house.reader.run(one) if v.visit.number == 1] == ["attended"]


@pytest.mark.parametrize(
    ("role", "at", "says"),
    [
        (Role.ICW, "/staff/clients", "Your clients"),
        (Role.MANAGER, "/staff/measures", "All clients"),
        (Role.OBSERVER, "/staff", "sees no clients"),
    ],
)
async def test_who_answers_no_clients_is_led_to_what_is_theirs(
    office: Office, browser: Browser, role: Role, at: str, says: str
) -> None:
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.ben).values(role=role)))
    page = await browser.log_in("ben@county.example")
    assert browser.at == at
    assert says in page
