"""The rows of a spreadsheet's first sheet (.xlsx, ISO/IEC 29500), read as a stream.

A library would lay out every cell that a sheet claims to have, and a file of 2 kB can claim seventeen thousand million:
here memory holds the list of words and one row. What a number was meant as, a day or an hour, its style says. Of a
formula the value counts that was stored with it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from xml.parsers import expat

from bot.imports.limits import LONGEST_CELL, MOST_COLUMNS, MOST_UNPACKED, MOST_WORDS, RawRow, refused

PIECE = 65_536
SHORTEST_DATE_SERIAL = 1.0
"""Below it a number is an hour of no day."""

EPOCH, EPOCH_1904 = datetime(1899, 12, 30, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC)
LAST_SERIAL = 2_958_466
"""The first day after the year 9999."""

SECONDS_A_DAY = 86_400
DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""The numbers of formats that every spreadsheet knows, and that show a day or an hour."""

NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""In a format's code: words, colours, languages."""

SHOWS_TIME = re.compile(r"[dmyhs]", re.IGNORECASE)
A = ord("A") - 1
LETTERS = 26


class _BrokenError(Exception):
    """The file is no sound spreadsheet."""


def xlsx_rows(path: Path) -> Iterator[RawRow]:
    """Raises StartError for what is no spreadsheet, or unpacks to more than may be."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _rows(path, archive)
    except (_BrokenError, zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, EOFError, NotImplementedError):
        remedy = "open it in the spreadsheet and save it as .xlsx once more, or as 'CSV UTF-8'"
        raise refused(path, "format", "is no sound .xlsx file", remedy) from None
    except RuntimeError:  # how zipfile says that a member is encrypted
        raise refused(path, "format", "is encrypted", "save it without a password") from None


def _rows(path: Path, archive: zipfile.ZipFile) -> Iterator[RawRow]:
    names = {info.filename: info.file_size for info in archive.infolist()}
    book = _Book()
    _read(archive, "xl/workbook.xml", book)
    links = _Links()
    _read(archive, "xl/_rels/workbook.xml.rels", links)
    sheet = next((part for link in book.sheets if (part := links.sheets.get(link))), None)
    if sheet not in names:
        raise _BrokenError
    words, styles = _Words(), _Styles()
    parts = {"xl/sharedStrings.xml": (MOST_WORDS, words), "xl/styles.xml": (MOST_WORDS, styles)}
    for name, (most, reader) in parts.items():
        if names.get(name, 0) > most:
            raise refused(path, "size", f"holds more than {most // 1_000_000} MB of text", "split the file")
        if name in names:
            _read(archive, name, reader)
    if names[sheet] > MOST_UNPACKED:
        raise refused(path, "size", f"unpacks to more than {MOST_UNPACKED // 1_000_000} MB", "split the file")
    cells = _Cells(path, words.found, styles.dates(), EPOCH_1904 if book.is_1904 else EPOCH)
    with archive.open(sheet) as file:
        for _ in _parse(file, cells):
            while cells.rows:
                yield cells.rows.popleft()


class _Reader:
    """Takes one part of the file. Names come without their namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text between."""


def _read(archive: zipfile.ZipFile, name: str, reader: _Reader) -> None:
    with archive.open(name) as file:
        deque(_parse(file, reader), maxlen=0)


def _parse(file: IO[bytes], reader: _Reader) -> Iterator[None]:
    """Gives a turn after every piece. No part of a spreadsheet declares a document type: what does is an attack."""

    def refuse(*_declared: object) -> None:
        raise _BrokenError

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: reader.start(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda name: reader.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = reader.text
    while piece := file.read(PIECE):  # not one byte more than the archive's list says, and it must sum up
        parser.Parse(piece, False)  # noqa: FBT003  expat's own
        yield
    parser.Parse(b"", True)  # noqa: FBT003
    yield


class _Book(_Reader):
    """Which sheets there are, by their links in order, and on what day time begins."""

    def __init__(self) -> None:
        self.sheets: list[str] = []
        self.is_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            self.sheets += [value for key, value in attributes.items() if key.endswith(":id")]
        elif name == "workbookPr":
            self.is_1904 = attributes.get("date1904", "0") in {"1", "true", "on"}


class _Links(_Reader):
    """Where each sheet is; a chart that is a sheet of its own is none."""

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes["Target"]
            self.sheets[attributes["Id"]] = target[1:] if target.startswith("/") else f"xl/{target}"


class _Words(_Reader):
    """The texts to which cells refer by their places. How a name is pronounced stands beside it, and is left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._one: list[str] = []
        self._takes = False
        self._beside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        self._beside = self._beside or name == "rPh"
        self._takes = name == "t" and not self._beside

    def end(self, name: str) -> None:
        self._takes = False
        if name == "rPh":
            self._beside = False
        elif name == "si":
            self.found.append("".join(self._one))
            self._one = []

    def text(self, text: str) -> None:
        if self._takes:
            self._one.append(text)


