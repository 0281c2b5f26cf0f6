"""A made-up county with phones to try it on: everything in one folder, nothing leaves this machine."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import typer
from sqlalchemy import Connection

from bot import log, start_up
from bot.app import House, Plan, open_house
from bot.channels.phone import PhoneChannel
from bot.channels.several import SeveralChannels
from bot.channels.web_chat import WebChatChannel
from bot.clock import DemoClock
from bot.commands.migrate import migrate_to_head
from bot.county_file import EXAMPLE, load_county
from bot.door import open_door, told_to_stop
from bot.ground import load_reviewed
from bot.settings import HouseSettings, load
from bot.staff.access.passwords import hash_password
from conversations.county import County
from conversations.events import WorkerInvited
from conversations.nudges import NudgeKind
from conversations.situation import Client, Situation
from records import gauges, people, phones, referrals
from records.people import NewClient
from records.roles import Role
from scheduler.windows import next_allowed

PACE = 1000.0
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  compared, not bound


@dataclass(frozen=True, slots=True)
class Somebody:
    """A made-up member of staff. `about` says what there is to try as them."""

    email: str
    first_name: str
    role: Role
    team: str = ""
    about: str = ""


STAFF = (
    Somebody("ana@example.org", "Ana", Role.ETW, "North", "coaches Maria and Rosa"),
    Somebody("luis@example.org", "Luis", Role.ETW, "South", "coaches Jose and Mai"),
    Somebody("sam@example.org", "Sam", Role.SUPERVISOR, "", "oversees both teams"),
    Somebody("rita@example.org", "Rita", Role.SUPERVISOR, "South", "oversees hers"),
    Somebody("kim@example.org", "Kim", Role.ICW, "South", "sees Mai at intake, and invites her to texts"),
    Somebody("vera@example.org", "Vera", Role.VC, "North", "Maria was referred to her"),
    Somebody("pat@example.org", "Pat", Role.PROVIDER, "", "Rosa agreed to their texts; sees no others"),
    Somebody("max@example.org", "Max", Role.MANAGER, "", "sees numbers alone"),
    Somebody("olga@example.org", "Olga", Role.OBSERVER, "", "sees no client"),
    Somebody("ada@example.org", "Ada", Role.ADMIN, "", "keeps the accounts"),
)
SUPERVISOR = "sam@example.org"
CLIENTS = (
    ("+17075550111", "Maria", "en", "ana@example.org"),
    ("+17075550112", "Rosa", "es", "ana@example.org"),
    ("+17075550113", "Jose", "en", "luis@example.org"),
    ("+17075550114", "Mai", "en", "luis@example.org"),
)
REFERRED = (("Maria", "vera@example.org"), ("Rosa", "pat@example.org"), ("Mai", "kim@example.org"))
"""Clients, and who sees them beside their worker."""

SHARING = frozenset({"Jose"})
"""Others read his phone too, so that the texts on it say nothing of his goal."""

INVITED = frozenset({"Maria", "Rosa", "Jose"})
"""Mai is left for whoever tries the staff pages."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the demo keeps beside its database: a key, and the passwords by e-mail address."""

    secret_key: str
    passwords: Mapping[str, str]


