"""Who is asking, and in which language they are answered."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler
from babel import negotiate_locale
from multidict import MultiDictProxy

from bot.chat import cookies
from bot.chat.live import OVER, STREAMING
from bot.chat.wording import speak
from bot.keys import CLOCK, LANGUAGES, READER, WRITER
from bot.site import see_other
from bot.token_secrets import hash_of
from records import chat_sessions
from records.chat_sessions import KEPT_EVERY, ChatSession

HERE = "/chat"
LINKS = f"{HERE}/open"

ChatPage = Callable[[web.Request, ChatSession], Awaitable[web.StreamResponse]]


def for_anybody(page: Handler) -> Handler:
    """A page for who is not in yet: in the language they chose, or the first of their browser's that the county has."""

    async def view(request: web.Request) -> web.StreamResponse:
        speak(_wanted(request))
        return await page(request)

    return view


def for_client(page: ChatPage, *, keeps: bool = True, largest: int = 0) -> Handler:
    """For whose chat this is. A form without our token is refused, and who is not in is told so: programs by 401.

    A page that says `of` whom it is gets nothing once somebody else is in on its browser.
    `keeps=False` is for what the browser asks by itself: it does not count as somebody being there. `largest` is how
    many bytes a form may have, where that is more than elsewhere.
    """

    async def view(request: web.Request) -> web.StreamResponse:
        session = await session_of(request)
        if session is None or request.query.get("of", mark_of(session)) != mark_of(session):
            return _not_in(request)
        speak(session.language)
        if largest:
            request = request.clone(client_max_size=largest)
        if request.method == "POST" and not await _has_token(request, session):
            raise web.HTTPForbidden(text="this form is too old")
        now = request.app[CLOCK].now()
        if keeps and now - session.seen_at >= KEPT_EVERY:
            keep = partial(
                chat_sessions.keep,
                token_hash=cookies.hash_in(request, cookies.CHAT),
                client_id=session.client_id,
                now=now,
            )
            await request.app[WRITER].run(keep)
        return await page(request, session)

    return view


async def session_of(request: web.Request) -> ChatSession | None:
    token_hash = cookies.hash_in(request, cookies.CHAT)
    if not token_hash:
        return None
    return await request.app[READER].run(
        partial(chat_sessions.find, token_hash=token_hash, now=request.app[CLOCK].now())
    )


def mark_of(session: ChatSession) -> str:
    """Tells one client's things in a browser's store from another's."""
    return hash_of(f"chat of {session.client_id}")[:16]


def _not_in(request: web.Request) -> web.Response:
    if wants_page(request):
        return see_other(HERE)
    if "text/event-stream" in request.headers.get("Accept", ""):
        return web.Response(body=OVER, headers=STREAMING)  # a browser would ask again after any other answer
    return web.json_response({"problem": "not in"}, status=HTTPStatus.UNAUTHORIZED)


def wants_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


async def _has_token(request: web.Request, session: ChatSession) -> bool:
    given = request.headers.get("X-CSRF-Token") or str((await form_of(request)).get("csrf", ""))
    return hmac.compare_digest(hash_of(given), hash_of(session.csrf))


async def form_of(request: web.Request) -> MultiDictProxy[str | bytes | bytearray | web.FileField]:
    """Raises HTTPBadRequest for what is no form."""
    try:
        return await request.post()
    except (LookupError, ValueError):  # letters that nobody knows; parts without their bounds
        raise web.HTTPBadRequest(text="this is no form") from None


def _wanted(request: web.Request) -> str:
    languages = request.app[LANGUAGES]
    chosen = request.query.get("language", "")
    if chosen in languages:
        return chosen
    wanted = [each.partition(";")[0].strip() for each in request.headers.get("Accept-Language", "").split(",")]
    return negotiate_locale([one for one in wanted if one], list(languages), sep="-") or next(iter(languages))
