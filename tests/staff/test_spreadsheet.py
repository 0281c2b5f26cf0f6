from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from openpyxl import load_workbook

from bot.staff import spreadsheet
from bot.staff.spreadsheet import Row, csv_lines, looks_like_a_formula, write_xlsx
from tests.staff.hostile_cells import FORMULAS, HOSTILE

PACIFIC_TIME = timezone(timedelta(hours=-8))
AT = datetime(2026, 3, 1, 10, 0, 0, 999, tzinfo=PACIFIC_TIME)


def xlsx(head: list[str], rows: Iterable[Row]) -> io.BytesIO:
    async def pages() -> AsyncIterator[Iterable[Row]]:
        for row in rows:
            yield [row]

    file = io.BytesIO()
    asyncio.run(write_xlsx(file, head, pages()))
    return file


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_hostile_cell_is_a_formula_in_a_csv_whatever_ends_cells_there(separator: str) -> None:
    assert len(HOSTILE) >= 60
    lines = csv_lines([[words, "beside", words] for words in HOSTILE])
    assert lines.count("\r\n") == len(HOSTILE) == len(lines.splitlines())
    read = list(csv.reader(io.StringIO(lines), delimiter=separator))
    assert not [cell for row in read for cell in row if looks_like_a_formula(cell)]
    if separator == ",":
        assert {len(row) for row in read} == {3}
        assert {row[1] for row in read} == {"beside"}


def test_no_hostile_cell_is_a_formula_in_an_xlsx() -> None:
    file = xlsx(list(HOSTILE), [[words] for words in HOSTILE])
    cells = [cell for row in load_workbook(file).worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert len(cells) >= 2 * len(HOSTILE)
    assert all(cell.quotePrefix for cell in cells if looks_like_a_formula(str(cell.value)))
    sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")
    assert b"<f" not in sheet.replace(b"<formula", b"")


def test_every_sign_that_begins_a_formula_is_known_and_words_are_left_as_they_are() -> None:
    assert [words for words in FORMULAS if not looks_like_a_formula(words)] == []
    plain = ["María's goal", "2 + 2 = 4", "a=b", "#1", "1-2-3", "'", "", "\U0001f389 =)"]
    assert list(csv.reader(io.StringIO(csv_lines([plain])))) == [plain]


def test_numbers_days_and_moments_are_such() -> None:
    row: Row = [2, -2.5, date(2026, 3, 1), AT, None, "words"]
    assert csv_lines([row]) == '"2","-2.5","2026-03-01","2026-03-01T10:00:00-08:00","","words"\r\n'
    [read] = load_workbook(xlsx(["h"] * 6, [row])).worksheets[0].iter_rows(min_row=2, values_only=True)
    at = datetime(2026, 3, 1, 10, 0, tzinfo=UTC).replace(tzinfo=None)
    assert read == (2, -2.5, datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None), at, None, "words")


def test_what_one_sheet_cannot_hold_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "LONGEST_SHEET", 3)
    book = load_workbook(xlsx(["nth"], [[nth] for nth in range(5)]))
    sheets = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    assert sheets == [["nth", 0, 1], ["nth", 2, 3], ["nth", 4]]
