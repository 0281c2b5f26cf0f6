"""Who is in the web chat, on which browser. Only a hash of the cookie is kept.

Moments are aware. `clients.chat_until` is kept along, by which texts find their way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from records import engagement, unopened
from records.engagement import CLIENT, Kind, entry
from records.sight import EVERYBODY, shown
from records.tables import chat_sessions, clients, staff

ON_OWN_PHONE = timedelta(days=30)
ELSEWHERE = timedelta(minutes=30)
"""So long a chat stays open without being looked at: on the client's own phone, and on a computer that others use."""

KEPT_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ChatSession:
    """An open chat, and whose it is."""

    client_id: str
    number: str
    first_name: str
    language: str
    zone: ZoneInfo
    worker: str
    csrf: str
    on_own_phone: bool
    seen_at: datetime

    @property
    def lasts(self) -> timedelta:
        return ON_OWN_PHONE if self.on_own_phone else ELSEWHERE


def open_session(
    connection: Connection, client_id: str, token_hash: str, csrf: str, now: datetime, *, on_own_phone: bool
) -> None:
    """Those that ran out are swept away with it."""
    connection.execute(delete(chat_sessions).where(_ran_out(now)))
    row = {"token_hash": token_hash, "client_id": client_id, "csrf": csrf, "opened_at": now, "seen_at": now}
    connection.execute(insert(chat_sessions).values({**row, "on_own_phone": on_own_phone}))
    _keep_reach(connection, client_id)
    _note(connection, Kind.CHAT_OPENED, client_id, now)


def find(connection: Connection, token_hash: str, now: datetime) -> ChatSession | None:
    it = chat_sessions.c
    wanted = (
        select(
            it.client_id,
            clients.c.number,
            clients.c.first_name,
            clients.c.language,
            clients.c.zone,
            staff.c.first_name.label("worker"),
            it.csrf,
            it.on_own_phone,
            it.seen_at,
        )
        .join(clients, clients.c.id == it.client_id)
        .join(staff, staff.c.id == clients.c.worker_id)
        .where(it.token_hash == token_hash, ~_ran_out(now), shown(EVERYBODY))
    )
    row = connection.execute(wanted).mappings().first()
    return ChatSession(**{**row, "zone": ZoneInfo(row["zone"])}) if row else None


def keep(connection: Connection, token_hash: str, client_id: str, now: datetime) -> None:
    """Somebody is there."""
    connection.execute(update(chat_sessions).where(chat_sessions.c.token_hash == token_hash).values(seen_at=now))
    _keep_reach(connection, client_id)


def leave(connection: Connection, token_hash: str, client_id: str, now: datetime) -> None:
    connection.execute(delete(chat_sessions).where(chat_sessions.c.token_hash == token_hash))
    _keep_reach(connection, client_id)
    unopened.look_at_all_of(connection, client_id)
    _note(connection, Kind.CHAT_LEFT, client_id, now)


def end_all(connection: Connection, client_id: str) -> int:
    """On every browser, as when their phone is lost; gives how many were open."""
    ended = connection.execute(delete(chat_sessions).where(chat_sessions.c.client_id == client_id)).rowcount
    _keep_reach(connection, client_id)
    unopened.look_at_all_of(connection, client_id)
    return ended


def count(connection: Connection, client_id: str, now: datetime) -> int:
    theirs = select(func.count()).where(chat_sessions.c.client_id == client_id, ~_ran_out(now))
    return connection.scalar(theirs) or 0


def _ran_out(now: datetime) -> ColumnElement[bool]:
    it = chat_sessions.c
    return or_(
        and_(it.on_own_phone, it.seen_at <= now - ON_OWN_PHONE), and_(~it.on_own_phone, it.seen_at <= now - ELSEWHERE)
    )


def _keep_reach(connection: Connection, client_id: str) -> None:
    it = chat_sessions.c
    rows = connection.execute(select(it.seen_at, it.on_own_phone).where(it.client_id == client_id))
    until = max((row.seen_at + (ON_OWN_PHONE if row.on_own_phone else ELSEWHERE) for row in rows), default=None)
    connection.execute(update(clients).where(clients.c.id == client_id).values(chat_until=until))


def _note(connection: Connection, kind: Kind, client_id: str, now: datetime) -> None:
    row = connection.execute(select(clients.c.worker_id, clients.c.language).where(clients.c.id == client_id)).one()
    about = {"client_id": client_id, "worker_id": row.worker_id, "language": row.language}
    engagement.append(connection, [entry(kind, now, actor=CLIENT, **about)])
