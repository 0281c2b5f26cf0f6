"""Around every request: one line in the log, and, when something goes wrong, an answer that gives nobody away."""

from __future__ import annotations

import time

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.site import render
from bot.wording import N_, _
from records.errors import NotFoundError, StorageError

log = structlog.get_logger()

SORRY = {
    403: (
        N_("Not yours to see"),
        N_("This page is for somebody else, or you came here by an old form. Go back and try again."),
    ),
    404: (N_("Not here"), N_("There is no such page.")),
    413: (
        N_("Too large"),
        N_("What you sent is too large. A list may have up to 20 MB: split it, and send the parts."),
    ),
    500: (N_("Something broke"), N_("It is not your fault. It has been noted; please try again in a while.")),
    503: (N_("The database is away"), N_("Nothing was changed. Please try again in a minute.")),
}


@web.middleware
async def log_access(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The pattern of the route, not the address: an address may hold a number."""
    began = time.perf_counter()
    status = web.HTTPInternalServerError.status_code
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as answer:
        status = answer.status
        raise
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "none"
        took = round((time.perf_counter() - began) * 1000)
        log.info("request", method=request.method, route=route, status=status, milliseconds=took)
    return response


@web.middleware
async def answer_kindly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page for people, a word for programs."""
    try:
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status in SORRY and _is_for_people(request):
            return _sorry(request, answer.status)
        raise
    except NotFoundError:
        return _sorry(request, web.HTTPNotFound.status_code)
    except StorageError:
        log.exception("the database is away")
        return _sorry(request, web.HTTPServiceUnavailable.status_code)
    except Exception:
        log.exception("a request failed")
        return _sorry(request, web.HTTPInternalServerError.status_code)


def _is_for_people(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _sorry(request: web.Request, status: int) -> web.Response:
    """Raises ConnectionAbortedError, which hangs up, if the answer has begun: that is all there is to say it with."""
    if request.writer.output_size:
        raise ConnectionAbortedError
    title, what = SORRY[status]
    if _is_for_people(request):
        return render(request, "problem.html", {"title": _(title), "what": _(what)}, status)
    return web.Response(status=status, text=_(what))
