"""The clients, those for whom somebody is due first, and the way to find one among many."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER
from bot.site import render
from bot.staff import names
from bot.staff.fields import filled_in
from bot.wording import Words
from records import caseload
from records.caseload import Show, Sought
from records.ids import new_id
from records.sessions import Session

ROWS = 50

SHOWN = Words(
    {
        Show.ALL: "all",
        Show.WAITING: "for whom a person is due",
        Show.QUIET: "quiet for a week",
        Show.WITHOUT_PLAN: "without a plan",
        Show.WITHOUT_TEXTS: "who get no texts",
    }
)


async def show_caseload(request: web.Request, me: Session) -> web.Response:
    """What is in the address names nobody, so that it may stay in a browser's history."""
    return await _page(request, me, _sought({**request.query, "words": ""}))


async def find_clients(request: web.Request, me: Session) -> web.Response:
    """By their names as well; those stay out of the address."""
    form = await filled_in(request, "words", "show", "language", "worker", "after")
    return await _page(request, me, _sought(form), form["after"])


def _sought(form: Mapping[str, str]) -> Sought:
    show = form.get("show", "")
    shown = Show(show) if show in set(Show) else Show.ALL
    return Sought(form.get("words", ""), shown, form.get("language", ""), form.get("worker", ""))


async def _page(request: web.Request, me: Session, sought: Sought, after: str = "") -> web.Response:
    reader, now = request.app[READER], request.app[CLOCK].now()
    ask = partial(caseload.page, sight=me.sight, sought=sought, now=now, after=after, limit=ROWS + 1)
    cases = await reader.run(ask)
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "now": now,
        "token": new_id(now),
        "sought": sought,
        "shown": SHOWN.items(),
        "workers": await names.overseen(request, me) if me.oversees else (),
        "count": await reader.run(partial(caseload.count, sight=me.sight, sought=sought, now=now)),
        "cases": cases[:ROWS],
        "first": not after,
        "after": cases[ROWS - 1].id if len(cases) > ROWS else "",
    }
    return render(request, "caseload/caseload.html", context)
