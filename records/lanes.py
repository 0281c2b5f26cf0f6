"""Who is taken next, of those who wait: many numbers at once, and of each number one text after another."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol, TypeVar

from records.turns import Inbound

MOST_AT_ONCE = 256


class Waits(Protocol):
    """A text that waits to be taken, or other work: then there is no `inbound`."""

    @property
    def inbound(self) -> Inbound | None: ...


W = TypeVar("W", bound=Waits)


def take_next(waiting: deque[W]) -> Sequence[W]:
    """Take the first out of `waiting`; with a text come all texts, one of each number at most. Empty if none waits."""
    if not waiting:
        return ()
    if waiting[0].inbound is None:
        return (waiting.popleft(),)
    taken: dict[str, W] = {}
    left: list[W] = []
    for one in waiting:
        if one.inbound is None or one.inbound.number in taken or len(taken) == MOST_AT_ONCE:
            left.append(one)
        else:
            taken[one.inbound.number] = one
    waiting.clear()
    waiting.extend(left)
    return tuple(taken.values())