class _Styles(_Reader):
    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._of_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[_number(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._of_cells = True
        elif name == "xf" and self._of_cells:
            self._formats.append(_number(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        self._of_cells = self._of_cells and name != "cellXfs"

    def dates(self) -> frozenset[int]:
        """The styles that show a number as a day or an hour."""
        return frozenset(style for style, number in enumerate(self._formats) if self._is_date(number))

    def _is_date(self, number: int) -> bool:
        code = self._codes.get(number)
        return number in DATE_FORMATS if code is None else bool(SHOWS_TIME.search(NOT_SHOWN.sub("", code)))


class _Cells(_Reader):
    """Rows as they are complete."""

    def __init__(self, path: Path, words: list[str], dates: frozenset[int], epoch: datetime) -> None:
        self.rows: deque[RawRow] = deque()
        self._path = path
        self._words = words
        self._dates = dates
        self._epoch = epoch
        self._number = 0
        self._row: list[str] = []
        self._column = 0
        self._kind = ""
        self._style = 0
        self._value: list[str] = []
        self._length = 0
        self._takes = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name in {"v", "t"}:
            self._takes = True
        elif name == "row":
            self._number = _number(attributes["r"]) if "r" in attributes else self._number + 1
            self._row, self._column = [], 0

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
        if self._column > MOST_COLUMNS:
            what = f"has more than {MOST_COLUMNS} columns"
            raise refused(self._path, f"row {self._number}", what, "take out the columns that are not needed")
        self._kind = attributes.get("t", "n")
        self._style = _number(attributes.get("s", "0"))
        self._value, self._length = [], 0

    def text(self, text: str) -> None:
        if self._takes and self._length <= LONGEST_CELL:
            self._value.append(text)
            self._length += len(text)

    def end(self, name: str) -> None:
        if name == "c":
            value = self._shown("".join(self._value)).strip()
            if value:
                self._row += [""] * (self._column - len(self._row))
                self._row[self._column - 1] = value
        elif name == "row":
            self.rows.append((self._number, self._row))
        elif name in {"v", "t"}:
            self._takes = False

    def _shown(self, value: str) -> str:
        match self._kind:
            case "s":
                place = _number(value)
                if place >= len(self._words):
                    raise _BrokenError
                return self._words[place]
            case "b":
                return {"1": "yes", "0": "no"}.get(value, value)
            case "n" if value:
                return self._shown_number(value)
            case "d":
                return value.replace("T", " ").removesuffix("Z")
            case _:
                return value

    def _shown_number(self, value: str) -> str:
        try:
            number = float(value)
        except ValueError:
            raise _BrokenError from None
        if self._style in self._dates and 0 <= number < LAST_SERIAL:
            at = self._epoch + timedelta(seconds=round(number * SECONDS_A_DAY))
            if number < SHORTEST_DATE_SERIAL:
                return f"{at:%H:%M:%S}"
            return f"{at:%Y-%m-%d}" if number.is_integer() else f"{at:%Y-%m-%d %H:%M:%S}"
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value  # noqa: PLR2004  all digits kept


def _number(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) <= 9):  # noqa: PLR2004  more rows has no sheet
        raise _BrokenError
    return int(written)


def _column(reference: str) -> int:
    """Of "AB12": 28."""
    column = 0
    for letter in reference.rstrip("0123456789"):
        if not "A" <= letter <= "Z" or column > MOST_COLUMNS:
            break
        column = column * LETTERS + ord(letter) - A
    if column == 0:
        raise _BrokenError
    return column
