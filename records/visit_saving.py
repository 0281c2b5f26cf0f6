"""Visits as they stand, and the free times that they take or give back."""

from __future__ import annotations

from conversations import nudge_terms
from conversations.effects import HoldTimes, SaveVisit, TakeTime
from records.batch import OneClient
from records.bulk import inserting, replaced, updating
from records.engagement import Kind
from records.tables import free_times, visits

_CHANGING = ("starts_at", "place", "bring", "by_phone", "status", "leaves_at", "reason", "changed_at")

_OF_LISTS = frozenset({"external_id", "external_said"})
"""What an import alone writes."""

UPSERT = inserting(
    visits,
    [name for name in visits.c.keys() if name not in _OF_LISTS],  # noqa: SIM118  these are no dict's keys
    f"ON CONFLICT (client_id, number) DO UPDATE SET {replaced(*_CHANGING)}, version = visits.version + 1",
)
UPDATE_TIMES = updating(free_times, ("held_for", "held_until", "visit_client", "visit"))


def visit(one: OneClient, effect: SaveVisit) -> None:
    """A client meets their own worker, as who the visit was entered for; its `worker` is only what they are called."""
    it = effect.visit
    row = {
        "client_id": one.client.id,
        "number": it.number,
        "worker_id": one.loaded.worker_id,
        "starts_at": it.starts_at,
        "place": it.place,
        "bring": it.bring,
        "by_phone": it.by_phone,
        "status": it.status,
        "leaves_at": it.leaves_at,
        "reason": effect.reason,
        "version": 1,
        "created_at": one.now,
        "changed_at": one.now,
    }
    one.batch.put(UPSERT, (one.client.id, it.number), row)
    one.loaded.book.follow(f"{nudge_terms.VISIT}:{it.number}", it.starts_at)
    detail = {"starts_at": it.starts_at.isoformat(), "status": it.status}
    one.log(Kind(f"visit_{effect.what}"), str(it.number), message_id=one.cause.message_id, detail=detail)


def hold_times(one: OneClient, effect: HoldTimes) -> None:
    """The calendar has it: all times that changed are saved at once."""
    until = {"until": effect.until.isoformat()}
    one.log(Kind.TIMES_HELD, str(len(effect.times)), message_id=one.cause.message_id, detail=until)


def take_time(one: OneClient, effect: TakeTime) -> None:
    """As `hold_times`. That the visit moved is logged with the visit."""
