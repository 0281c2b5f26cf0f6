"""Rows put in by hand for the measures: a month in which everything can be counted on fingers."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, insert

from bot.languages import load_languages
from conversations.county import County
from conversations.escalations import Trigger
from records import people
from records.ids import first_id
from records.measures import period
from records.roles import Role
from records.tables import (
    clients,
    consent_events,
    engagement,
    escalations,
    goal_events,
    goals,
    messages,
    nudges,
    steps,
    visits,
)

ZONE = ZoneInfo("America/Los_Angeles")
COUNTY = County("Alder", "Goals", "555-0100", ZONE)
LANGUAGES = load_languages(["en", "es"])
MARCH = period.month(2026, 3, datetime(2026, 6, 1, tzinfo=UTC), COUNTY, LANGUAGES)
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)


def on(day: int, hour: int = 10, minute: int = 0, month: int = 3) -> datetime:
    """A moment of 2026 by the county's clock, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


class World:
    """`join` gives a client; what is left out of a row has a plain value."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.worker = people.add_staff(connection, "ana@example.org", "Ana", Role.ETW, "hash", BEGINNING)
        self._count = 0

    def put(self, table: Table, made_at: datetime, /, **values: Any) -> str:  # noqa: ANN401  columns of all types
        self._count += 1
        row_id = f"{int(first_id(made_at), 16) + self._count:032x}"
        self.connection.execute(insert(table), [{"id": row_id, **values}])
        return row_id

    def join(self, *consents: tuple[datetime, str], language: str = "en") -> str:
        """A client whose consent changed so; of old if nothing is said."""
        who = {"number": f"+1555{self._count:07d}", "first_name": "A", "language": language, "zone": str(ZONE)}
        row = who | {"consent": "active", "worker_id": self.worker, "created_at": BEGINNING}
        client = self.put(clients, BEGINNING, **row)
        for at, to in consents or ((BEGINNING, "active"),):
            self.consents(client, at, to)
        return client

    def consents(self, client: str, at: datetime, to: str, evidence: str | None = None) -> None:
        row = {"client_id": client, "at": at, "to": to, "channel": "sms", "language": "en", "exact_text": ""}
        self.put(consent_events, at, **row, actor="client", evidence_message_id=evidence)

    def says(self, client: str, at: datetime, body: str = "ok then") -> str:
        return self._text(client, at, direction="in", body=body, state="received", author="client")

    def hears(self, client: str, at: datetime, **values: Any) -> str:  # noqa: ANN401  columns
        return self._text(client, at, **{"direction": "out", "body": "Hello", "state": "delivered"} | values)

    def asked(self, client: str, at: datetime, nudge: str = "", template: str = "goal_check_in/how_did_it_go") -> str:
        """A question that was delivered at once; gives its nudge."""
        row: dict[str, Any] = {
            "client_id": client,
            "kind": "check_in",
            "key": str(self._count),
            "subject": "",
            "words": "",
        }
        row |= {"template": "", "state": "sent", "due_at": at, "wanted_at": at, "held": 0, "version": 1}
        nudge = nudge or self.put(nudges, at, **row, reason="", created_at=at)
        message = self.hears(client, at, nudge_id=nudge, purpose="check_in", priority=1, template=template)
        log = {"at": at, "client_id": client, "actor": "bot", "kind": "text_status", "language": "en"}
        self.put(engagement, at, **log, subject="delivered", reason="", message_id=message, detail={})
        return nudge

    def needs(self, client: str, at: datetime, trigger: Trigger, **values: Any) -> str:  # noqa: ANN401  columns
        row = {"client_id": client, "trigger": trigger, "level": "U1", "opened_at": at, "due_at": at}
        return self.put(escalations, at, **row | values)

    def visits(self, client: str, at: datetime, status: str) -> str:
        """Gives its number."""
        number = self._next()
        row = {"client_id": client, "number": number, "worker_id": self.worker, "starts_at": at, "place": ""}
        row |= {"bring": "", "by_phone": False, "status": status, "leaves_at": "", "reason": "", "version": 1}
        self.connection.execute(insert(visits), [row | {"created_at": at, "changed_at": at}])
        return str(number)

    def plans(self, client: str, due_at: datetime, status: str, reviewed_at: datetime | None = None) -> int:
        """A goal with one step; gives its number."""
        number = self._next()
        goal = {"client_id": client, "number": number, "text": "g", "meaning": "", "status": "active", "version": 1}
        goal |= {"private": False, "shared": False, "setbacks": 0, "set_at": BEGINNING}
        self.connection.execute(insert(goals), [goal])
        step = {"client_id": client, "goal": number, "number": 1, "text": "s", "when": "w", "where": "", "support": ""}
        step |= {"obstacle": "", "detour": "", "first_action": "", "reminder": "", "status": status, "review": {}}
        step |= {"due_at": due_at, "planned_at": BEGINNING, "reviewed_at": reviewed_at}
        self.connection.execute(insert(steps), [step])
        self.happens(client, number, BEGINNING, "set")
        if reviewed_at is not None:
            self.logs(client, reviewed_at, "step_reviewed", f"{number}.1", status)
        return number

    def happens(
        self, client: str, goal: int, at: datetime, kind: str, version: int = 1, was: int | None = None
    ) -> None:
        """To a goal; `was` is the version before."""
        row = {"client_id": client, "goal": goal, "at": at, "kind": kind, "version": version, "reason": ""}
        self.put(goal_events, at, **row, was=None if was is None else {"version": was, "step": {}})

    def logs(self, client: str, at: datetime, kind: str, subject: str, reason: str = "", **detail: str) -> None:
        log = {"at": at, "client_id": client, "actor": "bot", "kind": kind, "language": "en"}
        self.put(engagement, at, **log, subject=subject, reason=reason, detail=detail)

    def _text(self, client: str, at: datetime, **values: Any) -> str:  # noqa: ANN401  columns
        row = {"client_id": client, "number": "+1", "language": "en", "segments": 1, "encoding": "GSM-7"}
        row |= {"purpose": "reply", "template": "", "author": "bot", "reason": "", "at": at, "priority": 0}
        return self.put(messages, at, **row | {"attempts": 1} | values)

    def _next(self) -> int:
        self._count += 1
        return self._count
