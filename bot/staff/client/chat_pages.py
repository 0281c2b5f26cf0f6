"""A client's way into the web chat, and its end on every browser: a phone may be lost."""

from __future__ import annotations

from functools import partial

from aiohttp import web
from sqlalchemy import Connection

from bot.chat import cookies
from bot.chat.secret_texts import send_link
from bot.chat.visitors import LINKS
from bot.keys import CLOCK, LANGUAGES, SETTINGS, WRITER
from bot.site import see_other
from bot.staff import notices
from bot.staff.writing.desk import known_of
from bot.token_secrets import hash_of
from records import chat_access, chat_sessions
from records.engagement import Kind, note_staff_act
from records.errors import NotFoundError
from records.sessions import Session


async def send_chat_link(request: web.Request, me: Session) -> web.Response:
    """Clicked twice, it is sent once."""
    known = await known_of(request, me, request.match_info["id"])
    sent = await request.app[WRITER].run(partial(_send, request, me, known.client.id))
    return _back(request, "chat-link" if sent else "chat-link-already")


def _send(request: web.Request, me: Session, client_id: str, connection: Connection) -> bool:
    app, now, token = request.app, request.app[CLOCK].now(), cookies.new_token()
    person = chat_access.person(connection, client_id, me.sight)
    if person is None:
        raise NotFoundError
    if chat_access.has_new_link(connection, client_id, now):
        return False
    chat_access.keep_link(connection, client_id, hash_of(token), now)
    address = f"{app[SETTINGS].public_url}{LINKS}"
    send_link(connection, person, address, token, app[LANGUAGES], me.staff_id, now)
    return True


async def end_chats(request: web.Request, me: Session) -> web.Response:
    known = await known_of(request, me, request.match_info["id"])
    await request.app[WRITER].run(partial(_end, request, me, known.client.id))
    return _back(request, "chats-ended")


def _end(request: web.Request, me: Session, client_id: str, connection: Connection) -> None:
    chat_sessions.end_all(connection, client_id)
    chat_access.end_links(connection, client_id)
    note_staff_act(connection, Kind.CHATS_ENDED, me.staff_id, request.app[CLOCK].now(), client_id=client_id)


def _back(request: web.Request, notice: str) -> web.Response:
    return see_other(notices.address(f"/staff/clients/{request.match_info['id']}/contact", notice))
