"""The pages of the phone simulator. Only a demo has them: whoever can reach them can text as anybody."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import partial

import aiohttp_jinja2
from aiohttp import web

from bot.clock import DemoClock
from bot.keys import CLOCK, COUNTY, LANGUAGES, READER, TEXTS
from bot.phone.live import add_live, stirred
from bot.phone.shown import PhonePage, page_of, quick_replies
from bot.site import render, see_other
from records import phones
from records.writer import Inbound

SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
LONGEST = 1600
A_SECOND = timedelta(seconds=1)


def add_routes(app: web.Application) -> None:
    """`/phone` and what its forms post to. The application's clock must be a DemoClock."""
    app.router.add_get("/phone", show)
    app.router.add_get(r"/phone/{client:[0-9a-f]{32}}", show)
    app.router.add_post(r"/phone/{client:[0-9a-f]{32}}", say)
    app.router.add_post("/phone/clock", move_clock)
    aiohttp_jinja2.get_env(app).filters["quick_replies"] = quick_replies
    add_live(app)


async def show(request: web.Request) -> web.Response:
    page = await shown(request, request.match_info.get("client"))
    return render(request, "phones.html", {"page": page, "county": request.app[COUNTY]})


async def say(request: web.Request) -> web.Response:
    """Text as this client: the way in is the webhook's, with a provider's id made up."""
    phone = (await shown(request, request.match_info["client"])).phones[0]
    text = str((await request.post()).get("text", "")).strip()[:LONGEST]
    if text:
        await request.app[TEXTS].take_text(Inbound(f"SM{secrets.token_hex(16)}", phone.number, text))
    return _done(request, f"/phone#p{phone.client_id}")


async def move_clock(request: web.Request) -> web.Response:
    """On by an hour, by a day, or to the next thing that is planned."""
    clock = request.app[CLOCK]
    if not isinstance(clock, DemoClock):
        raise web.HTTPNotFound
    by = str((await request.post()).get("by", ""))
    clock.forward(SPANS[by] if by in SPANS else await _to_next(request))
    stirred(request.app)
    return _done(request, "/phone")


async def shown(request: web.Request, client: str | None = None) -> PhonePage:
    """What the phones show now. Raises HTTPNotFound for a client nobody has heard of."""
    now = request.app[CLOCK].now()
    found = await request.app[READER].run(partial(phones.phones, only=client))
    due = await request.app[READER].run(partial(phones.next_due, now=now))
    if client and not found:
        raise web.HTTPNotFound
    return page_of(found, now, due, request.app[LANGUAGES])


async def _to_next(request: web.Request) -> timedelta:
    now = request.app[CLOCK].now()
    due = await request.app[READER].run(partial(phones.next_due, now=now))
    return due - now + A_SECOND if due else timedelta(0)


def _done(request: web.Request, page: str) -> web.Response:
    """With htmx the live stream brings what is new; without, the page is loaded again."""
    return web.Response(status=204) if "HX-Request" in request.headers else see_other(page)
