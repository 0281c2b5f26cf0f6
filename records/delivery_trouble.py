"""What the provider's error codes say of more than one text: of a number, or of all texts (domain guide 7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, func, select

from conversations import provider_errors
from conversations.provider_errors import Action, ProviderError
from records import holds
from records.engagement import PROVIDER
from records.holds import Scope
from records.prepared import AnyRow
from records.tables import clients, messages

log = structlog.get_logger()

STOPS = {Action.STOP_ALL: Scope.ALL, Action.STOP_UNPROMPTED: Scope.UNPROMPTED}
"""What is held after which action."""

IN_A_WEEK = 3
WEEK = timedelta(days=7)
_COUNTED = provider_errors.codes(Action.COUNT)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A text that failed in a way that concerns more than itself."""

    message_id: str
    client_id: str
    number: str
    error_code: int


def is_opt_out(error_code: int | None) -> bool:
    return provider_errors.of(error_code).action is Action.OPT_OUT


def judge(connection: Connection, row: AnyRow, error: ProviderError, now: datetime) -> Trouble | None:
    """What follows from a text that has just failed; `row` names its id, client_id and number. None: nothing more.

    A hold of many texts is placed here. Who is to know of it is told once, however many texts fail for this reason.
    """
    client_id: str | None = row.client_id
    if scope := STOPS.get(error.action):
        if not holds.place(connection, scope, "", f"{error.means} (error {error.code})", PROVIDER, now):
            return None
        log.error("texts_held_by_provider", scope=scope, code=error.code)
        client_id = client_id or _somebody(connection)
    elif error.action is Action.COUNT and not _is_enough(connection, row, now):
        return None
    return Trouble(row.id, client_id, row.number, error.code) if client_id else None


def _somebody(connection: Connection) -> str | None:
    """It was a stranger's text, and an item needs a client; a supervisor gets it whosever it is."""
    found: str | None = connection.scalar(select(func.min(clients.c.id)))
    return found


def _is_enough(connection: Connection, row: AnyRow, now: datetime) -> bool:
    """Whether it is the third that passes by itself within 7 days."""
    failed = select(func.count()).where(
        messages.c.client_id == row.client_id, messages.c.at > now - WEEK, messages.c.error_code.in_(_COUNTED)
    )
    return (connection.scalar(failed) or 0) >= IN_A_WEEK
