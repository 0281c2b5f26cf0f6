"""What the questions share: a channel that accepts at once, a decider, and a moment at which texts may go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic

from sqlalchemy import Engine

from bot.county_file import EXAMPLE, load_county
from bot.decider import Decider
from bot.languages import load_languages
from records.database import connect
from records.pace import Pace
from scheduler.channel import Accepted, ChannelName, Outcome, Outgoing, Sighting, Sought

NOW = datetime(2027, 3, 2, 18, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in California."""

COUNTY = load_county(EXAMPLE)
UNBOUND = Pace("us", 1e6)
"""As good as no pace at all."""


class AtOnce:
    """Implements `scheduler.channel.Channel`: accepts every text at once, and says so to `heard`."""

    carries = frozenset({ChannelName.SMS})

    def __init__(self, heard: Callable[[Outgoing], None] | None = None) -> None:
        self.count = 0
        self._heard = heard

    async def send(self, text: Outgoing) -> Outcome:
        self.count += 1
        if self._heard:
            self._heard(text)
        return Accepted(f"SM{text.attempt}")

    async def find(self, text: Sought) -> Sequence[Sighting]:
        del text
        return ()


def decider() -> Decider:
    return Decider(COUNTY, load_languages(COUNTY.languages))


@contextmanager
def engine_of(url: str) -> Iterator[Engine]:
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


def milliseconds(do: Callable[[], object]) -> float:
    began = monotonic()
    do()
    return (monotonic() - began) * 1000
