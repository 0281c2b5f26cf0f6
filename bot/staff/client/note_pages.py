"""Notes about a client, for colleagues: written, mended while they are fresh, and added to later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import fields, names, notices
from bot.staff.client import client_page
from bot.staff.client.client_page import Writing
from bot.staff.fields import filled_in
from bot.staff.once import TOKEN
from bot.staff.plain_words.clients import NOTE_KINDS
from bot.staff.writing.desk import known_of
from bot.wording import N_, _
from conversations.wall_clock import at_wall
from records import notes
from records.errors import TooLateError
from records.ids import new_id
from records.notes import NewNote, Note, NoteKind
from records.sessions import Session

LONGEST = 4000
EMPTY = N_("Write something first.")
TOO_LONG = _("That is longer than %(longest)s characters. Write it as two notes.", longest=LONGEST)
KINDS = {kind: words for kind, words in NOTE_KINDS.items() if kind != NoteKind.ADDITION}
NOON = time(12)


async def add_note(request: web.Request, me: Session) -> web.Response:
    """A call or a visit may have been on an earlier day."""
    client, now = (await known_of(request, me, request.match_info["id"])).client, request.app[CLOCK].now()
    said = await filled_in(request, "token", "kind", "date", "words")
    problems = dict(_amiss(said["words"]))
    happened_at = _happened(fields.day(said["date"]), client.zone, now)
    if happened_at is None:
        problems["date"] = _("Choose a day that is not ahead.")
    if said["kind"] not in KINDS or not TOKEN.fullmatch(said["token"]):
        problems["kind"] = _("Choose what it was.")
    if problems or happened_at is None:
        return await client_page.client_page(request, me, Writing(note=said, note_problems=problems), status=422)
    wanted = NewNote(said["token"], client.id, NoteKind(said["kind"]), happened_at, said["words"])
    await request.app[WRITER].run(partial(notes.add, wanted=wanted, by=me.staff_id, now=now))
    return see_other(notices.address(f"/staff/clients/{client.id}", "note-added") + "#notes")


async def show_note(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me, await _note(request, me))


async def change_note(request: web.Request, me: Session) -> web.Response:
    note, now = await _note(request, me), request.app[CLOCK].now()
    said = await filled_in(request, "words")
    if problems := _amiss(said["words"]):
        return await _page(request, me, note, problems, said, status=422)
    try:
        await request.app[WRITER].run(
            partial(notes.change, note=note, words=said["words"], by=me.staff_id, now=now),
        )
    except TooLateError:
        problem = _("This note is a record now, or somebody else's. Add to it below instead.")
        return await _page(request, me, note, {"words": problem}, {"more": said["words"]}, status=422)
    return see_other(notices.address(f"/staff/clients/{note.client_id}", "note-changed") + "#notes")


async def add_to_note(request: web.Request, me: Session) -> web.Response:
    note, now = await _note(request, me), request.app[CLOCK].now()
    said = await filled_in(request, "token", "more")
    problems = dict(_amiss(said["more"], "more"))
    if not TOKEN.fullmatch(said["token"]):
        problems["more"] = _("Something is missing. Please send it once more.")
    if problems:
        return await _page(request, me, note, problems, said, status=422)
    first = note.adds_to or note.id
    wanted = NewNote(said["token"], note.client_id, NoteKind.ADDITION, now, said["more"], first)
    await request.app[WRITER].run(partial(notes.add, wanted=wanted, by=me.staff_id, now=now))
    return see_other(notices.address(f"/staff/clients/{note.client_id}", "note-added") + "#notes")


def _amiss(words: str, field: str = "words") -> Mapping[str, str]:
    if not words:
        return {field: _(EMPTY)}
    return {field: TOO_LONG} if len(words) > LONGEST else {}


def _happened(on: date | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Now if it was today, noon of a day before; None for a day ahead, and for none."""
    today = now.astimezone(zone).date()
    if on is None or on > today:
        return None
    return now if on == today else at_wall(on, NOON, zone)


async def _note(request: web.Request, me: Session) -> Note:
    return await request.app[READER].run(partial(notes.find, note_id=request.match_info["id"], sight=me.sight))


async def _page(
    request: web.Request,
    me: Session,
    note: Note,
    problems: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    now = request.app[CLOCK].now()
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "client": (await known_of(request, me, note.client_id)).client,
        "note": note,
        "now": now,
        "alone": True,
        "names": await names.of_staff(request),
        "may_be_changed": note.may_be_changed_by(me.staff_id, now),
        "until": note.at + notes.MAY_BE_CHANGED_FOR,
        "longest": LONGEST,
        "problems": defaultdict(str, problems or {}),
        "said": {"words": note.words, "more": "", **(said or {})},
        "token": new_id(now),
    }
    return render(request, "client/note.html", context, status)
