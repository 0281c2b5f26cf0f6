"""How many texts an import would cause, on which days, and how long they take to leave at the sender's pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from conversations.effects import Effect, PlanNudge, Texted
from conversations.situation import SAID_YES, Situation
from scheduler.forecast import Forecast, Wave, forecast


@dataclass(slots=True)
class TextsAhead:
    """At most so many: some will be merged, held or dropped. Who has not said yes gets none."""

    moments: Counter[datetime] = field(default_factory=Counter)

    def count(self, situation: Situation, effects: Sequence[Effect], now: datetime) -> None:
        if situation.client.consent not in SAID_YES:
            return
        for effect in effects:
            if isinstance(effect, PlanNudge):
                self.moments[max(effect.due_at, now)] += 1
            elif isinstance(effect, Texted):
                self.moments[now] += 1

    def by_day(self, zone: ZoneInfo) -> dict[date, int]:
        """The days of the county, in their order."""
        days: Counter[date] = Counter()
        for at, texts in self.moments.items():
            days[at.astimezone(zone).date()] += texts
        return dict(sorted(days.items()))

    def clears(self, segments_each: float, a_second: float, now: datetime) -> Forecast:
        """Beside what waits already."""
        return forecast([Wave(at, texts * segments_each) for at, texts in self.moments.items()], a_second, now)
