"""A clock that the suite moves and that all processes under test go by: it can be set, stepped, and run faster."""

from __future__ import annotations

import os
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGINNING = datetime(2026, 3, 3, 18, tzinfo=UTC)
"""A Tuesday, ten in the morning in the county: texts may go out for hours to come."""

_THREE = struct.Struct("<ddd")


class MovedClock:
    """Implements `bot.clock.Clock`. Processes that open the same file have the same time.

    The file holds where the clock was set to, when that was (both in seconds), and how fast it runs. It is read and
    written in one piece.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._open = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        if not os.fstat(self._open).st_size:
            self.set(BEGINNING)

    def now(self) -> datetime:
        at, since, speed = _THREE.unpack(os.pread(self._open, _THREE.size, 0))
        return datetime.fromtimestamp(at + (time.monotonic() - since) * speed, UTC)

    def set(self, moment: datetime, speed: float = 1.0) -> None:
        """It is `moment` (aware) now, and from now on so many seconds pass in each."""
        os.pwrite(self._open, _THREE.pack(moment.timestamp(), time.monotonic(), speed), 0)

    def step(self, span: timedelta) -> None:
        """Ahead, or back."""
        self.set(self.now() + span)

    def close(self) -> None:
        os.close(self._open)
