"""Texts that the provider took, many at once: what `outbox.outcome` stores of each, in a few statements for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from records import engagement, outbox
from records.bulk import one_of, updating
from records.prepared import Prepared
from records.states import MessageState, Outcome
from records.tables import attempts, clients, messages


@dataclass(frozen=True, slots=True)
class Acceptance:
    """`provider_id` is the provider's own id of the message; `at` is aware."""

    attempt_id: str
    provider_id: str
    at: datetime


_UNTOUCHED = Prepared(
    select(
        attempts.c.id.label("attempt_id"),
        messages.c.id,
        messages.c.client_id,
        messages.c.language,
        clients.c.worker_id,
    )
    .select_from(attempts)
    .join(messages, messages.c.id == attempts.c.message_id)
    .outerjoin(clients, clients.c.id == messages.c.client_id)
    .where(
        one_of(attempts.c.id, "attempts"),
        attempts.c.outcome == Outcome.CLAIMED,
        attempts.c.provider_id.is_(None),
        messages.c.state == MessageState.CLAIMED,
        messages.c.provider_id.is_(None),
    )
    .order_by(messages.c.id)
    .with_for_update(of=messages)
)
_TRIES_NAMED = Prepared(select(attempts.c.provider_id).where(one_of(attempts.c.provider_id, "names")))
_TEXTS_NAMED = Prepared(select(messages.c.provider_id).where(one_of(messages.c.provider_id, "names")))
_FINISH = updating(attempts, ("outcome", "finished_at", "provider_id"))
_MOVE = updating(messages, ("state", "reason", "error_code", "provider_id"))


def store(connection: Connection, accepted: Sequence[Acceptance]) -> None:
    """Of a try that a report, or anybody else, has said something about before, `outbox.outcome` decides."""
    by_attempt = {one.attempt_id: one for one in accepted}
    names = {"names": [one.provider_id for one in accepted]}
    taken = {row.provider_id for named in (_TRIES_NAMED, _TEXTS_NAMED) for row in named.rows(connection, names)}
    rows = [
        (row, one)
        for row in _UNTOUCHED.rows(connection, {"attempts": list(by_attempt)})
        if (one := by_attempt[row.attempt_id]).provider_id not in taken
    ]
    _FINISH.run(connection, [_finished(one) for _, one in rows])
    _MOVE.run(connection, [_moved(row.id, one) for row, one in rows])
    engagement.append(connection, [engagement.text_status(row, one.at, MessageState.ACCEPTED, "") for row, one in rows])
    done = {one.attempt_id for _, one in rows}
    for one in accepted:
        if one.attempt_id not in done:
            outbox.outcome(connection, one.attempt_id, Outcome.ACCEPTED, one.at, provider_id=one.provider_id)


def _finished(one: Acceptance) -> dict[str, object]:
    return {"id": one.attempt_id, "outcome": Outcome.ACCEPTED, "finished_at": one.at, "provider_id": one.provider_id}


def _moved(message_id: str, one: Acceptance) -> dict[str, object]:
    return {
        "id": message_id,
        "state": MessageState.ACCEPTED,
        "reason": "",
        "error_code": None,
        "provider_id": one.provider_id,
    }
