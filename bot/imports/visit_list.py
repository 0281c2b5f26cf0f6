"""A case system's list of visits: what each row says, and what makes it a bad one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection

from bot.imports import cells
from bot.imports.tables import TableRow
from bot.imports.texts_ahead import TextsAhead
from bot.wording import _
from conversations.county import County
from conversations.visits import LONGEST, VisitStatus
from records import visit_imports
from records.import_verdicts import Judged, bad
from records.turns import Turns
from records.visit_imports import WantedVisit

LONGEST_ID = 80
STATUSES = {
    "": VisitStatus.PLANNED,
    VisitStatus.PLANNED: VisitStatus.PLANNED,
    "scheduled": VisitStatus.PLANNED,
    VisitStatus.ENDED_BY_OFFICE: VisitStatus.ENDED_BY_OFFICE,
    "cancelled": VisitStatus.ENDED_BY_OFFICE,
    "canceled": VisitStatus.ENDED_BY_OFFICE,
}


@dataclass(slots=True)
class VisitList:
    """Reads and takes the rows of one list; it remembers the ids that came before. `workers` are ids by e-mail.

    `reach` as in `records.people.take_clients`.
    """

    county: County
    workers: Mapping[str, str]
    started_by: str
    turns: Turns
    ahead: TextsAhead
    reach: Collection[str] | None = None
    _seen: dict[str, int] = field(default_factory=dict)

    kind: ClassVar[str] = "visits"
    needed: ClassVar[Sequence[str]] = ("number", "external_id", "date", "time")
    optional: ClassVar[Sequence[str]] = ("first_name", "place", "worker_email", "by_phone", "bring", "status")

    def read(self, row: TableRow) -> WantedVisit | Judged:
        """A visit, or why it is none. Each row is read once, in their order."""
        written = row.cells
        number, external_id = cells.phone(written["number"]), written["external_id"]
        status = STATUSES.get(written.get("status", "").lower().replace(" ", "_"))
        wanted = WantedVisit(
            number or "",
            cells.words(written.get("first_name", "")),
            external_id,
            cells.day(written["date"]),
            cells.hour(written["time"] or written["date"]),
            cells.words(written.get("place", "")),
            cells.words(written.get("bring", "")),
            by_phone=written.get("by_phone", "").lower() in cells.YES,
            ended=status is VisitStatus.ENDED_BY_OFFICE,
            worker_id=self.workers.get(written.get("worker_email", "").lower()),
        )
        reasons = self._reasons(written, wanted)
        if status is None:
            reasons.append(
                _(
                    "status is neither %(planned)s nor %(ended_by_office)s",
                    planned=VisitStatus.PLANNED,
                    ended_by_office=VisitStatus.ENDED_BY_OFFICE,
                )
            )
        if external_id in self._seen:
            reasons.append(_("the same external_id as in row %(seen)s", seen=self._seen[external_id]))
        if reasons:
            return bad(*reasons)
        self._seen[external_id] = row.number
        return wanted

    def weigh(self, connection: Connection, wanted: Sequence[WantedVisit], now: datetime) -> Sequence[Judged]:
        """Changes nothing, and counts the texts that would follow."""
        judged, follows = visit_imports.foresee(connection, self.turns, wanted, self.county, now, self.reach)
        for situation, effects in follows:
            self.ahead.count(situation, effects, now)
        return judged

    def take(self, connection: Connection, wanted: Sequence[WantedVisit], now: datetime) -> Sequence[Judged]:
        return visit_imports.take(connection, self.turns, wanted, self.county, self.started_by, now, self.reach)

    def _reasons(self, written: Mapping[str, str], wanted: WantedVisit) -> list[str]:
        is_short = cells.is_shortened(written["number"])
        checks = {
            _("number was shortened by a spreadsheet; make its column text, and enter it again"): not is_short,
            _("number is no valid phone number"): bool(wanted.number) or is_short,
            _("external_id is missing"): bool(wanted.external_id),
            _("date is no day, such as 2027-03-02 or 3/2/2027"): bool(wanted.on) or wanted.ended,
            _("time is no hour, such as 14:05 or 2:05 pm"): wanted.at is not None or wanted.ended,
            _("place is missing"): bool(wanted.place) or wanted.by_phone or wanted.ended,
            _("by_phone is neither yes nor no"): written.get("by_phone", "").lower() in cells.YES | cells.NO,
            _("worker_email belongs to nobody"): not written.get("worker_email") or wanted.worker_id is not None,
        }
        reasons = [reason for reason, holds in checks.items() if not holds]
        reasons += cells.amiss("external_id", wanted.external_id, LONGEST_ID)
        return reasons + cells.amiss("place", wanted.place, LONGEST) + cells.amiss("bring", wanted.bring, LONGEST)
