"""Roadmaps: where a client wants to be some months ahead, and how far along the way they are."""

from __future__ import annotations

from conversations.effects import KeepRoadmap
from records.batch import OneClient
from records.bulk import inserting, replaced
from records.engagement import Kind
from records.tables import roadmaps

UPSERT = inserting(
    roadmaps,
    roadmaps.c.keys(),
    f"ON CONFLICT (client_id, number) DO UPDATE SET {replaced('reached', 'status')}",
)


def roadmap(one: OneClient, effect: KeepRoadmap) -> None:
    it = effect.roadmap
    row = {
        "client_id": one.client.id,
        "number": it.number,
        "goal": it.goal,
        "why": it.why,
        "marks": it.marks,
        "reached": it.reached,
        "status": it.status,
        "set_at": one.now,
    }
    one.batch.put(UPSERT, (one.client.id, it.number), row)
    detail = {"status": it.status, "reached": it.reached}
    one.log(Kind.ROADMAP_KEPT, str(it.number), message_id=one.cause.message_id, detail=detail)
