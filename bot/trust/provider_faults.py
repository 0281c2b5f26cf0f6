"""How the provider's stand-in goes wrong: one request when told to, or a share of all by a chance that was given."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """How a request goes wrong. Those that begin with ACCEPTED take the text and then answer badly or not at all.

    SLOW takes it and answers well, but late.
    """

    TOO_MANY = "429"
    REFUSED = "400"
    BROKEN = "500"
    HANG = "hang"
    RESET = "reset"
    NOT_JSON = "not json"
    ACCEPTED_BUT_RESET = "accepted but reset"
    ACCEPTED_BUT_BROKEN = "accepted but 500"
    ACCEPTED_BUT_HANG = "accepted but hang"
    ACCEPTED_BUT_NOT_JSON = "accepted but not json"
    SLOW = "slow"


TAKES_IT: Mapping[Fault, Fault | None] = {
    Fault.ACCEPTED_BUT_RESET: Fault.RESET,
    Fault.ACCEPTED_BUT_BROKEN: Fault.BROKEN,
    Fault.ACCEPTED_BUT_HANG: Fault.HANG,
    Fault.ACCEPTED_BUT_NOT_JSON: Fault.NOT_JSON,
    Fault.SLOW: None,
}
"""What comes after the text was taken."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How often things go wrong, as shares from 0 to 1; nothing does by default.

    `faults` are of the requests to send. `lists_fail` is of those to list. A report is lost, comes twice, comes before
    the answer to the request, or changes places with the one after it. A text shows in the list `list_lag` seconds
    after it was taken (by the provider's clock).
    """

    faults: Mapping[Fault, float] = field(default_factory=dict)
    lists_fail: float = 0.0
    reports_lost: float = 0.0
    reports_doubled: float = 0.0
    reports_early: float = 0.0
    reports_swapped: float = 0.0
    list_lag: float = 0.0
    longest_wait: int = 1
    """Seconds: at most so long a 429 asks to wait. Half of them do not say."""
    slowest: float = 0.2
    """Seconds: at most so late a SLOW answer comes."""


FAIR = Weather()


class Chance:
    """Draws what goes wrong. The same seed gives the same draws."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  a test that can be run again

    def fault(self, weather: Weather) -> tuple[Fault | None, float]:
        """What becomes of a request, and its detail: seconds to wait, or to be late."""
        drawn = self._random.random()
        for fault, share in weather.faults.items():
            drawn -= share
            if drawn < 0:
                return fault, self._detail(fault, weather)
        return None, 0

    def _detail(self, fault: Fault, weather: Weather) -> float:
        match fault:
            case Fault.TOO_MANY:
                return self._random.choice((0, self._random.randint(1, weather.longest_wait)))
            case Fault.SLOW:
                return self._random.uniform(0, weather.slowest)
            case _:
                return 0

    def happens(self, share: float) -> bool:
        return share > 0 and self._random.random() < share

    def reports(self, statuses: Sequence[str], weather: Weather) -> list[str]:
        """The reports that come for a text, in the order in which they come."""
        coming: list[str] = []
        for status in statuses:
            if self.happens(weather.reports_lost):
                continue
            coming += [status, status] if self.happens(weather.reports_doubled) else [status]
        for place in range(len(coming) - 1):
            if self.happens(weather.reports_swapped):
                coming[place], coming[place + 1] = coming[place + 1], coming[place]
        return coming
