"""What time it is. Everything else is told; only here is a clock asked."""

from __future__ import annotations

import contextlib
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """`now` gives an aware moment in UTC. It may be asked from any thread."""

    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock:
    """The system's clock, moved ahead as far as somebody asked. It never goes back."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, span: timedelta) -> datetime:
        """Move ahead by `span`; gives the new moment. Raises ValueError for a span below zero."""
        if span < timedelta(0):
            raise ValueError("a demo clock only goes forward")
        with self._lock:
            self._ahead += span
        return self.now()


class FileClock:
    """Stands still at the moment written in a file, for a rehearsal: ISO 8601 with offset, like 2026-03-02T09:00-08:00.

    While the file is being rewritten, or holds no moment, the last moment read stands.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError or ValueError if the file cannot be read as a moment to begin with."""
        self._path = path
        self._last = self._read()

    def now(self) -> datetime:
        with contextlib.suppress(OSError, ValueError):
            self._last = self._read()
        return self._last

    def _read(self) -> datetime:
        moment = datetime.fromisoformat(self._path.read_text(encoding="ascii").strip())
        if moment.tzinfo is None:
            raise ValueError("the moment needs an offset, such as 2026-03-02T09:00-08:00")
        return moment.astimezone(UTC)
