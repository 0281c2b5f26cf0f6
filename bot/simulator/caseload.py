"""Who is in the caseload: staff, clients and their phones, drawn by chance and put into the database."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from bot.simulator.carrier import Carrier
from bot.simulator.luck import happens
from bot.simulator.phone_line import PhoneLine, all_clients
from bot.simulator.sayings import SAYINGS
from bot.simulator.tempers import temper
from bot.simulator.virtual_client import Person, VirtualClient
from conversations.situation import Consent, Rhythm
from records import people
from records.ids import new_id
from records.roles import Role
from records.tables import clients

STAFF_NAMES = ("Ana", "Luis", "Petra", "Noel", "Vera", "Igor", "Alba", "Saul", "Edith", "Tomas")
CLIENTS_A_WORKER = 25
FIRST_NUMBER = 17075550000
ZONES = (ZoneInfo("America/Los_Angeles"),) * 19 + (ZoneInfo("America/Denver"),)
LANGUAGES = ("en", "en", "en", "es", "es")
DEAD = 0.015
BAD = 0.035
SHARES = 0.04
"""How likely the next two clients have one phone."""


@dataclass(frozen=True, slots=True)
class Worker:
    """`diligence` is how likely they take something in time."""

    id: str
    name: str
    diligence: float


@dataclass(frozen=True, slots=True)
class Caseload:
    """`workers` are followed by their supervisor; `ids` and `worker_of` are by the client's place in the caseload."""

    lines: Sequence[PhoneLine]
    workers: Sequence[Worker]
    supervisor: Worker
    ids: dict[int, str]
    worker_of: dict[int, Worker]

    @property
    def people(self) -> list[VirtualClient]:
        return all_clients(self.lines)

    def client_of(self, client_id: str) -> VirtualClient:
        return next(client for client in self.people if self.ids[client.person.nth] == client_id)


def draw_lines(seed: str, first: int, count: int, begins: datetime) -> list[PhoneLine]:
    """Clients number `first` and following. Each has a chance of their own, so that none changes another's life."""
    chance = random.Random(f"{seed} caseload {first}")  # noqa: S311  made-up people
    lines: list[PhoneLine] = []
    nth = first
    while nth < first + count:
        number = f"+{FIRST_NUMBER + nth}"
        together = 2 if happens(chance, SHARES) and nth + 1 < first + count else 1
        names: list[str] = []
        here: list[VirtualClient] = []
        for place in range(nth, nth + together):
            language = chance.choice(LANGUAGES)
            names.append(chance.choice([name for name in SAYINGS[language].names if name not in names]))
            person = Person(
                nth=place,
                name=names[-1],
                number=number,
                language=language,
                zone=chance.choice(ZONES),
                temper=temper(chance),
                shares=together > 1,
                provider_answers=happens(chance, 0.25),
            )
            here.append(VirtualClient(person, random.Random(f"{seed} client {place}"), begins))  # noqa: S311
        lines.append(PhoneLine(number, here))
        nth += together
    return lines


def draw_trouble(carrier: Carrier, lines: Sequence[PhoneLine], begins: datetime, weeks: int) -> None:
    """Some numbers end, some have bad days."""
    for line in lines:
        at = begins + timedelta(days=carrier.chance.uniform(1, 7 * weeks))
        if happens(carrier.chance, DEAD):
            carrier.dead[line.number] = at
        elif happens(carrier.chance, BAD):
            carrier.bad[line.number] = (at, at + timedelta(days=carrier.chance.uniform(1, 6)))


def settle_in(connection: Connection, lines: Sequence[PhoneLine], chance: random.Random, now: datetime) -> Caseload:
    """Staff and clients as rows. Nobody has agreed to anything yet."""
    count = sum(len(line.clients) for line in lines)
    names = STAFF_NAMES[: max(2, min(len(STAFF_NAMES), count // CLIENTS_A_WORKER))]
    workers = [_worker(connection, name, Role.ETW, chance, now) for name in names]
    supervisor = _worker(connection, "Sam", Role.SUPERVISOR, chance, now)
    ids: dict[int, str] = {}
    worker_of: dict[int, Worker] = {}
    for client in all_clients(lines):
        person = client.person
        ids[person.nth] = new_id(now)
        worker_of[person.nth] = chance.choice(workers)
    rows = [
        {
            "id": ids[client.person.nth],
            "number": client.person.number,
            "first_name": client.person.name,
            "language": client.person.language,
            "zone": client.person.zone.key,
            "consent": Consent.NONE,
            "rhythm": Rhythm.WEEKLY,
            "phone_is_shared": client.person.shares,
            "worker_id": worker_of[client.person.nth].id,
            "created_at": now,
        }
        for client in all_clients(lines)
    ]
    connection.execute(insert(clients), rows)
    return Caseload(lines, workers, supervisor, ids, worker_of)


def _worker(connection: Connection, name: str, role: Role, chance: random.Random, now: datetime) -> Worker:
    staff_id = people.add_staff(connection, f"{name.lower()}@example.org", name, role, "-", now)
    return Worker(staff_id, name, chance.choice((0.6, 0.9, 0.97)))
