"""What other systems read, in pages by ids: what is added meanwhile comes after, so that no record is skipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from records.errors import NotFoundError
from records.sight import Sight, shown
from records.tables import clients, staff


@dataclass(frozen=True, slots=True)
class ApiClient:
    """Moments are UTC; `worker_email` is that of the client's worker, `external_id` "" for none."""

    id: str
    external_id: str | None
    number: str
    first_name: str
    language: str
    zone: str
    phone_is_shared: bool
    consent: str
    consented_at: datetime | None
    worker_email: str
    last_heard_at: datetime | None
    created_at: datetime


_CLIENTS: Select[Any] = select(
    clients.c.id,
    clients.c.external_id,
    clients.c.number,
    clients.c.first_name,
    clients.c.language,
    clients.c.zone,
    clients.c.phone_is_shared,
    clients.c.consent,
    clients.c.consented_at,
    staff.c.email,
    clients.c.last_heard_at,
    clients.c.created_at,
).join(staff, staff.c.id == clients.c.worker_id)


def client(connection: Connection, client_id: str, sight: Sight) -> ApiClient:
    """Raises NotFoundError if there is none, or they are out of sight."""
    return _one(connection, _CLIENTS.where(clients.c.id == client_id, shown(sight)))


def client_by_external_id(connection: Connection, external_id: str, sight: Sight) -> ApiClient:
    """Raises NotFoundError as `client` does."""
    return _one(connection, _CLIENTS.where(clients.c.external_id == external_id, shown(sight)))


def clients_after(
    connection: Connection, sight: Sight, after: str | None, limit: int, *, consent: str | None, worker: str | None
) -> list[ApiClient]:
    """Those with greater ids than `after`. `worker` is an e-mail address."""
    wanted = _CLIENTS.where(shown(sight)).order_by(clients.c.id).limit(limit)
    if after is not None:
        wanted = wanted.where(clients.c.id > after)
    if consent is not None:
        wanted = wanted.where(clients.c.consent == consent)
    if worker is not None:
        wanted = wanted.where(staff.c.email == worker)
    return [ApiClient(*row) for row in connection.execute(wanted)]


def _one(connection: Connection, wanted: Select[Any]) -> ApiClient:
    row = connection.execute(wanted).first()
    if row is None:
        raise NotFoundError("no such client")
    return ApiClient(*row)
