"""The hour of the digests: looked for at every tick, and taken once a day, or once a week."""

from __future__ import annotations

from datetime import date

from bot.clock import Clock
from conversations.county import County
from records import digests, weekly_digests
from records.writer import Writer


class DigestRound:
    """Makes a working day's digests, and a week's, once their hour has come.

    Other processes may do so too: each is made once.
    """

    def __init__(self, writer: Writer, county: County, clock: Clock) -> None:
        self._writer = writer
        self._county = county
        self._clock = clock
        self._made: date | None = None
        self._made_weekly: date | None = None

    async def take(self) -> None:
        """Raises StorageError; the next tick tries again."""
        now = self._clock.now()
        day = digests.day_of(now, self._county)
        if day and day != self._made:
            await self._writer.run(lambda connection: digests.make(connection, self._county, day, now))
            self._made = day
        week = weekly_digests.week_of(now, self._county)
        if week and week != self._made_weekly:
            await self._writer.run(lambda connection: weekly_digests.make(connection, self._county, week, now))
            self._made_weekly = week
