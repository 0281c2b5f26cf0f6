import csv
import io
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.measuring import MeasureRound
from records.engagement import Kind
from records.ids import new_id
from records.roles import Role
from records.tables import clients, consent_events, engagement, messages, staff, teams
from tests.staff.life import text
from tests.staff.office import MONDAY, Browser, Office

A_DAY = timedelta(days=1)


def join(connection: Connection, office: Office, worker: str, name: str, language: str, *, writes: bool) -> None:
    """A client since forty days before."""
    client = new_id(MONDAY)
    since = MONDAY - 40 * A_DAY
    row: dict[str, Any] = {"id": client, "number": f"+1707{client[-7:]}", "first_name": name, "language": language}
    row |= {"zone": "America/Los_Angeles", "consent": "active", "worker_id": worker, "created_at": since}
    connection.execute(insert(clients), [row | {"consented_at": since}])
    said: dict[str, Any] = {"id": new_id(since), "client_id": client, "at": since, "to": "active", "channel": "sms"}
    connection.execute(insert(consent_events), [said | {"language": language, "exact_text": "", "actor": "client"}])
    if writes:
        wrote = text(client, "all good here", MONDAY - 10 * A_DAY, direction="in", author="client", state="received")
        connection.execute(insert(messages), [wrote])


def fill(connection: Connection, office: Office) -> None:
    """Of thirty clients in English sixteen write, of three in Spanish all."""
    for nth in range(30):
        join(connection, office, office.ana, f"En{nth}", "en", writes=nth < 16)
    for nth in range(3):
        join(connection, office, office.ben, f"Es{nth}", "es", writes=True)


def number_beside(page: str, label: str) -> str:
    found = re.search(rf"<strong>([^<]+)</strong> {label}", page)
    assert found, page
    return found[1]


async def test_a_supervisor_sees_the_month_goals_first_and_what_is_not_recorded_is_said(
    office: Office, browser: Browser
) -> None:
    await office.write(lambda connection: fill(connection, office))
    await browser.log_in("sue@county.example")
    page = await browser.get("/staff/measures?month=2026-02")
    assert number_beside(page, "wrote at least once") == "58%"
    assert "19 of 33" in page
    assert page.index("Goal status") < page.index("Active engagement")
    assert page.count("not recorded yet") == 2
    assert "There are no numbers of that month." in await browser.get("/staff/measures?month=1999-01")
    assert "February 2026" in page


async def test_a_month_that_is_not_over_is_as_it_was_counted_last_until_the_next_night(
    office: Office, browser: Browser
) -> None:
    await office.write(lambda connection: fill(connection, office))
    house, plan = office.house, office.house.plan
    the_round = MeasureRound(house.reader, house.writer, plan.county, plan.languages, plan.clock)
    await the_round.take()
    await office.write(lambda c: c.execute(delete(messages)))
    await browser.log_in("sue@county.example")
    page = await browser.get("/staff/measures?month=2026-02")
    assert "19 of 33" in page
    assert "Counted <time" in page
    office.clock.at += A_DAY
    await the_round.take()
    await browser.log_in("sue@county.example")
    assert "0 of 33" in await browser.get("/staff/measures?month=2026-02")


async def test_a_small_group_is_hidden_and_with_it_the_one_that_would_give_it_away(
    office: Office, browser: Browser
) -> None:
    await office.write(lambda connection: fill(connection, office))
    await browser.log_in("sue@county.example")
    page = await browser.get("/staff/measures/M3?month=2026-02&by=language")
    compared = page.partition('id="compare"')[2]
    assert compared.count('data-label="Value">hidden<') == 2


async def test_a_worker_sees_their_own_and_nobody_elses(office: Office, browser: Browser) -> None:
    await office.write(lambda connection: fill(connection, office))
    await browser.log_in("ana@county.example")
    page = await browser.get("/staff/measures/M3?month=2026-02&by=language")
    assert "16 of 30" in page
    assert 'id="compare"' not in page


async def test_a_manager_begins_with_the_countys_numbers_and_sees_no_single_event(
    office: Office, browser: Browser
) -> None:
    await office.write(lambda connection: fill(connection, office))
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.sue).values(role=Role.MANAGER)))
    await browser.log_in("sue@county.example")
    page = await browser.get("/staff")
    assert browser.at == "/staff/measures"
    assert "All clients" in page


async def test_the_download_hides_more_and_is_logged(office: Office, browser: Browser) -> None:
    await office.write(lambda connection: fill(connection, office))
    await browser.log_in("sue@county.example")
    rows = list(csv.reader(io.StringIO((await browser.get("/staff/measures.csv?month=2026-02")).lstrip("\ufeff"))))
    assert rows[0][3:] == ["measure_id", "numerator", "denominator", "value", "hidden_flag", "definition_version"]
    active = next(row for row in rows if row[3] == "M3.engaged" and row[2] == "")
    assert active[4:8] == ["19", "33", str(19 / 33), "no"]
    in_touch = next(row for row in rows if row[3] == "M27.in_touch")
    assert in_touch[7] == "no"
    noted = select(engagement.c.subject).where(engagement.c.kind == Kind.MEASURES_EXPORTED)
    assert await office.house.reader.run(lambda connection: connection.scalars(noted).all()) == ["2026-02"]


async def test_a_team_does_not_give_away_the_few_who_are_in_none(office: Office, browser: Browser) -> None:
    """The county's numbers less the team's would be theirs, so the team's go along."""
    await office.write(lambda connection: fill(connection, office))
    await office.write(lambda connection: put_in_a_team(connection, office.ana))
    await browser.log_in("sue@county.example")
    rows = list(csv.reader(io.StringIO(await browser.get("/staff/measures.csv?month=2026-02"))))
    engaged = {row[2]: row[4:8] for row in rows if row[3] == "M3.engaged"}
    assert engaged[""] == ["19", "33", str(19 / 33), "no"]
    assert engaged["North"] == engaged["no team"] == ["", "", "", "yes"]


def put_in_a_team(connection: Connection, staff_id: str) -> None:
    north = new_id(MONDAY)
    connection.execute(insert(teams).values(id=north, name="North"))
    connection.execute(update(staff).where(staff.c.id == staff_id).values(team_id=north))


async def test_a_supervisors_morning_shows_how_the_team_fares_and_what_waits(busy: Office, browser: Browser) -> None:
    await busy.write(lambda connection: fill(connection, busy))
    await browser.log_in("sue@county.example")
    page = await browser.get("/staff/team")
    assert number_beside(page, "wrote at least once") == "58%"
    assert re.search(r"Overdue</a></dt><dd>1</dd>", page)
