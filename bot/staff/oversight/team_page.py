"""A supervisor's morning: how the team's clients fared lately, and what waits for somebody now."""

from __future__ import annotations

from functools import partial

from aiohttp import web
from sqlalchemy import Connection

from bot import measuring
from bot.keys import CLOCK, COUNTY, LANGUAGES, READER, WRITER
from bot.site import render
from bot.staff import names
from bot.staff.oversight.measure_words import IN_SHORT
from records import campaigns, escalation_reads, leaves, today
from records.measures import kept, period
from records.measures.figures import hide
from records.sessions import Session


async def show_team(request: web.Request, me: Session) -> web.Response:
    app = request.app
    reader, county, now = app[READER], app[COUNTY], app[CLOCK].now()
    measures, lately = measuring.the_ones(measuring.HEALTH), period.lately(now, county, app[LANGUAGES])
    found = await measuring.count(reader, app[WRITER], measures, lately, kept.of(me.sight))

    def read(connection: Connection) -> dict[str, object]:
        return {
            "overdue": escalation_reads.overdue(connection, me.sight, now),
            "passed_up": escalation_reads.passed_up(connection, me.sight),
            "owed": today.replies_owed(connection, me.sight),
            "approvals": campaigns.waiting(connection, me.sight),
        }

    theirs = {staff_id for staff_id, _ in await names.overseen(request, me)}
    away = await reader.run(partial(leaves.ahead, county=county, now=now))
    health = [(one, hide(found[one.id].figures), IN_SHORT.get(one.id, 1)) for one in measures]
    context = {
        "me": me,
        "county": county,
        "health": health,
        "counted_at": measuring.counted_at(found),
        **await reader.run(read),
        "away": [one for one in away if one.staff_id in theirs],
    }
    return render(request, "oversight/team.html", context)
