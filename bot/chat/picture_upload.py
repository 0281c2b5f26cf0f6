"""A picture that is sent from the chat."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from bot.chat.chat_page import OWN_ID, answer
from bot.chat.visitors import form_of
from bot.chat.wording import _
from bot.pictures.cleaning import NotTakenError
from bot.pictures.taking import PICTURES, BusyError
from records.chat_sessions import ChatSession
from records.chat_thread import FROM_CHAT
from records.errors import StorageError
from records.pictures import WhyNot
from records.turns import Taken


async def take_picture(request: web.Request, me: ChatSession) -> web.Response:
    """As `chat_page.take_text`; 422 says what is wrong with it for good."""
    form = await form_of(request)
    own_id, sent = str(form.get("id", "")), form.get("picture")
    if not isinstance(sent, web.FileField):
        raise web.HTTPBadRequest(text="picture is a file")
    if not OWN_ID.fullmatch(own_id):
        sent.file.close()
        raise web.HTTPBadRequest(text="id is 32 hexadecimal digits, made anew for every picture")
    with sent.file as file:
        content = file.read()
    try:
        taken = await request.app[PICTURES].take(f"{FROM_CHAT}{own_id}", me.number, me.client_id, content)
    except NotTakenError as no:
        return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, _why_not(no.why))
    except (BusyError, StorageError):
        return answer(request, HTTPStatus.SERVICE_UNAVAILABLE, _("That did not go through. Please try again."))
    if taken is Taken.NOT_THEIRS:
        return answer(request, HTTPStatus.CONFLICT, _("That did not go through. Please try again."))
    return answer(request, HTTPStatus.OK)


def _why_not(why: WhyNot) -> str:
    match why:
        case WhyNot.TOO_LARGE | WhyNot.TOO_MANY_PIXELS:
            return _("That picture is too large. Send a smaller one.")
        case WhyNot.HEIC:
            return _("We cannot open this kind of picture. Send it as JPEG.")
        case _:
            return _("That is no picture that we can open. Send a photo.")
