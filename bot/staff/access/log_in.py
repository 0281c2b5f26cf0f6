"""Logging in and out of the staff pages, and who is asking."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from urllib.parse import quote, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.keys import CLOCK, COUNTY, READER, SETTINGS, WALL_CLOCK, WRITER
from bot.oidc.issuer import Issuer
from bot.settings import HouseSettings
from bot.site import render, see_other
from bot.site.language import remember
from bot.staff.access import passwords
from bot.staff.access.lock_out import LockOut
from bot.wording import N_, STAFF_LANGUAGES, _, speak
from records import sessions
from records.leaves import covered_by
from records.roles import RIGHTS, Right, Role, needs_second_factor
from records.sessions import IDLE, Session

LOCK_OUT = web.AppKey("lock_out", LockOut)
ISSUER: web.AppKey[Issuer | None] = web.AppKey("issuer")
FAILED = N_("That e-mail address and password do not go together.")
LOCKED = N_("There were too many tries. Please wait five minutes, then try again.")
NO_SECOND_FACTOR = N_("Your account needs a second factor and has none yet. Whoever keeps the accounts can invite you.")
NO_PASSWORDS = N_("Log in with your county account: passwords are for admins only.")
HOME = "/staff"

StaffPage = Callable[[web.Request, Session], Awaitable[web.StreamResponse]]


def logged_in(page: StaffPage, right: Right, *, keeps: bool = True, largest: int = 0) -> Handler:
    """The page, for staff whose role has the right to it. Who is not logged in is sent to the log-in.

    A form without our token is refused. `keeps=False` is for what the browser asks by itself: it does not count as the
    person being there. `largest` is how many bytes a form may have, where that is more than elsewhere.
    """

    async def view(request: web.Request) -> web.StreamResponse:
        session = await _session(request)
        if session is None:
            return _to_log_in(request)
        if not session.may(right):
            raise web.HTTPForbidden(text=_("Your account is not for this. Whoever keeps the accounts can change that."))
        if session.language in STAFF_LANGUAGES:
            speak(session.language)
        if largest:
            request = request.clone(client_max_size=largest)
        if request.method == "POST" and not await _has_token(request, session):
            raise web.HTTPForbidden(text=_("This form is too old. Go back, load the page again and try once more."))
        if keeps:
            now = request.app[WALL_CLOCK].now()
            await request.app[WRITER].run(partial(sessions.keep_session, token_hash=token_hash_of(request), now=now))
        return await page(request, session)

    return view


async def show_log_in(request: web.Request) -> web.Response:
    """`?language=` is how somebody who reads another one chooses it."""
    language = request.query.get("language", "")
    if language not in STAFF_LANGUAGES:
        return await _form(request)
    response = see_other(f"/staff/log-in?next={quote(ours(request.query.get('next', '')))}")
    remember(response, language, secure=is_secure(request))
    return response


async def show_log_in_again(request: web.Request, problem: str, status: int) -> web.Response:
    return await _form(request, problem=problem, status=status)


async def log_in(request: web.Request) -> web.Response:
    form = await request.post()
    email, password = str(form.get("email", "")).strip().lower(), str(form.get("password", ""))
    now = request.app[WALL_CLOCK].now()
    lock_out = request.app[LOCK_OUT]
    if lock_out.waits_until(email, now):
        return await _form(request, email, LOCKED, status=429)
    lock_out.bad_try(email, now)  # counted before the slow part, or many at once would all be let try
    found = await request.app[READER].run(partial(sessions.credentials, email=email))
    if not await passwords.is_right(password, found.password_hash if found else None) or found is None:
        return await _form(request, email, FAILED, status=401)
    lock_out.good_try(email)
    if not uses_password(request.app[SETTINGS], found.role):
        return await _form(request, email, NO_PASSWORDS, status=403)
    then = ours(str(form.get("next", "")))
    if needs_second_factor(found.role) and request.app[SETTINGS].staff_second_factor:
        if not found.has_second_factor:
            return await _form(request, email, NO_SECOND_FACTOR, status=403)
        return await begin_session(request, found.staff_id, f"/staff/second-factor?next={quote(then)}", complete=False)
    return await begin_session(request, found.staff_id, then)


async def begin_session(request: web.Request, staff_id: str, then: str, *, complete: bool = True) -> web.Response:
    """A new cookie, whatever the browser had before; and on to the page `then`."""
    token = secrets.token_urlsafe(32)
    begin = partial(
        sessions.open_session,
        staff_id=staff_id,
        token_hash=hash_of(token),
        csrf=secrets.token_urlsafe(24),
        browser=request.headers.get("User-Agent", ""),
        now=request.app[WALL_CLOCK].now(),
        complete=complete,
    )
    await request.app[WRITER].run(begin)
    response = see_other(then)
    secure = is_secure(request)
    response.set_cookie(_cookie(request), token, httponly=True, samesite="Lax", secure=secure, path="/")
    return response


async def show_session(_request: web.Request, me: Session) -> web.Response:
    """How long the log-in lasts yet, for `staying.js`. To ask does not keep it."""
    return _time_left(me, me.left)


async def stay(_request: web.Request, me: Session) -> web.Response:
    """Somebody is there: the log-in was kept by asking."""
    return _time_left(me, me.left_if_kept)


def _time_left(me: Session, left: timedelta) -> web.Response:
    """In seconds; and whether somebody who is there can stay longer."""
    told = {"left": int(left.total_seconds()), "may_stay": me.left_if_kept == IDLE}
    return web.json_response(told, headers={"Cache-Control": "no-store"})


async def log_out(request: web.Request, _session: Session) -> web.Response:
    await request.app[WRITER].run(partial(sessions.close_session, token_hash=token_hash_of(request)))
    response = see_other("/staff/log-in?out=yes" if request.app[ISSUER] else "/staff/log-in")
    response.del_cookie(_cookie(request), path="/", secure=is_secure(request), httponly=True, samesite="Lax")
    return response


async def _form(request: web.Request, email: str = "", problem: str = "", status: int = 200) -> web.Response:
    """After a log-out, where there is an issuer, also the way out of the county's account."""
    settings, issuer = request.app[SETTINGS], request.app[ISSUER]
    here = f"{settings.public_url}/staff/log-in"
    context = {
        "me": None,
        "email": email,
        "problem": _(problem),
        "next": ours(request.query.get("next", "")),
        "has_issuer": issuer is not None,
        "for_admins": not settings.staff_passwords,
        "out": await issuer.log_out_address(here) if issuer and "out" in request.query else "",
    }
    return render(request, "access/log_in.html", context, status)


