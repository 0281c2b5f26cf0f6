"""One client: why their goal matters to them, the plan, the texts, and what is to come."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import names, notices
from bot.staff.plain_words import LOST, OUTCOMES
from conversations.events import WorkerInvited
from conversations.nudges import NudgeKind
from conversations.situation import MAY_BE_INVITED, Consent
from records import staff_reads
from records.engagement import CLIENT, Kind, note_staff_act
from records.sessions import Session


async def show_client(request: web.Request, me: Session) -> web.Response:
    """Every look at somebody's texts goes into the log."""
    client_id, now = request.match_info["id"], request.app[CLOCK].now()
    context = await _thread(request, me)
    reader, county = request.app[READER], request.app[COUNTY]
    look = partial(note_staff_act, kind=Kind.THREAD_VIEWED, staff_id=me.staff_id, now=now, client_id=client_id)
    await request.app[WRITER].run(look)
    known = await reader.run(partial(staff_reads.situation, client_id=client_id, own=me.own, county=county, now=now))
    planned = await reader.run(partial(staff_reads.planned, client_id=client_id))
    more = {
        "me": me,
        "county": county,
        "now": now,
        "goal": known.goal,
        "goals_so_far": known.goals_so_far,
        "waiting": await reader.run(partial(staff_reads.waiting, own=me.own, client_id=client_id)),
        "planned": planned,
        "may_be_invited": known.client.consent in MAY_BE_INVITED,
        "invitation": next((nudge for nudge in planned if nudge.kind == NudgeKind.INVITE), None),
        "outcomes": OUTCOMES,
        "notice": notices.of(request),
    }
    return render(request, "client.html", {**context, **more})


async def show_thread(request: web.Request, me: Session) -> web.Response:
    """The texts alone, which the open page asks for every few seconds: no new look, so no new row in the log."""
    return render(request, "thread.html", await _thread(request, me))


async def invite(request: web.Request, me: Session) -> web.Response:
    """The client said yes to texts; now they are asked to confirm by text, at once or when the sending hours begin."""
    client_id = (await _client(request, me)).id
    await request.app[WRITER].act(client_id, WorkerInvited(me.first_name), me.staff_id)
    page, client = f"/staff/clients/{client_id}", await _client(request, me)
    return see_other(notices.address(page, "invited") if client.consent is Consent.INVITED else page)


async def _client(request: web.Request, me: Session) -> staff_reads.ClientCard:
    ask = partial(staff_reads.client_card, client_id=request.match_info["id"], own=me.own)
    return await request.app[READER].run(ask)


async def _thread(request: web.Request, me: Session) -> Mapping[str, object]:
    client = await _client(request, me)
    texts = await request.app[READER].run(partial(staff_reads.thread, client_id=client.id))
    who = {**await names.of_staff(request), CLIENT: client.first_name}
    return {"client": client, "thread": texts, "names": who, "lost": LOST}
