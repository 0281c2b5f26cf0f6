"""One client, entered by hand: who enrols somebody need not write a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from aiohttp import web
from sqlalchemy import Connection

from bot.imports import cells
from bot.imports.client_list import LONGEST_NAME
from bot.keys import CLOCK, COUNTY, WRITER
from bot.phone_numbers import e164
from bot.site import render, see_other
from bot.staff import names, notices
from bot.staff.fields import filled_in
from bot.staff.plain_words.filters import language
from bot.wording import _, refusal
from conversations.county import County
from conversations.events import WorkerInvited
from records import people, referrals
from records.errors import RefusedError
from records.people import NewClient
from records.roles import Right
from records.sessions import Session

FIELDS = ("number", "first_name", "language", "worker", "shared", "said_yes")


async def show_new_client(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me, {"worker": me.staff_id, "language": request.app[COUNTY].languages[0]})


async def add_client(request: web.Request, me: Session) -> web.Response:
    """Whoever enters a client for a colleague goes on seeing them. The invite goes out once they said yes to texts."""
    said, county = await filled_in(request, *FIELDS), request.app[COUNTY]
    workers = await _workers(request)
    number, name = e164(said["number"]), cells.words(said["first_name"])
    problems = dict(_amiss(said, number, name, county, workers))
    if problems or number is None:
        return await _page(request, me, said, problems, 422)
    client = NewClient(number, name, said["language"], county.zone.key, said["worker"], bool(said["shared"]))
    try:
        client_id = await request.app[WRITER].run(partial(_add, client=client, me=me, now=request.app[CLOCK].now()))
    except RefusedError as no:
        return await _page(request, me, said, {"number": refusal(no)}, 422)
    if said["said_yes"]:
        await request.app[WRITER].act(client_id, WorkerInvited(me.first_name), me.staff_id)
    return see_other(notices.address(f"/staff/clients/{client_id}", "client-added"))


def _add(connection: Connection, client: NewClient, me: Session, now: datetime) -> str:
    client_id = people.add_client(connection, client, me.staff_id, now)
    if client.worker_id != me.staff_id:
        referrals.refer(connection, client_id, me.staff_id, me.staff_id, now, agreed=False)
    return client_id


def _amiss(
    said: Mapping[str, str], number: str | None, name: str, county: County, workers: Sequence[tuple[str, str]]
) -> Mapping[str, str]:
    checks = {
        "number": (_("That is no number in the United States. Write it like 707-555-0134."), number is not None),
        "first_name": (_("Write the name they go by."), bool(name)),
        "language": (_("Choose a language."), said["language"] in county.languages),
        "worker": (_("Choose who works with them."), said["worker"] in dict(workers)),
    }
    amiss = {field: problem for field, (problem, holds) in checks.items() if not holds}
    if wrong := cells.amiss(_("The name"), name, LONGEST_NAME):
        amiss["first_name"] = f"{wrong[0]}."
    return amiss


async def _workers(request: web.Request) -> Sequence[tuple[str, str]]:
    return await names.at_work(request, Right.TEXT)


async def _page(
    request: web.Request,
    me: Session,
    said: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    county = request.app[COUNTY]
    context = {
        "me": me,
        "county": county,
        "workers": await _workers(request),
        "languages": [(code, language(code)) for code in county.languages],
        "said": defaultdict(str, said),
        "problems": defaultdict(str, problems or {}),
    }
    return render(request, "caseload/client_new.html", context, status)
