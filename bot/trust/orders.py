"""What the suite tells the nursery, and what it hears from there: lines of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta

from scheduler.timing import Timing

SHORT = Timing(
    abandoned=timedelta(seconds=3),
    settle=timedelta(seconds=1.5),
    look_again=timedelta(seconds=1),
    housekeeping=timedelta(seconds=0.5),
    drain=timedelta(seconds=5),
)
"""A trial cannot wait for minutes. As in the house, no hand-over takes as long as `abandoned`."""

PATIENCE = 1.0
"""Seconds that the provider has to answer, where it is 30 in the house."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a process is to serve: as `milepost serve` does, on this database, against this stand-in for the provider.

    It dies by its own hand when it comes to the place named `crash` the `nth` time. Where a `journal` is named, it
    notes there what begins to leave and what was committed. All of its waiting takes `slower` times as long by its
    clock: that is for a clock that runs so much faster. It hears up to `tardy` seconds late what the database answered,
    as on a busy machine. `channel` is where everybody texts, a ChannelName.
    """

    database: str
    provider: str
    port: int
    clock: str
    part: str = "all"
    crash: str = ""
    nth: int = 1
    journal: str = ""
    slower: float = 1.0
    tardy: float = 0.0
    channel: str = "sms"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def timing(self) -> Timing:
        spans = {name: getattr(SHORT, name) * self.slower for name in ("abandoned", "settle", "look_again")}
        return Timing(**spans, housekeeping=SHORT.housekeeping, drain=SHORT.drain)

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Order:
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class News:
    """`what` is "started", "ready", "crashed" (followed by "ended") or "ended"; `status` is as `waitpid` gives it.

    "parted" says in `status` which process it has forked.
    """

    what: str
    pid: int
    status: int = 0

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> News:
        return cls(**json.loads(line))
