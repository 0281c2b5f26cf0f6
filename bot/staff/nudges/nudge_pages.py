"""Scheduling a text: choose or write it, see it as the client will, and change or cancel it until it is on its way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import notices
from bot.staff.fields import filled_in
from bot.staff.once import TOKEN
from bot.staff.writing.desk import Desk, workers_desk
from bot.staff.writing.draft import LONGEST_NAME, OWN, Draft, Weighed, soonest, weigh
from bot.staff.writing.timing_draft import Timing, anchors, timing_of
from bot.wording import N_, _
from conversations import merge_fields
from conversations.nudges import NudgeKind
from conversations.situation import Consent, Situation
from conversations.starters import begun_with, starters_in
from conversations.worker_templates import WORKER_TEMPLATES
from records import worker_nudges
from records.errors import ChangedError, NotFoundError, TooLateError
from records.ids import new_id
from records.sessions import Session
from records.worker_nudges import Wish, WorkerNudge

CHANGED = N_("Somebody changed this text meanwhile. Here is how it stands now; please make your change again.")
NO_CONSENT = N_("This client does not get texts just now, so nothing can be scheduled.")


async def show_new(request: web.Request, me: Session) -> web.Response:
    desk = await workers_desk(request, me, request.match_info["id"])
    day, hour = _first(desk)
    return _page(request, me, desk, Draft(new_id(desk.around.now), date=day, time=hour), Weighed())


async def preview_new(request: web.Request, me: Session) -> web.Response:
    """From a client's page come words that are to go later, without a day."""
    desk = await workers_desk(request, me, request.match_info["id"])
    draft = await _begun(request, desk, await _draft(request))
    if "date" not in await request.post():
        day, hour = _first(desk)
        draft = replace(draft, date=day, time=hour)
    return _preview(request, me, desk, draft)


async def schedule(request: web.Request, me: Session) -> web.Response:
    """The form's token is the text's id: sent twice, it is scheduled once."""
    client_id = request.match_info["id"]
    desk, draft = await workers_desk(request, me, client_id), await _draft(request)
    weighed = weigh(draft, desk.around)
    problems = dict(weighed.problems)
    if desk.situation.client.consent is not Consent.ACTIVE:
        problems["form"] = _(NO_CONSENT)
    wish = _wish(draft, weighed)
    if problems or wish is None or not TOKEN.fullmatch(draft.token):
        return _page(request, me, desk, draft, weighed, problems, status=422)
    keep = partial(
        worker_nudges.schedule,
        nudge_id=draft.token,
        client_id=client_id,
        wish=wish,
        staff_id=me.staff_id,
        now=desk.around.now,
    )
    await request.app[WRITER].run(keep)
    return see_other(notices.address(f"/staff/clients/{client_id}", "scheduled"))


async def show_nudge(request: web.Request, me: Session) -> web.Response:
    nudge = await _written(request, me)
    desk = await workers_desk(request, me, nudge.client_id, besides=nudge.id)
    draft = _as_it_stands(nudge, desk.situation)
    return _page(request, me, desk, draft, weigh(draft, desk.around))


def _first(desk: Desk) -> tuple[str, str]:
    """The day and hour that the form opens with."""
    first = soonest(desk.around)
    return (f"{first:%Y-%m-%d}", f"{first:%H:%M}") if first else ("", "")


async def preview_change(request: web.Request, me: Session) -> web.Response:
    nudge = await _written(request, me)
    desk = await workers_desk(request, me, nudge.client_id, besides=nudge.id)
    return _preview(request, me, desk, await _begun(request, desk, await _draft(request, nudge.id)))


async def change(request: web.Request, me: Session) -> web.Response:
    nudge = await _written(request, me)
    desk, draft = await workers_desk(request, me, nudge.client_id, besides=nudge.id), await _draft(request, nudge.id)
    weighed = weigh(draft, desk.around)
    wish = _wish(draft, weighed)
    if weighed.problems or wish is None:
        return _page(request, me, desk, draft, weighed, weighed.problems, status=422)
    keep = partial(
        worker_nudges.change,
        nudge_id=nudge.id,
        version=draft.version,
        wish=wish,
        staff_id=me.staff_id,
        now=desk.around.now,
    )
    done = "changed"
    try:
        await request.app[WRITER].run(keep)
    except TooLateError:
        done = "too-late"
    except ChangedError:
        stands = _as_it_stands(nudge, desk.situation)
        return _page(request, me, desk, stands, weigh(stands, desk.around), {"form": _(CHANGED)}, status=409)
    return see_other(notices.address(f"/staff/clients/{nudge.client_id}", done))


