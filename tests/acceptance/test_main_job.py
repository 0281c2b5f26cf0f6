"""The main job, as a county sees it: a real server, signed webhooks, staff at their pages, texts at the provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.script import US, Spoken
from bot.trust.fake_twilio import FakeTwilio
from tests.acceptance import golden
from tests.acceptance.milepost import PASSWORD, Installation, install, staff_browser

ANA = "ana@example.org"
NUMBERS = {"MARIA": "+17075550111", "ROSA": "+17075550112"}
A_BREATH = timedelta(seconds=20)
"""So long words of their own wait for more."""

LIST = """number,first_name,language,worker_email,zone
(707) 555-0111,Maria,en,ana@example.org,
707-555-0112,Rosa,es,ana@example.org,America/Los_Angeles
"""


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with FakeTwilio(reports=("sent", "delivered")) as fake:
        yield fake


@pytest.fixture
async def county(tmp_path: Path, database_url: str, free_port: int, twilio: FakeTwilio) -> Installation:
    """A county on its first day: tables, a worker, a list of clients; nobody has been texted."""
    installed = install(tmp_path, database_url, free_port, twilio.url)
    (tmp_path / "clients.csv").write_text(LIST, encoding="utf-8")
    twilio.webhook = installed.url
    for command, stdin in (
        (["migrate"], ""),
        (["staff", "add", ANA, "Ana"], PASSWORD),
        (["import", "clients", "clients.csv"], ""),
    ):
        done = await installed.milepost(*command, stdin=stdin)
        assert done.status == 0, done
    return installed


@dataclass
class Life:
    """One client's script, and what their phone has shown so far."""

    client: str
    script: golden.Golden
    played: list[Spoken] = field(default_factory=list)

    @property
    def number(self) -> str:
        return NUMBERS[self.client]

    def listen(self, at: datetime, twilio: FakeTwilio) -> None:
        heard = sum(line.who == US for line in self.played)
        self.played.extend(Spoken(at, US, body) for body in twilio.sent(self.number)[heard:])


@pytest.mark.timeout(240)
async def test_clients_in_two_languages_join_plan_falter_revise_and_get_there(
    county: Installation, twilio: FakeTwilio
) -> None:
    lives = [Life("MARIA", golden.read("main_job.en.txt")), Life("ROSA", golden.read("main_job.es.txt"))]
    moments = [(at, life, doings) for life in lives for at, doings in golden.moments(life.script)]
    moments.sort(key=lambda moment: moment[0])
    county.set_clock(moments[0][0])
    async with county.serving("--clock-file", str(county.clock_file)), staff_browser(county.url, ANA) as ana:
        for at, life, doings in moments:
            county.set_clock(at)
            await county.quiet()
            life.listen(at, twilio)
            for doing in doings:
                life.played.append(doing)
                if doing.who == life.client:
                    assert await twilio.text_in(life.number, doing.text) == 200
                    await county.quiet()
                    county.set_clock(at + A_BREATH)
                else:
                    await ana.invite(life.client.title())
                await county.quiet()
                life.listen(at, twilio)
    for life in lives:
        golden.compare(life.script, life.played)
    await twilio.wait_for(lambda: {text.status for text in twilio.ledger} == {"delivered"})


@pytest.mark.timeout(180)
@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_web_and_scheduler_may_be_processes_of_their_own(county: Installation, twilio: FakeTwilio) -> None:
    async with county.serving("--only", "web"):
        assert await twilio.text_in(NUMBERS["MARIA"], "hello") == 200
        assert twilio.sent(NUMBERS["MARIA"]) == []
        async with county.serving("--only", "scheduler", answers=False):
            (answer,) = await twilio.wait_for_texts(NUMBERS["MARIA"], 1, within=40)
    assert "Reply STOP to end" in answer
