from __future__ import annotations

import re

from sqlalchemy import select, update

from records.ids import new_id
from records.tables import clients
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import words


async def test_two_records_of_one_person_are_found_compared_made_one_and_parted_again(
    busy: Office, sue: Browser
) -> None:
    assert "No two clients look like one person." in await sue.get("/staff/duplicates")
    await busy.write(lambda c: c.execute(update(clients).where(clients.c.id == busy.joe).values(first_name="maria")))
    page = await sue.get("/staff/duplicates")
    assert "similar number" in page
    [pair] = re.findall(r'href="(/staff/duplicates/pair[^"]+)"', page)
    page = await sue.get(pair.replace("&amp;", "&"))
    assert "Are these one person?" in page
    assert "Terminar mi GED" in page
    asked = {"token": new_id(MONDAY), "kept": busy.maria, "gone": busy.joe, "number": "gone", "language": "kept"}
    await sue.post("/staff/duplicates", **asked)
    page = words(await sue.post("/staff/duplicates", **asked))
    assert "They are one now." in page
    await sue.get(f"/staff/clients/{busy.joe}")
    assert sue.at == f"/staff/clients/{busy.maria}"
    page = words(await sue.get(f"/staff/clients/{busy.maria}"))
    assert "Asked for a person" in page
    assert sue.status == 200
    [undo] = re.findall(r"/staff/duplicates/[0-9a-f]{32}/undo", await sue.get("/staff/duplicates"))
    assert "They are two again." in await sue.post(undo)
    numbers = await busy.house.writer.run(lambda c: c.execute(select(clients.c.number)).scalars().all())
    assert sorted(numbers) == ["+17075550100", "+17075550101", "+17075550102"]
    assert "it stays as it is" in await sue.post(undo)
    await sue.get("/staff/duplicates/pair?one=<script>&other=")
    assert sue.at == "/staff/duplicates"


async def test_two_who_look_like_one_are_said_to_be_two_people_and_not_listed_again(busy: Office, sue: Browser) -> None:
    await busy.write(lambda c: c.execute(update(clients).where(clients.c.id == busy.joe).values(first_name="maria")))
    two = {"kept": busy.maria, "gone": busy.joe}
    await sue.get("/staff/duplicates")
    await sue.post("/staff/duplicates/two", **two)
    page = await sue.post("/staff/duplicates/two", **two)
    assert "they are two people" in page
    assert "Compare" not in page
    page = await sue.post("/staff/duplicates/one", kept=busy.joe, gone=busy.maria)
    assert "Compare" in page
    await sue.post("/staff/duplicates/two", kept=busy.joe, gone="0" * 32)
    assert sue.status == 404
