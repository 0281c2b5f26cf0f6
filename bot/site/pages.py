"""Rendering pages, serving their files, and the headers on every answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot import wording
from bot.site import wall_time
from bot.site.language import in_their_language
from bot.site.origin import refuse_other_sites

BOT = Path(__file__).resolve().parent.parent
STATIC = BOT / "static"
TEMPLATES = [BOT / room / "templates" for room in ("site", "api", "staff", "phone")]

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def add_site(app: web.Application) -> None:
    """Templates with escaping on, `/static`, the security headers, and the check on where a form came from."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.globals.update(static=static)
    speak_in(environment)
    environment.filters.update(wall_time.FILTERS)
    app.middlewares.append(in_their_language)
    app.middlewares.append(refuse_other_sites)
    app.on_response_prepare.append(_add_headers)
    app.router.add_static("/static", STATIC)


def speak_in(environment: jinja2.Environment) -> None:
    """Gettext's functions for templates, which put things in themselves, and escape them."""
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(spoken=wording.spoken)
    wording.load_staff_languages()
    translations = {
        "gettext": wording.gettext_of,
        "ngettext": wording.ngettext_of,
        "pgettext": wording.pgettext_of,
        "npgettext": wording.npgettext_of,
    }
    environment.install_gettext_callables(**translations, newstyle=True)  # type: ignore[attr-defined]  # by the extension


def render(request: web.Request, template: str, context: Mapping[str, object], status: int = 200) -> web.Response:
    """A page that no cache keeps: most of them show what a client wrote."""
    response = aiohttp_jinja2.render_template(template, request, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def see_other(address: str) -> web.Response:
    """After a form: the browser gets the next page, and loading it again sends nothing twice."""
    return web.Response(status=303, headers={"Location": address})


@cache
def static(name: str) -> str:
    """The address of a file in `bot/static`. It changes with the file, so that browsers may keep it for ever."""
    content = (STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/static/") and "v" in request.query:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
