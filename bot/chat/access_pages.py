"""The doors of the web chat: a link that a worker sent, or a code by text; and the way out."""

from __future__ import annotations

import secrets
from functools import partial
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from bot.chat import cookies
from bot.chat.rendering import render
from bot.chat.secret_texts import send_code
from bot.chat.visitors import HERE, form_of, session_of
from bot.chat.wording import _, speak, spoken
from bot.keys import CLOCK, LANGUAGES, SETTINGS, WRITER
from bot.phone_numbers import e164
from bot.site import see_other
from bot.token_secrets import hash_of
from records import chat_access, chat_sessions
from records.chat_access import CODE_LASTS, Person, Tried
from records.chat_sessions import ON_OWN_PHONE, ChatSession

DIGITS = 6


async def show_door(request: web.Request, problem: str = "", number: str = "", status: int = 200) -> web.Response:
    context = {"problem": problem, "number": number, "languages": request.app[LANGUAGES]}
    return render(request, "door.html", context, status)


# --- by a link -------------------------------------------------------------------------------------------------------


async def show_link(request: web.Request) -> web.Response:
    """It opens nothing yet: programs that show a preview of a link come here too."""
    return render(request, "link.html", {"token": request.match_info["token"]})


async def use_link(request: web.Request) -> web.StreamResponse:
    form = await form_of(request)
    token_hash, now = hash_of(request.match_info["token"]), request.app[CLOCK].now()
    person = await request.app[WRITER].run(partial(chat_access.use_link, token_hash=token_hash, now=now))
    if person is None:
        problem = _("This link has been used, or is older than 15 minutes. Get a code instead.")
        return await show_door(request, problem, status=HTTPStatus.GONE)
    return await let_in(request, person, on_own_phone="own" in form)


# --- by a code -------------------------------------------------------------------------------------------------------


async def ask_code(request: web.Request) -> web.Response:
    """The answer is the same whether anybody has the number or not, and whether there were too many codes."""
    written = str((await form_of(request)).get("number", "")).strip()
    number = e164(written)
    if number is None:
        problem = _("Write your mobile number with the area code, like 707 555 0123.")
        return await show_door(request, problem, written, HTTPStatus.UNPROCESSABLE_ENTITY)
    token, code = cookies.new_token(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    await request.app[WRITER].run(partial(_keep_code, request, token, number, code))
    response = see_other(f"{HERE}/code?language={spoken()}")
    cookies.put(request, response, cookies.BROWSER, token, CODE_LASTS)
    return response


def _keep_code(request: web.Request, token: str, number: str, code: str, connection: Connection) -> None:
    now, browser = request.app[CLOCK].now(), hash_of(token)
    if not chat_access.keep_code(connection, browser, number, _hash_of_code(browser, code), now):
        return
    people = chat_access.people_of(connection, number)
    if people:
        send_code(connection, people[0], code, request.app[LANGUAGES], now)


def _hash_of_code(browser_hash: str, code: str) -> str:
    return hash_of(f"{browser_hash}:{code}")


async def show_code(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    return render(request, "code.html", {"problem": problem}, status)


async def try_code(request: web.Request) -> web.StreamResponse:
    form, browser = await form_of(request), cookies.hash_in(request, cookies.BROWSER)
    code = "".join(filter(str.isdecimal, str(form.get("code", ""))))
    code = "".join(str(int(digit)) for digit in code)  # digits of other scripts are digits
    if len(code) != DIGITS:
        return await show_code(request, _("The code has 6 digits."), HTTPStatus.UNPROCESSABLE_ENTITY)
    now = request.app[CLOCK].now()
    tried = await request.app[WRITER].run(
        partial(chat_access.try_code, browser_hash=browser, code_hash=_hash_of_code(browser, code), now=now)
    )
    match tried:
        case Tried.RIGHT:
            return await _let_in_who_is_meant(request, browser, on_own_phone="own" in form)
        case Tried.WRONG:
            problem = _("That is not the code. Look at the newest text from us.")
            return await show_code(request, problem, HTTPStatus.UNPROCESSABLE_ENTITY)
        case Tried.OVER:
            return await show_door(request, _("That code is over. Ask for a new one."), status=HTTPStatus.GONE)
        case Tried.CLOSED:
            problem = _("Codes do not work just now. Ask your worker for a link, or try again in an hour.")
            return await show_door(request, problem, status=HTTPStatus.TOO_MANY_REQUESTS)


async def _let_in_who_is_meant(request: web.Request, browser: str, *, on_own_phone: bool) -> web.StreamResponse:
    now = request.app[CLOCK].now()
    people = await request.app[WRITER].run(partial(chat_access.proven, browser_hash=browser, now=now))
    if len(people) != 1:
        return render(request, "who.html", {"people": people, "on_own_phone": on_own_phone})
    return await _let_in_by_proof(request, people[0].client_id, on_own_phone=on_own_phone)


async def choose_who(request: web.Request) -> web.StreamResponse:
    """Several people share the phone that got the code."""
    form = await form_of(request)
    return await _let_in_by_proof(request, str(form.get("client", "")), on_own_phone="own" in form)


async def _let_in_by_proof(request: web.Request, client_id: str, *, on_own_phone: bool) -> web.StreamResponse:
    browser, now = cookies.hash_in(request, cookies.BROWSER), request.app[CLOCK].now()
    use = partial(chat_access.use_proof, browser_hash=browser, client_id=client_id, now=now)
    person = await request.app[WRITER].run(use)
    if person is None:
        return await show_door(request, _("That code is over. Ask for a new one."), status=HTTPStatus.GONE)
    return await let_in(request, person, on_own_phone=on_own_phone)


# --- in and out ------------------------------------------------------------------------------------------------------


async def let_in(request: web.Request, person: Person, *, on_own_phone: bool) -> web.StreamResponse:
    """A new cookie, whatever the browser had before; what was open on it, of whomever, is over."""
    await end_session(request)
    token = cookies.new_token()
    begin = partial(
        chat_sessions.open_session,
        client_id=person.client_id,
        token_hash=hash_of(token),
        csrf=secrets.token_urlsafe(24),
        now=request.app[CLOCK].now(),
        on_own_phone=on_own_phone,
    )
    await request.app[WRITER].run(begin)
    response = see_other(HERE)
    cookies.put(request, response, cookies.CHAT, token, ON_OWN_PHONE if on_own_phone else None)
    cookies.take_back(request, response, cookies.BROWSER)
    return response


async def leave(request: web.Request) -> web.StreamResponse:
    """Nothing stays in this browser. Who has left already, or ran out, leaves all the same."""
    if session := await end_session(request):
        speak(session.language)
    response = render(request, "left.html", {})
    for name in (cookies.CHAT, cookies.BROWSER):
        cookies.take_back(request, response, name)
    if request.app[SETTINGS].public_url.startswith("https:"):  # browsers pass over it elsewhere
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


async def end_session(request: web.Request) -> ChatSession | None:
    """Of this browser; gives what it was."""
    session = await session_of(request)
    if session:
        token_hash, now = cookies.hash_in(request, cookies.CHAT), request.app[CLOCK].now()
        out = partial(chat_sessions.leave, token_hash=token_hash, client_id=session.client_id, now=now)
        await request.app[WRITER].run(out)
    return session
