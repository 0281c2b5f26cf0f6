"""Whatever is in the records, whoever wrote it: on the pages it is words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from itertools import cycle

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from sqlalchemy import Column, Connection, Table, Text, and_, insert, select, update

from records.engagement import Kind, append, entry
from records.ids import new_id
from records.tables import clients, goals, messages, metadata, nudges, steps, visits
from tests.browser.at_the_desk import fill_in
from tests.browser.every_page import WHO_LOOKS, email_of, hire_all, pages_of
from tests.browser.payloads import PAYLOADS
from tests.staff.life import DAY, HOUR, have_a_calendar, live_a_little, nudge, text
from tests.staff.office import MONDAY, Office, open_office
from tests.staff.test_access import Records, put

READ_BY_MACHINES = {("staff", "password_hash"), ("steps", "when"), ("messages", "reason"), ("nudges", "reason")}
SHORT_BUT_WORDS = {
    ("clients", "first_name"),
    ("staff", "first_name"),
    ("teams", "name"),
    ("visits", "place"),
    ("visits", "bring"),
    ("engagement", "subject"),
}


def test_there_are_two_hundred() -> None:
    assert len(set(PAYLOADS)) >= 200


@pytest_asyncio.fixture(loop_scope="session")
async def full_of_scripts(migrated_sqlite_url: str) -> AsyncIterator[tuple[Office, Records]]:
    """Every word in the records is a script: each of them is a client's name, a text, a nudge, a place."""
    async with open_office(migrated_sqlite_url) as office:
        await office.write(partial(live_a_little, office))
        await office.write(partial(have_a_calendar, office))
        records = await office.house.writer.run(partial(one_of_each, office))
        await office.write(turn_words_into_scripts)
        yield office, records


def one_of_each(office: Office, connection: Connection) -> Records:
    """What an address can name, and so many names, texts, nudges, visits and log rows that each script is one."""
    records = put(connection, office.ana, 50)
    for nth in range(len(PAYLOADS)):
        row = {"id": new_id(MONDAY), "number": f"+1707777{nth:04}", "first_name": "", "language": "en"}
        more = {"zone": "America/Los_Angeles", "consent": "active", "worker_id": office.ana, "created_at": MONDAY}
        connection.execute(insert(clients).values({**row, **more}))
        said = text(records.client, "", MONDAY - HOUR, direction="in", author="client", state="received")
        connection.execute(insert(messages).values({**said, "number": row["number"]}))
        planned = nudge(records.client, "worker_nudge", MONDAY + 2 * DAY + nth * HOUR, words="", created_by=office.ana)
        connection.execute(insert(nudges).values(planned))
        visit = {"client_id": records.client, "number": nth + 10, "worker_id": office.ana, "starts_at": MONDAY + DAY}
        kept = {"place": "", "bring": "", "by_phone": False, "status": "planned", "leaves_at": "", "reason": ""}
        times = {"version": 1, "created_at": MONDAY, "changed_at": MONDAY}
        connection.execute(insert(visits).values({**visit, **kept, **times}))
        append(connection, [entry(Kind.TIMES_HELD, MONDAY, client_id=records.client, worker_id=office.ana)])
    add_a_goal(connection, records.client)
    hire_all(connection)
    return records


def add_a_goal(connection: Connection, client: str) -> None:
    """As Maria has one, with its step."""
    for table in (goals, steps):
        row = dict(connection.execute(select(table)).mappings().one())
        connection.execute(insert(table).values({**row, "client_id": client}))


def turn_words_into_scripts(connection: Connection) -> None:
    """Row by row the next script into each column of words; all that stands in such a column is one afterwards."""
    scripts = cycle(PAYLOADS)
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if holds_words(table, column)]
        key = list(table.primary_key.columns)
        for row in connection.execute(select(*key)).all() if columns else ():
            here = and_(*(column == value for column, value in zip(key, row, strict=True)))
            connection.execute(update(table).where(here).values({column.name: next(scripts) for column in columns}))


def holds_words(table: Table, column: Column[object]) -> bool:
    where = table.name, column.name
    return where in SHORT_BUT_WORDS or (type(column.type) is Text and where not in READ_BY_MACHINES)


@pytest.mark.timeout(180)
async def test_a_script_in_the_records_runs_on_no_page(
    full_of_scripts: tuple[Office, Records], browser: Browser
) -> None:
    """With the policy for scripts switched off: what the pages write must hold by itself."""
    office, records = full_of_scripts
    ran: list[str] = []
    read = ""
    for role in WHO_LOOKS:
        context = await browser.new_context(base_url=office.url, bypass_csp=True)
        page = await context.new_page()
        await page.expose_function("ran", partial(ran.append, role))
        await page.goto("/staff/log-in")
        await fill_in(page, email_of(role))
        for path in pages_of(role, records):
            read += await look_at(page, path)
        await context.close()
    assert ran == []
    assert [script for script in PAYLOADS if script not in read] == []


async def look_at(page: Page, path: str) -> str:
    """All that is written there, once what could run had the time to."""
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    written: str = await page.evaluate("document.documentElement.textContent")
    return written
