"""Where texts should reach the client: on which channels, and where what starts by itself goes."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from aiohttp import web

from bot.chat.rendering import render
from bot.chat.visitors import HERE, form_of
from bot.chat.wording import _
from bot.keys import CLOCK, OFFERS, READER, WRITER
from bot.site import see_other
from conversations.events import PreferencesTold
from records import client_channels
from records.channels import ChannelName
from records.chat_sessions import ChatSession
from records.client_channels import ChannelIsOffError, ClientChannels, LastChannelError
from records.engagement import CLIENT


async def show_settings(request: web.Request, me: ChatSession) -> web.Response:
    stands = await _stands(request, me)
    return _page(request, me, stands, stands.ways.preferred, stands.on)


async def set_channels(request: web.Request, me: ChatSession) -> web.Response:
    form, stands = await form_of(request), await _stands(request, me)
    preferred = next((name for name in ChannelName if name == form.get("preferred")), stands.ways.preferred)
    not_asked = stands.on - set(stands.choices)
    on = not_asked | {name for name in stands.choices if f"on_{name}" in form}
    try:
        changes = client_channels.told(stands, preferred, on)
    except LastChannelError:
        problem = _("Leave at least one on. To stop all texts, text STOP.")
    except ChannelIsOffError:
        problem = _("Choose one that is on.")
    else:
        if changes:
            told = PreferencesTold(changes, ChannelName.WEB_CHAT)
            await request.app[WRITER].act(me.client_id, told, CLIENT)
        return see_other(HERE)
    return _page(request, me, stands, preferred, on, problem, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _stands(request: web.Request, me: ChatSession) -> ClientChannels:
    offered, now = request.app[OFFERS], request.app[CLOCK].now()
    of = partial(client_channels.of, client_id=me.client_id, offered=offered, now=now)
    return await request.app[READER].run(of)


def _page(
    request: web.Request,
    me: ChatSession,
    stands: ClientChannels,
    preferred: ChannelName,
    on: frozenset[ChannelName],
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> web.Response:
    names = {
        ChannelName.SMS: _("By text message"),
        ChannelName.WHATSAPP: _("On WhatsApp"),
        ChannelName.WEB_CHAT: _("In this chat"),
    }
    shown = {name: words for name, words in names.items() if name in stands.choices}
    context = {"csrf": me.csrf, "names": shown, "preferred": preferred, "on": on, "problem": problem}
    return render(request, "settings.html", context, status)
