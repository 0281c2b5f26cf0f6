"""What the carriers' error codes say of a number (domain guide 7.2), read when a text's state changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from records.tables import messages

OPTED_OUT = 21610
"""The provider's error for a number that opted out."""

FOR_GOOD = frozenset({21211, 21614, 30005, 30006})
"""No such number, no mobile, unknown to the carrier, a landline."""
PASSING = frozenset({30003, 30008})
"""Unreachable, unknown."""
FILTERED = frozenset({30007, 30034})
"""The carrier filters our texts; ours are not registered with it."""

PASSING_IN_A_WEEK = 3
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A text that failed in a way that concerns more than itself."""

    message_id: str
    client_id: str
    number: str
    error_code: int


def may_be_trouble(error_code: int | None) -> bool:
    return error_code == OPTED_OUT or error_code in FOR_GOOD | PASSING | FILTERED


def is_opt_out(trouble: Trouble) -> bool:
    return trouble.error_code == OPTED_OUT


_FAILED_THIS_WEEK = select(func.count()).where(
    messages.c.client_id == bindparam("client"),
    messages.c.at > bindparam("since"),
    messages.c.error_code.in_(sorted(PASSING)),
)


def counts(connection: Connection, trouble: Trouble, now: datetime) -> bool:
    """Whether it counts: at once, or as the third of those that pass by themselves within 7 days."""
    if trouble.error_code not in PASSING:
        return True
    found = connection.scalar(_FAILED_THIS_WEEK, {"client": trouble.client_id, "since": now - WEEK})
    return (found or 0) >= PASSING_IN_A_WEEK
