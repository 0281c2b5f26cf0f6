"""New texts appear without loading the page again: a stream of server-sent events for every page that is open.

One reader follows the log for all of them, so that a text costs as much with a thousand chats open as with one.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Protocol

import structlog
from aiohttp import web
from sqlalchemy import Connection

from bot.chat import cookies, shown
from bot.chat.shown import ShownThread
from bot.chat.wording import speak
from bot.keys import CLOCK, READER
from records import chat_sessions, chat_thread
from records.chat_sessions import ChatSession
from records.errors import StorageError

log = structlog.get_logger()

HEARTBEAT = 20.0
"""Seconds after which an idle stream says that it is there; proxies cut what is silent for longer."""

LOOKS_EVERY = 0.5
"""Seconds between looks at the log where another process may have written."""

PAUSE = 1.0
"""Seconds until the log is read again when the database could not be."""

READ_AGAIN_AFTER = 15
"""Beats. Nothing hangs on it: it is for news that got lost."""

BEAT = b"event: beat\ndata:\n\n"
"""An event and not a comment: by it the page knows a stream that is idle from one that is dead."""
OVER = b"event: over\ndata:\n\n"
"""The chat was left, or has run out."""

MOST_STREAMS = 8
"""Of one client: the oldest of more is ended, and its page asks again if somebody is there."""

STREAMING = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class OpenChats:
    """The pages that are open in this process, by client, and who tells them that there is something new."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._loop = asyncio.get_running_loop()
        self._pages: defaultdict[str, list[asyncio.Event]] = defaultdict(list)
        self._committed = asyncio.Event()
        self._known: Collection[str] = ()
        self.is_closing = False

    def committed(self) -> None:
        """From any thread: there may be something new."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._committed.set)

    @asynccontextmanager
    async def open(self, client_id: str) -> AsyncIterator[asyncio.Event]:
        """Gives what is set when there may be something new for this client."""
        news, theirs = asyncio.Event(), self._pages[client_id]
        theirs.append(news)
        for oldest in theirs[:-MOST_STREAMS]:
            theirs.remove(oldest)
            oldest.set()
        try:
            yield news
        finally:
            with suppress(ValueError):
                theirs.remove(news)
            if not theirs:
                self._pages.pop(client_id, None)

    def has(self, client_id: str, news: asyncio.Event) -> bool:
        return not self.is_closing and news in self._pages.get(client_id, ())

    async def follow(self) -> None:
        """Until `close`."""
        while not self.is_closing:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_EVERY):  # wait_for would lose a cancel that comes with a commit
                    await self._committed.wait()
            self._committed.clear()
            if self._pages:
                await self._look()

    async def _look(self) -> None:
        try:
            news = await self._app[READER].run(partial(chat_thread.news, known=self._known, now=self._app[CLOCK].now()))
        except StorageError:
            log.warning("chats_not_read")
            await asyncio.sleep(PAUSE)
            return
        self._known = news.known
        for client_id in news.client_ids & self._pages.keys():
            for page in self._pages[client_id]:
                page.set()

    def close(self) -> None:
        """A stream never ends by itself; without this, stopping would wait for it."""
        self.is_closing = True
        self._committed.set()
        for theirs in self._pages.values():
            for page in theirs:
                page.set()


OPEN_CHATS: web.AppKey[OpenChats] = web.AppKey("open_chats")


class TellsOfCommits(Protocol):
    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every commit, from any thread."""
        ...


async def keep_open_chats(commits: Sequence[TellsOfCommits], app: web.Application) -> AsyncIterator[None]:
    """For `app.cleanup_ctx`."""
    app[OPEN_CHATS] = chats = OpenChats(app)
    for each in commits:
        each.listen(chats.committed)
    following = asyncio.create_task(chats.follow(), name="open chats")
    yield
    chats.close()
    await following


async def end_streams(app: web.Application) -> None:
    """For `app.on_shutdown`."""
    app[OPEN_CHATS].close()


async def live(request: web.Request, me: ChatSession) -> web.StreamResponse:
    """What is new, each time that there is something; `seen_as` is the digest of what the page shows already."""
    chats, page = request.app[OPEN_CHATS], _Page(request.query.get("seen_as", ""))
    response = web.StreamResponse(headers=STREAMING)
    with suppress(ConnectionResetError):  # the page was closed
        await response.prepare(request)
        async with chats.open(me.client_id) as news:
            beats = 0
            while chats.has(me.client_id, news):
                news.clear()
                said = BEAT if beats % READ_AGAIN_AFTER else await _what_is_new(request, me, page)
                await response.write(said)
                if said == OVER:
                    break
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        await news.wait()
                    beats = 0
                except TimeoutError:
                    beats += 1
    return response


class _Page:
    """What a page shows."""

    __slots__ = ("ids", "seen_as")

    def __init__(self, seen_as: str) -> None:
        self.seen_as = seen_as
        self.ids: frozenset[str] = frozenset()


async def _what_is_new(request: web.Request, me: ChatSession, page: _Page) -> bytes:
    """What the database does not give now comes with a later beat."""
    try:
        thread = await request.app[READER].run(partial(_thread, request, me))
    except StorageError:
        return BEAT
    if thread is None:
        return OVER
    is_known, had = thread.digest == page.seen_as, page.ids
    page.seen_as, page.ids = thread.digest, frozenset(text.id for text in thread.texts)
    if is_known:
        return BEAT
    fresh = replace(thread, texts=[text for text in thread.texts if text.id not in had])
    return f"data: {json.dumps(fresh.as_json())}\n\n".encode()


def _thread(request: web.Request, me: ChatSession, connection: Connection) -> ShownThread | None:
    """None once the chat was left or has run out."""
    now = request.app[CLOCK].now()
    if chat_sessions.find(connection, cookies.hash_in(request, cookies.CHAT), now) is None:
        return None
    speak(me.language)
    return shown.thread(connection, me, now)
