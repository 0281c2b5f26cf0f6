"""Samples of threads for an observer: some at random, masked, each time others."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, WRITER
from bot.site import render
from records import thread_samples
from records.sessions import Session

AT_ONCE = 3


async def show_samples(request: web.Request, me: Session) -> web.Response:
    return render(request, "oversight/samples.html", {"me": me, "samples": None})


async def draw_samples(request: web.Request, me: Session) -> web.Response:
    now = request.app[CLOCK].now()
    draw = partial(thread_samples.draw, choose=_some, staff_id=me.staff_id, now=now)
    return render(request, "oversight/samples.html", {"me": me, "samples": await request.app[WRITER].run(draw)})


def _some(ids: Sequence[str]) -> Sequence[str]:
    return secrets.SystemRandom().sample(ids, min(AT_ONCE, len(ids)))