def demo(folder: Path, port: int | None) -> None:
    """Returns when told to stop. Raises StartError."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = _kept(folder / "demo.json")
    settings = _settings(folder, port, kept)
    county = load_county(settings.county)
    languages = load_reviewed(county)
    migrate_to_head(settings.database)
    log.set_up(level=logging.WARNING)  # the addresses and passwords must not scroll away
    clock = DemoClock()
    asyncio.run(_live(Plan(settings, county, languages, clock, pace=PACE), clock, kept))


def _kept(file: Path) -> Kept:
    """Made by chance the first time, and the same from then on."""
    if not file.exists():
        passwords = {somebody.email: secrets.token_urlsafe(12) for somebody in STAFF}
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(Kept(secrets.token_hex(32), passwords))), encoding="utf-8")
    return Kept(**json.loads(file.read_text(encoding="utf-8")))


def _settings(folder: Path, port: int | None, kept: Kept) -> HouseSettings:
    """HOST and PORT are taken from the environment or `.env`, where they are set, and nothing else is.

    Without a PORT it is the usual one, or one that is free if somebody listens there. Raises StartError.
    """
    settings = load(
        HouseSettings,
        staff_second_factor=False,
        database_url=f"sqlite:///{folder / 'demo.db'}",
        county=EXAMPLE,
        public_url="http://127.0.0.1",
        secret_key=kept.secret_key,
        hook_secret=None,
        webhooks_to_private_networks=True,
        **({"port": port} if port else {}),
    )
    chosen = settings.port if "port" in settings.model_fields_set else _free_port(settings.host, settings.port)
    return settings.model_copy(update={"port": chosen, "public_url": _address(settings.host, chosen)})


def _free_port(host: str, usual: int) -> int:
    for port in (usual, 0):
        with suppress(OSError), socket.create_server((host, port)) as listener:
            free: int = listener.getsockname()[1]
            if free != usual:
                typer.echo(f"Port {usual} is taken, so the demo is at port {free}.")
            return free
    return usual


def _address(host: str, port: int) -> str:
    """What to open in a browser on this machine."""
    shown = "127.0.0.1" if host in EVERYWHERE else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


async def _live(plan: Plan, clock: DemoClock, kept: Kept) -> None:
    async with open_house(plan, SeveralChannels(PhoneChannel(), WebChatChannel())) as house:
        await _catch_up(house, clock)
        await _fill(house, clock, kept)
        async with open_door(house, None):
            start_up.is_over()
            _tell(plan.settings, kept)
            await told_to_stop()


async def _catch_up(house: House, clock: DemoClock) -> None:
    """The demo was moved ahead before it was stopped: its time goes on from there."""
    last = await house.reader.run(gauges.last_happened)
    if last and last > clock.now():
        clock.forward(last - clock.now())


async def _fill(house: House, clock: DemoClock, kept: Kept) -> None:
    """Staff, clients and the first invitations, unless they are there.

    Invitations wait for the sending hours, so outside them the demo's time begins when they next open.
    """
    if await house.reader.run(people.all_staff):
        return
    clock.forward(until_open(house.plan.county, clock.now()))
    hashes = {somebody.email: hash_password(kept.passwords[somebody.email]) for somebody in STAFF}
    now = house.plan.clock.now()
    workers = await house.writer.run(lambda connection: _add_people(connection, hashes, house.plan, now))
    for phone in await house.reader.run(phones.phones):
        if phone.first_name in INVITED:
            await house.writer.act(phone.client_id, WorkerInvited(phone.worker), workers[phone.worker])


def until_open(county: County, now: datetime) -> timedelta:
    """How long until an invitation may go in the county's zone; nothing inside the sending hours."""
    somebody = Situation(Client("", "", county.languages[0], county.zone), county)
    return next_allowed(NudgeKind.INVITE, now, somebody, now).at - now


def _add_people(connection: Connection, hashes: Mapping[str, str], plan: Plan, now: datetime) -> dict[str, str]:
    """Gives the staff's ids by their first names."""
    ids = {
        one.email: people.add_staff(connection, one.email, one.first_name, one.role, hashes[one.email], now)
        for one in STAFF
    }
    zone = plan.county.zone.key
    wanted = [
        NewClient(number, name, language, zone, ids[worker], phone_is_shared=name in SHARING)
        for number, name, language, worker in CLIENTS
    ]
    by = ids[SUPERVISOR]
    people.put_clients(connection, wanted, by, now)
    for one in STAFF:
        people.put_in_team(connection, one.email, one.team, now)
    theirs = {phone.first_name: phone.client_id for phone in phones.phones(connection)}
    for client, to in REFERRED:
        referrals.refer(connection, theirs[client], ids[to], by, now, agreed=True)
    return {one.first_name: ids[one.email] for one in STAFF}


def _described(one: Somebody) -> str:
    team = f" in {one.team}" if one.team else ""
    return f"{one.first_name}, {one.role}{team}: {one.about}"


def _tell(settings: HouseSettings, kept: Kept) -> None:
    here = settings.public_url
    people_lines = [
        f"    {one.email:17} {kept.passwords[one.email]}   {_described(one)}"
        for one in STAFF
        if one.email in kept.passwords  # a folder of an older release has fewer
    ]
    lines = [
        "",
        "Milepost is running. Nothing leaves this machine, and everybody in it is made up.",
        "",
        f"  {here}",
        f"  {here}/phone   the clients' phones; answer YES to begin",
        f"  {here}/staff   for those who work with them:",
        "",
        *people_lines,
        "",
        "Ctrl-C stops it.",
    ]
    typer.echo("\n".join(lines))
