"""The pages of the web chat: templates of their own, which speak the client's language, and their headers."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.chat import wording
from bot.chat.wording import direction, spoken
from bot.keys import COUNTY, SETTINGS
from bot.site.pages import BOT, static

ENVIRONMENT: web.AppKey[jinja2.Environment] = web.AppKey("chat_environment")

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors "
)


def set_up(app: web.Application) -> None:
    environment = aiohttp_jinja2.setup(
        app,
        app_key=ENVIRONMENT,
        loader=jinja2.FileSystemLoader(BOT / "chat" / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(static=static, spoken=spoken, direction=direction)
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # by the extension
        wording.gettext_of, wording.ngettext_of, newstyle=True
    )


def render(request: web.Request, template: str, context: Mapping[str, object], status: int = 200) -> web.Response:
    """A page that no cache keeps."""
    shared = {"county": request.app[COUNTY]}
    response = aiohttp_jinja2.render_template(
        f"chat/{template}", request, {**shared, **context}, app_key=ENVIRONMENT, status=status
    )
    response.headers["Cache-Control"] = "no-store"
    return guarded(request, response)


def guarded(request: web.Request, response: web.Response) -> web.Response:
    """With the headers that say who may show it inside a page of theirs: nobody, or those whom the county named.

    X-Frame-Options knows no list; browsers pass over it where the policy names who may.
    """
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY + (
        request.app[SETTINGS].chat_embedded_by or "'none'"
    )
    return response
