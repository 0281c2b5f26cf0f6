"""Escalations that nobody takes go on: to the team, the supervisor, the manager (domain guide 7.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from conversations.county import County
from conversations.escalations import Level
from conversations.office_hours import due, quarters, same_span_again
from records import engagement, hook_queue
from records.bulk import one_of
from records.engagement import Kind, entry
from records.escalation_calls import BACK, MANAGER, SUPERVISOR, TEAM, WORKER, at, call
from records.tables import clients, escalations

Row = dict[str, Any]

AT_ONCE = 100

_OPEN = text("escalations.resolved_at IS NULL")  # the index's own words
_ITS_MOMENT_HAS_COME = escalations.c.passes_up_at <= bindparam("now")
_WAITING = (
    select(clients.c.id, clients.c.worker_id, clients.c.language)
    .join(escalations, escalations.c.client_id == clients.c.id)
    .where(_OPEN, _ITS_MOMENT_HAS_COME)
    .order_by(escalations.c.passes_up_at, escalations.c.id)
    .limit(AT_ONCE)
    .with_for_update(of=clients, key_share=True, skip_locked=True)
)
_DUE = (
    select(escalations)
    .where(one_of(escalations.c.client_id, "ids"), _OPEN, _ITS_MOMENT_HAS_COME)
    .order_by(escalations.c.passes_up_at, escalations.c.id)
)


def run(connection: Connection, now: datetime, county: County) -> int:
    """Take the step that is due for each of up to 100 items; gives how many. Run again until it gives 0.

    Those whose client is in another process's hands are left to it, or to the next time.
    """
    about = {row.id: row for row in connection.execute(_WAITING, {"now": now})}
    if not about:
        return 0
    items = connection.execute(_DUE, {"ids": list(about), "now": now}).mappings().all()
    for item in items:
        client = about[item["client_id"]]
        step = _Step(dict(item), county, now)
        step.take()
        connection.execute(update(escalations).where(escalations.c.id == item["id"]).values(**step.changes))
        for occasion in step.occasions:
            call(connection, county, dict(item) | step.changes, occasion, now)
        engagement.append(
            connection,
            [
                entry(
                    kind,
                    now,
                    client_id=client.id,
                    worker_id=client.worker_id,
                    language=client.language,
                    subject=item["trigger"],
                    reason=reason,
                    detail={"escalation": item["id"], "level": item["level"]},
                )
                for kind, reason in step.log
            ],
        )
    return len(items)


class _Step:
    """What comes of one item at its moment: the columns that change, whom it calls, what the log says."""

    def __init__(self, item: Row, county: County, now: datetime) -> None:
        self.item = item
        self.county = county
        self.now = now
        self.level = Level(item["level"])
        self.at: datetime = item["passes_up_at"]
        self.changes: Row = {}
        self.occasions: list[str] = []
        self.log: list[tuple[Kind, str]] = []

    def take(self) -> None:
        if self.item["snoozed_until"]:
            self.come_back()
        else:
            self.pass_on()
        if self.level is Level.U0:
            self.call_again()

    def come_back(self) -> None:
        """From a snooze, with as much time again as there was at first."""
        taken = self.item["acknowledged_at"] is not None
        self.changes = {"snoozed_until": None, "passes_up_at": None if taken else self.once_more(self.at)}
        self.occasions.append(at(BACK, self.at))
        self.log.append((Kind.ESCALATION_BACK, self.item["snoozed_because"]))

    def pass_on(self) -> None:
        held_by, due_at = self.item["held_by"], self.item["due_at"]
        if held_by == WORKER and self.level is Level.U1 and self.now < due_at:
            self.give_to(TEAM, hook_queue.HALF_TIME, due_at)
        elif held_by in (WORKER, TEAM):
            again = self.once_more(max(self.at, due_at))
            self.give_to(SUPERVISOR, f"{hook_queue.PASSED_UP}:{SUPERVISOR}", again)
        elif held_by == SUPERVISOR:
            self.give_to(MANAGER, f"{hook_queue.PASSED_UP}:{MANAGER}", None)
        else:  # nobody is above
            self.changes = {"passes_up_at": None}

    def give_to(self, held_by: str, occasion: str, next_at: datetime | None) -> None:
        self.changes = {"held_by": held_by, "passes_up_at": next_at}
        self.occasions.append(occasion)
        self.log.append((Kind.ESCALATION_PASSED_ON, held_by))

    def call_again(self) -> None:
        """A danger calls every 15 minutes until somebody takes it. Calls that were missed are not made up for."""
        count = quarters(self.item["opened_at"], self.at, self.county)
        self.occasions.append(f"{hook_queue.AGAIN}:{count}")
        self.log.append((Kind.ESCALATION_CALLED_AGAIN, str(count)))
        if self.changes.get("held_by", MANAGER) == MANAGER:
            next_at = self.once_more(self.at)
            late = next_at <= self.now
            self.changes["passes_up_at"] = due(Level.U0, self.now, self.county).astimezone(UTC) if late else next_at

    def once_more(self, since: datetime) -> datetime:
        opened_at, due_at = self.item["opened_at"], self.item["due_at"]
        return same_span_again(self.level, opened_at, due_at, since, self.county).astimezone(UTC)
