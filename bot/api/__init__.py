"""The API: so that a county's case system can feed visits in and read engagement out."""

from __future__ import annotations

import json

from aiohttp import web

from bot.api.docs_page import show_docs
from bot.api.document import document
from bot.api.problems import answer_programs
from bot.api.rate_limit import RATE_LIMIT, RateLimit
from bot.api.routes import BASE, ROUTES
from bot.api.serving import serve

__all__ = ["add_api", "answer_programs"]


def add_api(app: web.Application) -> None:
    """The calls of the table, and the document that describes them. The application needs `answer_programs`."""
    app[RATE_LIMIT] = RateLimit()
    text = json.dumps(document())

    async def show_document(_request: web.Request) -> web.Response:
        return web.json_response(text=text)

    app.router.add_get(f"{BASE}/openapi.json", show_document)
    app.router.add_get(f"{BASE}/docs", show_docs)
    for route in ROUTES:
        app.router.add_route(route.method, BASE + route.path, serve(route))
