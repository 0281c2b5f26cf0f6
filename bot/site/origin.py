"""Forms are taken from our own pages only: another site cannot post with a worker's cookie."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

GUARDED = ("/staff", "/phone", "/chat")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})


@web.middleware
async def refuse_other_sites(request: web.Request, handler: Handler) -> web.StreamResponse:
    """403 for a post to a page that the browser says comes from elsewhere."""
    if request.method not in SAFE and request.path.startswith(GUARDED) and not is_ours(request):
        raise web.HTTPForbidden(text="This form was sent from another site.")
    return await handler(request)


def is_ours(request: web.Request) -> bool:
    """What the browser says of the page that posts. A caller that names neither header is no browser."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in OURS
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host
