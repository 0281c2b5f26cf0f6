"""How what came of handing texts over is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from conversations import provider_errors
from records import acceptances, outbox, states
from records.acceptances import Acceptance
from records.delivery_trouble import Trouble
from scheduler.channel import Accepted, NotSent, Outcome, Refused, Unknown


@dataclass(frozen=True, slots=True)
class Came:
    """What a try came to, and when; what certainly did not leave is due again at `retry_at`. Both are aware."""

    attempt_id: str
    outcome: Outcome
    at: datetime
    retry_at: datetime


def is_down(refused: Refused) -> bool:
    """Whether it says nothing of the text, as when a queue is full or the account is stopped: others fare the same."""
    action = provider_errors.of(refused.code).action
    return action in provider_errors.GOES_AGAIN - provider_errors.ON_ANOTHER_CHANNEL


def store(connection: Connection, came: Came) -> Trouble | None:
    """Gives what it says of the number, to be decided on in this transaction; only a refusal says anything."""
    attempt_id, at = came.attempt_id, came.at
    match came.outcome:
        case Accepted(provider_id=provider_id, delivered=delivered):
            outbox.outcome(connection, attempt_id, states.Outcome.ACCEPTED, at, provider_id=provider_id)
            if delivered:
                outbox.fold_status(connection, attempt_id, "delivered", provider_id, None, at)
            return None
        case Refused(code=code):
            reason = f"error {code}" if code else "refused"
            return outbox.outcome(connection, attempt_id, states.Outcome.REFUSED, at, error_code=code, reason=reason)
        case NotSent():
            return outbox.outcome(
                connection, attempt_id, states.Outcome.NOT_SENT, at, retry_at=came.retry_at, reason="not sent"
            )
        case Unknown():
            return outbox.outcome(connection, attempt_id, states.Outcome.UNKNOWN, at, reason="no clear answer")
        case _:
            assert_never(came.outcome)


def store_all(connection: Connection, came: Sequence[Came]) -> None:
    """Many at once, none of them a refusal."""
    accepted: list[Acceptance] = []
    for one in came:
        if isinstance(one.outcome, Accepted) and not one.outcome.delivered:
            accepted.append(Acceptance(one.attempt_id, one.outcome.provider_id, one.at))
        else:
            store(connection, one)
    if accepted:
        acceptances.store(connection, accepted)
