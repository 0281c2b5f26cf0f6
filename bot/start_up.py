"""What makes every start quick, and what a long-running process leaves behind once it is ready.

A start makes hundreds of thousands of objects that stay. Python's garbage collector would look through them again and
again while they are made, and later, all at once, in the middle of a turn: for a tenth of a second nobody is answered.
"""

from __future__ import annotations

import gc
import sys

SELDOM = 50_000
"""New objects between two collections while we start; Python's own 700 is for programs that make much rubbish."""

_usual = gc.get_threshold()


def begin() -> None:
    """Call before anything large is imported."""
    gc.set_threshold(SELDOM)
    # structlog loads rich wherever it is installed, to draw tracebacks that we never print.
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]


def is_over() -> None:
    """Call when ready: what is there now is never looked through again."""
    gc.freeze()
    gc.set_threshold(*_usual)
