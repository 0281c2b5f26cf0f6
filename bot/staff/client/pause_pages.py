"""One client's automatic texts made to wait, until a day and for a reason; and ended sooner."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from aiohttp import web

from bot.keys import CLOCK, WRITER
from bot.site import see_other
from bot.staff import fields, notices
from bot.staff.client import client_page
from bot.staff.client.client_page import Writing
from bot.staff.fields import filled_in
from bot.staff.writing.desk import known_of
from bot.wording import _
from conversations.events import WorkerPaused, WorkerResumed
from conversations.situation import PAUSED, Situation
from conversations.wall_clock import at_wall
from records.sessions import Session

LONGEST = timedelta(days=180)
LONGEST_WHY = 200


async def pause(request: web.Request, me: Session) -> web.Response:
    """Sent twice it is done once: a hold until that day stands."""
    known = await known_of(request, me, request.match_info["id"])
    said = await filled_in(request, "until", "pause_why")
    until, problem = read_until(said["until"], known, request.app[CLOCK].now())
    why = said["pause_why"][:LONGEST_WHY]
    if until is None or not why:
        problems = {"until": problem, "pause_why": "" if why else _("Say in a few words why they wait.")}
        writing = Writing(pause_problems=problems, pause_said=said)
        return await client_page.client_page(request, me, writing, status=422)
    await request.app[WRITER].act(known.client.id, WorkerPaused(until, why), me.staff_id)
    return see_other(notices.address(f"/staff/clients/{known.client.id}", "paused"))


async def resume(request: web.Request, me: Session) -> web.Response:
    """Of a pause. What holds for another reason ends with that."""
    known = await known_of(request, me, request.match_info["id"])
    if known.hold and known.hold.reason == PAUSED:
        await request.app[WRITER].act(known.client.id, WorkerResumed(), me.staff_id)
    return see_other(notices.address(f"/staff/clients/{known.client.id}", "resumed"))


def read_until(written: str, known: Situation, now: datetime) -> tuple[datetime | None, str]:
    """The beginning of that day on the client's clock; or None and what is amiss."""
    day, zone = fields.day(written), known.client.zone
    until = at_wall(day, time(0), zone) if day else None
    if until is None or not now < until <= now + LONGEST:
        return None, _("Choose a day from tomorrow on, within half a year.")
    if known.hold and known.hold.until >= until:
        return None, _("They wait longer than that already.")
    return until, ""
