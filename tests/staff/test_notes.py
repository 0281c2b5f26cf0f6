from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select, update

from records.ids import new_id
from records.roles import Role
from records.tables import engagement, notes, staff
from tests.staff.life import NASTY
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import words


async def test_a_note_is_kept_once_and_its_words_are_in_no_log(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    await ana.get(joe)
    said = {"token": new_id(MONDAY), "kind": "call", "date": "2026-02-27", "words": NASTY}
    await ana.post(f"{joe}/notes", **said)
    page = await ana.post(f"{joe}/notes", **said)
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") == 1
    assert "Talked by phone, Fri Feb 27, 12:00 pm \u00b7 Ana" in words(page)
    rows = await office.house.writer.run(lambda c: c.execute(select(engagement)).all())
    assert [row.subject for row in rows if row.kind == "note_added"] == ["call"]
    assert not any("alert(1)" in str(row) for row in rows)


async def test_a_note_that_is_not_right_is_given_back_as_it_was_typed(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    await ana.get(joe)
    bad = {"token": new_id(MONDAY), "kind": "visit", "date": "2026-03-03", "words": "met at the library"}
    page = await ana.post(f"{joe}/notes", **bad)
    assert ana.status == 422
    assert "Choose a day that is not ahead." in page
    assert "met at the library" in page
    assert "Write something first." in await ana.post(f"{joe}/notes", **{**bad, "words": " "})
    assert "4000 characters" in await ana.post(f"{joe}/notes", **{**bad, "words": "x" * 4001})


async def test_a_note_is_mended_by_its_author_for_a_day_and_only_added_to_later(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    await ana.get(joe)
    page = await ana.post(f"{joe}/notes", token=new_id(MONDAY), kind="note", date="2026-03-02", words="moved to Oak St")
    [note] = re.findall(r"/staff/notes/[0-9a-f]{32}", page)
    assert "moved to Elm St" in await ana.post(note, words="moved to Elm St")
    office.clock.forward(timedelta(days=1))
    assert "<h2>Change it</h2>" not in await ana.get(note)
    page = await ana.post(note, words="never moved")
    assert ana.status == 422
    assert "This note is a record now" in page
    page = words(await ana.post(f"{note}/add", token=new_id(MONDAY), more="and back again"))
    assert page.index("moved to Elm St") < page.index("Added Tue Mar 3, 10:00 am") < page.index("and back again")
    rows = await office.house.writer.run(
        lambda c: c.execute(select(notes.c.words).order_by(notes.c.id)).scalars().all()
    )
    assert rows == ["moved to Elm St", "and back again"]


async def test_who_may_not_read_texts_sees_no_notes(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    await ana.get(joe)
    await ana.post(f"{joe}/notes", token=new_id(MONDAY), kind="note", date="2026-03-02", words="a private matter")
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.ana).values(role=Role.ICW)))
    page = await ana.get(joe)
    assert ana.status == 200
    assert "a private matter" not in page
    assert "Notes</h2>" not in page
