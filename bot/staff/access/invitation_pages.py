"""What an invitation leads to: a password and, where the account needs one, a second factor. Then one is logged in.

The link itself only shows a button: programs that look links up ahead of people do not press it. From then on the
token goes in forms, not in addresses, so that it stands in no history, referrer or log.
"""

from __future__ import annotations

import asyncio
import secrets
from functools import partial

from aiohttp import web

from bot.keys import COUNTY, SETTINGS, WALL_CLOCK, WRITER
from bot.site import render, see_other
from bot.staff.access import passwords
from bot.staff.access.log_in import begin_session, hash_of
from bot.staff.access.second_factor import WRONG, is_salt, new_salt, step_said, to_set_up
from bot.staff.fields import filled_in
from bot.wording import N_, _
from records import invitations
from records.invitations import Invited
from records.roles import needs_second_factor

HERE = "/staff/invitation"
DIFFERENT = N_("The two are not the same. Type both once more.")


def new_token() -> str:
    """256 bits by chance."""
    return secrets.token_urlsafe(32)


def link(public_url: str, token: str) -> str:
    return f"{public_url}{HERE}/{token}"


async def show_invitation(request: web.Request) -> web.Response:
    """Looks nothing up, and says nothing of whose it is."""
    response = render(request, "access/invitation.html", {"me": None, "token": request.match_info["token"]})
    response.headers["Referrer-Policy"] = "strict-origin"  # nobody, ourselves included, is told the token
    return response


async def accept_invitation(request: web.Request) -> web.Response:
    """Step by step; what was not filled in yet is asked for."""
    said = await filled_in(request, "token", "salt", "code")
    form = await request.post()
    token, now = hash_of(said["token"]), request.app[WALL_CLOCK].now()
    who = await request.app[WRITER].run(partial(invitations.find, token_hash=token, now=now))
    if who is None:
        return render(request, "access/invitation_over.html", {"me": None}, status=410)
    if "code" in form:
        return await _take_code(request, who, said["token"], said["salt"], said["code"])
    if "password" in form:
        return await _take_password(request, who, said["token"], str(form["password"]), str(form.get("again", "")))
    return _ask_password(request, who, said["token"])


async def _take_password(request: web.Request, who: Invited, token: str, password: str, again: str) -> web.Response:
    problem = passwords.problem_with(password, [*passwords.names_of(request.app[COUNTY]), who.first_name, who.email])
    if problem or password != again:
        return _ask_password(request, who, token, problem or _(DIFFERENT), status=422)
    needs = needs_second_factor(who.role) and request.app[SETTINGS].staff_second_factor
    keep = partial(
        invitations.set_password,
        token_hash=hash_of(token),
        password_hash=await asyncio.to_thread(passwords.hash_password, password),
        now=request.app[WALL_CLOCK].now(),
        is_all=not needs or who.has_second_factor,
    )
    if await request.app[WRITER].run(keep) is None:
        return render(request, "access/invitation_over.html", {"me": None}, status=410)
    if not needs:
        return await begin_session(request, who.staff_id, "/staff")
    return see_other("/staff/log-in") if who.has_second_factor else _ask_code(request, who, token, new_salt())


async def _take_code(request: web.Request, who: Invited, token: str, salt: str, code: str) -> web.Response:
    if not is_salt(salt):
        return _ask_code(request, who, token, new_salt(), _(WRONG), status=422)
    step = step_said(request, code, who.staff_id, salt)
    if step is None:
        return _ask_code(request, who, token, salt, _(WRONG), status=422)
    now = request.app[WALL_CLOCK].now()
    keep = partial(invitations.set_second_factor, token_hash=hash_of(token), salt=salt, step=step, now=now)
    if await request.app[WRITER].run(keep) is None:
        return render(request, "access/invitation_over.html", {"me": None}, status=410)
    return await begin_session(request, who.staff_id, "/staff")


def _ask_password(request: web.Request, who: Invited, token: str, problem: str = "", status: int = 200) -> web.Response:
    context = {"me": None, "who": who, "token": token, "problem": problem, "shortest": passwords.SHORTEST}
    return render(request, "access/invitation_password.html", context, status)


def _ask_code(
    request: web.Request, who: Invited, token: str, salt: str, problem: str = "", status: int = 200
) -> web.Response:
    shown = to_set_up(request, who.staff_id, who.email, salt)
    context = {**shown, "me": None, "token": token, "problem": problem}
    return render(request, "access/invitation_code.html", context, status)
