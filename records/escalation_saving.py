"""Saving that a person is needed: one open item a client and trigger, led by the gravest (domain guide 7.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from conversations.county import County
from conversations.effects import TellWorker
from conversations.escalations import Level
from conversations.nudges import NudgeKind
from conversations.office_hours import half_time
from records import escalations as acts
from records import hook_queue
from records.batch import Batch, OneClient, Row, Told
from records.bulk import inserting, one_of, updating
from records.engagement import Kind, entry
from records.escalation_calls import MANAGER, REPEATED, TEAM, WORKER, calls
from records.ids import new_id
from records.prepared import Prepared
from records.tables import escalations

REOPENS_WITHIN = timedelta(days=14)
TAKEN_FOR = timedelta(hours=1)
"""How long one who took a U0 is taken to be at it: as long as the client gets no second answer to it (7.4)."""


def tell(one: OneClient, effect: TellWorker) -> None:
    one.told.append(effect)


def contacted(one: OneClient) -> None:
    """A person writes to the client."""
    one.batch.contacted[one.client.id] = one.cause.actor


def finish(one: OneClient) -> None:
    """What was told, and the promise whose moment came, for `write`."""
    nudge = one.sent_nudge
    promise = nudge.subject if nudge and nudge.kind == NudgeKind.PROMISE else ""
    if one.told or promise:
        one.batch.told.append(Told(one.client.id, one.loaded.answers_id, one.cause, tuple(one.told), promise))


def is_needed(batch: Batch) -> bool:
    """Whether anything of this batch is for `write`."""
    return bool(batch.told or batch.contacted)


def write(batch: Batch, connection: Connection) -> None:
    """Open items or add to the open ones, with their notices and their lines in the log. The clients are locked."""
    if batch.told:
        _write_told(batch, connection)
    for client_id, staff_id in batch.contacted.items():
        acts.turned_to(connection, client_id, staff_id, batch.now)


def _write_told(batch: Batch, connection: Connection) -> None:
    known = _known(connection, [told.client_id for told in batch.told], batch.now)
    cases = [_Case(batch, told, known.get(told.client_id, ())) for told in batch.told]
    for case in cases:
        case.take()
    _INSERT.run(connection, [item for case in cases for item in case.new])
    _UPDATE.run(connection, [item for case in cases for item in case.changed])
    hook_queue.put(connection, [row for case in cases for row in case.notices])


def passes_on(level: Level, held_by: str, now: datetime, due_at: datetime, county: County) -> datetime | None:
    """When an item that nobody takes goes to the next: half-time for a U1 that the worker has, else the due moment."""
    if level is Level.U1 and held_by == WORKER:
        return min(half_time(now, county).astimezone(UTC), due_at)
    return None if held_by == MANAGER and level is not Level.U0 else due_at


_KNOWN = Prepared(
    select(escalations)
    .where(
        one_of(escalations.c.client_id, "ids"),
        or_(escalations.c.resolved_at.is_(None), escalations.c.resolved_at > bindparam("since")),
    )
    .order_by(escalations.c.id)
)
_CHANGING = (
    "level",
    "due_at",
    "times",
    "about",
    "told_at",
    "promised_by",
    "promise_broken_at",
    "held_by",
    "to_supervisor",
    "passes_up_at",
    "acknowledged_at",
    "acknowledged_by",
    "contacted_at",
    "contacted_by",
    "snoozed_until",
    "snoozed_because",
    "merged_into",
)
_INSERT = inserting(escalations, escalations.c.keys())
_UPDATE = updating(escalations, _CHANGING)
_EMPTY: Mapping[str, Any] = dict.fromkeys(escalations.c.keys()) | {
    "times": 1,
    "snoozed_because": "",
    "note": "",
    "next_step": "",
    "next_step_by": "",
}


def _known(connection: Connection, client_ids: Sequence[str], now: datetime) -> Mapping[str, list[Row]]:
    """Items of these clients that are open, or were closed a short while ago, by client; the older first."""
    found: dict[str, list[Row]] = {}
    for row in _KNOWN.rows(connection, {"ids": client_ids, "since": now - REOPENS_WITHIN}):
        found.setdefault(row.client_id, []).append(row._asdict())
    return found


def _once(tells: Iterable[TellWorker]) -> Iterable[TellWorker]:
    """Twice in one decision is once, at the higher level and the sooner moment."""
    told: dict[str, TellWorker] = {}
    for tell in tells:
        before = told.get(tell.trigger, tell)
        told[tell.trigger] = replace(
            tell,
            level=min(before.level, tell.level),
            due_at=min(before.due_at, tell.due_at),
            promised=before.promised or tell.promised,
            about=tell.about or before.about,
            to_supervisor=before.to_supervisor or tell.to_supervisor,
        )
    return told.values()


class _Case:
    """One client's items, as they become."""

    def __init__(self, batch: Batch, told: Told, items: Sequence[Row]) -> None:
        self.batch = batch
        self.told = told
        self.county = batch.county
        self.now = batch.now
        self.worker_id, self.language = batch.people[told.client_id]
        self.open: dict[str, Row] = {item["trigger"]: item for item in items if item["resolved_at"] is None}
        self.over: dict[str, Row] = {item["trigger"]: item for item in items if item["resolved_at"] is not None}
        self.before = {trigger: dict(item) for trigger, item in self.open.items()}
        self.occasions: list[tuple[Row, str]] = []

    @property
    def new(self) -> list[Row]:
        return [item for trigger, item in self.open.items() if trigger not in self.before]

    @property
    def changed(self) -> list[Row]:
        return [self.open[trigger] for trigger, before in self.before.items() if self.open[trigger] != before]

    @property
    def notices(self) -> list[Row]:
        return [row for item, occasion in self.occasions for row in calls(self.county, item, occasion, self.now)]

    def take(self) -> None:
        if late := self.open.get(self.told.promise):
            self.break_promise(late)
        for tell in _once(self.told.tells):
            if item := self.open.get(tell.trigger):
                self.add(item, tell)
            else:
                self.open_item(tell)
        self.merge()

    def note(self, kind: Kind, item: Row, reason: str = "", **detail: Any) -> None:  # noqa: ANN401  what JSON holds
        self.batch.log.append(
            entry(
                kind,
                self.now,
                client_id=self.told.client_id,
                worker_id=self.worker_id,
                actor=self.told.cause.actor,
                language=self.language,
                subject=item["trigger"],
                reason=reason,
                message_id=self.told.cause.message_id,
                detail={"escalation": item["id"], **detail},
            )
        )

    def break_promise(self, item: Row) -> None:
        """The moment has come, and nobody has turned to the client."""
        if item["contacted_at"] or item["promise_broken_at"] or not item["promised_by"]:
            return
        item["promise_broken_at"] = self.now
        self.occasions.append((item, hook_queue.PROMISE_BROKEN))
        self.note(Kind.PROMISE_BROKEN, item, promised_by=item["promised_by"].isoformat())

    def open_item(self, tell: TellWorker) -> None:
        due_at = tell.due_at.astimezone(UTC)
        before = self.over.get(tell.trigger)
        held_by = TEAM if self.told.answers_id is None else WORKER
        item: Row = {
            **_EMPTY,
            "id": new_id(self.now),
            "client_id": self.told.client_id,
            "trigger": tell.trigger,
            "level": tell.level,
            "opened_at": self.now,
            "due_at": due_at,
            "about": tell.about,
            "told_at": self.now if tell.promised else None,
            "promised_by": due_at if tell.promised else None,
            "assigned_to": self.told.answers_id,
            "held_by": held_by,
            "to_supervisor": tell.to_supervisor,
            "passes_up_at": passes_on(tell.level, held_by, self.now, due_at, self.county),
            "reopens": before["id"] if before else None,
        }
        self.open[tell.trigger] = item
        self.note(Kind.ESCALATION_OPENED, item, **_facts(item))
        self.occasions.append((item, hook_queue.OPENED))

    def add(self, item: Row, tell: TellWorker) -> None:
        """More of it: the sooner moment and the higher level hold. What was taken may have to be taken anew."""
        rose, anew, due_at = tell.level < Level(item["level"]), self.is_over(item, tell), tell.due_at.astimezone(UTC)
        item["times"] += 1
        item["level"] = min(Level(item["level"]), tell.level)
        item["due_at"] = due_at if anew else min(item["due_at"], due_at)
        item["about"] = tell.about or item["about"]
        item["to_supervisor"] = item["to_supervisor"] or tell.to_supervisor
        if anew:
            item.update(_NOT_TAKEN)
        if tell.promised:
            item["told_at"] = item["told_at"] or self.now
            item["promised_by"] = min(item["promised_by"] or due_at, due_at)
        self.wind(item, due_at, wakes=rose or anew)
        self.note(Kind.ESCALATION_REPEATED, item, item["level"] if rose else "", **_facts(item), anew=anew)
        if rose or anew:
            self.occasions.append(
                (item, f"{hook_queue.RAISED}:{item['level']}" if rose else f"{REPEATED}:{item['times']}")
            )

    def is_over(self, item: Row, tell: TellWorker) -> bool:
        """Whoever took it has turned to the client already, or took a danger too long ago to be still at it."""
        taken_at: datetime | None = item["acknowledged_at"]
        long_taken = taken_at is not None and self.now - taken_at > TAKEN_FOR
        return item["contacted_at"] is not None or (tell.level is Level.U0 and long_taken)

    def wind(self, item: Row, due_at: datetime, *, wakes: bool) -> None:
        """Set the moment at which it goes to the next: never a later one than it has."""
        if wakes:
            item.update(snoozed_until=None, snoozed_because="")
            if item["acknowledged_at"] is None:
                moment = passes_on(item["level"], item["held_by"], self.now, due_at, self.county)
                item["passes_up_at"] = min(filter(None, (item["passes_up_at"], moment)), default=None)
        elif item["passes_up_at"] and not item["snoozed_until"]:
            item["passes_up_at"] = min(item["passes_up_at"], due_at)

    def merge(self) -> None:
        """The gravest leads; of equals the one that led before, then the older."""
        if not self.open:
            return
        leader = min(self.open.values(), key=lambda item: (item["level"], bool(item["merged_into"]), item["id"]))
        for item in self.open.values():
            into = None if item is leader else leader["id"]
            if into and item["merged_into"] != into:
                self.note(Kind.ESCALATION_MERGED, item, into=into)
            item["merged_into"] = into


_NOT_TAKEN: Mapping[str, Any] = {
    "told_at": None,
    "promised_by": None,
    "promise_broken_at": None,
    "acknowledged_at": None,
    "acknowledged_by": None,
    "contacted_at": None,
    "contacted_by": None,
}


def _facts(item: Row) -> Row:
    facts: Row = {"level": item["level"], "due_at": item["due_at"].isoformat()}
    if item["promised_by"]:
        facts["promised_by"] = item["promised_by"].isoformat()
    if item["reopens"]:
        facts["reopens"] = item["reopens"]
    return facts
