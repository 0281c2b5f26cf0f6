"""A process under test: what `milepost serve` runs, with short waiting, on a clock that the suite moves.

Started as `python -m bot.trust.server` this is a nursery: it loads everything once, and forks a process for each order
that it reads. So a process that was killed is back in a tenth of a second. All of them end with it, and it ends with
the suite. Nothing of the environment's settings counts here, and the provider must be on this machine.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import select
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NoReturn, TypeVar

import psycopg
import structlog
from pydantic import SecretStr
from sqlalchemy import Connection
from twilio.rest.api import v2010

from bot import app, log
from bot.app import Part, Plan, fork_turns, open_house
from bot.channels.twilio_webhooks import Signature
from bot.county_file import EXAMPLE, load_county
from bot.door import open_door, told_to_stop
from bot.ground import load_reviewed, open_database
from bot.settings import Settings, is_loopback
from bot.trust.crash_points import Fate, Journal, WatchedChannel, replace_name, watch_transactions
from bot.trust.fake_twilio import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER
from bot.trust.moved_clock import MovedClock
from bot.trust.orders import PATIENCE, News, Order
from conversations.county import County
from conversations.languages import Language
from records.channels import ChannelName
from records.writer import Writer
from scheduler import backfill

FASTEST = 1000.0
"""Segments a second: the pace is not what is tried here."""

TO_CATCH_UP = timedelta(seconds=2)

NO_BREATH = timedelta(0)
"""Each text is a turn of its own, so that its answer can be told."""

LOADED_LATE = (psycopg, v2010)
"""What the house imports when it first needs it: here that is once, before the processes part."""

T = TypeVar("T")
Loaded = tuple[County, Mapping[str, Language]]


def settings_for(order: Order) -> Settings:
    """Raises ValueError for a provider that is not on this machine."""
    if not is_loopback(order.provider):
        raise ValueError("the provider must be a stand-in on this machine")
    return Settings.model_construct(
        database_url=SecretStr(order.database),
        county=EXAMPLE,
        public_url=order.url,
        host="127.0.0.1",
        port=order.port,
        secret_key=SecretStr("k" * 32),
        twilio_account_sid=ACCOUNT_SID,
        twilio_auth_token=SecretStr(AUTH_TOKEN),
        twilio_from=OUR_NUMBER,
        twilio_whatsapp_from=OUR_NUMBER if order.channel == ChannelName.WHATSAPP else None,
        twilio_segments_a_second=FASTEST,
        twilio_api_base=order.provider,
    )


class UnderTest:
    """Made before the house's processes part; `live` runs in the one that answers."""

    def __init__(self, order: Order, loaded: Loaded, say: int) -> None:
        self._say = say
        self._settings = settings_for(order)
        county, languages = loaded
        self._journal = Journal(order.journal)
        crashed = News("crashed", os.getpid())
        self._fate = Fate(order.crash, order.nth, lambda: tell(say, crashed))
        watch_transactions(self._fate, self._journal)
        shorten_waiting(order)
        if order.tardy:
            TardyWriter.tardy = order.tardy
            replace_name(app, "Writer", lambda _: TardyWriter)
        clock = MovedClock(Path(order.clock))
        self._plan = Plan(self._settings, county, languages, clock, Part(order.part), pace=FASTEST)
        self._turns = fork_turns(self._plan)

    async def live(self) -> None:
        """Until it is told to stop, or dies."""
        patience = timedelta(seconds=PATIENCE)
        async with AsyncExitStack() as stack:
            watched = WatchedChannel(self._settings, patience, self._fate, self._journal)
            channel = await stack.enter_async_context(watched)
            house = await stack.enter_async_context(open_house(self._plan, channel, channel, self._turns))
            door = await stack.enter_async_context(AsyncExitStack())
            if self._plan.part is not Part.SCHEDULER:
                await door.enter_async_context(open_door(house, Signature(AUTH_TOKEN, self._settings.public_url)))
            told = asyncio.create_task(told_to_stop())
            await asyncio.sleep(0)  # it listens for the signal
            for pid in self._turns.pids:
                tell(self._say, News("parted", os.getpid(), pid))
            tell(self._say, News("ready", os.getpid()))
            await told
            await asyncio.gather(house.work.end(), door.aclose())


class TardyWriter(Writer):
    """What it did is heard late."""

    tardy = 0.0

    async def run(self, do: Callable[[Connection], T]) -> T:
        result = await super().run(do)
        await asyncio.sleep(random.uniform(0, self.tardy))  # noqa: S311  nobody gains by guessing it
        return result


def shorten_waiting(order: Order) -> None:
    """From now on this process waits for seconds where the house waits for minutes."""
    replace_name(app, "Sender", lambda sender: partial(sender, timing=order.timing()))
    replace_name(app, "TO_CATCH_UP", lambda _: TO_CATCH_UP)
    replace_name(backfill, "AFTER_FAILURE", lambda _: TO_CATCH_UP / 2)


def tell(say: int, news: News) -> None:
    """One line; lines of several processes do not mix."""
    os.write(say, news.line())


class Nursery:
    """Reads orders from the standard input, one a line, and tells on the standard output what becomes of each."""

    def __init__(self) -> None:
        county = load_county(EXAMPLE)
        county = replace(county, words_joined_within=NO_BREATH, hooks=())
        self._loaded = county, load_reviewed(county)
        self._children: set[int] = set()
        self._lifeline = os.pipe()
        """It breaks when this process ends, however it ends."""

    def live(self) -> None:
        orders = os.fdopen(0, "rb", buffering=0)
        gc.freeze()
        try:
            while True:
                ready, _, _ = select.select([orders], [], [], 0.01 if self._children else None)
                if ready:
                    line = orders.readline()
                    if not line:
                        return
                    self._start(Order.read(line))
                self._bury()
        finally:
            for pid in self._children:
                os.killpg(pid, signal.SIGKILL)

    def _start(self, order: Order) -> None:
        pid = os.fork()
        if pid == 0:
            self._become(order)
        os.setpgid(pid, pid)  # what becomes of it, becomes of the process that it forks too
        self._children.add(pid)

    def _bury(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._children.discard(pid)
                tell(1, News("ended", pid, status))

    def _become(self, order: Order) -> NoReturn:
        status = 1
        try:
            say = os.dup(1)
            os.dup2(2, 1)
            os.close(0)
            kept, other = self._lifeline
            os.close(other)
            log.set_up(readable=False, level=30)
            os.setpgid(0, 0)  # as `_start` does: whoever is quicker
            tell(say, News("started", os.getpid()))  # itself: so this comes before all else that it tells
            open_database(settings_for(order)).dispose()
            under_test = UnderTest(order, self._loaded, say)
            asyncio.run(self._watched(under_test.live(), kept))
            status = 0
        except BaseException:  # noqa: BLE001  it ends here, whatever it was
            structlog.get_logger().exception("a process under test failed")
        finally:
            os._exit(status)

    async def _watched(self, life: Coroutine[object, object, None], lifeline: int) -> None:
        asyncio.get_running_loop().add_reader(lifeline, os._exit, 1)
        await life


if __name__ == "__main__":
    Nursery().live()
    sys.exit(0)
