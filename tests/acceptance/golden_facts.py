"""What a golden script says of what is stored: THEN mode: human. Each line names what to look at, and how it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select

from bot.script import clock_time
from bot.simulator.bot_at_work import BotAtWork
from records.tables import (
    clients,
    consent_events,
    escalations,
    free_times,
    goals,
    messages,
    metadata,
    nudges,
    own_reminders,
    steps,
    talks,
    visits,
)

FACT = re.compile(r"(?:(\w+)'s )?(\w[\w ]*): ?(.*)", re.DOTALL)
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Facts:
    """Each fact is of one client: the one that is named, or the first."""

    bot: BotAtWork
    ids: Mapping[str, str]
    zone: ZoneInfo
    now: datetime

    def told(self, line: str) -> str:
        """The line as it would be if it told the truth."""
        found = FACT.fullmatch(line)
        assert found, f"not of the form 'what: how it stands': {line}"
        name, what, said = found.groups()
        client = self.ids[name.upper()] if name else next(iter(self.ids.values()))
        assert what in FACTS, f"there is no fact {what!r}; there are {', '.join(FACTS)}"
        return f"{line[: found.start(3)].rstrip()} {FACTS[what](self, client, said)}"

    def rows(self, table: Table, client: str) -> list[Any]:
        wanted = select(table).where(table.c.client_id == client).order_by(*table.primary_key)
        return self.bot.run(lambda connection: list(connection.execute(wanted).all()))

    def at(self, moment: datetime | None) -> str:
        return clock_time(moment, self.zone) if moment else "never"

    def of_client(self, client: str) -> Any:  # noqa: ANN401  a row
        return self.bot.run(lambda connection: connection.execute(select(clients).where(clients.c.id == client)).one())

    # the facts

    def consent(self, client: str, _said: str) -> str:
        """Where it stands, and the evidence of the last change: the client's own text, and what they were shown."""
        last = max(self.rows(consent_events, client), key=lambda row: row.id, default=None)
        state = self.of_client(client).consent
        if last is None:
            return f"{state}"
        bodies = {row.id: row.body for row in self.rows(messages, client)}
        evidence = bodies.get(last.evidence_message_id)
        on = f'on "{evidence}"' if evidence else "without a text"
        shown = last.exact_text.partition(".")[0]
        return f'{state}, {on}, in {last.language}, shown "{shown}..."'

    def mode(self, client: str, _said: str) -> str:
        return str(self.of_client(client).mode)

    def language(self, client: str, _said: str) -> str:
        return str(self.of_client(client).language)

    def needs_a_person(self, client: str, _said: str) -> str:
        """What is open, the gravest first."""
        items = sorted(self.rows(escalations, client), key=lambda row: (row.level, row.id))
        told = [f"{row.level} {row.trigger} by {self.at(row.due_at)}" for row in items if not row.resolved_at]
        return "; ".join(told) or NOTHING

    def resolved(self, client: str, _said: str) -> str:
        items = [row for row in self.rows(escalations, client) if row.resolved_at]
        told = [f"{row.trigger}, {row.outcome}; next: {row.next_step}, by the {row.next_step_by}" for row in items]
        return "; ".join(told) or NOTHING

    def waits(self, client: str, _said: str) -> str:
        """What will fall due."""
        planned = [row for row in self.rows(nudges, client) if row.state == "planned"]
        told = [f"{row.kind} {self.at(row.due_at)}" for row in sorted(planned, key=lambda row: (row.due_at, row.kind))]
        return "; ".join(told) or NOTHING

    def in_the_queue(self, client: str, _said: str) -> str:
        """Texts that have not left, and may."""
        return "; ".join(row.body for row in self.rows(messages, client) if row.state == "due") or NOTHING

    def held(self, client: str, _said: str) -> str:
        row = self.of_client(client)
        return f"until {self.at(row.held_until)}, {row.held_because}" if row.held_until else NOTHING

    def talk(self, client: str, _said: str) -> str:
        """The open question, and the talk that was set aside."""
        there = {row.place: f"{row.flow}/{row.at}" for row in self.rows(talks, client)}
        aside = f", set aside {there['parked']}" if "parked" in there else ""
        return there.get("open", NOTHING) + aside

    def goal(self, client: str, _said: str) -> str:
        """The latest."""
        found = self.rows(goals, client)
        if not found:
            return NOTHING
        row = found[-1]
        shared = "shared" if row.shared else "not shared"
        return f"{row.text}; meaning: {row.meaning}; size: {row.difficulty}; {row.status}, {shared}"

    def step(self, client: str, _said: str) -> str:
        """The latest."""
        found = self.rows(steps, client)
        if not found:
            return NOTHING
        row = found[-1]
        parts = {
            "where": row.where,
            "obstacle": row.obstacle,
            "detour": row.detour,
            "first": row.first_action,
        }
        told = "".join(f"; {name}: {words}" for name, words in parts.items() if words)
        return f"{row.text}, {self.at(row.due_at)}{told}; reminder: {row.reminder}; {row.status}"

    def review(self, client: str, _said: str) -> str:
        """How the latest step that was looked back on went, in the client's words."""
        found = [row for row in self.rows(steps, client) if row.reviewed_at]
        if not found:
            return NOTHING
        words = "".join(f"; {name}: {value}" for name, value in sorted(found[-1].review.items()))
        return f"{found[-1].text}, {found[-1].status}{words}"

    def visit(self, client: str, _said: str) -> str:
        told = [
            f"{self.at(row.starts_at)}, {'by phone' if row.by_phone else row.place}, {row.status}"
            + (f", leaves {row.leaves_at}" if row.leaves_at else "")
            + (f", because: {row.reason}" if row.reason else "")
            for row in self.rows(visits, client)
        ]
        return "; ".join(told) or NOTHING

    def offered(self, _client: str, _said: str) -> str:
        """Free times that nobody has taken."""
        wanted = select(free_times).where(free_times.c.visit.is_(None)).order_by(free_times.c.starts_at)
        rows = self.bot.run(lambda connection: connection.execute(wanted).all())
        return "; ".join(
            self.at(row.starts_at) + (f", held until {self.at(row.held_until)}" if row.held_for else "") for row in rows
        )

    def reminder(self, client: str, _said: str) -> str:
        told = [f"{row.what}, {self.at(row.at)}, {row.status}" for row in self.rows(own_reminders, client)]
        return "; ".join(told) or NOTHING

    def last_text(self, client: str, _said: str) -> str:
        """What the client said last, as it is stored."""
        said = [row for row in self.rows(messages, client) if row.direction == "in"]
        return f'"{said[-1].body}"' + (", numbers taken out" if said[-1].redacted else "")

    def stored_nowhere(self, _client: str, said: str) -> str:
        """The words themselves, if no table holds them."""
        for table in metadata.sorted_tables:
            rows = self.bot.run(lambda connection: connection.execute(select(table)).all())  # noqa: B023  at once
            if any(said in str(tuple(row)) for row in rows):
                return f"found in {table.name}"
        return said


FACTS: Mapping[str, Callable[[Facts, str, str], str]] = {
    name.replace("_", " "): fact
    for name, fact in vars(Facts).items()
    if callable(fact) and not name.startswith("_") and name not in {"told", "rows", "at", "of_client"}
}
