"""The engagement log: what happened to whom, when and why. Supervisors read all of it, workers their own clients'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from aiohttp import web

from bot.keys import COUNTY, READER
from bot.site import render
from bot.staff import names
from bot.staff.log_filter import BAD_DATE, Filter, read_filter
from records import log_reads, staff_reads
from records.engagement import Kind
from records.ids import moment_of
from records.sessions import Session

ROWS = 50
NOTHING: Mapping[str, str] = {}


async def show_log(request: web.Request, me: Session) -> web.Response:
    try:
        chosen = read_filter(request.query)
    except ValueError:
        return await log_page(request, me, Filter(), problems={"date": BAD_DATE})
    return await log_page(request, me, chosen, before=request.query.get("before"))


async def log_page(
    request: web.Request,
    me: Session,
    chosen: Filter,
    *,
    before: str | None = None,
    said: Mapping[str, str] = NOTHING,
    problems: Mapping[str, str] = NOTHING,
) -> web.Response:
    """The rows that fit, from `before` on; `said` is what was filled in to take them away."""
    reader, county = request.app[READER], request.app[COUNTY]
    asked = chosen.asked(me, county.zone)
    page = await reader.run(partial(log_reads.page, asked=asked, before=before, limit=ROWS))
    context = {
        "me": me,
        "county": county,
        "filter": chosen,
        "said": defaultdict(str, said),
        "problems": defaultdict(str, problems),
        "entries": page.rows,
        "clients": await reader.run(partial(staff_reads.client_names, sight=me.sight)),
        "workers": await names.overseen(request, me),
        "names": await names.of_staff(request),
        "kinds": list(Kind),
        "newest": _address(request, chosen, None) if before else "",
        "older": _address(request, chosen, page.older) if page.older else "",
        "looked_back_to": moment_of(page.older) if page.older and len(page.rows) < ROWS else None,
    }
    return render(request, "log.html", context, 400 if said else 200)


def _address(request: web.Request, chosen: Filter, before: str | None) -> str:
    query = {**chosen.fields(), **({"before": before} if before else {})}
    return str(request.rel_url.with_path("/staff/log").with_query(query))
