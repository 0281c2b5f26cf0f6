"""What a reader of the engagement log chose to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from bot.wording import N_
from conversations.wall_clock import at_wall
from records.log_reads import Asked
from records.sessions import Session

A_DAY = timedelta(days=1)
BAD_DATE = N_("A date reads like 2026-03-02.")


@dataclass(frozen=True, slots=True)
class Filter:
    """As it stands in the address. Dates are the county's; `until` is included."""

    client: str = ""
    worker: str = ""
    kind: str = ""
    language: str = ""
    since: date | None = None
    until: date | None = None

    def asked(self, session: Session, zone: ZoneInfo) -> Asked:
        return Asked(
            client_id=self.client or None,
            worker_id=self.worker or None,
            sight=session.sight,
            kinds=frozenset({self.kind} if self.kind else ()),
            language=self.language or None,
            since=at_wall(self.since, time(0), zone) if self.since else None,
            until=at_wall(self.until + A_DAY, time(0), zone) if self.until else None,
        )

    def fields(self) -> Mapping[str, str]:
        """As a form or an address has them; those that are empty are left out."""
        every = {
            "client": self.client,
            "worker": self.worker,
            "kind": self.kind,
            "language": self.language,
            "from": str(self.since or ""),
            "to": str(self.until or ""),
        }
        return {name: value for name, value in every.items() if value}


def read_filter(fields: Mapping[str, str]) -> Filter:
    """Raises ValueError for a date that is none."""
    since, until = fields.get("from", ""), fields.get("to", "")
    return Filter(
        client=fields.get("client", ""),
        worker=fields.get("worker", ""),
        kind=fields.get("kind", ""),
        language=fields.get("language", ""),
        since=date.fromisoformat(since) if since else None,
        until=date.fromisoformat(until) if until else None,
    )
