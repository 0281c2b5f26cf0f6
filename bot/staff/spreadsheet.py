"""Tables for people to open in a spreadsheet: CSV or XLSX, in which nothing that anybody wrote becomes a formula.

All downloads of tables go through `send_table`. What is sent never lies in memory as a whole.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
import tempfile
import unicodedata
from collections.abc import AsyncIterable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from typing import IO, TYPE_CHECKING

from aiohttp import web
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Cell = str | int | float | date | datetime | None
"""Moments are aware, in the zone in which they are to be read."""

Row = Sequence[Cell]

BEGINS_A_FORMULA = tuple("=+-@\N{MINUS SIGN}")
LINE_BREAKS = re.compile(r"\r\n|[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_767
LONGEST_SHEET = 1_048_576
PIECE = 256 * 1024


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def send_table(
    request: web.Request, form: Format, name: str, head: Sequence[str], pages: AsyncIterable[Iterable[Row]]
) -> web.StreamResponse:
    """A download called `name`, which is ours and never a client's. A page of rows is in memory at a time."""
    headers = {
        "Content-Type": TYPES[form],
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "Cache-Control": "no-store",
    }
    response = web.StreamResponse(headers=headers)
    with suppress(ConnectionResetError):  # whoever asked for it wants it no more
        if form is Format.CSV:
            await _send_csv(request, response, head, pages)
        else:
            await _send_xlsx(request, response, head, pages)
    return response


async def _send_csv(
    request: web.Request, response: web.StreamResponse, head: Sequence[str], pages: AsyncIterable[Iterable[Row]]
) -> None:
    await response.prepare(request)
    await response.write(csv_lines([head]).encode("utf-8-sig"))
    async for rows in pages:
        await response.write(csv_lines(rows).encode(errors="replace"))


async def _send_xlsx(
    request: web.Request, response: web.StreamResponse, head: Sequence[str], pages: AsyncIterable[Iterable[Row]]
) -> None:
    with tempfile.TemporaryFile() as file:
        await write_xlsx(file, head, pages)
        response.content_length = file.tell()
        file.seek(0)
        await response.prepare(request)
        while piece := await asyncio.to_thread(file.read, PIECE):
            await response.write(piece)


def csv_lines(rows: Iterable[Row]) -> str:
    """A line a row, times as ISO 8601. Every cell is quoted, and what stands behind a semicolon is looked at too.

    Where the comma is the decimal sign, a spreadsheet ends a cell at each semicolon, and quotes help the first alone.
    """
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


async def write_xlsx(file: IO[bytes], head: Sequence[str], pages: AsyncIterable[Iterable[Row]]) -> None:
    """Texts are texts; numbers, days and moments are such. What one sheet cannot hold goes on in the next."""
    book = _Book(head)
    try:
        async for rows in pages:
            await asyncio.to_thread(book.add, rows)
    finally:
        await asyncio.to_thread(book.save, file)  # also when it is broken off: else its own files stay behind


def looks_like_a_formula(text: str) -> bool:
    """To some spreadsheet of some country, whatever blank, invisible or full-width form it comes in."""
    if text[:1].isascii() and text[:1].isalnum():
        return False  # as most do
    seen = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign)[0] not in "CZ")
    return next(seen, "") in BEGINS_A_FORMULA


def _csv_cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, str):
        text = LINE_BREAKS.sub(" ", cell).replace("\0", "")
        return ";".join(f"'{part}" if looks_like_a_formula(part.lstrip('"')) else part for part in text.split(";"))
    return cell.isoformat() if isinstance(cell, date) else cell


class _Book:
    def __init__(self, head: Sequence[str]) -> None:
        self._book = Workbook(write_only=True)
        self._head = head
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._sheet: WriteOnlyWorksheet = self._book.create_sheet()
        self._sheet.freeze_panes = "A2"
        self._sheet.append([_text(self._sheet, name) for name in self._head])
        self._rows = 1

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self._rows == LONGEST_SHEET:
                self._begin_sheet()
            self._sheet.append([_xlsx_cell(self._sheet, cell) for cell in row])
            self._rows += 1

    def save(self, file: IO[bytes]) -> None:
        self._book.save(file)


def _xlsx_cell(sheet: WriteOnlyWorksheet, cell: Cell) -> object:
    if isinstance(cell, str):
        return _text(sheet, cell) if cell else None
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None, microsecond=0)  # a spreadsheet knows no zones
    return cell


def _text(sheet: WriteOnlyWorksheet, text: str) -> object:
    """A cell of text. What looks like a formula is marked, so that it stays a text when somebody edits it."""
    cell = WriteOnlyCell(sheet, NOT_IN_XML.sub("", text)[:LONGEST_CELL])
    cell.data_type = "s"
    if looks_like_a_formula(text):
        cell.quotePrefix = True
    return cell
