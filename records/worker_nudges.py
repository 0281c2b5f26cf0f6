"""The texts that workers ask for: kept, changed and cancelled until they are on their way. Each act is logged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from conversations import nudge_terms
from conversations.nudge_terms import NO_TERMS, Terms
from conversations.nudges import NudgeKind, NudgeState
from records.engagement import Kind, note_staff_act
from records.errors import ChangedError, NotFoundError, TooLateError
from records.sight import EVERYBODY, Sight, shown
from records.tables import clients, nudges

ASKED_FOR = (NudgeKind.WORKER_NUDGE, NudgeKind.INVITE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a worker wants sent, and when (aware): `due_at` is when the rules allow it, `wanted_at` when it was to."""

    words: str
    template: str
    due_at: datetime
    wanted_at: datetime
    reason: str
    terms: Terms = NO_TERMS
    put_by: str = ""
    """Who put the words into the client's language, where it was not the worker."""


@dataclass(frozen=True, slots=True)
class WorkerNudge:
    """A scheduled text, or an invitation, as it stands. `version` grows with every change."""

    id: str
    client_id: str
    kind: str
    words: str
    template: str
    due_at: datetime
    wanted_at: datetime
    state: str
    version: int
    terms: Terms = NO_TERMS


def schedule(connection: Connection, nudge_id: str, client_id: str, wish: Wish, staff_id: str, now: datetime) -> bool:
    """Keep it under this id. A second time with the same id changes nothing and gives False."""
    connection.execute(select(clients.c.id).where(clients.c.id == client_id).with_for_update(key_share=True))
    if connection.execute(select(nudges.c.id).where(nudges.c.id == nudge_id)).first():
        return False
    row = {
        "id": nudge_id,
        "client_id": client_id,
        "kind": NudgeKind.WORKER_NUDGE,
        "key": f"worker:{nudge_id}",
        "subject": "",
        "state": NudgeState.PLANNED,
        "held": 0,
        "version": 1,
        "created_by": staff_id,
        "created_at": now,
        **columns(wish),
    }
    connection.execute(insert(nudges).values(row))
    _note(connection, Kind.NUDGE_SCHEDULED, client_id, NudgeKind.WORKER_NUDGE, wish.reason, staff_id, now)
    _note_beside(connection, client_id, wish, staff_id, now)
    return True


def find(connection: Connection, nudge_id: str, sight: Sight) -> WorkerNudge:
    """Raises NotFoundError if there is none, or its client is out of sight."""
    wanted = (
        select(
            nudges.c.id,
            nudges.c.client_id,
            nudges.c.kind,
            nudges.c.words,
            nudges.c.template,
            nudges.c.due_at,
            nudges.c.wanted_at,
            nudges.c.state,
            nudges.c.version,
            nudges.c.terms,
        )
        .join(clients, clients.c.id == nudges.c.client_id)
        .where(nudges.c.id == nudge_id, nudges.c.kind.in_(ASKED_FOR))
    )
    row = connection.execute(wanted.where(shown(sight))).first()
    if row is None:
        raise NotFoundError
    return replace(WorkerNudge(*row[:-1]), terms=nudge_terms.read(row.terms))


def change(connection: Connection, nudge_id: str, version: int, wish: Wish, staff_id: str, now: datetime) -> None:
    """Raises TooLateError once it is on its way or over, and ChangedError if `version` is not the one that stands."""
    nudge = _waiting(connection, nudge_id)
    if nudge.version != version:
        raise ChangedError
    _update(connection, nudge, {**columns(wish), "held": 0})
    _note(connection, Kind.NUDGE_EDITED, nudge.client_id, nudge.kind, wish.reason, staff_id, now)
    _note_beside(connection, nudge.client_id, wish, staff_id, now)


def cancel(connection: Connection, nudge_id: str, staff_id: str, now: datetime) -> None:
    """Raises TooLateError once it is on its way or over."""
    nudge = _waiting(connection, nudge_id)
    _update(connection, nudge, {"state": NudgeState.CANCELLED, "reason": "a worker cancelled it"})
    _note(connection, Kind.NUDGE_CANCELLED, nudge.client_id, nudge.kind, "a worker cancelled it", staff_id, now)


def _waiting(connection: Connection, nudge_id: str) -> WorkerNudge:
    """The nudge, with its client locked as the ticker locks it, so that only one of the two has it."""
    client_id = find(connection, nudge_id, EVERYBODY).client_id
    connection.execute(select(clients.c.id).where(clients.c.id == client_id).with_for_update(key_share=True))
    nudge = find(connection, nudge_id, EVERYBODY)
    if nudge.state != NudgeState.PLANNED:
        raise TooLateError
    return nudge


def _update(connection: Connection, nudge: WorkerNudge, values: dict[str, object]) -> None:
    connection.execute(update(nudges).where(nudges.c.id == nudge.id).values(**values, version=nudge.version + 1))


def columns(wish: Wish) -> dict[str, object]:
    """What a row of `nudges` keeps of it."""
    return {
        "words": wish.words,
        "template": wish.template,
        "due_at": wish.due_at,
        "wanted_at": wish.wanted_at,
        "reason": wish.reason,
        "terms": wish.terms.stored(),
    }


def _note_beside(connection: Connection, client_id: str, wish: Wish, staff_id: str, now: datetime) -> None:
    """Who interpreted (domain guide 6.7); and, for the supervisor, why it goes beyond a limit (3.12)."""
    if wish.put_by:
        _note(connection, Kind.TEXT_INTERPRETED, client_id, NudgeKind.WORKER_NUDGE, wish.put_by, staff_id, now)
    if why := wish.terms.beyond_cap:
        _note(connection, Kind.NUDGE_BEYOND_CAP, client_id, NudgeKind.WORKER_NUDGE, why, staff_id, now)


def _note(
    connection: Connection, kind: Kind, client_id: str, subject: str, why: str, staff_id: str, now: datetime
) -> None:
    note_staff_act(connection, kind, staff_id, now, client_id=client_id, subject=subject, reason=why)
