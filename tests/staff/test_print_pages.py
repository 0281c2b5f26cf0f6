from __future__ import annotations

import re
import zlib
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.staff.paper import print_pages
from bot.staff.paper.pdf import BOX, Paper
from records import staff_reads
from records.tables import engagement, goals, messages
from tests.staff.life import NASTY, text
from tests.staff.office import MONDAY, Browser, Office

OPENINGS = ("<script>{}</script>", "javascript:{}", "<img src=x onerror={}>", "{{{{{}}}}}", "({}) Tj ET (", "=CMD({})")
HOSTILE = [
    *(opening.format(f"alert({nth})") for nth in range(22) for opening in OPENINGS),
    *(f"a{chr(code)}b" for code in (*range(1, 32), *range(0x7F, 0xA0))),
    *("\u202egnp.exe", "\u2028a new line", "\ufeff", "\\) Tj (", "endstream endobj", "%PDF-1.7", "\U0001f600"),
    *("مرحبا بالعالم", "中文", "Tiếng Việt", "Привет", "ภาษาไทย", "é" * 3000, "x" * 5000),
]
"""Two hundred values and more, of which each must stay what it is."""


async def fetch(browser: Browser, path: str, **form: str) -> tuple[int, str, bytes]:
    data = {"csrf": browser.csrf, **form}
    async with browser.http.post(browser.url + path, data=data, headers={"Accept": "text/html"}) as answer:
        return answer.status, answer.headers.get("Content-Disposition", ""), await answer.read()


async def test_a_thread_is_printed_for_the_case_file_with_a_reason_that_is_logged(busy: Office, ana: Browser) -> None:
    maria = f"/staff/clients/{busy.maria}/transcript"
    await ana.get(maria)
    page = await ana.post(maria, form="pdf", why="", case_number="C-77", since="2026-03-02", until="2026-03-01")
    assert ana.status == 422
    for kept in ("Say in a few words what it is for.", "C-77", "2026-03-01", "The last day is before the first."):
        assert kept in page
    asked = {"why": "fair hearing", "case_number": "C-77"}
    status, disposition, body = await fetch(ana, maria, **asked, form="text")
    said = body.decode()
    assert (status, disposition) == (200, 'attachment; filename="texts.txt"')
    assert "Case number: C-77" in said
    assert "Maria · Tue Feb 24, 11:00 am 2026 (2026-02-24 19:00:00 UTC) · Spanish\n| terminar mi GED\n" in said
    assert "did not arrive: the phone is off or out of reach" in said
    assert f"| {NASTY}" in said
    assert "Printed by Ana" in said
    status, disposition, body = await fetch(ana, maria, **asked, form="pdf")
    assert (status, disposition, body[:5]) == (200, 'attachment; filename="texts.pdf"', b"%PDF-")
    rows = await busy.house.writer.run(lambda c: c.execute(select(engagement)).all())
    printed = [(row.actor, row.subject, row.reason) for row in rows if row.kind == "transcript_printed"]
    assert printed == [(busy.ana, "text", "fair hearing"), (busy.ana, "pdf", "fair hearing")]
    assert "C-77" not in str(rows)


async def test_a_span_of_days_is_the_clients_and_a_long_thread_goes_out_as_text(
    busy: Office, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_reads, "LATEST", 2)
    monkeypatch.setattr(print_pages, "MOST_IN_A_PDF", 3)
    maria = f"/staff/clients/{busy.maria}/transcript"
    await ana.get(maria)
    _status, _name, body = await fetch(ana, maria, why="x", form="text", since="2026-02-25", until="2026-02-28")
    assert body.decode().count("\n| ") == 2
    _status, _name, body = await fetch(ana, maria, why="x", form="text")
    assert body.decode().count("\n| ") == 6
    assert "More than 3 texts" in await ana.post(maria, why="x", form="pdf")
    assert ana.status == 422


async def test_hostile_texts_print_as_what_they_are(
    busy: Office, ana: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(HOSTILE) >= 200
    yesterday = MONDAY - timedelta(days=1)
    rows = [text(busy.maria, words, yesterday, direction="in", author="client") for words in HOSTILE]
    await busy.write(lambda c: c.execute(insert(messages), rows))
    maria = f"/staff/clients/{busy.maria}/transcript"
    await ana.get(maria)
    status, _name, body = await fetch(ana, maria, why="x", form="pdf", case_number=HOSTILE[0])
    assert status == 200
    for action in (b"/JavaScript", b"/JS ", b"/OpenAction <<", b"/Launch", b"/URI", b"/AA "):
        assert action not in body
    drawn = b"".join(streams(body))
    assert b"alert" not in drawn
    _status, _name, body = await fetch(ana, maria, why="x", form="text")
    said = body.decode()
    assert all(line.isprintable() or "\t" in line for line in said.split("\n"))
    assert "中文" in said
    assert "中文" not in caplog.text


def streams(pdf: bytes) -> list[bytes]:
    """What is packed in a PDF: words are drawn by their letters' numbers in the font, and are no longer words."""
    found = []
    for packed in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return found


def test_a_sign_that_the_font_has_not_got_is_a_box_and_is_told_of() -> None:
    paper = Paper("x", "y")
    assert (paper.shown("Tiếng Việt, Привет, مرحبا"), paper.lacks) == ("Tiếng Việt, Привет, مرحبا", False)
    assert (paper.shown("中\x07\u202ea"), paper.lacks) == (f"{BOX * 3}a", True)
    assert paper.done()


async def test_the_plan_goes_on_paper_in_the_clients_language(busy: Office, ana: Browser) -> None:
    maria = f"/staff/clients/{busy.maria}/goal-sheet"
    assert "in Spanish" in await ana.get(maria)
    for size in ("sheet", "pocket"):
        status, disposition, body = await fetch(ana, maria, size=size, case_number="C-77")
        assert (status, disposition, body[:5]) == (200, 'attachment; filename="my-goal-plan.pdf"', b"%PDF-")
        assert body.count(b"/Type /Page\n") == 1
    rows = await busy.house.writer.run(lambda c: c.execute(select(engagement)).all())
    assert "C-77" not in str(rows)
    await busy.write(lambda c: c.execute(update(goals).values(status="released")))
    assert "nothing to print" in await ana.post(maria, size="sheet")
