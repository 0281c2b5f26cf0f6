"""New texts appear without loading the page again: one stream of server-sent events for all phones of a page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from functools import partial

import aiohttp_jinja2
import structlog
from aiohttp import web

from bot.keys import CLOCK, LANGUAGES, READER, WRITER
from bot.phone.shown import PhonePage, page_of
from records import phones
from records.errors import StorageError

log = structlog.get_logger()

HEARTBEAT = 15.0
"""Seconds after which an idle stream says that it is there, and the clock on the page moves on."""

PAUSE = 1.0
"""Seconds until the phones are read again when the database could not be."""


class Stir:
    """Wakes every open stream."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._changed = asyncio.Event()
        self.closing = False

    def __call__(self) -> None:
        """From any thread: something changed."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    async def wait(self) -> None:
        changed = self._changed
        try:
            await asyncio.wait_for(changed.wait(), HEARTBEAT)
        except TimeoutError:
            return

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


STIR = web.AppKey("stir", Stir)


def add_live(app: web.Application) -> None:
    app.router.add_get("/phone/live", live)
    app.cleanup_ctx.append(_stir)
    app.on_shutdown.append(_end_streams)


def stirred(app: web.Application) -> None:
    """Say that something changed which the database does not know of: the demo's time."""
    app[STIR]()


async def live(request: web.Request) -> web.StreamResponse:
    """Each phone that changed, as a fragment for htmx, for as long as the page is open."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    with suppress(ConnectionResetError):  # the page was closed
        async with aclosing(_changes(request)) as changes:
            async for fragment in changes:
                lines = "\n".join(f"data: {line}" for line in fragment.splitlines())
                await response.write(f"{lines}\n\n".encode())
    return response


async def _changes(request: web.Request) -> AsyncGenerator[str, None]:
    app = request.app
    shown: dict[str, object] = {}
    said = ""
    while not app[STIR].closing:
        waiting = asyncio.ensure_future(app[STIR].wait())  # before reading, or what happens meanwhile would be missed
        try:
            page = await _page(app)
            changed = [phone for phone in page.phones if shown.get(phone.client_id) != phone]
            shown.update({phone.client_id: phone for phone in changed})
            news = aiohttp_jinja2.render_string("phone_news.html", request, {"page": page, "changed": changed})
            if news != said:
                yield news
            said = news
            await waiting
        except StorageError:  # the answer has begun, so there is no telling the page; it stays as it is for a while
            log.warning("phones_not_read")
            await asyncio.sleep(PAUSE)
        finally:
            waiting.cancel()


async def _page(app: web.Application) -> PhonePage:
    now = app[CLOCK].now()
    found = await app[READER].run(phones.phones)
    due = await app[READER].run(partial(phones.next_due, now=now))
    return page_of(found, now, due, app[LANGUAGES])


async def _stir(app: web.Application) -> AsyncIterator[None]:
    app[STIR] = Stir(asyncio.get_running_loop())
    app[WRITER].listen(app[STIR])
    yield


async def _end_streams(app: web.Application) -> None:
    """A stream never ends by itself; without this, stopping would wait for it."""
    app[STIR].closing = True
    app[STIR]()
