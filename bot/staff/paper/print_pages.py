"""What is printed about a client: the thread for the case file, the plan to take home. A case number is never kept."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.keys import CLOCK, COUNTY, LANGUAGES, READER, WRITER
from bot.site import render
from bot.staff import fields, names
from bot.staff.fields import filled_in
from bot.staff.paper.goal_sheet import Sheet, pocket_card, sheet
from bot.staff.paper.transcript import Cover, as_pdf, as_text, head_as_text
from bot.staff.plain_words.filters import day_name
from bot.staff.writing.desk import known_of
from bot.wording import _
from conversations.situation import Client, Situation
from conversations.wall_clock import at_wall
from records import staff_reads
from records.engagement import CLIENT, Kind, note_staff_act
from records.errors import NotFoundError
from records.roles import Right
from records.sessions import Session
from records.staff_reads import Text

MOST_IN_A_PDF = 2000
"""Texts: some five years of them. Right-to-left ones take seven thousandths of a second each to set."""

LONGEST_WHY, LONGEST_CASE_NUMBER = 200, 40
A_DAY = timedelta(days=1)
PDF, TEXT = "application/pdf", "text/plain"


async def show_transcript_form(request: web.Request, me: Session) -> web.Response:
    return await _form(request, me, await known_of(request, me, request.match_info["id"]))


async def print_transcript(request: web.Request, me: Session) -> web.StreamResponse:
    """Why is asked and logged; the case number is neither logged nor stored."""
    known = await known_of(request, me, request.match_info["id"])
    said = await filled_in(request, "why", "case_number", "since", "until", "form")
    problems: dict[str, str] = {}
    if not said["why"]:
        problems["why"] = _("Say in a few words what it is for.")
    span = _span(said, known.client.zone, problems)
    if problems or span is None:
        return await _form(request, me, known, problems, said, 422)
    first = await _texts(request, known.client.id, span, "", MOST_IN_A_PDF + 1) if said["form"] == "pdf" else []
    if len(first) > MOST_IN_A_PDF:
        problems["form"] = _(
            "More than %(most_in_a_pdf)s texts: choose fewer days, or plain text.", most_in_a_pdf=f"{MOST_IN_A_PDF:,}"
        )
        return await _form(request, me, known, problems, said, 422)
    form, now = "pdf" if said["form"] == "pdf" else "text", request.app[CLOCK].now()
    note = partial(note_staff_act, kind=Kind.TRANSCRIPT_PRINTED, staff_id=me.staff_id, now=now)
    why = said["why"][:LONGEST_WHY]
    await request.app[WRITER].run(partial(note, client_id=known.client.id, subject=form, reason=why))
    cover = await _cover(request, me, known.client, said)
    if form == "pdf":
        return _file(await asyncio.to_thread(as_pdf, cover, first), PDF, "texts.pdf")
    return await _stream(request, cover, known.client.id, span)


async def show_sheet_form(request: web.Request, me: Session) -> web.Response:
    known = await _with_goal(request, me)
    context = {"me": me, "county": request.app[COUNTY], "client": known.client, "goal": known.goal}
    return render(request, "paper/goal_sheet.html", context)


async def print_sheet(request: web.Request, me: Session) -> web.Response:
    known = await _with_goal(request, me)
    said = await filled_in(request, "case_number", "size")
    client, languages, county = known.client, request.app[LANGUAGES], request.app[COUNTY]
    if known.goal is None:
        return await show_sheet_form(request, me)
    language = languages.get(client.language) or languages[county.languages[0]]
    today = request.app[CLOCK].now().astimezone(client.zone).date()
    wanted = Sheet(client, known.goal, language, said["case_number"][:LONGEST_CASE_NUMBER], today)
    draw = pocket_card if said["size"] == "pocket" else sheet
    return _file(await asyncio.to_thread(draw, wanted), PDF, "my-goal-plan.pdf")


async def _with_goal(request: web.Request, me: Session) -> Situation:
    """Who lacks SEE_GOALS has the sheet of a shared goal only. Raises NotFoundError where there is none to show."""
    known = await known_of(request, me, request.match_info["id"])
    if known.goal is not None and not known.goal.shared and not me.may(Right.SEE_GOALS):
        raise NotFoundError
    return known


@dataclass(frozen=True, slots=True)
class _Span:
    since: datetime | None
    until: datetime | None


def _span(said: Mapping[str, str], zone: ZoneInfo, problems: dict[str, str]) -> _Span | None:
    """Whole days of the client's; both ends may be left open."""
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        days[name] = fields.day(said[name])
        if said[name] and days[name] is None:
            problems[name] = _("Choose a day, or leave it empty.")
    since, until = days["since"], days["until"]
    if since and until and until < since:
        problems["until"] = _("The last day is before the first.")
    if problems:
        return None
    begins = at_wall(since, time(), zone) if since else None
    return _Span(begins, at_wall(until + A_DAY, time(), zone) if until else None)


async def _texts(request: web.Request, client_id: str, span: _Span, after: str, most: int) -> list[Text]:
    found: list[Text] = []
    while len(found) < most:
        last = found[-1].id if found else after
        ask = partial(staff_reads.transcript, client_id=client_id, since=span.since, until=span.until, after=last)
        page = await request.app[READER].run(ask)
        found += page
        if len(page) < staff_reads.LATEST:
            break
    return found


async def _pages(request: web.Request, client_id: str, span: _Span) -> AsyncIterator[list[Text]]:
    last = ""
    while page := await _texts(request, client_id, span, last, 1):
        yield page
        last = page[-1].id


async def _stream(request: web.Request, cover: Cover, client_id: str, span: _Span) -> web.StreamResponse:
    """A page of texts at a time, however many there are."""
    response = web.StreamResponse(headers=_headers("texts.txt"))
    response.content_type, response.charset = TEXT, "utf-8"
    await response.prepare(request)
    await response.write(head_as_text(cover).encode())
    async for page in _pages(request, client_id, span):
        await response.write("".join(as_text(cover, page)).encode())
    await response.write_eof()
    return response


async def _cover(request: web.Request, me: Session, client: Client, said: Mapping[str, str]) -> Cover:
    since, until = fields.day(said["since"]), fields.day(said["until"])
    first = _("from %(day)s %(year)s", day=day_name(since), year=since.year) if since else _("from the first")
    last = _("to %(day)s %(year)s", day=day_name(until), year=until.year) if until else _("to the last")
    return Cover(
        county=request.app[COUNTY].name,
        client=client.first_name,
        zone=client.zone,
        case_number=said["case_number"][:LONGEST_CASE_NUMBER],
        span=_("All texts %(first)s %(last)s", first=first, last=last),
        printed_at=request.app[CLOCK].now(),
        printed_by=me.first_name,
        names={**await names.of_staff(request), CLIENT: client.first_name},
    )


def _file(content: bytes, kind: str, name: str) -> web.Response:
    return web.Response(body=content, content_type=kind, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


async def _form(
    request: web.Request,
    me: Session,
    known: Situation,
    problems: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "client": known.client,
        "problems": defaultdict(str, problems or {}),
        "said": defaultdict(str, said or {}),
    }
    return render(request, "paper/transcript.html", context, status)
