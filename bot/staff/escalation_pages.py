"""A person is needed: take it, and say what came of it. The hooks' links lead here."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import notices
from bot.staff.plain_words import OUTCOMES
from records import escalations, staff_reads
from records.sessions import Session


async def show_escalation(request: web.Request, me: Session) -> web.Response:
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "now": request.app[CLOCK].now(),
        "one": await _escalation(request, me),
        "outcomes": OUTCOMES,
        "notice": notices.of(request),
    }
    return render(request, "escalation.html", context)


async def acknowledge(request: web.Request, me: Session) -> web.Response:
    """Whoever is first has it; a second time changes nothing."""
    one, now = await _escalation(request, me), request.app[CLOCK].now()
    await request.app[WRITER].run(partial(escalations.acknowledge, escalation_id=one.id, staff_id=me.staff_id, now=now))
    return see_other(notices.address(f"/staff/escalations/{one.id}", "taken"))


async def resolve(request: web.Request, me: Session) -> web.Response:
    one, now = await _escalation(request, me), request.app[CLOCK].now()
    outcome = str((await request.post()).get("outcome", ""))
    if outcome not in OUTCOMES:
        raise web.HTTPBadRequest(text="Choose what came of it.")
    await request.app[WRITER].run(
        partial(escalations.resolve, escalation_id=one.id, staff_id=me.staff_id, outcome=outcome, now=now)
    )
    return see_other(notices.address(f"/staff/escalations/{one.id}", "closed"))


async def _escalation(request: web.Request, me: Session) -> staff_reads.Waiting:
    ask = partial(staff_reads.escalation, escalation_id=request.match_info["id"], own=me.own)
    return await request.app[READER].run(ask)
