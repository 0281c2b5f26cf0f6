"""Texts to several are spread over the sending hours, so that their answers do not all come at once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

AT_MOST_APART = timedelta(minutes=5)
"""A few texts need no whole day: nobody should wait for theirs without a reason."""


def spread(how_many: int, left: timedelta, segments: int, a_second: float) -> Sequence[timedelta]:
    """How long after the first of them each goes.

    They share evenly what is `left` of the day's sending hours, but follow each other no quicker than the sender's pace
    lets texts of so many segments leave, which comes first.
    """
    if not how_many:
        return ()
    evenly = left / how_many
    apart = max(min(evenly, AT_MOST_APART), timedelta(seconds=segments / a_second))
    return [apart * nth for nth in range(how_many)]
