"""In which language staff are answered: the one they chose, or else the first of their browser's that we have."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web
from aiohttp.typedefs import Handler
from babel import negotiate_locale

from bot.wording import ENGLISH, STAFF_LANGUAGES, speak

COOKIE = "milepost_language"
"""What was chosen here last: for the log-in, when nobody is known yet."""

A_YEAR = timedelta(days=365)
ON_STAFF_PAGES = "/staff"


@web.middleware
async def in_their_language(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Set anew for every request: one connection may serve several people."""
    speak(_of_browser(request) if request.path.startswith(ON_STAFF_PAGES) else ENGLISH)
    return await handler(request)


def remember(response: web.StreamResponse, language: str, *, secure: bool) -> None:
    age = int(A_YEAR.total_seconds())
    response.set_cookie(COOKIE, language, max_age=age, httponly=True, samesite="Lax", secure=secure, path="/staff")


def _of_browser(request: web.Request) -> str:
    chosen = request.cookies.get(COOKIE, "")
    if chosen in STAFF_LANGUAGES:
        return chosen
    wanted = [each.partition(";")[0].strip() for each in request.headers.get("Accept-Language", "").split(",")]
    return negotiate_locale([one for one in wanted if one], list(STAFF_LANGUAGES), sep="-") or ENGLISH
