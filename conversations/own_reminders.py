"""The reminders that clients set for themselves: "remind me to call the school fri 9am" (domain guide 3.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST_OPEN = 10


class ReminderStatus(StrEnum):
    """A reminder waits, has come and waits for an answer, or is over."""

    SET = "set"
    SENT = "sent"
    DONE = "done"
    REMOVED = "removed"


OPEN = frozenset({ReminderStatus.SET, ReminderStatus.SENT})


@dataclass(frozen=True, slots=True)
class OwnReminder:
    """What a client wants to be reminded of, in their own words; `number` counts from 1 within the client.

    `at` is when it comes next, aware, exact to the minute. `repeats` is "" for once, or how often as in `repeats`:
    "daily", "weekdays", weekdays from Monday = 0 ("weekly:0", "weekly:1,3"), a day of the month ("monthly:15").
    """

    number: int
    what: str
    at: datetime
    repeats: str = ""
    status: ReminderStatus = ReminderStatus.SET
