"""Why a supervisor reads a thread that is not their own work: asked once a day for each client."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.keys import CLOCK, WRITER
from bot.site import see_other
from bot.staff.client import client_page
from bot.staff.client.client_page import Writing
from bot.staff.fields import filled_in
from bot.staff.writing.desk import known_of
from bot.wording import _
from records import thread_access
from records.sessions import Session
from records.thread_access import Why

LONGEST = 300


async def open_thread(request: web.Request, me: Session) -> web.Response:
    """A reason from the list, or own words."""
    client = (await known_of(request, me, request.match_info["id"])).client
    said = await filled_in(request, "why", "why_words")
    if problem := amiss_with(said["why"], said["why_words"]):
        writing = Writing(why=said["why"], why_words=said["why_words"], why_problem=problem)
        return await client_page.client_page(request, me, writing, status=422)
    tell = partial(
        thread_access.tell_why,
        staff_id=me.staff_id,
        client_id=client.id,
        why=Why(said["why"]),
        words=said["why_words"],
        now=request.app[CLOCK].now(),
    )
    await request.app[WRITER].run(tell)
    return see_other(f"/staff/clients/{client.id}#texts")


def amiss_with(why: str, words: str) -> str:
    """What is amiss with a reason for reading texts that are not one's own work; "" if it will do."""
    if why not in set(Why):
        return _("Choose why you read this.")
    if why == Why.OTHER and not words:
        return _("Say in a few words why you read this.")
    return _("Say it in at most %(longest)s characters.", longest=LONGEST) if len(words) > LONGEST else ""
