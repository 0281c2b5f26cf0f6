"""What a member of staff does about an escalation that changes who answers in the client's thread."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from conversations.county import County
from conversations.events import WorkerLeft
from records import escalations
from records.escalations import Closing
from records.tables import staff
from records.turns import Turns


def resolve(
    turns: Turns,
    connection: Connection,
    escalation_id: str,
    closing: Closing,
    staff_id: str,
    county: County,
    now: datetime,
) -> bool:
    """Close it; if it was the last that made the thread a person's, the bot answers again, and says so (D17)."""
    if not escalations.resolve(connection, escalation_id, closing, staff_id, county, now):
        return False
    if client_id := escalations.gives_thread_back(connection, escalation_id):
        name = connection.scalars(select(staff.c.first_name).where(staff.c.id == staff_id)).one()
        turns.act(connection, client_id, WorkerLeft(name), staff_id, now)
    return True
