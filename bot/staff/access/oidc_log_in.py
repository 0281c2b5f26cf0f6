"""Logging in by the county's own account, where there is an issuer. Nobody gets an account by it: it opens one that is.

The second factor is the issuer's.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import partial

import structlog
from aiohttp import web

from bot.keys import SETTINGS, WALL_CLOCK, WRITER
from bot.oidc.issuer import Issuer
from bot.oidc.tokens import Expected, OidcError
from bot.settings import HouseSettings
from bot.site import see_other
from bot.staff.access.log_in import ISSUER, begin_session, hash_of, is_secure, ours, show_log_in_again
from bot.wording import N_, _
from records import oidc_log_ins
from records.oidc_log_ins import LASTS, UnderWay

log = structlog.get_logger()

HERE = "/staff/log-in/county"
BACK = f"{HERE}/callback"
AWAY = N_("Your county account cannot be asked just now. Try again in a while.")
NOT_LET_IN = N_("That did not work. Begin again from here; if it happens again, tell whoever keeps the accounts.")
NOBODYS = N_(
    "Your county account belongs to no account here. Whoever keeps the accounts can add one with your address."
)


def issuer_of(settings: HouseSettings) -> Issuer | None:
    if settings.oidc_issuer is None:
        return None
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else ""
    expected = Expected(settings.oidc_issuer, settings.oidc_client_id or "", settings.oidc_acr, settings.oidc_amr)
    return Issuer(expected, secret, f"{settings.public_url}{BACK}")


async def begin(request: web.Request) -> web.Response:
    """A link, not a form: a browser would not let a form lead to another site."""
    issuer = _issuer(request)
    state, browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
    try:
        there = await issuer.begin(state, nonce, verifier)
    except OidcError as error:
        log.warning("the issuer is away", error=str(error))
        return await show_log_in_again(request, _(AWAY), status=503)
    one = UnderWay(nonce, verifier, ours(request.query.get("next", "")))
    now = request.app[WALL_CLOCK].now()
    keep = partial(oidc_log_ins.begin, state_hash=hash_of(state), browser_hash=hash_of(browser), one=one, now=now)
    await request.app[WRITER].run(keep)
    response = see_other(there)
    response.set_cookie(
        _cookie(request),
        browser,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=is_secure(request),
        path="/",
    )
    return response


async def come_back(request: web.Request) -> web.Response:
    """With a code. Each log-in that was begun is finished once, by the browser that began it."""
    issuer, said = _issuer(request), request.query
    state, browser = hash_of(said.get("state", "")), hash_of(request.cookies.get(_cookie(request), ""))
    now, writer = request.app[WALL_CLOCK].now(), request.app[WRITER]
    one = await writer.run(partial(oidc_log_ins.take, state_hash=state, browser_hash=browser, now=now))
    if one is None or "code" not in said:
        return await show_log_in_again(request, _(NOT_LET_IN), status=403)
    try:
        who = await issuer.finish(said["code"], said.get("iss"), one.nonce, one.verifier)
    except OidcError as error:
        log.warning("not let in by the issuer", error=str(error))
        return await show_log_in_again(request, _(NOT_LET_IN), status=403)
    settings = request.app[SETTINGS]
    holds = settings.oidc_trust_email if who.email_is_verified is None else who.email_is_verified
    identity = hashlib.sha256(f"{settings.oidc_issuer}\n{who.subject}".encode()).hexdigest()
    find = partial(oidc_log_ins.account_of, identity=identity, email=who.email if holds else "", now=now)
    staff_id = await writer.run(find)
    if staff_id is None:
        return await show_log_in_again(request, _(NOBODYS), status=403)
    response = await begin_session(request, staff_id, one.then)
    response.del_cookie(_cookie(request), path="/", secure=is_secure(request), httponly=True, samesite="Lax")
    return response


def _issuer(request: web.Request) -> Issuer:
    issuer = request.app[ISSUER]
    if issuer is None:
        raise web.HTTPNotFound
    return issuer


def _cookie(request: web.Request) -> str:
    return "__Host-milepost-county" if is_secure(request) else "milepost-county"
