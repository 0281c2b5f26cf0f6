"""What a worker settled about a text beside its words: what it hangs on, what makes it needless, when again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from conversations import repeats

VISIT, STEP = "visit", "step"


class SkipIf(StrEnum):
    """What makes a text needless (domain guide 3.12)."""

    NEVER = ""
    ANSWERED = "answered"
    ATTENDED = "attended"
    GOAL_CLOSED = "goal_closed"


@dataclass(frozen=True, slots=True)
class Terms:
    """The moments are aware.

    `since` is when an answer begins to count as one, `not_after` the end of use, and of what comes again the last
    moment. `anchor` is "visit:3" or "step:2.1", or "" for a moment of its own; `offset` counts from the anchor's moment
    and is negative before it. `comes_again` is as in `repeats`; `rounds_left` counts those to come after this one, None
    is without an end. `beyond_cap` says why it goes out though a cap is full.
    """

    skip_if: SkipIf = SkipIf.NEVER
    since: datetime | None = None
    not_after: datetime | None = None
    anchor: str = ""
    offset: timedelta = timedelta(0)
    comes_again: str = ""
    rounds_left: int | None = None
    beyond_cap: str = ""

    @property
    def anchored_to(self) -> tuple[str, str]:
        """("visit", its number), ("step", "goal.step"), or ("", "")."""
        kind, _colon, subject = self.anchor.partition(":")
        return kind, subject

    def stored(self) -> Mapping[str, object] | None:
        """As JSON; None where nothing was settled."""
        if self == NO_TERMS:
            return None
        return {
            "skip_if": self.skip_if,
            "since": self.since and self.since.isoformat(),
            "not_after": self.not_after and self.not_after.isoformat(),
            "anchor": self.anchor,
            "offset": self.offset.total_seconds(),
            "comes_again": self.comes_again,
            "rounds_left": self.rounds_left,
            "beyond_cap": self.beyond_cap,
        }


NO_TERMS = Terms()


def read(stored: Mapping[str, object] | None) -> Terms:
    """From what `Terms.stored` gave."""
    if stored is None:
        return NO_TERMS
    since, not_after, rounds = stored["since"], stored["not_after"], stored["rounds_left"]
    return Terms(
        SkipIf(str(stored["skip_if"])),
        datetime.fromisoformat(str(since)) if since else None,
        datetime.fromisoformat(str(not_after)) if not_after else None,
        str(stored["anchor"]),
        timedelta(seconds=float(str(stored["offset"]))),
        str(stored["comes_again"]),
        None if rounds is None else int(str(rounds)),
        str(stored["beyond_cap"]),
    )


def next_round(terms: Terms, wanted: datetime, zone: ZoneInfo, now: datetime) -> tuple[datetime, Terms] | None:
    """When a text that was wanted then comes again, and on which terms; None where that was the last time.

    The reason for which one went beyond a cap is no reason for the next.
    """
    if not terms.comes_again or terms.rounds_left == 0:
        return None
    at = repeats.next_after(wanted, terms.comes_again, zone, max(wanted, now))
    if terms.not_after and at > terms.not_after:
        return None
    left = None if terms.rounds_left is None else terms.rounds_left - 1
    return at, replace(terms, since=now, rounds_left=left, beyond_cap="")
