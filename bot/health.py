"""Is it alive, can it take a text, and how much is waiting: for the machines that watch it. Nothing personal."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.keys import CLOCK, READER, WRITER
from records import gauges
from records.errors import StorageError

PATIENCE = 5.0


def add_health(app: web.Application) -> None:
    app.router.add_get("/live", live)
    app.router.add_get("/ready", ready)
    app.router.add_get("/metrics", metrics)


async def live(_request: web.Request) -> web.Response:
    """The process answers."""
    return web.Response(text="live\n")


async def ready(request: web.Request) -> web.Response:
    """The database takes a write; else 503. The schema was looked at when the process started."""
    try:
        async with asyncio.timeout(PATIENCE):
            await request.app[WRITER].run(gauges.try_to_write)
    except (StorageError, TimeoutError):
        return web.Response(status=503, text="the database does not take a write\n")
    return web.Response(text="ready\n")


async def metrics(request: web.Request) -> web.Response:
    """Gauges in the text format that Prometheus reads. What is counted is said in each `HELP` line."""
    now = request.app[CLOCK].now()
    found = await request.app[READER].run(lambda connection: gauges.read(connection, now))
    lines = []
    for gauge in found:
        lines += [f"# HELP {gauge.name} {gauge.means}", f"# TYPE {gauge.name} gauge"]
        lines += [f"{gauge.name}{_labels(label)} {value:g}" for label, value in gauge.values]
    return web.Response(body="\n".join([*lines, ""]).encode(), headers={"Content-Type": "text/plain; version=0.0.4"})


def _labels(label: tuple[str, str] | None) -> str:
    return f'{{{label[0]}="{label[1]}"}}' if label else ""
