"""An observer reads threads drawn at random, without whom they are of; each is logged, and the unsafe are left out."""

from __future__ import annotations

import pytest
import pytest_asyncio
from sqlalchemy import Connection, insert, select, update

from records.engagement import Kind
from records.ids import new_id
from records.tables import clients, engagement, messages, staff
from tests.staff.life import text
from tests.staff.office import HASHED, MONDAY, Browser, Office
from tests.staff.test_client_pages import words

SAID = ("Hola, soy Maria, 707-555-0101", "Mi hermana Joe me ayuda", "Voy a Oak St", "gracias Ana")


@pytest_asyncio.fixture
async def lee(office: Office, browser: Browser) -> Browser:
    """The observer, logged in, in an office where Maria has talked."""

    def talk(connection: Connection) -> None:
        row = {"id": new_id(MONDAY), "email": "lee@county.example", "first_name": "Lee", "role": "observer"}
        connection.execute(insert(staff).values(row | {"password_hash": HASHED, "active": True, "created_at": MONDAY}))
        for said in SAID:
            row = text(office.maria, said, MONDAY, direction="in", author="client", state="received", language="es")
            connection.execute(insert(messages).values(row))
        answer = text(office.maria, "Hola Maria, soy Ana.", MONDAY, author=office.ana)
        connection.execute(insert(messages).values(answer))
        connection.execute(update(messages).values(number="+17075550101"))

    await office.write(talk)
    await browser.log_in("lee@county.example")
    return browser


async def test_an_observer_reads_what_was_said_and_not_by_whom(office: Office, lee: Browser) -> None:
    assert "Hola" not in await lee.get("/staff/samples")
    page = words(await lee.post("/staff/samples"))
    assert "Hola, soy [name], [number]" in page
    assert "Mi hermana [name] me ayuda" in page
    assert "gracias [name]" in page
    assert "Hola [name], soy [name]." in page
    assert not any(told in page for told in ("Maria", "Ana", office.maria, "Mar 2"))
    row = engagement.c
    looks = select(row.client_id, row.actor != "client").where(row.kind == Kind.THREAD_SAMPLED)
    assert await office.house.reader.run(lambda c: [tuple(one) for one in c.execute(looks)]) == [(office.maria, True)]


@pytest.mark.parametrize("value", [{"mode": "silent"}, {"mode": "stopped"}, {"consent": "revoked"}])
async def test_nobody_is_drawn_who_is_not_safe_or_has_left(office: Office, lee: Browser, value: dict[str, str]) -> None:
    await office.write(lambda c: c.execute(update(clients).where(clients.c.id == office.maria).values(**value)))
    await lee.get("/staff/samples")
    assert "Too few have talked with us" in await lee.post("/staff/samples")
