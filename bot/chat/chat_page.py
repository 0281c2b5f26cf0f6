"""The chat itself: the thread as on the phone, what the client writes, and their plan beside it."""

from __future__ import annotations

import asyncio
import json
import re
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import Connection

from bot.chat import shown
from bot.chat.access_pages import show_door
from bot.chat.rendering import render
from bot.chat.shown import ShownPlan, ShownThread
from bot.chat.visitors import HERE, form_of, mark_of, session_of, wants_page
from bot.chat.wording import _, speak
from bot.keys import CLOCK, COUNTY, READER, TEXTS, WRITER
from bot.site import see_other
from records import chat_reading
from records.channels import ChannelName
from records.chat_sessions import ChatSession
from records.chat_thread import AFTER_ALL, FROM_CHAT
from records.errors import StorageError
from records.turns import Inbound, Taken

OWN_ID = re.compile(r"[0-9a-f]{32}")
"""What a browser calls a text of its own: 128 bits of chance."""

TEXT_ID = re.compile(r"[0-9a-f]{32}")
LONGEST_TEXT = 1600
MOST_SEEN = 200
JSON = "application/json"

PATIENCE = 10.0
"""Seconds that the database has to take a text."""

log = structlog.get_logger()


async def show_chat(request: web.Request) -> web.StreamResponse:
    """The chat for who is in, the door for who is not."""
    me = await session_of(request)
    if me is None:
        return await show_door(request)
    speak(me.language)
    return await _page(request, me)


async def _page(
    request: web.Request, me: ChatSession, problem: str = "", own_id: str = "", words: str = "", status: int = 200
) -> web.Response:
    """With the words that were not taken, and their id: they may have been, before a database stopped answering."""
    thread, plan = await request.app[READER].run(partial(_all, request, me))
    said = {"problem": problem, "own_id": own_id or shown.new_id(), "words": words}
    return render(request, "chat.html", {**_context(me, thread, plan), **said}, status)


def _all(request: web.Request, me: ChatSession, connection: Connection) -> tuple[ShownThread, ShownPlan]:
    return _thread(request, me, AFTER_ALL, connection), _plan(request, me, connection)


def _context(me: ChatSession, thread: ShownThread, plan: ShownPlan) -> dict[str, object]:
    in_page = {"csrf": me.csrf, "mark": mark_of(me), "on_own_phone": me.on_own_phone, "digest": thread.digest}
    return {
        "me": in_page,
        "texts": thread.texts,
        "choices": thread.choices,
        "more": thread.more,
        "waits": thread.waits,
        "plan": plan,
        "new_id": shown.new_id,
    }


async def show_shell(request: web.Request) -> web.Response:
    """The page without anybody's texts, for browsers to keep: without a connection the script fills it."""
    context = {
        "me": None,
        "texts": (),
        "choices": (),
        "more": False,
        "waits": False,
        "plan": None,
        "new_id": shown.new_id,
        "problem": "",
        "own_id": "",
        "words": "",
    }
    return render(request, "chat.html", context)


async def show_texts(request: web.Request, me: ChatSession) -> web.Response:
    """Older ones, before the text with the id `before`."""
    before = request.query.get("before", AFTER_ALL)
    if before != AFTER_ALL and not TEXT_ID.fullmatch(before):
        raise web.HTTPBadRequest(text="before is the id of a text")
    thread = await request.app[READER].run(partial(_thread, request, me, before))
    return _json(thread.as_json())


def _thread(request: web.Request, me: ChatSession, before: str, connection: Connection) -> ShownThread:
    speak(me.language)
    return shown.thread(connection, me, request.app[CLOCK].now(), before)


async def show_plan(request: web.Request, me: ChatSession) -> web.Response:
    plan = await request.app[READER].run(partial(_plan, request, me))
    return render(request, "plan.html", {"plan": plan})


def _plan(request: web.Request, me: ChatSession, connection: Connection) -> ShownPlan:
    speak(me.language)
    return shown.plan(connection, me, request.app[COUNTY], request.app[CLOCK].now())


async def take_text(request: web.Request, me: ChatSession) -> web.Response:
    """200 once stored, however often it is sent under its id; 409 if their number has just changed: load again."""
    own_id, words = await _what_is_said(request)
    if not OWN_ID.fullmatch(own_id):
        raise web.HTTPBadRequest(text="id is 32 hexadecimal digits, made anew for every text")
    status, problem = await _take(request, me, own_id, words)
    if problem and wants_page(request):
        return await _page(request, me, problem, own_id, words, status)
    return answer(request, status, problem)


async def _take(request: web.Request, me: ChatSession, own_id: str, words: str) -> tuple[HTTPStatus, str]:
    """How it went, and what to do where it did not."""
    if not words:
        return HTTPStatus.UNPROCESSABLE_ENTITY, _("Write something first.")
    if len(words) > LONGEST_TEXT:
        return HTTPStatus.UNPROCESSABLE_ENTITY, _("That is too long. Send it in two texts.")
    inbound = Inbound(f"{FROM_CHAT}{own_id}", me.number, words, channel=ChannelName.WEB_CHAT, writer=me.client_id)
    try:
        async with asyncio.timeout(PATIENCE):
            taken = await request.app[TEXTS].take_text(inbound)
    except (StorageError, TimeoutError):
        log.warning("the database does not answer; the browser will send this again")
        return HTTPStatus.SERVICE_UNAVAILABLE, _("That did not go through. Please try again.")
    log.info("text taken in chat", taken=taken.value, length=len(words))
    if taken is Taken.NOT_THEIRS:
        return HTTPStatus.CONFLICT, _("That did not go through. Please try again.")
    return HTTPStatus.OK, ""


async def take_seen(request: web.Request, me: ChatSession) -> web.Response:
    """The page shows these texts, and somebody looks at it. Ids of anybody else's change nothing."""
    said = await _read_json(request)
    ids = said.get("ids")
    if not isinstance(ids, list):
        raise web.HTTPBadRequest(text="ids is a list")
    theirs = [one for one in ids if isinstance(one, str) and TEXT_ID.fullmatch(one)][:MOST_SEEN]
    see = partial(chat_reading.seen, client_id=me.client_id, message_ids=theirs, now=request.app[CLOCK].now())
    await request.app[WRITER].run(see)
    return _json({})


async def _read_json(request: web.Request) -> dict[str, Any]:
    try:
        said = json.loads(await request.text())
    except (LookupError, RecursionError, ValueError):  # letters that nobody knows; lists in lists in lists
        raise web.HTTPBadRequest(text="no JSON") from None
    if not isinstance(said, dict):
        raise web.HTTPBadRequest(text="a JSON object")
    return said


async def _what_is_said(request: web.Request) -> tuple[str, str]:
    """From our script as JSON; without it, from the form."""
    said: Any = await (_read_json(request) if request.content_type == JSON else form_of(request))
    own_id, text = said.get("id"), said.get("text")
    if not isinstance(own_id, str) or not isinstance(text, str):
        raise web.HTTPBadRequest(text="id and text are words")
    return own_id, text.strip()


def answer(request: web.Request, status: HTTPStatus, problem: str = "") -> web.Response:
    """JSON for our script; without it, the page again, or the problem in words."""
    if wants_page(request):
        return see_other(HERE) if status is HTTPStatus.OK else web.Response(status=status, text=problem)
    return _json({"problem": problem} if problem else {}, status)


def _json(content: object, status: int = 200) -> web.Response:
    return web.json_response(content, status=status, headers={"Cache-Control": "no-store"})
