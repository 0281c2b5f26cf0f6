"""Keeping what was chosen on the log's page under a name, and dropping it."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.keys import CLOCK, WRITER
from bot.site import see_other
from bot.staff.fields import filled_in
from bot.staff.oversight.log_filter import BAD_DATE, read_filter
from bot.staff.oversight.log_page import HERE, address, log_page
from bot.wording import _, refusal
from records import saved_views
from records.errors import RefusedError
from records.saved_views import SavedView
from records.sessions import Session


async def save_view(request: web.Request, me: Session) -> web.StreamResponse:
    said = await filled_in(request, "client", "worker", "kind", "language", "from", "to", "name")
    try:
        chosen = read_filter(said)
    except ValueError:
        raise web.HTTPBadRequest(text=_(BAD_DATE)) from None
    view, now = SavedView(said["name"], chosen.fields()), request.app[CLOCK].now()
    try:
        await request.app[WRITER].run(partial(saved_views.keep, staff_id=me.staff_id, view=view, now=now))
    except RefusedError as no:
        return await log_page(request, me, chosen, said=said, problems={"name": refusal(no)})
    return see_other(address(chosen))


async def drop_view(request: web.Request, me: Session) -> web.StreamResponse:
    said = await filled_in(request, "name")
    await request.app[WRITER].run(partial(saved_views.drop, staff_id=me.staff_id, name=said["name"]))
    return see_other(HERE)
