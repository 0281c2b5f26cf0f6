"""How much a table may hold, and how a file that cannot be read as a whole is told of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.errors import Problem, StartError
from bot.wording import _

LARGEST_FILE = 20_000_000
MOST_UNPACKED = 150_000_000
"""Bytes of a sheet, which is read as a stream."""

MOST_WORDS = 40_000_000
"""Bytes of all else in a spreadsheet: above all its list of words, which is kept in memory."""

MOST_ROWS = 100_000
MOST_COLUMNS = 64
LONGEST_CELL = 32_767
"""As long as a spreadsheet's own cells may be."""

RawRow = tuple[int, list[str]]
"""A row's number as a spreadsheet shows it, and the text of its cells."""


def refused(path: Path, where: str, what: str, remedy: str) -> StartError:
    """Nothing of what is in the file is repeated."""
    return StartError(_("%(path)s cannot be imported:", path=path), [Problem(where, what, remedy)])


def within(path: Path, rows: Iterator[RawRow]) -> Iterator[RawRow]:
    """The rows that hold something. Raises StartError at the first that is over a limit."""
    for count, (number, cells) in enumerate((row for row in rows if any(row[1])), start=0):
        if count > MOST_ROWS:  # the first names the columns
            raise refused(
                path, "rows", _("has more than %(most_rows)s rows", most_rows=f"{MOST_ROWS:,}"), _("split the file")
            )
        if len(cells) > MOST_COLUMNS:
            what = _("has more than %(most_columns)s columns", most_columns=MOST_COLUMNS)
            raise refused(path, f"row {number}", what, _("take out the columns that are not needed"))
        if any(len(cell) > LONGEST_CELL for cell in cells):
            what = _("has a cell of more than %(longest_cell)s characters", longest_cell=f"{LONGEST_CELL:,}")
            raise refused(path, f"row {number}", what, _("shorten the cell, or close its quotation marks"))
        yield number, cells
