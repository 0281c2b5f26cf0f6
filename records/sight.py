"""Whose clients a member of staff may see. `own` is their id, or None for who sees all."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, true

from records.tables import clients, escalations


def shown(own: str | None) -> ColumnElement[bool]:
    """For a query that has `clients`: one's own, and those of whom one has an open item, as cover or by hand."""
    if own is None:
        return true()
    asked = select(escalations.c.client_id).where(escalations.c.assigned_to == own, escalations.c.resolved_at.is_(None))
    return or_(clients.c.worker_id == own, clients.c.id.in_(asked))
