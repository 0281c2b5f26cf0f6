"""The accounts of staff: what each is for, in which team, open or closed."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.keys import CLOCK, READER, SETTINGS, WRITER
from bot.site import render, see_other
from bot.staff import notices
from bot.staff.fields import filled_in
from records import accounts, sessions
from records.errors import NotFoundError, RefusedError
from records.roles import Role, needs_second_factor
from records.sessions import Session

HERE = "/staff/accounts"
LONGEST_TEAM = 80


async def show_accounts(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me)


async def change_account(request: web.Request, me: Session) -> web.Response:
    said = await filled_in(request, "role", "team", "active")
    if said["role"] not in set(Role):
        raise web.HTTPBadRequest(text="Choose a role.")
    act = partial(
        accounts.change,
        staff_id=request.match_info["id"],
        role=Role(said["role"]),
        team=" ".join(said["team"].split())[:LONGEST_TEAM],
        by=me.staff_id,
        now=request.app[CLOCK].now(),
        active=bool(said["active"]),
    )
    try:
        await request.app[WRITER].run(act)
    except RefusedError as no:
        return await _page(request, me, request.match_info["id"], str(no), status=422)
    return see_other(notices.address(HERE, "changed"))


async def reset_second_factor(request: web.Request, _me: Session) -> web.Response:
    """They set up another at their next log-in."""
    everybody = await request.app[READER].run(accounts.accounts)
    one = next((one for one in everybody if one.id == request.match_info["id"]), None)
    if one is None:
        raise NotFoundError
    await request.app[WRITER].run(partial(sessions.forget_second_factor, email=one.email))
    return see_other(notices.address(HERE, "second-factor-reset"))


async def _page(
    request: web.Request, me: Session, amiss_with: str = "", problem: str = "", status: int = 200
) -> web.Response:
    reader = request.app[READER]
    context = {
        "me": me,
        "accounts": await reader.run(accounts.accounts),
        "roles": [(role.value, role.value) for role in Role],
        "teams": await reader.run(accounts.team_names),
        "needs_second_factor": needs_second_factor,
        "second_factor_is_on": request.app[SETTINGS].staff_second_factor,
        "amiss_with": amiss_with,
        "problem": problem,
        "notice": notices.of(request),
    }
    return render(request, "accounts.html", context, status)
