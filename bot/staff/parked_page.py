"""Notices to other systems that were given up: a supervisor looks, and has them tried again."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.keys import CLOCK, READER, WRITER
from bot.site import render, see_other
from bot.staff import notices
from records import hook_queue
from records.sessions import Session


async def show_parked(request: web.Request, me: Session) -> web.Response:
    context = {"me": me, "parked": await request.app[READER].run(hook_queue.parked), "notice": notices.of(request)}
    return render(request, "parked.html", context)


async def try_again(request: web.Request, _me: Session) -> web.Response:
    now = request.app[CLOCK].now()
    await request.app[WRITER].run(partial(hook_queue.take_up, delivery_id=request.match_info["id"], now=now))
    return see_other(notices.address("/staff/notices", "tried-again"))
