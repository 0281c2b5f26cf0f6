"""A cell as a phone number, a day, an hour or words; as people write them, and as spreadsheets change them."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache

from bot.phone_numbers import e164
from bot.wording import _

YES = frozenset({"yes", "y", "1", "true", "x", "si", "sí"})
NO = frozenset({"", "no", "n", "0", "false"})

AS_A_NUMBER = re.compile(r"\d+\.0+")
SHORTENED = re.compile(r"\d[.,]?\d*e\+?\d+", re.IGNORECASE)
SPREADSHEETS_OWN = frozenset("=+-@")
OF_CODE = frozenset("<>{}|\\`")
LONGEST_NUMBER = 40
DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")
HOURS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I %p", "%I%p")


def phone(cell: str) -> str | None:
    """E.164, or None. A spreadsheet may have made a number of it: 17075550123.0."""
    if len(cell) > LONGEST_NUMBER:
        return None
    return e164(cell.partition(".")[0] if AS_A_NUMBER.fullmatch(cell) else cell)


def is_shortened(cell: str) -> bool:
    """A spreadsheet shows a long number so, and drops its last digits: 1.70756E+10."""
    return len(cell) <= LONGEST_NUMBER and bool(SHORTENED.fullmatch(cell))


@lru_cache(maxsize=4096)
def day(cell: str) -> date | None:
    """2027-03-02, 3/2/2027 as a US office writes it; an hour beside it does not matter."""
    return next((at.date() for written in DAYS if (at := _read(cell.partition(" ")[0], written))), None)


@lru_cache(maxsize=4096)
def hour(cell: str) -> time | None:
    """14:05, 2:05 pm, 2pm; a day before it does not matter."""
    written = cell.lower().replace("a.m.", "am").replace("p.m.", "pm")
    day_, _, rest = written.partition(" ")
    alone = rest if day(day_) else written
    return next((at.time() for how in HOURS if (at := _read(alone, how))), None)


def words(cell: str) -> str:
    """With one space between words."""
    return " ".join(cell.split()) if cell.isprintable() else cell


def amiss(field: str, cell: str, longest: int) -> list[str]:
    """Why these words cannot go into a text, or into a page."""
    checks = {
        _("%(field)s is longer than %(longest)s characters", field=field, longest=longest): len(cell) <= longest,
        _("%(field)s holds characters that cannot be seen", field=field): cell.isprintable(),
        _("%(field)s holds a formula or code", field=field): not (
            SPREADSHEETS_OWN & set(cell[:1]) or OF_CODE & set(cell)
        ),
    }
    return [reason for reason, holds in checks.items() if not holds]


def _read(written: str, how: str) -> datetime | None:
    try:
        return datetime.strptime(written, how)  # noqa: DTZ007  a day or an hour of no zone is taken out of it
    except ValueError:
        return None
