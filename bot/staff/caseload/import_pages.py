"""Bringing in lists of clients and of visits: sent in, looked at, and only then taken."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime
from functools import partial
from pathlib import PurePosixPath

from aiohttp import web
from aiohttp.web_request import FileField

from bot.imports.background import MOST_BAD_ROWS, BackgroundImports
from bot.imports.client_list import ClientList
from bot.imports.limits import LARGEST_FILE, MOST_ROWS
from bot.imports.visit_list import VisitList
from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import notices
from bot.staff.once import TOKEN
from bot.wording import _
from records import uploads
from records.errors import TooLateError
from records.ids import new_id
from records.import_verdicts import Verdict
from records.sessions import Session
from records.uploads import UNDER_WAY, Upload, UploadState

IMPORTS: web.AppKey[BackgroundImports] = web.AppKey("imports")

HERE = "/staff/imports"
LARGEST_POST = LARGEST_FILE + 100_000
"""With what a browser puts around the file."""

LONGEST_NAME = 120
SHOWN_BAD_ROWS = 20
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    ClientList.kind: {
        "number": "707-555-0134",
        "first_name": "Maria",
        "language": "es",
        "worker_email": "ana@county.example",
        "zone": "America/Los_Angeles",
        "shared": "no",
    },
    VisitList.kind: {
        "number": "707-555-0134",
        "external_id": "V-1001",
        "date": "2027-03-02",
        "time": "10:00",
        "first_name": "Maria",
        "place": "our office",
        "worker_email": "ana@county.example",
        "by_phone": "no",
        "bring": "your ID",
        "status": "planned",
    },
}
"""A row that shows how each list is written; nobody's number."""


async def show_imports(request: web.Request, me: Session) -> web.Response:
    return await _list(request, me)


async def send_list(request: web.Request, me: Session) -> web.Response:
    """The body was written to a temporary file as it came; see `StaffRoute.largest`."""
    form = await request.post()
    kind, token, sent = str(form.get("kind", "")), str(form.get("token", "")), form.get("file")
    problems: dict[str, str] = {}
    if kind not in EXAMPLES or not TOKEN.fullmatch(token):
        problems["kind"] = _("Choose what the list holds.")
    if not isinstance(sent, FileField):
        problems["file"] = _("Choose a file.")
        return await _list(request, me, problems, kind, 422)
    with closing(sent.file) as file:
        content = file.read(LARGEST_FILE + 1)
    if not content:
        problems["file"] = _("This file is empty. Save the list once more, and choose it again.")
    if len(content) > LARGEST_FILE:
        problems["file"] = _(
            "The file is over %(largest)s MB. Split it, and send the parts.", largest=LARGEST_FILE // 1_000_000
        )
    if problems:
        return await _list(request, me, problems, kind, 422)
    name = "".join(letter for letter in sent.filename if letter.isprintable())[-LONGEST_NAME:]
    sha256, now = hashlib.sha256(content).hexdigest(), request.app[CLOCK].now()
    await request.app[WRITER].run(
        partial(
            uploads.add,
            upload_id=token,
            kind=kind,
            name=name,
            content=content,
            sha256=sha256,
            by=me.staff_id,
            now=now,
        )
    )
    request.app[IMPORTS].begin(token)
    return see_other(f"{HERE}/{token}")


async def show_import(request: web.Request, me: Session) -> web.Response:
    """Whoever looks at a list that was left takes it up."""
    upload = await _upload(request)
    if upload.state in UNDER_WAY:
        request.app[IMPORTS].begin(upload.id)
    return render(request, "caseload/import.html", _context(request, me, upload))


async def show_state(request: web.Request, me: Session) -> web.Response:
    """How far it is, which the open page asks for while work goes on."""
    return render(request, "caseload/import_state.html", _context(request, me, await _upload(request)))


async def bring_in(request: web.Request, me: Session) -> web.Response:
    """Sent twice, it is brought in once."""
    del me
    upload = await _upload(request)
    if await request.app[WRITER].run(partial(uploads.run, upload_id=upload.id)):
        request.app[IMPORTS].begin(upload.id)
    return see_other(f"{HERE}/{upload.id}")


async def drop(request: web.Request, me: Session) -> web.Response:
    del me
    upload = await _upload(request)
    try:
        await request.app[WRITER].run(partial(uploads.drop, upload_id=upload.id))
    except TooLateError:
        return see_other(f"{HERE}/{upload.id}")
    return see_other(notices.address(HERE, "list-dropped"))


async def download_bad_rows(request: web.Request, me: Session) -> web.Response:
    """The rows' numbers and what is amiss with them: it repeats no cell of the list."""
    del me
    found = (await _upload(request)).found
    return _csv("bad-rows.csv", [("row", "reasons"), *found.get("bad", ())])


async def download_template(request: web.Request, me: Session) -> web.Response:
    del me
    kind = PurePosixPath(request.path).stem
    return _csv(f"{kind}.csv", [tuple(EXAMPLES[kind]), tuple(EXAMPLES[kind].values())])


def _csv(name: str, rows: list[tuple[object, ...]]) -> web.Response:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=text.getvalue().encode("utf-8-sig"), content_type="text/csv", headers=headers)


async def _upload(request: web.Request) -> Upload:
    return await request.app[READER].run(partial(uploads.find, upload_id=request.match_info["id"]))


def _context(request: web.Request, me: Session, upload: Upload) -> Mapping[str, object]:
    found, before = upload.found, upload.found.get("before")
    counts = {verdict: found.get("counts", {}).get(verdict, 0) for verdict in Verdict}
    return {
        "me": me,
        "county": request.app[COUNTY],
        "list": upload,
        "works": upload.state in UNDER_WAY,
        "State": UploadState,
        "counts": {verdict: count for verdict, count in counts.items() if count},
        "takes": sum(count for verdict, count in counts.items() if verdict not in (Verdict.SAME, Verdict.BAD)),
        "bad": found.get("bad", [])[:SHOWN_BAD_ROWS],
        "bad_kept": len(found.get("bad", [])),
        "most_kept": MOST_BAD_ROWS,
        "ignored": found.get("ignored", ()),
        "texts": [(date.fromisoformat(day), count) for day, count in found.get("texts", ())],
        "longest_wait": found.get("longest_wait", 0),
        "before": datetime.fromisoformat(before) if before else None,
    }


async def _list(
    request: web.Request, me: Session, problems: Mapping[str, str] | None = None, kind: str = "", status: int = 200
) -> web.Response:
    reader, now = request.app[READER], request.app[CLOCK].now()
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "lists": {ClientList.kind: ClientList, VisitList.kind: VisitList},
        "kind": kind,
        "largest": LARGEST_FILE // 1_000_000,
        "most_rows": MOST_ROWS,
        "unfinished": await reader.run(uploads.unfinished),
        "past": await reader.run(uploads.past),
        "problems": defaultdict(str, problems or {}),
        "token": new_id(now),
        "notice": notices.of(request),
    }
    return render(request, "caseload/imports.html", context, status)
