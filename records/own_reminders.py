"""The reminders that clients set for themselves, as their page shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from conversations.own_reminders import OPEN, OwnReminder, ReminderStatus
from records.tables import own_reminders


def open_of(connection: Connection, client_id: str) -> Sequence[OwnReminder]:
    """Those that are not over, the soonest first."""
    it = own_reminders.c
    wanted = select(it.number, it.what, it.at, it.repeats, it.status).where(
        it.client_id == client_id, it.status.in_(sorted(OPEN))
    )
    rows = connection.execute(wanted.order_by(it.at, it.number))
    return [OwnReminder(row.number, row.what, row.at, row.repeats, ReminderStatus(row.status)) for row in rows]
