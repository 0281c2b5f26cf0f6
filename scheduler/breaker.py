"""When to leave a provider alone that does not answer, and when to try it again. Pure: `now` is in seconds.

After a few failures in a row it opens: nothing is tried for a while, longer each time. Then one try decides whether it
closes. A provider that says how long to wait is obeyed besides; that is no failure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

OPENS_AFTER = 3
"""Failures in a row. A single one says little, and a reply that waits is worth another try."""

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
"""Seconds to wait after the first time, and after many."""


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


def pause(times: int, chance: float) -> float:
    """Seconds to wait after so many times (at least 1): doubling, and spread by `chance`, a number from 0 to 1."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(times - 1, 10))
    return longest * (0.5 + chance / 2)


def told_pause(seconds: float, chance: float) -> float:
    """What we were told to wait, and up to half as much again, so that not everybody comes back at once."""
    return seconds * (1 + chance / 2)


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is known of the provider. `failures` are those in a row; `opened` counts the pauses since it last worked.

    `until` is when the pause ends that it took by itself, `told` when the one ends that the provider asked for.
    """

    failures: int = 0
    opened: int = 0
    until: float = 0.0
    told: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until something may be tried; 0 if it may."""
        return max(0.0, self.until - now, self.told - now)

    def state(self, now: float) -> BreakerState:
        """OPEN: nothing may be tried. HALF_OPEN: one try at a time."""
        if self.wait(now):
            return BreakerState.OPEN
        return BreakerState.HALF_OPEN if self.opened else BreakerState.CLOSED

    def failed(self, now: float, chance: float) -> Breaker:
        """What began before it opened, and fails now, is no news."""
        if now < self.until:
            return self
        failures = self.failures + 1
        if not self.opened and failures < OPENS_AFTER:
            return replace(self, failures=failures)
        opened = self.opened + 1
        return replace(self, failures=failures, opened=opened, until=now + pause(opened, chance))

    def worked(self) -> Breaker:
        """One that works closes it, but does not take back what the provider asked for."""
        return Breaker(told=self.told) if self.failures else self

    def told_to_wait(self, now: float, seconds: float, chance: float) -> Breaker:
        return replace(self, told=max(self.told, now + told_pause(seconds, chance)))
