"""A client's goals and plans, as they stand and as they were before each change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER
from bot.site import render
from bot.staff import names
from bot.staff.writing.desk import known_of
from records import goal_history
from records.engagement import CLIENT
from records.goal_history import GoalHistory
from records.roles import Right
from records.sessions import Session


async def show_plan(request: web.Request, me: Session) -> web.Response:
    client = (await known_of(request, me, request.match_info["id"])).client
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "client": client,
        "now": request.app[CLOCK].now(),
        "goals": await goals_shown(request, me, client.id),
        "names": {**await names.of_staff(request), CLIENT: client.first_name},
    }
    return render(request, "client/plan.html", context)


async def goals_shown(request: web.Request, me: Session, client_id: str) -> Sequence[GoalHistory]:
    """Who lacks SEE_GOALS sees what the client shares."""
    goals = await request.app[READER].run(partial(goal_history.of_client, client_id=client_id))
    return [goal for goal in goals if goal.shared or me.may(Right.SEE_GOALS)]
