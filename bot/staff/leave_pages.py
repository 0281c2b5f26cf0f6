"""Who is away, and who answers for them. Staff enter their own leave, supervisors anybody's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import fields, names, notices
from bot.staff.fields import filled_in
from bot.wording import _, refusal
from records import leaves
from records.errors import NotFoundError, RefusedError
from records.roles import Right
from records.sessions import Session


async def show_leave(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me)


async def add_leave(request: web.Request, me: Session) -> web.Response:
    """The same leave twice is one."""
    said = await filled_in(request, "staff", "first_day", "last_day", "cover")
    first, last = fields.day(said["first_day"]), fields.day(said["last_day"])
    problems = {name: _("Choose a day.") for name, read in (("first_day", first), ("last_day", last)) if read is None}
    if first is None or last is None:
        return await _page(request, me, problems, said, status=422)
    add = partial(
        leaves.add,
        staff_id=await _whose(request, me, said["staff"]),
        first_day=first,
        last_day=last,
        cover_id=said["cover"] or None,
        by=me.staff_id,
        now=request.app[CLOCK].now(),
    )
    try:
        await request.app[WRITER].run(add)
    except RefusedError as no:
        return await _page(request, me, {"form": refusal(no)}, said, status=422)
    return see_other(notices.address("/staff/leave", "leave-added"))


async def remove_leave(request: web.Request, me: Session) -> web.Response:
    now, county, leave_id = request.app[CLOCK].now(), request.app[COUNTY], request.match_info["id"]
    ahead = await request.app[READER].run(partial(leaves.ahead, county=county, now=now))
    may_change = await _whose_leave(request, me)
    if any(leave.id == leave_id and leave.staff_id not in may_change for leave in ahead):
        raise NotFoundError
    await request.app[WRITER].run(partial(leaves.remove, leave_id=leave_id, by=me.staff_id, now=now))
    return see_other(notices.address("/staff/leave", "leave-removed"))


async def _whose(request: web.Request, me: Session, named: str) -> str:
    """One's own, or that of the worker who is named. Raises NotFoundError."""
    if named and named not in await _whose_leave(request, me):
        raise NotFoundError
    return named or me.staff_id


async def _whose_leave(request: web.Request, me: Session) -> Mapping[str, str]:
    """First names by id: of those whose leave one may enter and take back."""
    return dict(await names.overseen(request, me)) if me.oversees else {me.staff_id: me.first_name}


async def _page(
    request: web.Request,
    me: Session,
    problems: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    now, county = request.app[CLOCK].now(), request.app[COUNTY]
    context = {
        "me": me,
        "today": now.astimezone(county.zone).date(),
        "leaves": await request.app[READER].run(partial(leaves.ahead, county=county, now=now)),
        "people": await names.at_work(request, Right.ANSWER),
        "may_change": await _whose_leave(request, me),
        "problems": defaultdict(str, problems or {}),
        "said": defaultdict(str, said or {}),
        "notice": notices.of(request),
    }
    return render(request, "leave.html", context, status)
