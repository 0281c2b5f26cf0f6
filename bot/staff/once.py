"""A form that is sent twice is done once: each page gives its form a token, and a token counts once."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

MOST = 10_000
TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(slots=True)
class Once:
    """The tokens of forms that were sent. Each process keeps its own, as a double click comes to one."""

    seen: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def did(self, token: str) -> bool:
        """Whether this form was sent already."""
        return token in self.seen

    async def do(self, token: str, act: Callable[[], Awaitable[object]]) -> None:
        """Raises what `act` raises; then the form may be sent again."""
        if token in self.seen:
            return
        self.seen[token] = None
        if len(self.seen) > MOST:
            self.seen.popitem(last=False)
        try:
            await act()
        except BaseException:
            self.seen.pop(token, None)
            raise


ONCE = web.AppKey("once", Once)
