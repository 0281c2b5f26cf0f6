"""The second factor of a log-in: a code that changes every 30 seconds, from an app on one's phone (TOTP, RFC 6238).

Its key is stored nowhere: it follows from the county's SECRET_KEY and a salt of one's own. So who reads the database
cannot make codes, and with a new SECRET_KEY everybody sets it up anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import partial

import pyotp
import segno
from aiohttp import web

from bot.keys import COUNTY, SETTINGS, WALL_CLOCK, WRITER
from bot.site import render, see_other
from bot.staff.access.log_in import LOCK_OUT, LOCKED, begin_session, ours, token_hash_of
from bot.wording import N_, _
from records import sessions
from records.sessions import HalfWay

STEP = 30
"""Seconds for which a code is shown."""

DRIFT = (0, -1, 1)
"""The steps, from the present one, whose codes count: clocks differ, and people type slowly."""

WRONG = N_("That code does not fit. Codes change every 30 seconds: wait for the next one and type it.")


async def show_second_factor(request: web.Request) -> web.Response:
    who = await _half_way(request)
    return see_other("/staff/log-in") if who is None else _page(request, who)


async def check_second_factor(request: web.Request) -> web.Response:
    """With the right code the log-in is complete. Wrong ones are counted as wrong passwords are."""
    who = await _half_way(request)
    if who is None:
        return see_other("/staff/log-in")
    form, now, lock_out = await request.post(), request.app[WALL_CLOCK].now(), request.app[LOCK_OUT]
    if not hmac.compare_digest(str(form.get("csrf", "")).encode(), who.csrf.encode()):
        return see_other("/staff/log-in")
    tries = f"second factor of {who.staff_id}"
    if lock_out.waits_until(tries, now):
        return _page(request, who, _(LOCKED), status=429)
    lock_out.bad_try(tries, now)
    step = step_said(request, str(form.get("code", "")), who.staff_id, who.totp_salt)
    fresh = step and await request.app[WRITER].run(partial(sessions.use_step, staff_id=who.staff_id, step=step))
    if not fresh:
        return _page(request, who, _(WRONG), status=422)
    lock_out.good_try(tries)
    await request.app[WRITER].run(partial(sessions.close_session, token_hash=token_hash_of(request)))
    return await begin_session(request, who.staff_id, ours(request.query.get("next", "")))


def step_said(request: web.Request, code: str, staff_id: str, salt: str) -> int | None:
    """As `step_of`, of the code as somebody typed it."""
    return step_of("".join(code.split()), _key(request, staff_id, salt), request.app[WALL_CLOCK].now())


def step_of(code: str, key: str, now: datetime) -> int | None:
    """The step (since 1970) whose code this is, if it is one that counts now."""
    totp, present = pyotp.TOTP(key), int(now.timestamp()) // STEP
    for step in (present + drift for drift in DRIFT):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def new_salt() -> str:
    return secrets.token_hex(16)


def is_salt(written: str) -> bool:
    """Whether it can be one that we gave a form to keep."""
    return re.fullmatch("[0-9a-f]{32}", written) is not None


def key_of(secret_key: str, staff_id: str, salt: str) -> str:
    """In base 32, as the apps take it."""
    said = f"totp\n{staff_id}\n{salt}"
    return base64.b32encode(hmac.digest(secret_key.encode(), said.encode(), hashlib.sha256)[:20]).decode()


def to_set_up(request: web.Request, staff_id: str, email: str, salt: str) -> Mapping[str, str]:
    """What `authenticator.html` shows: the key that follows from this salt, and its picture for the app to read."""
    key = _key(request, staff_id, salt)
    address = pyotp.TOTP(key).provisioning_uri(
        name=email, issuer_name=_("Milepost %(name)s", name=request.app[COUNTY].name)
    )
    picture = segno.make(address, micro=False).svg_data_uri(scale=4, light="white")
    return {"salt": salt, "key": key, "picture": picture}


def _key(request: web.Request, staff_id: str, salt: str) -> str:
    return key_of(request.app[SETTINGS].secret_key.get_secret_value(), staff_id, salt)


async def _half_way(request: web.Request) -> HalfWay | None:
    ask = partial(sessions.half_way, token_hash=token_hash_of(request), now=request.app[WALL_CLOCK].now())
    return await request.app[WRITER].run(ask)


def _page(request: web.Request, who: HalfWay, problem: str = "", status: int = 200) -> web.Response:
    context = {"me": None, "csrf": who.csrf, "problem": problem, "next": ours(request.query.get("next", ""))}
    return render(request, "access/second_factor.html", context, status)
