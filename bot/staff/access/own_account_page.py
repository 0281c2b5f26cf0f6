"""One's own account: the password, the second factor, and where one is logged in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from bot.keys import COUNTY, READER, SETTINGS, WALL_CLOCK, WRITER
from bot.site import render, see_other
from bot.site.language import remember
from bot.staff import notices
from bot.staff.access import passwords
from bot.staff.access.log_in import LOCK_OUT, LOCKED, is_secure, token_hash_of
from bot.staff.access.second_factor import WRONG, is_salt, new_salt, step_said, to_set_up
from bot.staff.fields import filled_in
from bot.wording import N_, STAFF_LANGUAGES, _
from records import own_account
from records.roles import needs_second_factor
from records.sessions import Session
from records.weekly_digests import READERS

HERE = "/staff/account"
NOT_YOURS = N_("That is not your password.")
DIFFERENT = N_("The two are not the same. Type both once more.")


@dataclass(frozen=True, slots=True)
class Amiss:
    """What is wrong with a form of the page, beside the field where it is."""

    old: str = ""
    new: str = ""
    password: str = ""


NOTHING = Amiss()


async def show_own_account(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me)


async def change_password(request: web.Request, me: Session) -> web.Response:
    form, mine = await request.post(), await _me(request, me)
    new = str(form.get("password", ""))
    if no := await _not_theirs(request, me, mine, str(form.get("old", ""))):
        return await _page(request, me, Amiss(old=no), status=422)
    problem = passwords.problem_with(new, [*passwords.names_of(request.app[COUNTY]), me.first_name, mine.email])
    if problem or new != form.get("again"):
        return await _page(request, me, Amiss(new=problem or _(DIFFERENT)), status=422)
    keep = partial(
        own_account.change_password,
        staff_id=me.staff_id,
        password_hash=await asyncio.to_thread(passwords.hash_password, new),
        token_hash=token_hash_of(request),
        now=request.app[WALL_CLOCK].now(),
    )
    await request.app[WRITER].run(keep)
    return see_other(notices.address(HERE, "password-changed"))


async def choose_language(request: web.Request, me: Session) -> web.Response:
    """That of the pages."""
    language = (await filled_in(request, "pages"))["pages"]
    if language not in STAFF_LANGUAGES:
        return see_other(HERE)
    await request.app[WRITER].run(partial(own_account.choose_language, staff_id=me.staff_id, language=language))
    response = see_other(notices.address(HERE, "language-chosen"))
    remember(response, language, secure=is_secure(request))
    return response


async def choose_languages(request: web.Request, me: Session) -> web.Response:
    """Those of the county's that they write to clients in themselves."""
    ticked = {str(value) for value in (await request.post()).getall("language", [])}
    writes = [code for code in request.app[COUNTY].languages if code in ticked]
    now = request.app[WALL_CLOCK].now()
    keep = partial(own_account.set_languages, staff_id=me.staff_id, writes=writes, by=me.staff_id, now=now)
    await request.app[WRITER].run(keep)
    return see_other(notices.address(HERE, "languages-chosen"))


async def choose_weekly_digest(request: web.Request, me: Session) -> web.Response:
    """Whether it comes by e-mail."""
    wanted = (await filled_in(request, "weekly"))["weekly"] == "yes"
    await request.app[WRITER].run(partial(own_account.choose_weekly_digest, staff_id=me.staff_id, wanted=wanted))
    return see_other(notices.address(HERE, "weekly-on" if wanted else "weekly-off"))


async def end_others(request: web.Request, me: Session) -> web.Response:
    now = request.app[WALL_CLOCK].now()
    end = partial(own_account.end_others, staff_id=me.staff_id, token_hash=token_hash_of(request), now=now)
    await request.app[WRITER].run(end)
    return see_other(notices.address(HERE, "log-ins-ended"))


async def change_second_factor(request: web.Request, me: Session) -> web.Response:
    """The password shows the key of another one; the code that follows from the key puts it in the old one's place."""
    mine, form = await _me(request, me), await request.post()
    if not (mine.has_second_factor and _needs(request, me)):
        return see_other(HERE)
    if "code" not in form:
        if no := await _not_theirs(request, me, mine, str(form.get("password", ""))):
            return await _page(request, me, Amiss(password=no), status=422)
        return _ask_code(request, me, mine.email, new_salt())
    said = await filled_in(request, "salt", "code")
    if not is_salt(said["salt"]):
        return see_other(HERE)
    step = step_said(request, said["code"], me.staff_id, said["salt"])
    if step is None:
        return _ask_code(request, me, mine.email, said["salt"], _(WRONG), status=422)
    keep = partial(
        own_account.change_second_factor,
        staff_id=me.staff_id,
        salt=said["salt"],
        step=step,
        token_hash=token_hash_of(request),
        now=request.app[WALL_CLOCK].now(),
    )
    await request.app[WRITER].run(keep)
    return see_other(notices.address(HERE, "second-factor-changed"))


async def _not_theirs(request: web.Request, me: Session, mine: own_account.Me, password: str) -> str:
    """Why this password does not do; "" if it does. Who sits at somebody else's screen guesses as slowly as anybody."""
    lock_out, now, tries = request.app[LOCK_OUT], request.app[WALL_CLOCK].now(), f"password of {me.staff_id}"
    if lock_out.waits_until(tries, now):
        return _(LOCKED)
    lock_out.bad_try(tries, now)
    if not await passwords.is_right(password, mine.password_hash):
        return _(NOT_YOURS)
    lock_out.good_try(tries)
    return ""


async def _me(request: web.Request, me: Session) -> own_account.Me:
    return await request.app[READER].run(partial(own_account.me, staff_id=me.staff_id))


def _needs(request: web.Request, me: Session) -> bool:
    return needs_second_factor(me.role) and request.app[SETTINGS].staff_second_factor


def _ask_code(
    request: web.Request, me: Session, email: str, salt: str, problem: str = "", status: int = 200
) -> web.Response:
    shown = to_set_up(request, me.staff_id, email, salt)
    return render(request, "access/own_second_factor.html", {**shown, "me": me, "problem": problem}, status)


async def _page(request: web.Request, me: Session, amiss: Amiss = NOTHING, status: int = 200) -> web.Response:
    mine, now = await _me(request, me), request.app[WALL_CLOCK].now()
    context = {
        "me": me,
        "mine": mine,
        "county": request.app[COUNTY],
        "log_ins": await request.app[READER].run(partial(own_account.log_ins, staff_id=me.staff_id, now=now)),
        "this": token_hash_of(request),
        "shortest": passwords.SHORTEST,
        "may_change_second_factor": mine.has_second_factor and _needs(request, me),
        "weekly_digests": me.role in READERS and any(hook.weekly for hook in request.app[COUNTY].hooks),
        "amiss_with": amiss,
        "notice": notices.of(request),
    }
    return render(request, "access/own_account.html", context, status)
