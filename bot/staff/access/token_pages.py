"""Tokens for other systems: made, listed, revoked. A token's secret is shown once, when it is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import time, timedelta
from functools import partial

from aiohttp import web

from bot.keys import COUNTY, READER, WALL_CLOCK, WRITER
from bot.site import render, see_other
from bot.staff import fields, notices
from bot.staff.once import ONCE
from bot.token_secrets import hash_of, new_secret
from bot.wording import _, refusal
from conversations.wall_clock import at_wall
from records import accounts, api_tokens
from records.api_tokens import LONGEST_NAME, MEANS, NewToken, Scope
from records.errors import RefusedError
from records.ids import new_id
from records.sessions import Session

HERE = "/staff/tokens"
USUAL_LIFE = timedelta(days=180)
A_DAY = timedelta(days=1)


async def show_tokens(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me)


async def create_token(request: web.Request, me: Session) -> web.Response:
    """The answer is the page itself, as nobody can ask for the secret again; sent twice, one token is made."""
    form = await request.post()
    said = await fields.filled_in(request, "name", "team", "until", "token")
    chosen = [scope for scope in Scope if scope in form.getall("scope", [])]
    until = fields.day(said["until"])
    if until is None:
        return await _page(request, me, said, chosen, {"until": _("Choose a day.")}, status=422)
    secret = new_secret()
    ends = at_wall(until + A_DAY, time(0), request.app[COUNTY].zone)
    wanted = NewToken(said["name"], chosen, said["team"], hash_of(secret), ends)
    act = partial(api_tokens.create, wanted=wanted, by=me.staff_id, now=request.app[WALL_CLOCK].now())
    once, key = request.app[ONCE], f"{me.staff_id}:{said['token']}"
    if once.did(key):
        return see_other(notices.address(HERE, "token-made"))
    try:
        await once.do(key, partial(request.app[WRITER].run, act))
    except RefusedError as no:
        return await _page(request, me, said, chosen, {"form": refusal(no)}, status=422)
    return await _page(request, me, secret=secret)


async def revoke_token(request: web.Request, me: Session) -> web.Response:
    """Raises NotFoundError."""
    now = request.app[WALL_CLOCK].now()
    revoke = partial(api_tokens.revoke, token_id=request.match_info["id"], by=me.staff_id, now=now)
    await request.app[WRITER].run(revoke)
    return see_other(notices.address(HERE, "token-revoked"))


async def _page(
    request: web.Request,
    me: Session,
    said: Mapping[str, str] | None = None,
    chosen: list[Scope] | None = None,
    problems: Mapping[str, str] | None = None,
    secret: str = "",
    status: int = 200,
) -> web.Response:
    now, zone, reader = request.app[WALL_CLOCK].now(), request.app[COUNTY].zone, request.app[READER]
    today = now.astimezone(zone).date()
    context = {
        "me": me,
        "tokens": await reader.run(partial(api_tokens.listed, now=now)),
        "teams": await reader.run(accounts.team_names),
        "scopes": [(scope.value, _(means)) for scope, means in MEANS.items()],
        "said": defaultdict(str, said or {"until": str(today + USUAL_LIFE)}),
        "chosen": chosen or [],
        "problems": defaultdict(str, problems or {}),
        "secret": secret,
        "today": today,
        "zone": zone,
        "longest_name": LONGEST_NAME,
        "token": new_id(now),
        "notice": notices.of(request),
    }
    return render(request, "access/tokens.html", context, status)
