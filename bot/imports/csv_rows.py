"""The rows of a CSV file: UTF-8, with commas, semicolons or tabs between the cells."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from bot.imports.limits import RawRow, refused
from bot.wording import _

SEPARATORS = ",;\t"
LONGEST_LINE = 1_000_000


def csv_rows(path: Path) -> Iterator[RawRow]:
    """Raises StartError, at the row at which it is found that this is no such file."""
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            separator = _separator(file.readline(LONGEST_LINE))
            file.seek(0)
            for number, cells in enumerate(csv.reader(file, delimiter=separator), start=1):
                yield number, [cell.strip() for cell in cells]
    except UnicodeDecodeError:
        remedy = _("in the spreadsheet, save it as 'CSV UTF-8' or as .xlsx")
        raise refused(path, "encoding", _("is not UTF-8"), remedy) from None
    except csv.Error:
        remedy = _("look for a quotation mark that is never closed, or save it as CSV again")
        raise refused(path, _("after row %(number)s", number=number), _("is not CSV"), remedy) from None


def _separator(first_line: str) -> str:
    """What stands most often in the line that names the columns; a comma if there is none."""
    return max(SEPARATORS, key=first_line.count)
