"""A plan that a worker and a client talked over, written down on screen. It is the client's only by their own yes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, WRITER
from bot.site import render, see_other
from bot.staff import fields, notices
from bot.staff.client.hand_over_pages import why_no_talk
from bot.staff.fields import filled_in
from bot.staff.once import ONCE
from bot.staff.writing.desk import Desk, desk_of
from bot.wording import Words, _
from conversations.events import WorkerPlanned
from conversations.goals import Goal, Moment
from conversations.wall_clock import at_wall
from records.engagement import Kind, note_staff_act
from records.ids import new_id
from records.sessions import Session

LONGEST = 160
WORDS = ("goal", "meaning", "step", "where", "support", "obstacle", "detour", "first_action")
LABELS = Words(
    {
        "goal": "Goal",
        "meaning": "Why it matters to them",
        "step": "Next small step",
        "where": "Where or how",
        "support": "Who or what helps",
        "obstacle": "What might get in the way",
        "detour": "What they will do then",
        "first_action": "The very first thing they do",
    }
)
"""By the names under which the conversation saves the answers."""

NEEDED = Words({"goal": "Write the goal in their words.", "step": "Write one small step."})


async def show_plan_form(request: web.Request, me: Session) -> web.Response:
    desk = await desk_of(request, me, request.match_info["id"])
    return await _page(request, me, desk, _as_it_stands(desk))


async def send_plan(request: web.Request, me: Session) -> web.Response:
    """It is texted at once, so only when a text that nobody asked for may go out at once."""
    desk = await desk_of(request, me, request.match_info["id"])
    said = await filled_in(request, *WORDS, "date", "time", "token")
    client, now = desk.situation.client, request.app[CLOCK].now()
    token = f"{me.staff_id}:{said['token']}"
    page = f"/staff/clients/{client.id}"
    if request.app[ONCE].did(token):
        return see_other(notices.address(page, "plan-sent"))
    problems = dict(_amiss(said))
    when = _when(said, desk, now, problems)
    if no := why_no_talk(desk):
        problems["send"] = no
    if problems or when is None:
        return await _page(request, me, desk, said, problems, 422)
    answers = {name: said[name] for name in WORDS if said[name] or name in ("where", "obstacle")}
    event = WorkerPlanned({**answers, "when": when.stored()})
    await request.app[ONCE].do(token, partial(request.app[WRITER].act, client.id, event, me.staff_id))
    note = partial(note_staff_act, kind=Kind.PLAN_WRITTEN, staff_id=me.staff_id, now=now, client_id=client.id)
    await request.app[WRITER].run(note)
    return see_other(notices.address(page, "plan-sent"))


def _amiss(said: Mapping[str, str]) -> Mapping[str, str]:
    long = {
        name: _("Keep it under %(longest)s characters.", longest=LONGEST) for name in WORDS if len(said[name]) > LONGEST
    }
    lines = {name: _("Write it on one line.") for name in WORDS if "\n" in said[name]}
    return {**{name: problem for name, problem in NEEDED.items() if not said[name]}, **long, **lines}


def _when(said: Mapping[str, str], desk: Desk, now: datetime, problems: dict[str, str]) -> Moment | None:
    """A day, or a day and an hour, that is not over for the client."""
    zone, day, hour = desk.situation.client.zone, fields.day(said["date"]), fields.hour(said["time"])
    if day is None or day < now.astimezone(zone).date():
        problems["date"] = _("Choose a day that is not over.")
        return None
    if said["time"] and hour is None:
        problems["time"] = _("Choose an hour, or leave it empty.")
        return None
    if hour is None:
        return Moment(day)
    at = at_wall(day, hour, zone)
    if at <= now:
        problems["time"] = _("That hour is over.")
    return Moment(at)


def _as_it_stands(desk: Desk) -> Mapping[str, str]:
    goal = desk.situation.goal
    return _plan_of(goal, desk) if goal else {}


def _plan_of(goal: Goal, desk: Desk) -> Mapping[str, str]:
    said = {"goal": goal.text, "meaning": goal.meaning}
    step = goal.step
    if step is None:
        return said
    said |= {"step": step.text, "where": step.where, "support": step.support, "obstacle": step.obstacle}
    said |= {"detour": step.detour, "first_action": step.first_action}
    at = step.when.at
    if isinstance(at, datetime):
        local = at.astimezone(desk.situation.client.zone)
        return {**said, "date": local.date().isoformat(), "time": f"{local:%H:%M}"}
    return {**said, "date": at.isoformat() if at else ""}


async def _page(
    request: web.Request,
    me: Session,
    desk: Desk,
    said: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    now, client = request.app[CLOCK].now(), desk.situation.client
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "client": client,
        "labels": LABELS,
        "longest": LONGEST,
        "needed": NEEDED,
        "said": defaultdict(str, said),
        "problems": defaultdict(str, problems or {}),
        "today": now.astimezone(client.zone).date(),
        "token": new_id(now),
    }
    return render(request, "client/plan_form.html", context, status)
