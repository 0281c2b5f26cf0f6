"""All texts of a client's thread, a page at a time, back to the first."""

from __future__ import annotations

import re
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import names
from bot.staff.client.client_page import reads_of
from bot.staff.plain_words.texts import LOST
from bot.staff.writing.desk import known_of
from records import staff_reads
from records.engagement import CLIENT, Kind, note_staff_act
from records.sessions import Session
from records.thread_access import Reads

TEXT_ID = re.compile(r"[0-9a-f]{32}")


async def show_texts(request: web.Request, me: Session) -> web.Response:
    """Each page is a look at the thread, and is logged. Who is to say why is asked at the client's page."""
    client, now = (await known_of(request, me, request.match_info["id"])).client, request.app[CLOCK].now()
    if await reads_of(request, me, client.id) is not Reads.ALL:
        return see_other(f"/staff/clients/{client.id}#texts")
    wanted = request.query.get("before", "")
    before = wanted if TEXT_ID.fullmatch(wanted) else None
    look = partial(note_staff_act, kind=Kind.THREAD_VIEWED, staff_id=me.staff_id, now=now, client_id=client.id)
    await request.app[WRITER].run(look)
    texts = await request.app[READER].run(partial(staff_reads.thread, client_id=client.id, before=before))
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "client": client,
        "thread": texts,
        "older": texts[0].id if len(texts) == staff_reads.LATEST else "",
        "before": before,
        "names": {**await names.of_staff(request), CLIENT: client.first_name},
        "lost": LOST,
        "reads": True,
        "reads_all": True,
        "waits": False,
    }
    return render(request, "client/texts.html", context)
