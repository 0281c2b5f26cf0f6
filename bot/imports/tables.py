"""One way to read a table, whether it came as CSV or as a spreadsheet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.imports.columns import find_columns
from bot.imports.csv_rows import csv_rows
from bot.imports.limits import LARGEST_FILE, RawRow, refused, within
from bot.imports.xlsx_rows import xlsx_rows
from bot.wording import _

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""How .xls begins, and an .xlsx with a password."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """`number` is the row's as a spreadsheet shows it. `cells` are by field, "" where there is none."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read through once and found sound. `rows` is how many it has, below the names of the columns."""

    path: Path
    sha256: str
    rows: int
    unknown: tuple[str, ...]
    fields: Mapping[str, int]

    def __iter__(self) -> Iterator[TableRow]:
        """From the file, each time anew; one row after the other."""
        below = _raw(self.path)
        next(below, None)
        for number, cells in below:
            there = len(cells)
            yield TableRow(
                number, {field: cells[place] if place < there else "" for field, place in self.fields.items()}
            )


def open_table(path: Path, needed: Sequence[str], optional: Sequence[str]) -> Table:
    """Reads the whole file through. Raises StartError, with what to do, if it cannot be read or a column is missing."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise refused(path, "size", f"is over {LARGEST_FILE // 1_000_000} MB", _("split the file"))
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise refused(path, "file", _("cannot be read"), _("check its name and that you may read it")) from None
    rows = _raw(path)
    columns = find_columns(next(rows, (0, []))[1], [*needed, *optional])
    if missing := [field for field in needed if field not in columns.fields]:
        remedy = _(
            "the first row names the columns: %(needed)s; and, if you like, %(optional)s",
            needed=", ".join(needed),
            optional=", ".join(optional),
        )
        raise refused(path, "columns", f"{', '.join(missing)} missing", remedy)
    if columns.twice:
        what = _(
            "%(twice)s: more than one column has this name, or another word for it", twice=", ".join(columns.twice)
        )
        raise refused(path, "columns", what, _("take one of them out, or rename it"))
    return Table(path, sha256, sum(1 for _ in rows), columns.unknown, columns.fields)


def _raw(path: Path) -> Iterator[RawRow]:
    with path.open("rb") as file:
        begins = file.read(len(ZIP))
    if begins == OLD_OFFICE:
        raise refused(
            path, "format", _("is an old or an encrypted spreadsheet"), _("save it as .xlsx without a password")
        )
    return within(path, xlsx_rows(path) if begins == ZIP else csv_rows(path))
