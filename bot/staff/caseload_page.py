"""The clients, those for whom somebody is due first."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER
from bot.site import render
from records import escalation_reads, staff_reads
from records.ids import new_id
from records.sessions import Session


async def show_caseload(request: web.Request, me: Session) -> web.Response:
    reader = request.app[READER]
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "now": request.app[CLOCK].now(),
        "waiting": await reader.run(partial(escalation_reads.waiting, sight=me.sight)),
        "token": new_id(request.app[CLOCK].now()),
        "cases": await reader.run(partial(staff_reads.cases, sight=me.sight)),
    }
    return render(request, "caseload.html", context)
