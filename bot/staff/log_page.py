"""The engagement log: what happened to whom, when and why. Supervisors read all of it, workers their own clients'."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render
from bot.staff import names
from bot.staff.plain_words import about, actor, reason
from conversations.wall_clock import at_wall
from records import engagement, staff_reads
from records.engagement import Asked, Kind, LogRow
from records.sessions import Session

ROWS = 50
ROWS_AT_ONCE = 1000
A_DAY = timedelta(days=1)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEAD = (
    "at",
    "client_local_at",
    "client_id",
    "client",
    "worker",
    "actor",
    "kind",
    "what",
    "language",
    "why",
    "purpose",
    "template",
    "segments",
    "encoding",
    "state",
    "id",
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader of the log asked for, as it stands in the address. Dates are the county's; `until` is included."""

    client: str = ""
    worker: str = ""
    kind: str = ""
    language: str = ""
    since: date | None = None
    until: date | None = None

    def asked(self, session: Session, zone: ZoneInfo) -> Asked:
        return Asked(
            client_id=self.client or None,
            worker_id=self.worker or None,
            sight=session.sight,
            kinds=frozenset({self.kind} if self.kind else ()),
            language=self.language or None,
            since=at_wall(self.since, time(0), zone) if self.since else None,
            until=at_wall(self.until + A_DAY, time(0), zone) if self.until else None,
        )


def read_filter(query: Mapping[str, str]) -> Filter:
    """Raises ValueError for a date that is none."""
    since, until = query.get("from", ""), query.get("to", "")
    return Filter(
        client=query.get("client", ""),
        worker=query.get("worker", ""),
        kind=query.get("kind", ""),
        language=query.get("language", ""),
        since=date.fromisoformat(since) if since else None,
        until=date.fromisoformat(until) if until else None,
    )


async def show_log(request: web.Request, me: Session) -> web.Response:
    problem, chosen = "", Filter()
    try:
        chosen = read_filter(request.query)
    except ValueError:
        problem = "A date reads like 2026-03-02."
    reader, county = request.app[READER], request.app[COUNTY]
    asked, before = chosen.asked(me, county.zone), request.query.get("before")
    rows = await reader.run(partial(engagement.page, asked=asked, before=before, limit=ROWS + 1))
    staff = await names.of_staff(request)
    context = {
        "me": me,
        "county": county,
        "filter": chosen,
        "problem": problem,
        "entries": rows[:ROWS],
        "clients": await reader.run(partial(staff_reads.client_names, sight=me.sight)),
        "workers": await names.overseen(request, me),
        "names": staff,
        "kinds": list(Kind),
        "newest": _address(request, None) if before else "",
        "older": _address(request, rows[ROWS - 1].id) if len(rows) > ROWS else "",
    }
    return render(request, "log.html", context)


async def download_log(request: web.Request, me: Session) -> web.StreamResponse:
    """The rows that fit as CSV, newest first, without what anybody texted. The download is logged itself."""
    try:
        chosen = read_filter(request.query)
    except ValueError:
        raise web.HTTPBadRequest(text="A date reads like 2026-03-02.") from None
    now = request.app[CLOCK].now()
    note = partial(engagement.note_staff_act, kind=Kind.LOG_EXPORTED, staff_id=me.staff_id, now=now)
    await request.app[WRITER].run(note)
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="engagement-log-{now:%Y-%m-%d}.csv"',
        "Cache-Control": "no-store",
    }
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    staff = await names.of_staff(request)
    await response.write(_csv([HEAD]).encode("utf-8-sig"))
    async for rows in _pages(request, chosen.asked(me, request.app[COUNTY].zone)):
        await response.write(_csv([cells(row, staff) for row in rows]).encode())
    return response


def cells(row: LogRow, staff: Mapping[str, str]) -> tuple[str, ...]:
    """One line of the CSV, under `HEAD`. Times are ISO 8601, in UTC and in the client's zone."""
    local = row.at.astimezone(ZoneInfo(row.zone)).isoformat(timespec="seconds") if row.zone else ""
    words = (
        row.at.astimezone(UTC).isoformat(timespec="seconds"),
        local,
        row.client_id or "",
        row.client,
        row.worker,
        actor(row.actor, staff),
        row.kind,
        about(row.kind, row.subject),
        row.language,
        reason(row.reason),
        row.purpose,
        row.template,
        "" if row.segments is None else str(row.segments),
        row.encoding,
        row.state,
        row.id,
    )
    return tuple(harmless(word) for word in words)


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


async def _pages(request: web.Request, asked: Asked) -> AsyncIterator[Sequence[LogRow]]:
    before: str | None = None
    while True:
        rows = await request.app[READER].run(partial(engagement.page, asked=asked, before=before, limit=ROWS_AT_ONCE))
        if not rows:
            return
        yield rows
        before = rows[-1].id


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _address(request: web.Request, before: str | None) -> str:
    query = {name: value for name, value in request.query.items() if name != "before" and value}
    return str(request.rel_url.with_query({**query, "before": before} if before else query))
