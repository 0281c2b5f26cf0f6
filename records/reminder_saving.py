"""The reminders that clients set for themselves."""

from __future__ import annotations

from conversations.effects import SaveReminder
from records.batch import OneClient
from records.bulk import inserting, replaced
from records.engagement import Kind
from records.tables import own_reminders

_CHANGING = ("what", "at", "repeats", "status", "changed_at")

UPSERT = inserting(
    own_reminders,
    own_reminders.c.keys(),
    f"ON CONFLICT (client_id, number) DO UPDATE SET {replaced(*_CHANGING)}",
)


def reminder(one: OneClient, effect: SaveReminder) -> None:
    it = effect.reminder
    row = {
        "client_id": one.client.id,
        "number": it.number,
        "what": it.what,
        "at": it.at,
        "repeats": it.repeats,
        "status": it.status,
        "created_at": one.now,
        "changed_at": one.now,
    }
    one.batch.put(UPSERT, (one.client.id, it.number), row)
    detail = {"at": it.at.isoformat()}
    one.log(Kind(f"reminder_{it.status}"), str(it.number), message_id=one.cause.message_id, detail=detail)
