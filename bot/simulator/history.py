"""What the database and the carrier say happened, client by client, in the order in which it happened.

Ids rise with time within one process, so that they tell what came before what also within one second.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import JSON, Connection, String, Table, Text, cast, select

from bot.simulator.simulation import BEGINS, Simulation, Spoke
from bot.simulator.virtual_client import Person
from conversations.county import County
from conversations.escalations import PRESSING
from conversations.languages import Language
from conversations.situation import Consent, Mode
from records.engagement import Kind
from records.tables import (
    clients,
    consent_events,
    engagement,
    escalations,
    free_times,
    goals,
    hook_deliveries,
    messages,
    metadata,
    nudges,
    staff,
    steps,
    talks,
    visits,
)

Row = Mapping[str, Any]
NOTHING: Row = {}


@dataclass(frozen=True, slots=True)
class Left:
    """A text that left us: `attempt` sorts by the moment of its claim, `message` is its row, `nudge` what it is of."""

    at: datetime
    attempt: str
    message: Row
    nudge: Row


@dataclass(frozen=True, slots=True)
class Line:
    """A value that changes: what it became, by the id of the change."""

    ids: tuple[str, ...]
    values: tuple[str, ...]

    def before(self, id_: str) -> str:
        """What it was just before this id; the first value is there from the start."""
        return self.values[bisect_left(self.ids, id_)]


@dataclass
class Life:
    """All of one client. Rows are in the order of their ids; all of them are here before anybody looks at a line."""

    person: Person
    client_id: str
    heard: list[Row] = field(default_factory=list)
    said: list[Row] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    log: list[Row] = field(default_factory=list)
    consents: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    nudges: list[Row] = field(default_factory=list)
    talks: list[Row] = field(default_factory=list)
    goals: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)
    spoke: list[Spoke] = field(default_factory=list)
    row: Row = field(default_factory=dict)

    @cached_property
    def consent(self) -> Line:
        return _line(Consent.NONE, [(row["id"], row["to"]) for row in self.consents])

    @cached_property
    def mode(self) -> Line:
        return _line(Mode.BOT, [(row["id"], row["subject"]) for row in self.of(Kind.MODE_CHANGED)])

    @cached_property
    def language(self) -> Line:
        return _line(self.person.language, self._set("language"))

    @cached_property
    def shares(self) -> Line:
        return _line("yes" if self.person.shares else "no", self._set("phone_is_shared"))

    def of(self, *kinds: Kind) -> list[Row]:
        return [row for row in self.log if row["kind"] in kinds]

    def pressing_at(self, at: datetime) -> bool:
        """Whether something pressing was open at this moment, and had been a moment before."""
        return any(
            item["level"] in PRESSING
            and item["opened_at"] < at
            and (item["resolved_at"] is None or item["resolved_at"] > at)
            for item in self.items
        )

    def _set(self, what: str) -> list[tuple[str, str]]:
        set_ = (row for row in self.of(Kind.PREFERENCE_SET) if row["subject"] == what)
        return [(row["id"], row["detail"]["value"]) for row in set_]


def _line(first: str, changes: Sequence[tuple[str, str]]) -> Line:
    return Line(tuple(id_ for id_, _value in changes), (first, *(value for _id, value in changes)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the checks and the measures look at. `lives` are by the client's place in the caseload.

    `heard` is by the provider's id; `failures` are where our code failed outside any client; `texts_kept` is all that
    is written anywhere in the database, with where it stands.
    """

    county: County
    languages: Mapping[str, Language]
    begins: datetime
    ends: datetime
    weeks: int
    lives: Mapping[int, Life]
    by_number: Mapping[str, Sequence[Life]]
    heard: Mapping[str, Row]
    out: Sequence[Row]
    left: Sequence[Left]
    hooks: Sequence[Row]
    staff: frozenset[str]
    free_times: Sequence[Row]
    failures: Sequence[tuple[datetime, str]]
    texts_kept: Sequence[tuple[str, str]]


