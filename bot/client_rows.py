"""A county's list of clients as a CSV file: every row is read, every bad one named with its reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import Problem, StartError
from bot.phone_numbers import e164
from conversations.county import County

NEEDED = ("number", "first_name", "language", "worker_email")
OPTIONAL = ("zone", "shared")
YES = frozenset({"yes", "y", "1", "true"})
NO = frozenset({"", "no", "n", "0", "false"})
LONGEST_NAME = 40
LARGEST_FILE = 20_000_000


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A good row. `number` is E.164, `zone` an IANA name; `line` is where it stands in the file.

    `shared` says that other people have this phone too, who may be in the list with the same number.
    """

    line: int
    number: str
    first_name: str
    language: str
    worker_email: str
    zone: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken. `reasons` repeat no number and no name."""

    line: int
    reasons: tuple[str, ...]


def read_rows(path: Path, county: County, workers: Collection[str]) -> tuple[list[ClientRow], list[BadRow]]:
    """The good rows and the bad ones. `workers` are the e-mail addresses of staff.

    Raises StartError if the file as a whole cannot be read: no such file, not UTF-8, a column missing.
    """
    good: list[ClientRow] = []
    bad: list[BadRow] = []
    seen: set[str] = set()
    for line, cells in _cells(path):
        number = e164(cells["number"])
        reasons = list(_reasons(cells, number, county, workers))
        shared = cells.get("shared", "").lower() in YES
        before = [row for row in good if row.number == number] if number in seen else []
        if clash := next((row for row in before if not (shared and row.shared)), None):
            reasons.append(f"the same number as in line {clash.line}, and not both are marked as shared")
        elif clash := next((row for row in before if row.first_name == cells["first_name"]), None):
            reasons.append(f"the same number and first name as in line {clash.line}")
        if reasons or number is None:
            bad.append(BadRow(line, tuple(reasons)))
            continue
        seen.add(number)
        good.append(
            ClientRow(
                line,
                number,
                cells["first_name"],
                cells["language"].lower(),
                cells["worker_email"].lower(),
                cells.get("zone") or county.zone.key,
                shared,
            )
        )
    return good, bad


def _cells(path: Path) -> Sequence[tuple[int, Mapping[str, str]]]:
    reader = csv.DictReader(io.StringIO(_text(path)), restkey="", restval="")
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    if missing := [name for name in NEEDED if name not in names]:
        remedy = f"the first line names the columns: {','.join(NEEDED + OPTIONAL)} (the last two may be left out)"
        raise StartError(f"{path} cannot be imported:", [Problem("columns", f"{', '.join(missing)} missing", remedy)])
    reader.fieldnames = names
    try:
        return [
            (reader.line_num, {name: (value or "").strip() for name, value in row.items() if name}) for row in reader
        ]
    except csv.Error:
        remedy = "save it as CSV again"
        raise StartError(f"{path} cannot be imported:", [Problem("format", "is not CSV", remedy)]) from None


def _text(path: Path) -> str:
    title = f"{path} cannot be imported:"
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise StartError(title, [Problem("size", "is over 20 MB", "split the file")])
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        raise StartError(
            title, [Problem("file", "cannot be read", "check its name and that you may read it")]
        ) from None
    except UnicodeDecodeError:
        remedy = "in a spreadsheet, save it as 'CSV UTF-8'"
        raise StartError(title, [Problem("encoding", "is not UTF-8", remedy)]) from None


def _reasons(cells: Mapping[str, str], number: str | None, county: County, workers: Collection[str]) -> list[str]:
    checks = {
        "number is no valid phone number": number is not None,
        "first_name is missing": bool(cells["first_name"]),
        f"first_name is longer than {LONGEST_NAME} letters": len(cells["first_name"]) <= LONGEST_NAME,
        "first_name holds what is no letter": cells["first_name"].isprintable(),
        f"language is none of {', '.join(county.languages)}": cells["language"].lower() in county.languages,
        "worker_email belongs to nobody; add them first with `milepost staff add`": (
            cells["worker_email"].lower() in workers
        ),
        "shared is neither yes nor no": cells.get("shared", "").lower() in YES | NO,
        "zone is no time zone, such as America/Los_Angeles": _is_zone(cells.get("zone", "")),
    }
    return [reason for reason, holds in checks.items() if not holds]


def _is_zone(name: str) -> bool:
    """Nothing is a zone too: the county's."""
    try:
        return not name or bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
