"""The accounts of staff: invited, what each is for, in which team, open or closed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, SETTINGS, STAFF_MAIL, WALL_CLOCK, WRITER
from bot.site import render, see_other
from bot.staff import notices
from bot.staff.access.invitation_pages import link, new_token
from bot.staff.access.log_in import hash_of, uses_password
from bot.staff.fields import filled_in
from bot.staff.plain_words.clients import ROLES
from bot.wording import _, refusal
from records import accounts, invitations, sessions
from records.accounts import Account, NewAccount
from records.errors import NotFoundError, RefusedError
from records.roles import Role, needs_second_factor
from records.sessions import Session

HERE = "/staff/accounts"
LONGEST_TEAM = LONGEST_NAME = 80
LONGEST_EMAIL = 254
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is shown once. `mailed` is whether a mail server took it; None where there is none."""

    first_name: str
    email: str
    link: str
    until: datetime
    mailed: bool | None


@dataclass(frozen=True, slots=True)
class Filled:
    """What was said on the page, and what came of it."""

    said: Mapping[str, str] = field(default_factory=lambda: defaultdict(str))
    problems: Mapping[str, str] = field(default_factory=lambda: defaultdict(str))
    amiss_with: str = ""
    problem: str = ""
    invited: Invitation | None = None


EMPTY = Filled()


async def show_accounts(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me)


async def change_account(request: web.Request, me: Session) -> web.Response:
    said = await filled_in(request, "role", "team", "active")
    if said["role"] not in set(Role):
        raise web.HTTPBadRequest(text=_("Choose a role."))
    act = partial(
        accounts.change,
        staff_id=request.match_info["id"],
        role=Role(said["role"]),
        team=_team(said["team"]),
        by=me.staff_id,
        now=request.app[CLOCK].now(),
        active=bool(said["active"]),
    )
    try:
        await request.app[WRITER].run(act)
    except RefusedError as no:
        return await _page(request, me, Filled(amiss_with=request.match_info["id"], problem=refusal(no)), status=422)
    return see_other(notices.address(HERE, "changed"))


async def add_account(request: web.Request, me: Session) -> web.Response:
    """Gives the page with the new account's invitation on it: it is shown this once."""
    said = await filled_in(request, "email", "first_name", "role", "team")
    email, first_name = said["email"].lower(), " ".join(said["first_name"].split())
    problems: dict[str, str] = defaultdict(str)
    if not EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL:
        problems["email"] = _("Write their e-mail address, such as ana@county.example.")
    if not 1 <= len(first_name) <= LONGEST_NAME:
        problems["first_name"] = _(
            "Write the name that clients know them by, up to %(longest_name)s characters.", longest_name=LONGEST_NAME
        )
    if said["role"] not in set(Role):
        problems["role"] = _("Choose a role.")
    if problems:
        return await _page(request, me, Filled(said, problems), status=422)
    new = NewAccount(email, first_name, Role(said["role"]), _team(said["team"]))
    token, now = new_token(), request.app[WALL_CLOCK].now()
    invites = uses_password(request.app[SETTINGS], new.role)
    keep = partial(accounts.add, new=new, token_hash=hash_of(token) if invites else None, by=me.staff_id, now=now)
    try:
        await request.app[WRITER].run(keep)
    except RefusedError as no:
        return await _page(request, me, Filled(said, defaultdict(str, email=refusal(no))), status=422)
    if not invites:
        return see_other(notices.address(HERE, "opened-by-county"))
    return await _page(request, me, Filled(invited=await _handed_over(request, email, first_name, token)))


async def invite(request: web.Request, me: Session) -> web.Response:
    """For who lost the first link, or forgot their password. A second factor that is set up stays."""
    one = await _account(request)
    if not uses_password(request.app[SETTINGS], one.role):
        return see_other(notices.address(HERE, "opened-by-county"))
    token, now = new_token(), request.app[WALL_CLOCK].now()
    act = partial(invitations.invite, staff_id=one.id, token_hash=hash_of(token), by=me.staff_id, now=now)
    try:
        await request.app[WRITER].run(act)
    except RefusedError as no:
        return await _page(request, me, Filled(amiss_with=one.id, problem=refusal(no)), status=422)
    return await _page(request, me, Filled(invited=await _handed_over(request, one.email, one.first_name, token)))


async def reset_second_factor(request: web.Request, me: Session) -> web.Response:
    """They lost it. Only an invitation sets up another, so one is made at once."""
    one = await _account(request)
    forget = partial(sessions.forget_second_factor, staff_id=one.id, by=me.staff_id, now=request.app[WALL_CLOCK].now())
    await request.app[WRITER].run(forget)
    return await invite(request, me)


async def _account(request: web.Request) -> Account:
    """Raises NotFoundError."""
    everybody = await request.app[READER].run(accounts.accounts)
    one = next((one for one in everybody if one.id == request.match_info["id"]), None)
    if one is None:
        raise NotFoundError
    return one


async def _handed_over(request: web.Request, email: str, first_name: str, token: str) -> Invitation:
    """By e-mail as well, where the county has a mail server for its staff."""
    here, until = link(request.app[SETTINGS].public_url, token), request.app[WALL_CLOCK].now() + invitations.LASTS
    mail = request.app[STAFF_MAIL]
    mailed = await mail(email, here) if mail else None
    return Invitation(first_name, email, here, until, mailed)


def _team(written: str) -> str:
    return " ".join(written.split())[:LONGEST_TEAM]


async def _page(request: web.Request, me: Session, filled: Filled = EMPTY, status: int = 200) -> web.Response:
    reader = request.app[READER]
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "accounts": await reader.run(accounts.accounts),
        "roles": [(role.value, ROLES[role]) for role in Role],
        "teams": await reader.run(accounts.team_names),
        "needs_second_factor": needs_second_factor,
        "uses_password": partial(uses_password, request.app[SETTINGS]),
        "second_factor_is_on": request.app[SETTINGS].staff_second_factor,
        "filled": filled,
        "notice": notices.of(request),
    }
    return render(request, "access/accounts.html", context, status)
