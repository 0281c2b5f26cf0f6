"""Column types of our own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, DateTime, Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """A moment: aware in, aware UTC out. A naive datetime raises ValueError.

    Postgres keeps a timestamp with time zone, to the microsecond. SQLite has no such type, so there it is the number of
    microseconds since 1970 UTC: exact, sorts as time does, and an index compares it as one integer.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())  # type: ignore[arg-type]  # the processors below make it fit
        return dialect.type_descriptor(DateTime(timezone=True))

    # The processors are replaced whole, because TypeDecorator's own would add two calls to every value.

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        return to_microseconds if dialect.name == "sqlite" else aware

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None] | None:  # noqa: ARG002
        return _from_microseconds if dialect.name == "sqlite" else None  # psycopg's are aware; `connect` sets UTC


def aware(at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at


def to_microseconds(at: datetime | None) -> int | None:
    return None if at is None else (aware(at) - EPOCH) // MICROSECOND  # type: ignore[operator]


def _from_microseconds(stored: int | None) -> datetime | None:
    return None if stored is None else EPOCH + timedelta(microseconds=stored)
