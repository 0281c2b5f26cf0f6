"""A county's list of clients: what each row says, and what makes it a bad one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection

from bot.imports import cells
from bot.imports.tables import TableRow
from bot.wording import _
from conversations.county import County
from records import people
from records.import_verdicts import Judged, bad
from records.people import NewClient

LONGEST_NAME = 40


@dataclass(slots=True)
class ClientList:
    """Reads and takes the rows of one list; it remembers the numbers that came before. `workers` are ids by e-mail.

    `reach` as in `records.people.take_clients`.
    """

    county: County
    workers: Mapping[str, str]
    started_by: str
    reach: Collection[str] | None = None
    _seen: dict[str, list[tuple[int, str, bool]]] = field(default_factory=lambda: defaultdict(list))

    kind: ClassVar[str] = "clients"
    needed: ClassVar[Sequence[str]] = ("number", "first_name", "language", "worker_email")
    optional: ClassVar[Sequence[str]] = ("zone", "shared")

    def read(self, row: TableRow) -> NewClient | Judged:
        """A client, or why it is none. Each row is read once, in their order."""
        written = row.cells
        number, name = cells.phone(written["number"]), cells.words(written["first_name"])
        shared = written["shared"].lower() in cells.YES if "shared" in written else False
        reasons = list(_reasons(written, number, name, self.county, self.workers))
        if number is None:
            return bad(*reasons)
        reasons += self._clash(number, name, shared=shared)
        if reasons:
            return bad(*reasons)
        self._seen[number].append((row.number, name, shared))
        worker_id = self.workers[written["worker_email"].lower()]
        zone = written.get("zone") or self.county.zone.key
        return NewClient(number, name, written["language"].lower(), zone, worker_id, shared)

    def weigh(self, connection: Connection, wanted: Sequence[NewClient], now: datetime) -> Sequence[Judged]:
        """Changes nothing."""
        del now
        return people.weigh_clients(connection, wanted, self.reach)

    def take(self, connection: Connection, wanted: Sequence[NewClient], now: datetime) -> Sequence[Judged]:
        return people.take_clients(connection, wanted, self.started_by, now, self.reach)

    def _clash(self, number: str, name: str, *, shared: bool) -> list[str]:
        before = self._seen.get(number, ())
        if clash := next((one for one in before if not (shared and one[2])), None):
            return [_("the same number as in row %(clash)s, and not both are marked as shared", clash=clash[0])]
        if clash := next((one for one in before if one[1] == name), None):
            return [_("the same number and first_name as in row %(clash)s", clash=clash[0])]
        return []


def _reasons(
    written: Mapping[str, str], number: str | None, name: str, county: County, workers: Collection[str]
) -> list[str]:
    checks = {
        _("number was shortened by a spreadsheet; make its column text, and enter it again"): (
            not cells.is_shortened(written["number"])
        ),
        _("number is no valid phone number"): number is not None or cells.is_shortened(written["number"]),
        _("first_name is missing"): bool(name),
        _("language is none of %(languages)s", languages=", ".join(county.languages)): written["language"].lower()
        in county.languages,
        _("worker_email belongs to nobody who has an account; have one opened for them first"): (
            written["worker_email"].lower() in workers
        ),
        _("shared is neither yes nor no"): written.get("shared", "").lower() in cells.YES | cells.NO,
        _("zone is no time zone, such as America/Los_Angeles"): is_zone(written.get("zone", "")),
    }
    return [reason for reason, holds in checks.items() if not holds] + cells.amiss("first_name", name, LONGEST_NAME)


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Nothing is a zone too: the county's."""
    try:
        return not name or bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
