"""What one transaction saves: the rows of many clients, gathered by statement in the order in which they came."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from conversations.county import County
from conversations.effects import Purpose, TellWorker
from conversations.situation import Client
from records.bulk import Bulk
from records.channels import ChannelName
from records.engagement import BOT, CLIENT, PROVIDER, Kind, entry
from records.nudge_book import PlannedNudge
from records.situations import Loaded

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why effects come: who acted (CLIENT, BOT, PROVIDER or a staff id), by which text, and on which channel."""

    actor: str = BOT
    message_id: str | None = None
    spoke_on: ChannelName = ChannelName.SMS

    @property
    def channel(self) -> str:
        return {CLIENT: self.spoke_on, BOT: "bot", PROVIDER: "provider"}.get(self.actor, "staff")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Of a client's texts that have not left, only those of these purposes still may; `reason` is for the others.

    `at_once` says that nothing may begin to leave once this is committed.
    """

    client_id: str
    keeps: frozenset[Purpose]
    reason: str
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A person is needed for this client; `answers_id` is who of staff answers, None the team.

    `promise` is the trigger of which the client was promised a person by now, "" if no such moment has come.
    """

    client_id: str
    answers_id: str | None
    cause: Cause
    tells: tuple[TellWorker, ...]
    promise: str = ""


@dataclass(slots=True)
class Batch:
    """Rows of all clients of one transaction."""

    now: datetime
    county: County
    rows: dict[Bulk, dict[object, Row]] = field(default_factory=dict)
    taken_back: list[TakenBack] = field(default_factory=list)
    rerouted: list[str] = field(default_factory=list)
    """Clients who have switched a channel off or on."""
    contacted: dict[str, str] = field(default_factory=dict)
    """Who turned to a client, by client."""
    told: list[Told] = field(default_factory=list)
    log: list[Row] = field(default_factory=list)
    people: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Worker's id and language by client."""

    def add(self, into: Bulk, row: Row) -> None:
        rows = self.rows.setdefault(into, {})
        rows[len(rows)] = row

    def put(self, into: Bulk, key: object, row: Row) -> None:
        """In place of what was put under this key before."""
        self.rows.setdefault(into, {})[key] = row

    def found(self, into: Bulk, key: object) -> Row | None:
        return self.rows.get(into, {}).get(key)

    def of(self, into: Bulk) -> Collection[Row]:
        return self.rows.get(into, {}).values()


class OneClient:
    """One client's effects on their way into the batch, and what one of them says about those after it."""

    def __init__(self, batch: Batch, loaded: Loaded, cause: Cause) -> None:
        self.batch = batch
        self.loaded = loaded
        self.cause = cause
        self.now = batch.now
        self.situation = loaded.situation
        self.client: Client = loaded.situation.client
        self.language = self.client.language
        self.goal = loaded.situation.goal
        self.sent_nudge: PlannedNudge | None = None
        self.told: list[TellWorker] = []
        batch.people[self.client.id] = (loaded.worker_id, self.language)

    def log(self, kind: Kind, subject: str = "", reason: str = "", **more: Any) -> None:  # noqa: ANN401  entry's own
        self.batch.log.append(
            entry(
                kind,
                self.now,
                client_id=self.client.id,
                worker_id=self.loaded.worker_id,
                actor=more.pop("actor", self.cause.actor),
                language=self.language,
                subject=subject,
                reason=reason,
                **more,
            )
        )
