"""The cookies of the web chat: who is in it, and which browser asked for a code."""

from __future__ import annotations

import secrets
from datetime import timedelta

from aiohttp import web

from bot.keys import SETTINGS
from bot.token_secrets import hash_of

CHAT, BROWSER = "milepost_chat", "milepost_chat_browser"


def new_token() -> str:
    """128 bits of chance."""
    return secrets.token_urlsafe(16)


def hash_in(request: web.Request, name: str) -> str:
    """Of the cookie with this name; "" without one."""
    token = request.cookies.get(_name(request, name), "")
    return hash_of(token) if token else ""


def put(request: web.Request, response: web.StreamResponse, name: str, token: str, lasts: timedelta | None) -> None:
    """Without `lasts` it is gone when the browser is closed.

    Inside another site's page a browser gives us no cookie that is not marked for it, and keeps it for that page alone.
    """
    age = f"; Max-Age={int(lasts.total_seconds())}" if lasts is not None else ""
    is_embedded = bool(request.app[SETTINGS].chat_embedded_by)
    where = "; SameSite=None; Partitioned" if is_embedded else "; SameSite=Lax"
    secure = "; Secure" if _is_secure(request) else ""
    response.headers.add("Set-Cookie", f"{_name(request, name)}={token}; Path=/; HttpOnly{where}{secure}{age}")


def take_back(request: web.Request, response: web.StreamResponse, name: str) -> None:
    put(request, response, name, "", timedelta(0))


def _name(request: web.Request, name: str) -> str:
    return f"__Host-{name}" if _is_secure(request) else name


def _is_secure(request: web.Request) -> bool:
    return request.app[SETTINGS].public_url.startswith("https:")
