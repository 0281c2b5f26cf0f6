"""Rows of the engagement log to take away: for a reason, which is logged, and without what anybody texted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.staff import names
from bot.staff.fields import filled_in
from bot.staff.oversight.log_filter import BAD_DATE, Filter, read_filter
from bot.staff.oversight.log_page import log_page
from bot.staff.plain_words.filters import about, actor, reason
from bot.staff.spreadsheet import Format, Row, send_table
from bot.wording import _
from records import engagement, log_reads
from records.engagement import Kind
from records.log_reads import Asked, LogRow
from records.sessions import Session

ROWS_AT_ONCE = 1000
MOST_XLSX_ROWS = 100_000
"""An .xlsx is ready only when its last row is written: more would let people wait for minutes."""

LONGEST_REASON = 200
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
    "channel",
    "id",
)


async def export_log(request: web.Request, me: Session) -> web.StreamResponse:
    """The rows that fit, newest first, as a table to open in a spreadsheet. The export is logged itself."""
    said = await filled_in(request, "client", "worker", "kind", "language", "from", "to", "format", "because")
    try:
        chosen = read_filter(said)
        form = Format(said["format"])
    except ValueError:
        raise web.HTTPBadRequest(text=_(BAD_DATE)) from None
    asked = chosen.asked(me, request.app[COUNTY].zone)
    if problems := await _problems(request, asked, form, said["because"]):
        return await log_page(request, me, chosen, said=said, problems=problems)
    now = request.app[CLOCK].now()
    await request.app[WRITER].run(partial(_note, me=me, now=now, form=form, chosen=chosen, because=said["because"]))
    staff = await names.of_staff(request)
    return await send_table(request, form, f"engagement-log-{now:%Y-%m-%d}", HEAD, _pages(request, asked, staff))


async def _problems(request: web.Request, asked: Asked, form: Format, because: str) -> Mapping[str, str]:
    problems = {}
    if not because:
        problems["because"] = _("Say what it is for: it is logged.")
    elif len(because) > LONGEST_REASON:
        problems["because"] = _("Say it in %(longest_reason)s characters.", longest_reason=LONGEST_REASON)
    has_more = partial(log_reads.has_more_than, asked=asked, count=MOST_XLSX_ROWS)
    if form is Format.XLSX and await request.app[READER].run(has_more):
        problems["format"] = _(
            "More than %(most_xlsx_rows)s rows fit: choose CSV, or fewer days.", most_xlsx_rows=f"{MOST_XLSX_ROWS:,}"
        )
    return problems


def _note(connection: Connection, me: Session, now: datetime, form: Format, chosen: Filter, because: str) -> None:
    engagement.note_staff_act(
        connection,
        Kind.LOG_EXPORTED,
        me.staff_id,
        now,
        subject=form,
        reason=because,
        detail=chosen.fields(),
    )


async def _pages(request: web.Request, asked: Asked, staff: Mapping[str, str]) -> AsyncIterator[Sequence[Row]]:
    before: str | None = None
    while True:
        page = await request.app[READER].run(partial(log_reads.page, asked=asked, before=before, limit=ROWS_AT_ONCE))
        yield [cells(row, staff) for row in page.rows]
        before = page.older
        if before is None:
            return


def cells(row: LogRow, staff: Mapping[str, str]) -> Row:
    """One row of the table, under `HEAD`: the moment in UTC, and on the client's own clock."""
    return (
        row.at.astimezone(UTC),
        row.at.astimezone(ZoneInfo(row.zone)) if row.zone else None,
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
        row.segments,
        row.encoding,
        row.state,
        row.channel,
        row.id,
    )
