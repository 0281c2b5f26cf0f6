"""Two processes of ours that write to one SQLite file take turns at it.

SQLite itself lets those who wait look again every so often: who writes all the time is hardly ever seen without the
lock, and the other waits for seconds. Here whoever comes next is next, as soon as the first is done.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from datetime import timedelta

from records.database import BUSY


class Turnstile:
    """A context that one of two processes at a time is in. Make it before they part; one thread of each may use it.

    Who waited `patience` goes in without: this is for fairness, it is SQLite that guards the file.
    """

    def __init__(self, patience: timedelta = BUSY) -> None:
        self._next = _Token()
        self._inside = _Token()
        self._patience = patience.total_seconds()
        self._is_ours = False

    def __enter__(self) -> None:
        is_next = self._next.take(self._patience)
        self._is_ours = self._inside.take(self._patience)
        if is_next:
            self._next.give()

    def __exit__(self, *_: object) -> None:
        if self._is_ours:
            self._is_ours = False
            self._inside.give()


class _Token:
    """Who has it, has it alone. It lies in a pipe."""

    def __init__(self) -> None:
        self._out, self._in = os.pipe()
        os.set_blocking(self._out, False)
        self.give()

    def take(self, patience: float) -> bool:
        """Whether it was there within so many seconds."""
        until = time.monotonic() + patience
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self._out], [], [], left)
            if ready:
                with suppress(BlockingIOError):  # another was quicker
                    return bool(os.read(self._out, 1))
        return False

    def give(self) -> None:
        os.write(self._in, b".")
