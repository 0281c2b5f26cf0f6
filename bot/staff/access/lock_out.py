"""Guessing passwords is made slow: after five bad tries on an address, that address waits."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MOST_TRIES = 5
WAIT = timedelta(minutes=5)
MOST_ADDRESSES = 10_000


@dataclass(slots=True)
class LockOut:
    """Bad tries by address, whether anybody has that address or not. Each process counts for itself."""

    tries: OrderedDict[str, tuple[int, datetime]] = field(default_factory=OrderedDict)

    def waits_until(self, email: str, now: datetime) -> datetime | None:
        """When this address may try again, or None if it may now."""
        count, last = self.tries.get(email, (0, now))
        return last + WAIT if count >= MOST_TRIES and now < last + WAIT else None

    def bad_try(self, email: str, now: datetime) -> None:
        count, last = self.tries.pop(email, (0, now))
        self.tries[email] = (1 if now >= last + WAIT else count + 1, now)
        if len(self.tries) > MOST_ADDRESSES:
            self.tries.popitem(last=False)

    def good_try(self, email: str) -> None:
        self.tries.pop(email, None)