async def cancel(request: web.Request, me: Session) -> web.Response:
    nudge, now = await _nudge(request, me), request.app[CLOCK].now()
    done = "cancelled"
    try:
        await request.app[WRITER].run(partial(worker_nudges.cancel, nudge_id=nudge.id, staff_id=me.staff_id, now=now))
    except TooLateError:
        done = "too-late"
    return see_other(notices.address(f"/staff/clients/{nudge.client_id}", done))


async def _written(request: web.Request, me: Session) -> WorkerNudge:
    """A text that a worker wrote or chose. Raises NotFoundError for an invitation: its words are ours."""
    nudge = await _nudge(request, me)
    if nudge.kind != NudgeKind.WORKER_NUDGE:
        raise NotFoundError
    return nudge


async def _nudge(request: web.Request, me: Session) -> WorkerNudge:
    return await request.app[READER].run(partial(worker_nudges.find, nudge_id=request.match_info["id"], sight=me.sight))


async def _draft(request: web.Request, nudge_id: str = "") -> Draft:
    form = await request.post()
    read: Mapping[str, str] = {name: str(form.get(name, "")) for name in ("token", "what", "words", "date", "time")}
    version = str(form.get("version", ""))
    words = read["words"].replace("\r\n", "\n").strip()
    number = int(version) if version.isascii() and version.isdigit() else 0
    timing = Timing(**await filled_in(request, *Timing.__slots__))
    put_by = (await filled_in(request, "put_by"))["put_by"][:LONGEST_NAME]
    return Draft(read["token"], read["what"], words, read["date"], read["time"], timing, put_by, nudge_id, number)


async def _begun(request: web.Request, desk: Desk, draft: Draft) -> Draft:
    """With the question that was chosen to begin with, if one was."""
    starter = (await filled_in(request, "starter"))["starter"]
    return replace(draft, what=OWN, words=begun_with(draft.words, starter, desk.around.language)) if starter else draft


def _as_it_stands(nudge: WorkerNudge, situation: Situation) -> Draft:
    wanted = nudge.wanted_at.astimezone(situation.client.zone)
    return Draft(
        token=nudge.id,
        what=nudge.template or OWN,
        words="" if nudge.template else nudge.words,
        date=f"{wanted:%Y-%m-%d}",
        time=f"{wanted:%H:%M}",
        timing=timing_of(nudge.terms, situation.client.zone),
        id=nudge.id,
        version=nudge.version,
    )


def _wish(draft: Draft, weighed: Weighed) -> Wish | None:
    """The text is kept as the preview shows it: what the worker saw is what goes."""
    if weighed.shown is None or weighed.goes is None:
        return None
    template = "" if draft.what == OWN else draft.what
    put_by = "" if template else draft.put_by
    return Wish(
        weighed.shown.body, template, weighed.goes.at, weighed.goes.wanted, weighed.goes.reason, weighed.terms, put_by
    )


def _preview(request: web.Request, me: Session, desk: Desk, draft: Draft) -> web.Response:
    """The preview alone for htmx; the whole page, with nothing saved, without it."""
    weighed = weigh(draft, desk.around)
    if "HX-Request" in request.headers:
        return render(request, "nudges/nudge_preview.html", _shown(request, desk, draft, weighed))
    return _page(request, me, desk, draft, weighed, weighed.problems)


def _page(
    request: web.Request,
    me: Session,
    desk: Desk,
    draft: Draft,
    weighed: Weighed,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    client = desk.situation.client
    action = f"/staff/nudges/{draft.id}" if draft.id else f"/staff/clients/{client.id}/nudges/new"
    context = {
        **_shown(request, desk, draft, weighed),
        "me": me,
        "writes": desk.around.writes,
        "starters": starters_in(desk.around.language),
        "anchors": anchors(desk.situation, desk.around.now),
        "merge": merge_fields.known(desk.situation, desk.around.language.code, desk.around.now),
        "problems": defaultdict(str, problems or {}),
        "templates": WORKER_TEMPLATES.values(),
        "now": desk.around.now,
        "today": desk.around.now.astimezone(client.zone).date(),
        "action": action,
        "preview": f"{action}/preview" if draft.id else f"/staff/clients/{client.id}/nudges/preview",
    }
    return render(request, "nudges/nudge.html", context, status)


def _shown(request: web.Request, desk: Desk, draft: Draft, weighed: Weighed) -> dict[str, object]:
    return {
        "client": desk.situation.client,
        "draft": draft,
        "county": request.app[COUNTY],
        "shown": weighed.shown,
        "rounds": weighed.rounds,
        "goes": weighed.goes,
        "also": desk.also,
    }
