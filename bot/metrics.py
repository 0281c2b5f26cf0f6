"""Figures for the machines that watch over the service, in the text format that Prometheus reads. Nothing personal.

What the database says, every process says alike; what a process counts is its own since it started. The registry is the
application's, and not the library's global one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from bot.keys import CLOCK, READER
from bot.staff.plain_words.texts import REASONS
from records import gauges
from records.errors import StorageError
from records.gauges import Gauge
from scheduler.breaker import BreakerState

log = structlog.get_logger()

PATIENCE = 4.0
"""Seconds that the database may take to be counted."""

SETTLED = timedelta(seconds=5)
"""An answer that was accepted so lately may not be committed yet: it is counted at the next look."""

SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0)

REFUSED = {400: "malformed", 403: "not_signed", 413: "too_large", 500: "failed", 503: "not_stored"}


class Lanes(Protocol):
    """Of what writes: how many jobs wait for it, and how many it has in hand."""

    @property
    def waiting(self) -> int: ...

    @property
    def under_way(self) -> int: ...


class Sending(Protocol):
    """Of the sender: how many texts are being handed over, and how its circuit breaker stands."""

    @property
    def under_way(self) -> int: ...

    @property
    def breaker(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What this process does, asked at every look; `sending` is None where it sends nothing."""

    lanes: Callable[[], Iterable[Lanes]]
    sending: Callable[[], Sending] | None = None


class Metrics:
    """What this process has counted, and what it saw at the last look into the database."""

    def __init__(self, parts: Parts, began: datetime) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._parts = parts
        self._seen: list[Gauge] = []
        self._looking = asyncio.Lock()
        self._replies_until = began
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        self._taken = Counter(
            "milepost_texts_taken",
            "Texts that came in by webhook, by what they were.",
            ["was"],
            registry=self._registry,
        )
        self._refused = Counter(
            "milepost_webhooks_refused", "Posts that were not taken, by why.", ["because"], registry=self._registry
        )
        self._replies = Histogram(
            "milepost_reply_seconds",
            "From a client's text to the provider's acceptance of its first answer, waits on purpose left out.",
            buckets=SECONDS,
            registry=self._registry,
        )

    def text_taken(self, was: str) -> None:
        self._taken.labels(was).inc()

    def refused(self, status: int) -> None:
        """A webhook was answered with this status."""
        if status in REFUSED:
            self._refused.labels(REFUSED[status]).inc()

    def collect(self) -> Iterable[Metric]:
        """What the registry asks of who is no counter."""
        return [_family(gauge) for gauge in (*self._seen, *_of_parts(self._parts))]

    async def text(self, request: web.Request) -> bytes:
        """All of it. Without a database only what this process knows by itself."""
        async with self._looking:
            now = request.app[CLOCK].now()
            since, until = self._replies_until, max(self._replies_until, now - SETTLED)
            try:
                async with asyncio.timeout(PATIENCE):
                    seen = await request.app[READER].run(lambda c: gauges.read(c, now, REASONS))
                    replies = await request.app[READER].run(lambda c: gauges.reply_seconds(c, since, until))
            except (StorageError, TimeoutError):
                self._seen = [_up(0)]
            else:
                self._seen, self._replies_until = [*seen, _up(1)], until
                for seconds in replies:
                    self._replies.observe(seconds)
            return generate_latest(self._registry)


METRICS: web.AppKey[Metrics] = web.AppKey("metrics")


def add_metrics(app: web.Application, parts: Parts) -> None:
    app[METRICS] = Metrics(parts, app[CLOCK].now())
    app.router.add_get("/metrics", show)


async def show(request: web.Request) -> web.Response:
    text = await request.app[METRICS].text(request)
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def _of_parts(parts: Parts) -> Iterable[Gauge]:
    waiting = sum(lanes.waiting for lanes in parts.lanes())
    under_way = sum(lanes.under_way for lanes in parts.lanes())
    yield _one("milepost_writer_waiting", "Texts and other work that wait for this process's writer.", waiting)
    yield _one("milepost_turns_under_way", "What this process's writer has in hand.", under_way)
    if parts.sending is None:
        return
    sending = parts.sending()
    yield _one("milepost_sends_under_way", "Texts that this process is handing over.", sending.under_way)
    stands: dict[tuple[str, ...], float] = {(state.value,): state == sending.breaker for state in BreakerState}
    yield Gauge("milepost_breaker", "How this process's circuit breaker stands: 1 at that state.", ("state",), stands)


def _up(value: int) -> Gauge:
    return _one("milepost_database_up", "Whether the database answered this look.", value)


def _one(name: str, means: str, value: float) -> Gauge:
    return Gauge(name, means, (), {(): value})


def _family(gauge: Gauge) -> Metric:
    family = GaugeMetricFamily(gauge.name, gauge.means, labels=gauge.labels)
    for words, value in gauge.values.items():
        family.add_metric(words, value)
    return family
