"""How long the sender and the reconciler wait for what. Trials and tests shorten it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timing:
    """`abandoned`: a claim this old has lost its process; longer than any hand-over takes.

    `settle`: after a try of which nobody knows whether the text left, so long until the provider's list is looked at;
    `look_again`: until the second look, if the first did not find it.
    `housekeeping`: between two searches for abandoned claims and for held texts that came too late.
    `drain`: what is under way at the end may take so long.
    """

    abandoned: timedelta = timedelta(minutes=2)
    settle: timedelta = timedelta(seconds=90)
    look_again: timedelta = timedelta(seconds=60)
    housekeeping: timedelta = timedelta(seconds=30)
    drain: timedelta = timedelta(seconds=15)
