"""The engagement log: what happened to whom, when and why. Supervisors read all of it, workers their own clients'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from urllib.parse import urlencode

from aiohttp import web

from bot.keys import COUNTY, READER
from bot.site import render
from bot.staff import names
from bot.staff.oversight.log_filter import BAD_DATE, Filter, read_filter
from bot.staff.plain_words.filters import in_words, language
from bot.staff.plain_words.log import LOG_KINDS
from bot.wording import _
from records import log_reads, saved_views, staff_reads
from records.engagement import Kind
from records.ids import moment_of
from records.sessions import Session

HERE = "/staff/log"
ROWS = 50
NOTHING: Mapping[str, str] = {}


async def show_log(request: web.Request, me: Session) -> web.Response:
    try:
        chosen = read_filter(request.query)
    except ValueError:
        return await log_page(request, me, Filter(), problems={"date": _(BAD_DATE)})
    return await log_page(request, me, chosen, before=request.query.get("before"))


async def show_newest_rows(request: web.Request, me: Session) -> web.Response:
    """For a page that follows the log."""
    try:
        chosen = read_filter(request.query)
    except ValueError:
        raise web.HTTPBadRequest(text=_(BAD_DATE)) from None
    return render(request, "oversight/log_rows.html", await _rows(request, me, chosen, None))


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
    clients = await request.app[READER].run(partial(staff_reads.client_names, sight=me.sight))
    workers = await names.overseen(request, me)
    views = await request.app[READER].run(partial(saved_views.of, staff_id=me.staff_id))
    context = {
        "me": me,
        "filter": chosen,
        "said": defaultdict(str, said),
        "problems": defaultdict(str, problems),
        "clients": clients,
        "workers": workers,
        "views": [(one.name, _with_query(HERE, one.filter)) for one in views],
        "longest_name": saved_views.LONGEST_NAME,
        "kinds": list(Kind),
        "chips": list(_chips(chosen, dict(clients), dict(workers))),
        "stand_still": address(chosen, follow="no"),
        "follow": address(chosen),
        "rows_at": address(chosen, f"{HERE}/rows"),
        **await _rows(request, me, chosen, before),
    }
    return render(request, "oversight/log.html", context, 400 if said else 200)


async def _rows(request: web.Request, me: Session, chosen: Filter, before: str | None) -> Mapping[str, object]:
    county = request.app[COUNTY]
    asked = chosen.asked(me, county.zone)
    page = await request.app[READER].run(partial(log_reads.page, asked=asked, before=before, limit=ROWS))
    return {
        "county": county,
        "names": await names.of_staff(request),
        "entries": page.rows,
        "is_newest": before is None,
        "follows": request.query.get("follow") != "no",
        "newest": address(chosen) if before else "",
        "older": address(chosen, before=page.older) if page.older else "",
        "looked_back_to": moment_of(page.older) if page.older and len(page.rows) < ROWS else None,
    }


def _chips(chosen: Filter, clients: Mapping[str, str], workers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What was chosen in words, and the address of the page without it."""
    fields = chosen.fields()
    said: Mapping[str, Callable[[str], str]] = {
        "client": lambda client_id: clients.get(client_id, _("one client")),
        "worker": lambda worker_id: workers.get(worker_id, _("one worker")),
        "kind": in_words(LOG_KINDS),
        "language": language,
        "from": lambda day: _("from %(day)s", day=day),
        "to": lambda day: _("to %(day)s", day=day),
    }
    for name, value in fields.items():
        rest = {other: kept for other, kept in fields.items() if other != name}
        yield said[name](value), _with_query(HERE, rest)


def address(chosen: Filter, path: str = HERE, **more: str) -> str:
    return _with_query(path, {**chosen.fields(), **more})


def _with_query(path: str, fields: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(fields)}" if fields else path
