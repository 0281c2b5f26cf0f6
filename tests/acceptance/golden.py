"""Golden scripts: a conversation as it looks on a phone, which is played against a server and must come out the same.

    # Main job. 2026, America/Los_Angeles
    Mon Mar 2 9:00am  ANA    invites
    Mon Mar 2 9:00am  US     Goal Line: Hi Maria, ...
    Mon Mar 2 9:01am  MARIA  Yes

The lines of others than US are what is done, at the times they name. A time of US alone moves the clock there. With
MILEPOST_RECORD_GOLDEN=1 the lines of US are written anew from what the server says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.script import US, Spoken, written

FOLDER = Path(__file__).resolve().parents[1] / "golden"
LINE = re.compile(r"(\w{3} \w{3} \d+ \d+:\d\d[ap]m) +(\S+) +(.*)")
HEAD = re.compile(r"# .*?(\d{4}), (\S+)")
RECORDS = os.environ.get("MILEPOST_RECORD_GOLDEN") == "1"


@dataclass(frozen=True)
class Golden:
    path: Path
    head: str
    zone: ZoneInfo
    lines: Sequence[Spoken]

    def text(self, lines: Sequence[Spoken]) -> str:
        return "\n".join([self.head, *(written(line, self.zone) for line in lines), ""])


def read(name: str) -> Golden:
    path = FOLDER / name
    head, *rest = path.read_text(encoding="utf-8").splitlines()
    found = HEAD.fullmatch(head)
    assert found, f"{name} must begin with '# title. year, zone'"
    zone = ZoneInfo(found[2])
    lines: list[Spoken] = []
    for number, line in enumerate(rest, 2):
        if line.startswith(" ") and lines:
            last = lines.pop()
            lines.append(Spoken(last.at, last.who, f"{last.text}\n{line.strip()}"))
            continue
        match = LINE.fullmatch(line)
        assert match, f"{name}, line {number}: {line}"
        at = datetime.strptime(f"{found[1]} {match[1]}", "%Y %a %b %d %I:%M%p").replace(tzinfo=zone)
        assert f"{at:%a}" == line[:3], f"{name}, line {number}: that day is a {at:%A}"
        lines.append(Spoken(at, match[2], match[3]))
    return Golden(path, head, zone, lines)


def compare(golden: Golden, played: Sequence[Spoken]) -> None:
    """The play must be the script, to the letter; or is written down as the new one."""
    text = golden.text(played)
    if RECORDS:
        golden.path.write_text(text, encoding="utf-8")
    assert text == golden.text(golden.lines)


def moments(golden: Golden) -> list[tuple[datetime, list[Spoken]]]:
    """What is done at each time, in order. Nothing is done at a time of US alone: the clock just goes there."""
    found: list[tuple[datetime, list[Spoken]]] = []
    for line in golden.lines:
        if not found or found[-1][0] != line.at:
            found.append((line.at, []))
        if line.who != US:
            found[-1][1].append(line)
    return found
