"""Who answers a client: take the thread over, write, hand back, start texts again, let Milepost begin a talk."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.keys import WRITER
from bot.site import render, see_other
from bot.site.wall_time import wall_time
from bot.staff import notices
from bot.staff.client import client_page
from bot.staff.client.client_page import Writing, has_thread, talks_of, why_not_write
from bot.staff.fields import filled_in
from bot.staff.once import ONCE
from bot.staff.plain_words.filters import reason
from bot.staff.writing.desk import Desk, known_of, workers_desk
from bot.staff.writing.draft import LONGEST, LONGEST_NAME, answer, going_now, interpreter_missing
from bot.wording import _
from conversations.events import Event, WorkerJoined, WorkerLeft, WorkerStarted, WorkerWrote
from conversations.situation import Consent, Mode
from conversations.starters import begun_with
from records.engagement import Kind, note_staff_act
from records.roles import Right
from records.sessions import Session


async def take_over(request: web.Request, me: Session) -> web.Response:
    """The client is told by whom. Who has the thread has it, however often this is clicked."""
    known = await known_of(request, me, request.match_info["id"])
    if await why_not_write(request, me, known):
        return _back(request, "not-sent")
    if known.client.mode is Mode.BOT:
        await _once(request, me, WorkerJoined(me.first_name))
    return _back(request, "yours")


async def write(request: web.Request, me: Session) -> web.Response:
    desk = await workers_desk(request, me, request.match_info["id"])
    said = await filled_in(request, "token", "words", "put_by")
    shown = answer(said["words"], me.first_name, desk.around)
    put_by = said["put_by"][:LONGEST_NAME]
    problem = await why_not_write(request, me, desk.situation) or _amiss(said["words"])
    if not problem and (put_by_problem := interpreter_missing(put_by, desk.around)):
        writing = Writing(said["words"], shown, "", said["token"], put_by_problem=put_by_problem)
        return await client_page.client_page(request, me, writing, status=422)
    if problem or shown is None:
        writing = Writing(said["words"], shown, problem, said["token"])
        return await client_page.client_page(request, me, writing, status=422)
    if not request.app[ONCE].did(await _token(request, me)) and put_by and not desk.around.writes:
        note = partial(note_staff_act, kind=Kind.TEXT_INTERPRETED, staff_id=me.staff_id, now=desk.around.now)
        await request.app[WRITER].run(partial(note, client_id=desk.situation.client.id, reason=put_by))
    await _once(request, me, WorkerWrote(me.first_name, said["words"]))
    return _back(request, "sent")


async def preview(request: web.Request, me: Session) -> web.Response:
    """The preview alone for htmx; the whole page, with nothing sent, without it."""
    desk = await workers_desk(request, me, request.match_info["id"])
    said = await filled_in(request, "token", "words", "starter")
    words = begun_with(said["words"], said["starter"], desk.around.language)
    writing = Writing(words, answer(words, me.first_name, desk.around), "", said["token"])
    if "HX-Request" in request.headers:
        return render(request, "writing/message_preview.html", {"shown": writing.shown})
    return await client_page.client_page(request, me, writing)


async def hand_back(request: web.Request, me: Session) -> web.Response:
    """Milepost answers again, and the client is told, unless the thread was not a person's."""
    known = await known_of(request, me, request.match_info["id"])
    if not (me.may(Right.READ_THREADS) or await has_thread(request, me, known.client.id)):
        return _back(request, "not-yours")
    if known.client.mode is Mode.HUMAN:
        await _once(request, me, WorkerLeft(me.first_name))
    return _back(request, "handed-back")


async def start_again(request: web.Request, me: Session) -> web.Response:
    """After a crisis. The client hears nothing of it by itself: whoever reads along would hear it too."""
    known = await known_of(request, me, request.match_info["id"])
    why = (await filled_in(request, "why"))["why"]
    if not why:
        writing = Writing(start_problem=_("Say in a few words why texts may go out again."))
        return await client_page.client_page(request, me, writing, status=422)
    if known.client.mode in (Mode.STOPPED, Mode.SILENT):
        await _once(request, me, WorkerLeft(me.first_name, says_so=False, why=why[:LONGEST]))
    return _back(request, "started-again")


async def start_talk(request: web.Request, me: Session) -> web.Response:
    """Milepost begins a conversation, at once: so only when a text that nobody asked for may go out at once."""
    desk = await workers_desk(request, me, request.match_info["id"])
    flow = (await filled_in(request, "flow"))["flow"]
    if request.app[ONCE].did(await _token(request, me)):
        return _back(request, "talk-started")
    problem = why_no_talk(desk) or ("" if flow in talks_of(desk.situation.county) else _("Choose what to talk about."))
    if problem:
        return await client_page.client_page(request, me, Writing(talk_problem=problem, flow=flow), status=422)
    await _once(request, me, WorkerStarted(flow))
    return _back(request, "talk-started")


def why_no_talk(desk: Desk) -> str:
    client = desk.situation.client
    if client.consent is not Consent.ACTIVE or client.mode is not Mode.BOT:
        return _("Milepost can begin a conversation only while it answers this client itself.")
    going = going_now(desk.around)
    if going is None or going.at > desk.around.now:
        why = _("No text may go out just now: %(reason)s.", reason=reason(going.reason if going else ""))
        return " ".join([why, _("It could go out %(at)s.", at=wall_time(going.at, client.zone))]) if going else why
    return ""


def _amiss(words: str) -> str:
    if not words:
        return _("Write something first.")
    return _("Please keep it under %(longest)s characters.", longest=LONGEST) if len(words) > LONGEST else ""


async def _once(request: web.Request, me: Session, event: Event) -> None:
    act = partial(request.app[WRITER].act, request.match_info["id"], event, me.staff_id)
    await request.app[ONCE].do(await _token(request, me), act)


async def _token(request: web.Request, me: Session) -> str:
    """The form's token, as this member of staff's."""
    return f"{me.staff_id}:{(await filled_in(request, 'token'))['token']}"


def _back(request: web.Request, notice: str) -> web.Response:
    return see_other(notices.address(f"/staff/clients/{request.match_info['id']}", notice))
