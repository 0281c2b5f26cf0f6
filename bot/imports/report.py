"""What became of each row, as a CSV file. It repeats no cell of the list, so nothing in it can be run."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bot.errors import Problem, StartError
from bot.imports.importing import JudgedRow, Tell

HEAD = ("row", "verdict", "reasons")
EARLIER = "done before"


@contextmanager
def report_to(path: Path | None) -> Iterator[Tell]:
    """Hears of each chunk. Without a path nothing is written. Raises StartError if the file cannot be written."""
    if path is None:
        yield lambda _done, _rows: None
        return
    with _opened(path) as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        yield lambda _done, rows: writer.writerows(_lines(rows))


def _opened(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8-sig", newline="")
    except OSError:
        remedy = "check that the folder is there"
        raise StartError("The report:", [Problem(str(path), "cannot be written", remedy)]) from None


def _lines(rows: Sequence[JudgedRow]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        if row.judged is None:
            yield row.number, EARLIER, ""
        else:
            yield row.number, row.judged.verdict.value, "; ".join(row.judged.reasons)
