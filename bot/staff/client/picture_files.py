"""A picture that a client sent, as its worker sees it: opened for this answer alone, and kept by no cache."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog
from aiohttp import web

from bot.keys import CLOCK, READER, SETTINGS, WRITER
from bot.pictures.cleaning import JPEG
from bot.pictures.sealing import UnreadableError, picture_cipher
from bot.site import see_other
from bot.staff.client.client_page import reads_of
from records import pictures
from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError
from records.pictures import Found, Size
from records.sessions import Session
from records.thread_access import Reads

PICTURE = "picture"
"""What the log says was looked at."""

HEADERS = {
    "Content-Disposition": "inline",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}

log = structlog.get_logger()


async def show_picture(request: web.Request, me: Session) -> web.Response:
    """A look at the thread, which is logged. Who is to say why is asked at the client's page."""
    found = await _found(request, me, Size.WHOLE)
    if await reads_of(request, me, found.client_id) is not Reads.ALL:
        return see_other(f"/staff/clients/{found.client_id}#texts")
    look = partial(note_staff_act, kind=Kind.THREAD_VIEWED, staff_id=me.staff_id, now=request.app[CLOCK].now())
    await request.app[WRITER].run(partial(look, client_id=found.client_id, subject=PICTURE))
    return await _opened(request, found, Size.WHOLE)


async def show_thumbnail(request: web.Request, me: Session) -> web.Response:
    """A part of a page that was logged as a look when it was opened."""
    found = await _found(request, me, Size.THUMBNAIL)
    if await reads_of(request, me, found.client_id) is not Reads.ALL:
        raise NotFoundError
    return await _opened(request, found, Size.THUMBNAIL)


async def _found(request: web.Request, me: Session, size: Size) -> Found:
    """Raises NotFoundError."""
    ask = partial(pictures.find, picture_id=request.match_info["id"], size=size, sight=me.sight)
    return await request.app[READER].run(ask)


async def _opened(request: web.Request, found: Found, size: Size) -> web.Response:
    """Raises NotFoundError where the key is not the one that it was sealed under."""
    cipher = picture_cipher(request.app[SETTINGS].secret_key)
    try:
        body = await asyncio.to_thread(cipher.open, found.sealed, found.id, found.provider_id, size)
    except UnreadableError:
        log.error("picture_not_opened: was SECRET_KEY changed?")  # noqa: TRY400  the error says no more
        raise NotFoundError from None
    return web.Response(body=body, content_type=JPEG, headers=HEADERS)
