"""What goes on by itself while a process lives. It ends together, so that the end takes as long as the slowest part."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()


class Work:
    """How each part ends. They are ended at once, in the order in which they were added; none waits for another."""

    def __init__(self) -> None:
        self._ends: list[Callable[[], Awaitable[object]]] = []

    def add(self, end: Callable[[], Awaitable[object]]) -> None:
        self._ends.append(end)

    async def end(self) -> None:
        """Returns when all have ended; what one raises is logged, and stops no other. Safe to call twice."""
        ends, self._ends = self._ends, []
        for result in await asyncio.gather(*(end() for end in ends), return_exceptions=True):
            if isinstance(result, Exception):
                log.error("work_ended_badly", exc_info=result)