OF_A_CLIENT: Mapping[Table, str] = {
    consent_events: "consents",
    escalations: "items",
    nudges: "nudges",
    goals: "goals",
    steps: "steps",
    visits: "visits",
    talks: "talks",
    engagement: "log",
}
"""Where a life keeps the rows of a table."""


def gather(simulation: Simulation, connection: Connection) -> Evidence:
    """Read it all once, after the last moment."""
    lives = _lives(simulation, connection)
    texts = {row["id"]: row for row in _rows(connection, messages)}
    left = _left(simulation, lives, texts)
    _put_texts(lives, texts.values(), left)
    by_number: dict[str, list[Life]] = {}
    for life in lives.values():
        by_number.setdefault(life.person.number, []).append(life)
    return Evidence(
        county=simulation.county,
        languages=simulation.languages,
        begins=BEGINS,
        ends=simulation.ends,
        weeks=simulation.wanted.weeks,
        lives=lives,
        by_number=by_number,
        heard={row["provider_id"]: row for row in texts.values() if row["direction"] == "in"},
        out=[row for row in texts.values() if row["direction"] == "out"],
        left=left,
        hooks=_rows(connection, hook_deliveries),
        staff=frozenset(connection.scalars(select(staff.c.id))),
        free_times=_rows(connection, free_times),
        failures=simulation.bot.failures,
        texts_kept=_all_texts(connection),
    )


def _lives(simulation: Simulation, connection: Connection) -> dict[int, Life]:
    """With all rows that are one client's."""
    ids = simulation.caseload.ids
    lives = {one.person.nth: Life(one.person, ids[one.person.nth]) for one in simulation.caseload.people}
    by_id = {life.client_id: life for life in lives.values()}
    for table, into in OF_A_CLIENT.items():
        for row in _rows(connection, table):
            if row["client_id"] in by_id:
                getattr(by_id[row["client_id"]], into).append(row)
    for row in _rows(connection, clients):
        by_id[row["id"]].row = row
    for spoke in simulation.spoke:
        lives[spoke.nth].spoke.append(spoke)
    return lives


def _left(simulation: Simulation, lives: Mapping[int, Life], texts: Mapping[str, Row]) -> list[Left]:
    nudge_of = {row["id"]: row for life in lives.values() for row in life.nudges}
    return [
        Left(handed.at, handed.attempt, text, nudge_of.get(text["nudge_id"], NOTHING))
        for handed in simulation.carrier.handed
        for text in (texts[handed.message],)
    ]


def _put_texts(lives: Mapping[int, Life], texts: Iterable[Row], left: Sequence[Left]) -> None:
    by_id = {life.client_id: life for life in lives.values()}
    for row in texts:
        if row["client_id"] in by_id:
            life = by_id[row["client_id"]]
            (life.heard if row["direction"] == "in" else life.said).append(row)
    for one in left:
        if one.message["client_id"] in by_id:
            by_id[one.message["client_id"]].left.append(one)


def _rows(connection: Connection, table: Table) -> list[Row]:
    """In the order of the ids, or of the keys."""
    rows = connection.execute(select(table).order_by(*table.primary_key.columns))
    names = tuple(rows.keys())
    return [dict(zip(names, row, strict=True)) for row in rows]


def _all_texts(connection: Connection) -> list[tuple[str, str]]:
    """Every piece of text in the database that holds a digit, with where it stands."""
    return [
        (f"{table.name}.{column.name}", text)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | JSON) and not column.foreign_keys and column.name not in OF_DIGITS
        for text in connection.scalars(select(cast(column, Text)))
        if text and DIGIT.search(text)
    ]


DIGIT = re.compile(r"\d")
OF_DIGITS = frozenset({"id", "number", "provider_id"})
"""Columns of our own ids, as those that refer to others are, and of the phones."""
