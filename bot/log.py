"""The log: one event a line, and never a phone number, a name, or what anybody wrote.

What an exception says may hold any of these (a database driver quotes the row that it could not save), so that only its
type and where it was raised are written.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]

CHATTY = ("aiohttp", "alembic", "apscheduler", "asyncio", "twilio")


def set_up(*, readable: bool | None = None, level: int = logging.INFO) -> None:
    """Log to the standard error: JSON lines, or, on a terminal, plain ones. Events under `level` are left out."""
    if readable is None:
        readable = sys.stderr.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_words,
    ]
    renderer: Processor = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.add_log_level, *shared[2:]],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def without_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Puts an exception's type and frames in the place of its message."""
    raised = _raised(event.pop("exc_info", None))
    if raised is not None:
        event["raised"] = type(raised).__name__
        event["at"] = frames(raised)
    return event


def _raised(exc_info: object) -> BaseException | None:
    match exc_info:
        case BaseException():
            return exc_info
        case (_, BaseException() as raised, _):
            return raised
        case True:
            return sys.exc_info()[1]
        case _:
            return None


def frames(raised: BaseException) -> Sequence[str]:
    """Where it was raised, the innermost call last."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(raised.__traceback__)
    ]
