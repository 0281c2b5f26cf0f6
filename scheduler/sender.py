"""What hands texts to the provider: claims them, sends them, records what came of it. Never lost, never twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from records import outbox
from records.errors import StorageError
from records.outbox import Claimed, Claims
from records.pace import Pace
from scheduler import outcomes
from scheduler.breaker import Breaker, BreakerState, pause, told_pause
from scheduler.channel import Channel, ChannelName, NotSent, Outcome, Refused, Unknown
from scheduler.outcomes import Came
from scheduler.reconciler import Reconciler
from scheduler.timing import Timing
from scheduler.transactions import Transactions
from scheduler.way_out import WayOut

__all__ = ["Pace", "Sender", "SenderState", "Timing", "Transactions"]

log = structlog.get_logger()

SHOWN_AT_ONCE = 200
"""Texts on their way into the web chat, which waits for nobody."""

LAST_WORDS = 3.0
"""Seconds that storing may take at the very end, when what is under way was given up."""


@dataclass(frozen=True, slots=True)
class SenderState:
    """What an operator may want to know."""

    under_way: int
    breaker: BreakerState


class Sender:
    """Sends what is due. `start` it in a running event loop; `close` lets what is under way come to its end.

    Woken by every commit, by `wake`, and by a slow poll (`poll`, in seconds) for what becomes due. Answers are claimed
    before unprompted texts, so that they overtake; but for that, texts to one number keep their order. A round is one
    transaction: it stores all that came since the last one, and claims what there is room for, at the `pace` that all
    processes share. `now` gives the aware moment in UTC, `chance` a number from 0 to 1.
    """

    def __init__(
        self,
        transactions: Transactions,
        channel: Channel,
        now: Callable[[], datetime],
        *,
        pace: Pace,
        timing: Timing = Timing(),  # noqa: B008  it is frozen
        in_flight: int = 20,
        poll: float = 1.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._transactions = transactions
        self._now = now
        self._pace = pace
        self._timing = timing
        self._most = in_flight
        self._poll = poll
        self._chance = chance
        self._breaker = Breaker()
        self._pace_opens_at = 0.0
        self._under_way: set[asyncio.Task[Outcome | None]] = set()
        self._being_shown: set[asyncio.Task[Outcome | None]] = set()
        self._came: list[Came] = []
        self._refused: list[Came] = []
        self._own_commit = False
        self._closing = asyncio.Event()
        self._wakes = asyncio.Event()
        self._carries = channel.carries
        self._way_out = WayOut(transactions, channel, now, poll, self._closing)
        self._reconciler = Reconciler(transactions, channel, now, timing, chance)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._working: asyncio.Task[None] | None = None

    @property
    def state(self) -> SenderState:
        return SenderState(len(self._under_way), self._breaker.state(self._seconds()))

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transactions.listen(self._committed)
        self._working = self._loop.create_task(self._work(), name="sender")
        self._reconciler.start()

    def wake(self) -> None:
        """Texts may be due: look at once. From any thread."""
        if self._loop:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._wakes.set)

    async def close(self) -> None:
        """Claim no more. What is under way may come to its end; what takes too long is given up, and so unknown.

        Takes `Timing.drain`, and a few seconds at most. Safe to call twice.
        """
        self._closing.set()
        self._wakes.set()
        await self._reconciler.close()
        if self._working is None:
            return
        await asyncio.wait([self._working], timeout=self._timing.drain.total_seconds())
        given_up = [self._working, *self._under_way]
        for task in given_up:
            task.cancel()
        await asyncio.gather(*given_up, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self._safely_round()

    def _seconds(self) -> float:
        return self._loop.time() if self._loop else 0.0

    def _committed(self) -> None:
        """Called on the writer's thread. A commit of a round is no news, and would make rounds for ever."""
        if self._own_commit:
            self._own_commit = False
        else:
            self.wake()

    async def _work(self) -> None:
        while self._has_work():
            self._wakes.clear()
            wait = await self._safely_round()
            if wait > 0 and self._has_work():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wakes.wait(), wait)

    def _has_work(self) -> bool:
        """Once closing, what is under way is brought to its end."""
        return bool(not self._closing.is_set() or self._under_way or self._came or self._refused)

    async def _safely_round(self) -> float:
        try:
            return await self._round()
        except StorageError:
            log.warning("sender_without_database")
        except Exception:
            log.exception("sender_round_failed")
        return self._poll

    async def _round(self) -> float:
        """Gives the seconds to wait unless something happens; 0 if there is more to do."""
        await self._store_refusals()
        came, self._came = self._came, []
        room, to_show = self._room(), self._room_to_show()
        if not came and not room and not to_show:
            return self._idle()
        claims, shown, allowed_at = await self._store_and_claim(came, room, to_show)
        for text in (*shown.texts, *claims.texts):
            self._set_off(text, allowed_at)
        if claims.opens_in > 0:
            self._pace_opens_at = self._seconds() + claims.opens_in
        elif room and claims.looked_at >= room:
            return 0.0
        return 0.0 if to_show and shown.looked_at >= to_show else self._idle()

    def _room(self) -> int:
        """How many texts may be claimed now."""
        now = self._seconds()
        if self._closing.is_set() or now < self._pace_opens_at:
            return 0
        match self._breaker.state(now):
            case BreakerState.OPEN:
                return 0
            case BreakerState.HALF_OPEN:
                return 0 if len(self._under_way) > len(self._being_shown) else 1
            case BreakerState.CLOSED:
                return self._most - len(self._under_way) + len(self._being_shown)

    def _room_to_show(self) -> int:
        """As `_room`, in the web chat: no carrier sets a pace there, and no provider fails."""
        if self._closing.is_set() or ChannelName.WEB_CHAT not in self._carries:
            return 0
        return SHOWN_AT_ONCE - len(self._being_shown)

    def _idle(self) -> float:
        """Seconds until a reason to claim nothing has passed, of those that pass by themselves."""
        now = self._seconds()
        closed = max(self._breaker.wait(now), self._pace_opens_at - now)
        return min(closed, self._poll) if closed > 0 else self._poll

    async def _store_and_claim(self, came: Sequence[Came], room: int, to_show: int) -> tuple[Claims, Claims, float]:
        """One transaction. The claim comes last in it, as its right to begin counts from there (`time.monotonic`)."""

        def do(connection: Connection) -> tuple[Claims, Claims, float]:
            outcomes.store_all(connection, came)
            now, nothing = self._now(), Claims([], 0, 0.0)
            claims = outbox.claim(connection, now, room, self._pace, self._carries) if room else nothing
            shown = outbox.claim_shown(connection, now, to_show) if to_show else nothing
            self._own_commit = True
            return claims, shown, time.monotonic()

        try:
            return await self._transactions.run(do)
        except StorageError:
            self._came[:0] = came
            raise
        except Exception:
            for one in came:  # if it is one of these that cannot be stored, it must harm no other
                await self._store_alone(one)
            raise
        finally:
            self._own_commit = False

    async def _store_refusals(self) -> None:
        """What a refusal says of a number may change a lot, so each has a transaction of its own; they are rare."""
        refused, self._refused = self._refused, []
        for one in refused:
            await self._store_alone(one)

    async def _store_alone(self, one: Came) -> None:
        """Without a database it is tried again. If nothing helps, the claim tells that nobody knows."""
        try:
            await self._transactions.settle(lambda connection: outcomes.store(connection, one))
        except StorageError:
            log.warning("outcome_waits_for_database", attempt=one.attempt_id)
            self._refused.append(one)
        except Exception:
            log.exception("outcome_not_recorded", attempt=one.attempt_id)

    def _set_off(self, text: Claimed, allowed_at: float) -> None:
        task = asyncio.ensure_future(self._way_out.leave(text, allowed_at))
        self._under_way.add(task)
        if text.channel is ChannelName.WEB_CHAT:
            self._being_shown.add(task)
        task.add_done_callback(partial(self._done, text))

    def _done(self, text: Claimed, task: asyncio.Task[Outcome | None]) -> None:
        self._under_way.discard(task)
        self._being_shown.discard(task)
        outcome = Unknown() if task.cancelled() else task.result()
        if outcome is not None:
            (self._refused if isinstance(outcome, Refused) else self._came).append(self._judged(text, outcome))
        self._wakes.set()

    def _judged(self, text: Claimed, outcome: Outcome) -> Came:
        """What it says of the provider, and so of the next texts; and when this one may be tried again."""
        at = retry_at = self._now()
        if text.channel is ChannelName.WEB_CHAT:  # it says nothing of the provider
            return Came(text.attempt_id, outcome, at, retry_at)
        match outcome:
            case NotSent(retry_after=told) if told is not None:
                chance = self._chance()
                self._breaker = self._breaker.told_to_wait(self._seconds(), told, chance)
                retry_at += timedelta(seconds=told_pause(told, chance))
            case NotSent():
                self._failed()
                retry_at += timedelta(seconds=pause(text.tries, self._chance()))
            case Unknown():
                log.warning("outcome_unknown", attempt=text.attempt_id)
                self._failed()
            case Refused(code=code) if outcomes.is_down(outcome):
                log.error("provider_refuses_for_now", code=code)
                self._failed()
            case Refused(code=code):
                log.warning("text_refused", attempt=text.attempt_id, code=code)
                self._breaker = self._breaker.worked()
            case _:
                self._breaker = self._breaker.worked()
        return Came(text.attempt_id, outcome, at, retry_at)

    def _failed(self) -> None:
        self._breaker = self._breaker.failed(self._seconds(), self._chance())
