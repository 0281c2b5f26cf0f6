"""The provider's stand-in, as the house sees it over a socket."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot.trust.fake_twilio import ACCOUNT_SID, OUR_NUMBER, PASSWORD, FakeTwilio, Fault, Weather
from bot.trust.provider_faults import Chance

MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
MARIA = "+17075550199"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


class House:
    """What a house is to the provider: it texts, it lists, and it hears reports."""

    def __init__(self, twilio: FakeTwilio, session: aiohttp.ClientSession) -> None:
        self.twilio = twilio
        self.now = NOON
        self.heard: list[str] = []
        self.url = ""
        self._session = session

    async def text(self, body: str = "Hello") -> int:
        form = {"To": MARIA, "From": OUR_NUMBER, "Body": body, "StatusCallback": f"{self.url}/status"}
        async with self._session.post(self.twilio.url + MESSAGES, data=form) as response:
            return response.status

    async def listed(self, **query: str) -> list[dict[str, Any]]:
        async with self._session.get(self.twilio.url + MESSAGES, params=query) as response:
            found: list[dict[str, Any]] = (await response.json())["messages"]
            return found

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(str((await request.post())["MessageStatus"]))
        return web.Response(status=204)


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    async with (
        FakeTwilio(reports=("sent", "delivered"), now=lambda: here.now) as twilio,
        aiohttp.ClientSession(headers={"Authorization": PASSWORD}) as session,
    ):
        here = House(twilio, session)
        app = web.Application()
        app.router.add_post("/status", here.hear)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        here.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield here
        await runner.cleanup()


async def test_a_text_is_kept_listed_by_the_providers_clock_and_reported_on(house: House) -> None:
    assert await house.text() == 201
    await house.twilio.all_reported()
    (listed,) = await house.listed(To=MARIA)
    assert (listed["body"], listed["status"], listed["date_created"]) == (
        "Hello",
        "delivered",
        "Tue, 03 Mar 2026 12:00:00 +0000",
    )
    assert house.heard == ["sent", "delivered"]
    assert house.twilio.sent(MARIA) == ["Hello"]


async def test_the_list_lags_behind_by_the_providers_clock(house: House) -> None:
    house.twilio.weather = Weather(list_lag=60)
    await house.text()
    assert await house.listed(To=MARIA) == []
    house.now += timedelta(seconds=60)
    assert len(await house.listed(To=MARIA)) == 1


async def test_what_somebody_wrote_is_listed_though_nobody_took_it(house: House) -> None:
    house.twilio.take_in(MARIA, "Hi")
    assert [text["direction"] for text in await house.listed(To=OUR_NUMBER)] == ["inbound"]
    assert await house.listed(To=MARIA) == []


@pytest.mark.parametrize(
    ("weather", "heard"),
    [
        (Weather(reports_lost=1), []),
        (Weather(reports_doubled=1), ["sent", "sent", "delivered", "delivered"]),
        (Weather(reports_swapped=1), ["delivered", "sent"]),
    ],
)
async def test_reports_are_lost_doubled_and_swapped(house: House, weather: Weather, heard: list[str]) -> None:
    house.twilio.weather = weather
    await house.text()
    await house.twilio.all_reported()
    assert house.heard == heard


async def test_an_early_report_is_there_before_the_answer(house: House) -> None:
    house.twilio.weather = Weather(reports_early=1)
    house.twilio.before_answer = lambda _text: house.heard.append("(answer)")
    await house.text()
    await house.twilio.all_reported()
    assert house.heard == ["sent", "(answer)", "delivered"]


@pytest.mark.parametrize("down", [Fault.BROKEN, Fault.TOO_MANY])
async def test_while_it_is_down_nothing_is_taken_or_listed(house: House, down: Fault) -> None:
    house.twilio.down = down
    assert await house.text() == int(down)
    with pytest.raises((aiohttp.ContentTypeError, KeyError)):
        await house.listed(To=MARIA)
    house.twilio.down = None
    assert await house.text() == 201
    assert len(house.twilio.ledger) == 1


@pytest.mark.parametrize("fault", [Fault.ACCEPTED_BUT_HANG, Fault.ACCEPTED_BUT_RESET, Fault.HANG, Fault.RESET])
async def test_a_text_may_be_taken_without_an_answer(house: House, fault: Fault) -> None:
    house.twilio.fail(fault)
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        async with asyncio.timeout(0.3):
            await house.text()
    assert len(house.twilio.ledger) == (fault.startswith("accepted"))


def test_the_same_seed_draws_the_same_faults_each_as_often_as_it_says() -> None:
    weather = Weather(faults={Fault.BROKEN: 0.1, Fault.TOO_MANY: 0.3}, longest_wait=5)
    first, second = ([chance.fault(weather) for _ in range(10_000)] for chance in (Chance(7), Chance(7)))
    counted = Counter(fault for fault, _ in first)
    assert first == second
    assert counted[Fault.BROKEN] == pytest.approx(1000, rel=0.1)
    assert counted[Fault.TOO_MANY] == pytest.approx(3000, rel=0.1)
    assert {detail for fault, detail in first if fault is Fault.TOO_MANY} == {0, 1, 2, 3, 4, 5}
