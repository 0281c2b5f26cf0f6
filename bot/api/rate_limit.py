"""How often a token may call: a bucket each, which fills again as time goes by."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from aiohttp import web

CALLS_A_SECOND = 20.0
AT_ONCE = 200.0
MOST_BUCKETS = 10_000


@dataclass(slots=True)
class RateLimit:
    """Of one process; each keeps its own. `at_once` calls may come together, then `a_second`."""

    a_second: float = CALLS_A_SECOND
    at_once: float = AT_ONCE
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def waits(self, token_id: str) -> int:
        """Count a call. 0 if it may go on; else the seconds after which the next one may."""
        now = time.monotonic()
        left, at = self._buckets.pop(token_id, (self.at_once, now))
        left = min(self.at_once, left + (now - at) * self.a_second)
        may = left >= 1
        if len(self._buckets) >= MOST_BUCKETS:
            self._buckets.clear()
        self._buckets[token_id] = (left - 1 if may else left, now)
        return 0 if may else math.ceil((1 - left) / self.a_second)


RATE_LIMIT = web.AppKey("rate_limit", RateLimit)
