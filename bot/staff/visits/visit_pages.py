"""Visits of a client: enter, move, say how it went; and as files for a calendar."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial

from aiohttp import web

from bot.calendar_file import Entry, calendar_file
from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import notices
from bot.staff.fields import filled_in
from bot.staff.once import ONCE
from bot.staff.visits.visit_draft import CLOSED_BY, VisitDraft, Weighed, as_it_stands, fits, weigh
from bot.staff.writing.desk import known_of
from bot.wording import _
from conversations.events import VisitChanged
from conversations.situation import SAID_YES, Client, Mode, Situation
from conversations.visits import LONGEST, MOVABLE, Visit, VisitEvent, VisitStatus
from records import visits
from records.ids import new_id
from records.sessions import Session
from records.visits import ClientVisit

TODAY = "/staff"


async def show_new(request: web.Request, me: Session) -> web.Response:
    known = await known_of(request, me, request.match_info["id"])
    return _form(request, me, known, VisitDraft(new_id(request.app[CLOCK].now())))


async def enter(request: web.Request, me: Session) -> web.Response:
    known, draft = await known_of(request, me, request.match_info["id"]), await _draft(request)
    weighed = weigh(draft, known.client, request.app[COUNTY], request.app[CLOCK].now())
    if weighed.starts_at is None:
        return _form(request, me, known, draft, weighed, status=422)
    number = await request.app[READER].run(partial(visits.next_number, client_id=known.client.id))
    visit = Visit(number, weighed.starts_at, known.client.worker, draft.place, draft.bring, draft.by_phone)
    act = partial(_change, request, me, known.client, visit, VisitEvent.ENTERED)
    await request.app[ONCE].do(f"{me.staff_id}:{draft.token}", act)
    return see_other(notices.address(f"/staff/clients/{known.client.id}", "visit-entered"))


async def show_visit(request: web.Request, me: Session) -> web.Response:
    known, one = await _visit(request, me)
    return _page(request, me, known, one, as_it_stands(one.visit, known.client))


async def move(request: web.Request, me: Session) -> web.Response:
    """Another time or place. Another time is news to the client; another place alone they see in the next text."""
    known, one = await _visit(request, me)
    draft, page = await _draft(request), f"/staff/clients/{known.client.id}"
    if one.visit.status not in MOVABLE:
        return see_other(notices.address(page, "visit-over"))
    weighed = weigh(draft, known.client, request.app[COUNTY], request.app[CLOCK].now())
    if weighed.starts_at is None:
        return _page(request, me, known, one, draft, weighed, status=422)
    it = replace(one.visit, place=draft.place, bring=draft.bring, by_phone=draft.by_phone)
    if weighed.starts_at != it.starts_at:
        moved = replace(it, starts_at=weighed.starts_at, status=VisitStatus.PLANNED, leaves_at="")
        await _change(request, me, known.client, moved, VisitEvent.MOVED)
        return see_other(notices.address(page, "visit-moved"))
    if it != one.visit:
        await _change(request, me, known.client, it, VisitEvent.ENTERED)
    return see_other(notices.address(page, "changed"))


async def close(request: web.Request, me: Session) -> web.Response:
    """Attended, missed, or ended by the office; said twice, it is done once. A slip can be put right."""
    known, one = await _visit(request, me)
    form = await filled_in(request, "what", "on")
    what = form["what"]
    status = CLOSED_BY.get(VisitEvent(what)) if what in set(VisitEvent) else None
    if status is None:
        raise web.HTTPBadRequest(text=_("Choose what became of the visit."))
    page = TODAY if form["on"] == "today" else f"/staff/clients/{known.client.id}"
    if status is not one.visit.status:
        if not fits(one.visit, status, begun=one.visit.starts_at <= request.app[CLOCK].now()):
            return see_other(notices.address(page, "visit-not-so"))
        await _change(request, me, known.client, replace(one.visit, status=status), VisitEvent(what))
    return see_other(notices.address(page, "visit-noted"))


async def download_visit(request: web.Request, me: Session) -> web.Response:
    _known, one = await _visit(request, me)
    return calendar_answer(request, [one], "visit")


def calendar_answer(request: web.Request, found: list[ClientVisit], name: str) -> web.Response:
    now = request.app[CLOCK].now()
    entries = [Entry(one.client_id, one.first_name, one.visit, one.version, now) for one in found]
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}.ics"',
        "Cache-Control": "no-store",
    }
    return web.Response(body=calendar_file(entries, request.app[COUNTY].zone), headers=headers)


async def _change(request: web.Request, me: Session, client: Client, visit: Visit, what: VisitEvent) -> None:
    await request.app[WRITER].act(client.id, VisitChanged(visit, what), me.staff_id)


async def _visit(request: web.Request, me: Session) -> tuple[Situation, ClientVisit]:
    """Raises NotFoundError unless it is a client they may see, and there is such a visit."""
    known, number = await known_of(request, me, request.match_info["id"]), int(request.match_info["number"])
    ask = partial(visits.visit, client_id=known.client.id, number=number, sight=me.sight)
    return known, await request.app[READER].run(ask)


async def _draft(request: web.Request) -> VisitDraft:
    said = await filled_in(request, "token", "date", "time", "place", "bring", "by_phone", "anyway")
    return VisitDraft(
        said["token"],
        said["date"],
        said["time"],
        " ".join(said["place"].split()),
        " ".join(said["bring"].split()),
        by_phone=bool(said["by_phone"]),
        anyway=bool(said["anyway"]),
    )


def _form(
    request: web.Request,
    me: Session,
    known: Situation,
    draft: VisitDraft,
    weighed: Weighed | None = None,
    status: int = 200,
) -> web.Response:
    return render(request, "visits/visit_new.html", _context(request, me, known, draft, weighed), status)


def _page(
    request: web.Request,
    me: Session,
    known: Situation,
    one: ClientVisit,
    draft: VisitDraft,
    weighed: Weighed | None = None,
    status: int = 200,
) -> web.Response:
    visit, now = one.visit, request.app[CLOCK].now()
    begun = visit.starts_at <= now
    more = {
        "one": one,
        "visit": visit,
        "may_move": visit.status in MOVABLE,
        "may_end": fits(visit, VisitStatus.ENDED_BY_OFFICE, begun=begun),
        "may_say_how": fits(visit, VisitStatus.ATTENDED, begun=begun),
        "is_told": known.client.consent in SAID_YES and known.client.mode is Mode.BOT,
    }
    return render(request, "visits/visit.html", {**_context(request, me, known, draft, weighed), **more}, status)


def _context(
    request: web.Request, me: Session, known: Situation, draft: VisitDraft, weighed: Weighed | None
) -> dict[str, object]:
    now = request.app[CLOCK].now()
    weighed = weighed or Weighed()
    return {
        "me": me,
        "client": known.client,
        "draft": draft,
        "problems": defaultdict(str, weighed.problems),
        "asks": weighed.asks,
        "longest": LONGEST,
        "now": now,
        "today": now.astimezone(known.client.zone).date(),
    }
