"""A supervisor's morning: how the team's clients fared lately, and what waits for somebody now."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from aiohttp import web
from sqlalchemy import Connection

from bot.keys import CLOCK, COUNTY, LANGUAGES, READER
from bot.site import render
from bot.staff import names
from bot.staff.oversight.measure_words import IN_SHORT
from records import campaigns, escalation_reads, leaves, today
from records.measures import kept, period
from records.measures.register import MEASURES, figures
from records.sessions import Session

HEALTH = frozenset({"M3", "M7", "M9", "M12", "M17", "M18", "M19"})
LATELY = timedelta(days=30)
A_DAY = timedelta(days=1)


async def show_team(request: web.Request, me: Session) -> web.Response:
    app = request.app
    reader, county, now = app[READER], app[COUNTY], app[CLOCK].now()
    day = now.astimezone(county.zone).date()
    lately = period.between(day - LATELY, day + A_DAY, now, county, app[LANGUAGES])
    scope = kept.of(me.sight)

    def read(connection: Connection) -> dict[str, object]:
        return {
            "health": [
                (one, figures(connection, one, lately, scope.where), IN_SHORT.get(one.id, 1))
                for one in MEASURES
                if one.id in HEALTH
            ],
            "overdue": escalation_reads.overdue(connection, me.sight, now),
            "passed_up": escalation_reads.passed_up(connection, me.sight),
            "owed": today.replies_owed(connection, me.sight),
            "approvals": campaigns.waiting(connection, me.sight),
        }

    theirs = {staff_id for staff_id, _ in await names.overseen(request, me)}
    away = await reader.run(partial(leaves.ahead, county=county, now=now))
    context = {"me": me, **await reader.run(read), "away": [one for one in away if one.staff_id in theirs]}
    return render(request, "oversight/team.html", context)
