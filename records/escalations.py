"""What people do about an escalation, from taking it to closing it with an outcome (domain guide 7.3).

All that merged into an item goes with it. Each act locks the client, is logged, and done twice is done once: then it
gives False. Each raises NotFoundError, and TooLateError for what cannot be done to an item that is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from conversations.county import County
from conversations.escalations import PRESSING, Level, Trigger
from conversations.nudges import NudgeKind, NudgeState
from conversations.office_hours import same_span_again
from conversations.situation import Mode
from records import consent, hook_queue
from records.bulk import Bulk, updating
from records.engagement import BOT, Kind, note_staff_act
from records.errors import NotFoundError, RefusedError, TooLateError
from records.escalation_calls import REASSIGNED, TEAM, WORKER, at, call
from records.prepared import Prepared
from records.roles import Right, roles_with
from records.tables import clients, escalations, nudges, staff

Row = dict[str, Any]

TURNED_TO = "a person turned to the client"

TALKED_THROUGH = frozenset({Trigger.ASKED_FOR_PERSON, Trigger.WAITS_FOR_REPLY, Trigger.COMPLAINT})
"""Beside what is pressing: a person has the thread as long as one of these is open."""


class Outcome(StrEnum):
    """What came of it (domain guide 7.3)."""

    TALKED = "talked"
    LEFT_MESSAGE = "left_message"
    MET = "met"
    PLAN_CHANGED = "plan_changed"
    REFERRED = "referred"
    NO_CONTACT = "no_contact"
    NOT_NEEDED = "not_needed"


MEANS_CONTACT = frozenset(Outcome) - {Outcome.NO_CONTACT, Outcome.NOT_NEEDED}


class Owner(StrEnum):
    """Whose the next step is."""

    CLIENT = "client"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Closing:
    """How it ends. `note` and `next_step` are for staff, and as long as they like."""

    outcome: Outcome
    note: str = ""
    next_step: str = ""
    next_step_by: Owner | None = None


def acknowledge(connection: Connection, escalation_id: str, staff_id: str, now: datetime) -> bool:
    """A named person takes it; the first one stands. Taking it does not stop the clock for the contact."""
    case = _open_case(connection, escalation_id)
    return _acknowledge(connection, case, staff_id, now)


def contacted(connection: Connection, escalation_id: str, staff_id: str, now: datetime, how: str = "") -> bool:
    """A person turned to the client about it, and how, as an outcome; whoever does has taken it."""
    case = _open_case(connection, escalation_id)
    return _contacted(connection, case, staff_id, now, how)


def turned_to(connection: Connection, client_id: str, staff_id: str, now: datetime) -> bool:
    """A person wrote to the client, or took the thread over: that is about all that is open."""
    consent.LOCK.rows(connection, {"ids": [client_id]})
    return _contacted(connection, _open_of(connection, client_id), staff_id, now)


def snooze(connection: Connection, escalation_id: str, until: datetime, why: str, staff_id: str, now: datetime) -> bool:
    """Let it rest; it comes back by itself. Raises RefusedError for what must not wait."""
    case = _open_case(connection, escalation_id)
    if any(item["level"] == Level.U0 for item in case):
        raise RefusedError("Danger does not wait: take it now, or give it to somebody who can.")
    if until <= now:
        raise RefusedError("Choose a moment that is still to come.")
    if not why.strip():
        raise RefusedError("Say in a few words why it can wait.")
    new = [item for item in case if item["snoozed_until"] != until]
    _change(connection, new, snoozed_until=until, snoozed_because=why.strip(), passes_up_at=until)
    _log(connection, new, Kind.ESCALATION_SNOOZED, staff_id, now, why.strip(), until=until.astimezone(UTC).isoformat())
    return bool(new)


_ANSWERS = staff.c.role.in_(roles_with(Right.ANSWER))


def reassign(
    connection: Connection,
    escalation_id: str,
    to: str | None,
    why: str,
    staff_id: str,
    county: County,
    now: datetime,
) -> bool:
    """Give it to somebody else, or to the team (None), who has to take it. Raises RefusedError."""
    case = _open_case(connection, escalation_id)
    if to is not None and not connection.scalar(select(staff.c.id).where(staff.c.id == to, staff.c.active, _ANSWERS)):
        raise RefusedError("Choose somebody who works here, or give it to the team.")
    if not why.strip():
        raise RefusedError("Say in a few words why it changes hands.")
    new = [item for item in case if item["assigned_to"] != to]
    for item in new:
        _change(connection, [item], **_in_other_hands(item, to, county, now))
        call(connection, county, item | {"assigned_to": to}, at(REASSIGNED, now), now)
    _log(connection, new, Kind.ESCALATION_REASSIGNED, staff_id, now, why.strip(), to=to)
    return bool(new)


def resolve(
    connection: Connection, escalation_id: str, closing: Closing, staff_id: str, county: County, now: datetime
) -> bool:
    """It is over; the next trigger opens a new one. `thread_acts.resolve` also gives the thread back to the bot."""
    found = _case(connection, escalation_id)
    case = [item for item in found if item["resolved_at"] is None]
    if found[0]["resolved_at"]:
        return False
    if closing.outcome in MEANS_CONTACT:
        _contacted(connection, case, staff_id, now)
    _change(
        connection,
        case,
        resolved_at=now,
        resolved_by=staff_id,
        outcome=closing.outcome,
        note=closing.note,
        next_step=closing.next_step,
        next_step_by=closing.next_step_by or "",
        snoozed_until=None,
        passes_up_at=None,
    )
    _cancel_promises(connection, case, now)
    _log(connection, case, Kind.ESCALATION_RESOLVED, staff_id, now, closing.outcome)
    for item in case:
        call(connection, county, item, hook_queue.RESOLVED, now)
    return True


def gives_thread_back(connection: Connection, escalation_id: str) -> str | None:
    """The client whose thread was a person's because of this item, or what merged into it, and need not be any more.

    After a crisis a thread is not given back by itself: somebody has to start the texts again.
    """
    case = _case(connection, escalation_id)
    client_id: str = case[0]["client_id"]
    if not any(map(_keeps_thread, case)) or any(map(_keeps_thread, _open_of(connection, client_id))):
        return None
    mode = connection.scalar(select(clients.c.mode).where(clients.c.id == client_id))
    return client_id if mode == Mode.HUMAN else None


def _keeps_thread(item: Row) -> bool:
    return item["level"] in PRESSING or item["trigger"] in TALKED_THROUGH


def _acknowledge(connection: Connection, case: Sequence[Row], staff_id: str, now: datetime) -> bool:
    new = [item for item in case if not item["acknowledged_at"]]
    _change(connection, new, acknowledged_at=now, acknowledged_by=staff_id, assigned_to=staff_id)
    _change(connection, [item for item in new if not item["snoozed_until"]], passes_up_at=None)
    _log(connection, new, Kind.ESCALATION_ACKNOWLEDGED, staff_id, now)
    return bool(new)


def _contacted(connection: Connection, case: Sequence[Row], staff_id: str, now: datetime, how: str = "") -> bool:
    _acknowledge(connection, case, staff_id, now)
    new = [item for item in case if not item["contacted_at"]]
    _change(connection, new, contacted_at=now, contacted_by=staff_id, snoozed_until=None, passes_up_at=None)
    _cancel_promises(connection, new, now)
    for item in new:
        promised = {"promised_by": item["promised_by"].isoformat()} if item["promised_by"] else {}
        _log(connection, [item], Kind.ESCALATION_CONTACTED, staff_id, now, how, **promised)
    return bool(new)


def _in_other_hands(item: Row, to: str | None, county: County, now: datetime) -> Row:
    """Nobody has taken it; it goes on when due, or if that is over, after the same span again."""
    again = same_span_again(Level(item["level"]), item["opened_at"], item["due_at"], now, county)
    passes_up_at = item["due_at"] if item["due_at"] > now else again
    return {
        "assigned_to": to,
        "held_by": WORKER if to else TEAM,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "snoozed_until": None,
        "passes_up_at": passes_up_at,
    }


def _open_case(connection: Connection, escalation_id: str) -> list[Row]:
    case = _case(connection, escalation_id)
    if case[0]["resolved_at"]:
        raise TooLateError("It is closed. If there is more to do, open the client's page.")
    return [item for item in case if item["resolved_at"] is None]


_WHOSE = Prepared(select(escalations.c.client_id).where(escalations.c.id == bindparam("item")))
_CASE = Prepared(
    select(escalations).where(
        or_(escalations.c.id == bindparam("item"), escalations.c.merged_into == bindparam("item")),
        escalations.c.client_id == bindparam("client"),
    )
)
_OPEN_OF = Prepared(
    select(escalations).where(escalations.c.client_id == bindparam("client"), escalations.c.resolved_at.is_(None))
)


def _case(connection: Connection, escalation_id: str) -> list[Row]:
    """The item, and then what merged into it, with the client locked, so that nothing is added meanwhile."""
    whose = _WHOSE.first(connection, {"item": escalation_id})
    if whose is None:
        raise NotFoundError("no such escalation")
    consent.LOCK.rows(connection, {"ids": [whose.client_id]})
    case = _CASE.rows(connection, {"item": escalation_id, "client": whose.client_id})
    return sorted((row._asdict() for row in case), key=lambda item: item["id"] != escalation_id)


def _open_of(connection: Connection, client_id: str) -> list[Row]:
    return [row._asdict() for row in _OPEN_OF.rows(connection, {"client": client_id})]


def _change(connection: Connection, items: Sequence[Row], **values: Any) -> None:  # noqa: ANN401  columns of all types
    _changing(tuple(values)).run(connection, [{"id": item["id"], **values} for item in items])


@cache
def _changing(columns: tuple[str, ...]) -> Bulk:
    return updating(escalations, columns)


_PROMISES = (
    update(nudges)
    .where(
        nudges.c.client_id == bindparam("client"),
        nudges.c.subject.in_(bindparam("triggers", expanding=True)),
        nudges.c.kind == NudgeKind.PROMISE,
        nudges.c.state == NudgeState.PLANNED,
    )
    .values(state=NudgeState.CANCELLED, reason=TURNED_TO, version=nudges.c.version + 1)
    .returning(nudges.c.id, nudges.c.subject, nudges.c.due_at)
)


def _cancel_promises(connection: Connection, items: Sequence[Row], now: datetime) -> None:
    """What was promised of these items will not fall due."""
    if not items:
        return
    asked = {"client": items[0]["client_id"], "triggers": [item["trigger"] for item in items]}
    for nudge in connection.execute(_PROMISES, asked).all():
        note_staff_act(
            connection,
            Kind.NUDGE_CANCELLED,
            BOT,
            now,
            client_id=items[0]["client_id"],
            subject=NudgeKind.PROMISE,
            reason=TURNED_TO,
            detail={"nudge": nudge.id, "about": nudge.subject, "due_at": nudge.due_at.isoformat()},
        )


def _log(
    connection: Connection,
    items: Sequence[Row],
    kind: Kind,
    staff_id: str,
    now: datetime,
    reason: str = "",
    **detail: Any,  # noqa: ANN401  what JSON holds
) -> None:
    for item in items:
        note_staff_act(
            connection,
            kind,
            staff_id,
            now,
            client_id=item["client_id"],
            subject=item["trigger"],
            reason=reason,
            detail={"escalation": item["id"], **detail},
        )
