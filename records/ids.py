"""Ids: 128 bits that sort by the time they were made."""

from __future__ import annotations

import os
import secrets
import threading
from datetime import UTC, datetime

_lock = threading.Lock()
_last = 0


def new_id(now: datetime) -> str:
    """32 hex digits in the layout of a UUID of version 7: milliseconds since 1970, then chance.

    Within one process every id is greater than the one before, also within a millisecond and when the clock steps back.
    """
    global _last  # noqa: PLW0603  the one thing that ids of a process share
    milliseconds = int(now.timestamp() * 1000)
    with _lock:
        if milliseconds > _last >> 80:
            # The topmost of the last 62 bits stays 0: room to count up without touching the version.
            _last = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(61)
        else:
            _last += 1
        return f"{_last:032x}"


def _begin_afresh() -> None:
    global _last  # noqa: PLW0603  as above
    _last = 0


# Two processes that count on from the same id would give the same ones.
os.register_at_fork(after_in_child=_begin_afresh)


def first_id(at: datetime) -> str:
    """No id that was made at or after this moment is smaller."""
    return f"{int(at.timestamp() * 1000) << 80:032x}"


def moment_of(row_id: str) -> datetime:
    """When it was made, in UTC and to the millisecond."""
    return datetime.fromtimestamp((int(row_id, 16) >> 80) / 1000, UTC)