def _to_log_in(request: web.Request) -> web.Response:
    """And from there back to the page one was on. For a fragment that htmx asks for, the whole page must go there."""
    if "HX-Request" in request.headers:
        return web.Response(status=204, headers={"HX-Redirect": f"/staff/log-in?next={quote(_came_from(request))}"})
    here = request.path if request.method == "GET" else _came_from(request)
    return see_other(f"/staff/log-in?next={quote(here)}")


def _came_from(request: web.Request) -> str:
    """The page of ours on which somebody was."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return HOME
    return ours(page.path) if page.netloc == request.host and _may_be_opened(request.app, page.path) else HOME


def _may_be_opened(app: web.Application, path: str) -> bool:
    """Whether there is a page at this address, and not only a form that leads there."""
    for route in app.router.routes():
        info = route.get_info()
        if route.method == "GET" and (
            info.get("path") == path or ("pattern" in info and info["pattern"].fullmatch(path))
        ):
            return True
    return False


async def _session(request: web.Request) -> Session | None:
    find = partial(
        sessions.find_session,
        token_hash=token_hash_of(request),
        now=request.app[WALL_CLOCK].now(),
        covered_by=partial(covered_by, county=request.app[COUNTY], now=request.app[CLOCK].now()),
    )
    return await request.app[READER].run(find)


async def _has_token(request: web.Request, session: Session) -> bool:
    form = await request.post()
    return hmac.compare_digest(str(form.get("csrf", "")).encode(), session.csrf.encode())


def uses_password(settings: HouseSettings, role: Role) -> bool:
    """Whether this role may log in with a password, or only by the county's own log-in."""
    return settings.staff_passwords or Right.KEEP_STAFF in RIGHTS[role]


def ours(address: str) -> str:
    """Where to go after the log-in: a staff page, and nowhere else."""
    return address if address.startswith("/staff/") and "\\" not in address else HOME


def is_secure(request: web.Request) -> bool:
    return request.app[SETTINGS].public_url.startswith("https:")


def _cookie(request: web.Request) -> str:
    """The prefix makes the browser refuse the cookie from any other host, or without TLS."""
    return "__Host-milepost" if is_secure(request) else "milepost"


def token_hash_of(request: web.Request) -> str:
    """Under which this browser's log-in is kept; nobody's is under that of no cookie."""
    return hash_of(request.cookies.get(_cookie(request), ""))


def hash_of(token: str) -> str:
    """All that is kept of a secret that we made by chance."""
    return hashlib.sha256(token.encode()).hexdigest()
