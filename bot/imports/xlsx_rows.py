"""The rows of a spreadsheet's first visible sheet (.xlsx), one after the other.

openpyxl reads; here is what it does not do: what a file claims to hold is looked up before any of it is unpacked.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO

from openpyxl import load_workbook

from bot.imports.limits import MOST_COLUMNS, MOST_UNPACKED, MOST_WORDS, RawRow, refused
from bot.wording import _

LAST_ROW = 1_048_576
"""Of any sheet."""

MIDNIGHT, HALF_A_SECOND = time(0), 500_000
EXACT = 1e15
"""Up to here a number that a spreadsheet stores has all its digits."""

BROKEN = (
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    SyntaxError,  # how XML that is not well formed is told of
    TypeError,
    ValueError,  # a declared entity is told of as one
    zipfile.BadZipFile,
    zlib.error,
)
"""What openpyxl raises for what is no sound spreadsheet."""

warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")  # some repeat a cell's value


def xlsx_rows(path: Path) -> Iterator[RawRow]:
    """Raises StartError for what is no spreadsheet, or unpacks to more than may be."""
    try:
        with path.open("rb") as file:
            _check_sizes(path, file)
            yield from _rows(path, file)
    except BROKEN:
        remedy = _("open it in the spreadsheet and save it as .xlsx once more, or as 'CSV UTF-8'")
        raise refused(path, "format", _("is no sound .xlsx file"), remedy) from None
    except RuntimeError:  # how zipfile says that a member is encrypted
        raise refused(path, "format", _("is encrypted"), _("save it without a password")) from None


def _check_sizes(path: Path, file: IO[bytes]) -> None:
    """A sheet is read as a stream, all else is kept in memory. zipfile unpacks not one byte more than is claimed."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    beside = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    if beside > MOST_WORDS:
        raise refused(
            path, "size", _("holds more than %(most)s MB of text", most=MOST_WORDS // 1_000_000), _("split the file")
        )
    if any(part.file_size > MOST_UNPACKED for part in parts):
        raise refused(
            path, "size", _("unpacks to more than %(most)s MB", most=MOST_UNPACKED // 1_000_000), _("split the file")
        )


def _rows(path: Path, file: IO[bytes]) -> Iterator[RawRow]:
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()  # it may claim more than it has
        for number, cells in enumerate(sheet.iter_rows(max_row=LAST_ROW + 1, values_only=True), start=1):
            if number > LAST_ROW:
                raise ValueError
            if len(cells) > MOST_COLUMNS:
                what = _("has more than %(most_columns)s columns", most_columns=MOST_COLUMNS)
                raise refused(path, f"row {number}", what, _("take out the columns that are not needed"))
            yield number, [_shown(cell) for cell in cells]
    except StopIteration:
        raise ValueError from None
    finally:
        book.close()


def _shown(value: object) -> str:
    """What a spreadsheet made of a number, a day or an hour is undone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    if isinstance(value, datetime):
        at = _to_the_second(value)
        return f"{at:%Y-%m-%d}" if at.time() == MIDNIGHT else f"{at:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, time):
        value = f"{_to_the_second(datetime.combine(date.min, value)):%H:%M:%S}"
    return str(value).strip()


def _to_the_second(at: datetime) -> datetime:
    """A spreadsheet keeps an hour as a share of a day, and so not to the second."""
    return (at + timedelta(seconds=at.microsecond >= HALF_A_SECOND)).replace(microsecond=0)
