"""What the web application carries, and the keys it stands under: `request.app[READER]`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from aiohttp import web

from bot.clock import Clock
from bot.settings import HouseSettings
from conversations.county import County
from conversations.languages import Language
from records.channels import ChannelName
from records.reading import Reader
from records.turns import Inbound, Taken
from records.writer import Writer


class TakesTexts(Protocol):
    """What takes clients' texts: the writer, or a process of its own."""

    @property
    def waiting(self) -> int:
        """How many texts nobody has begun yet."""
        ...

    @property
    def under_way(self) -> int: ...

    @property
    def busy_for(self) -> float:
        """Seconds since what is in hand was begun; 0 if nothing is."""
        ...

    async def take_text(self, inbound: Inbound) -> Taken:
        """Raises StorageError."""
        ...


WRITER: web.AppKey[Writer] = web.AppKey("writer")
TEXTS: web.AppKey[TakesTexts] = web.AppKey("texts")
READER: web.AppKey[Reader] = web.AppKey("reader")
COUNTY: web.AppKey[County] = web.AppKey("county")
LANGUAGES: web.AppKey[Mapping[str, Language]] = web.AppKey("languages")
SETTINGS: web.AppKey[HouseSettings] = web.AppKey("settings")

OFFERS: web.AppKey[frozenset[ChannelName]] = web.AppKey("offers")
"""The channels on which the county texts."""

PACE: web.AppKey[float] = web.AppKey("pace")
"""Segments a second that may leave."""

SendsLinks = Callable[[str, str], Awaitable[bool]]
STAFF_MAIL: web.AppKey[SendsLinks | None] = web.AppKey("staff_mail")
"""Sends an invitation's link to a member of staff's address; gives whether it was taken. None without a mail server."""

CLOCK: web.AppKey[Clock] = web.AppKey("clock")
"""The programme's time. In the demo it can be moved forward."""

WALL_CLOCK: web.AppKey[Clock] = web.AppKey("wall_clock")
"""The time of day outside, for log-ins alone: who moves the demo forward by a week stays logged in."""
