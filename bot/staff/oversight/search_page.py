"""Searching what was texted, over the threads that the reader may read. The words are in no address and no log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from aiohttp import web
from sqlalchemy import Connection

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render
from bot.staff import names
from bot.staff.client.thread_reading import amiss_with
from bot.staff.fields import filled_in
from bot.staff.oversight.log_filter import BAD_DATE, Filter, read_filter
from bot.staff.plain_words.log import THREAD_REASONS
from bot.wording import _
from records import log_words, staff_reads
from records.engagement import Kind, note_staff_act
from records.log_reads import LogPage
from records.searchable_words import Phrase, sought
from records.sessions import Session

ROWS = 25
LONGEST = 200
FIELDS = ("words", "why", "why_words", "before", "client", "worker", "language", "from", "to")
NOTHING: Mapping[str, str] = {}


async def show_search(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me, Filter())


async def search_texts(request: web.Request, me: Session) -> web.Response:
    """Who oversees says why, as for any thread that is not their own work."""
    said = await filled_in(request, *FIELDS)
    chosen, problems, phrases = Filter(), dict[str, str](), sought(said["words"][:LONGEST])
    try:
        chosen = read_filter(said)
    except ValueError:
        problems["date"] = _(BAD_DATE)
    if not phrases:
        problems["words"] = _("Write a word to look for.")
    if me.oversees and (problem := amiss_with(said["why"], said["why_words"])):
        problems["why"] = problem
    if problems:
        return await _page(request, me, chosen, said=said, problems=problems)
    asked = chosen.asked(me, request.app[COUNTY].zone)
    find = partial(log_words.search, asked=asked, phrases=phrases, before=said["before"] or None, limit=ROWS)
    page = await request.app[READER].run(find)
    look = partial(note_staff_act, kind=Kind.THREAD_SEARCHED, staff_id=me.staff_id, now=request.app[CLOCK].now())
    await request.app[WRITER].run(partial(_note, look=look, page=page, why=said["why"], words=said["why_words"]))
    return await _page(request, me, chosen, said=said, page=page, phrases=phrases)


async def _page(
    request: web.Request,
    me: Session,
    chosen: Filter,
    *,
    said: Mapping[str, str] = NOTHING,
    problems: Mapping[str, str] = NOTHING,
    page: LogPage | None = None,
    phrases: Sequence[Phrase] = (),
) -> web.Response:
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "filter": chosen,
        "said": defaultdict(str, said),
        "problems": defaultdict(str, problems),
        "clients": await request.app[READER].run(partial(staff_reads.client_names, sight=me.sight)),
        "workers": await names.overseen(request, me),
        "names": await names.of_staff(request),
        "thread_reasons": THREAD_REASONS.items(),
        "longest": LONGEST,
        "rows": ROWS,
        "page": page,
        "phrases": phrases,
    }
    return render(request, "oversight/search.html", context, 422 if problems else 200)


def _note(connection: Connection, look: Callable[..., None], page: LogPage, why: str, words: str) -> None:
    """A look at each thread of which something is shown; of a search that found nothing, that there was one."""
    for client_id in dict.fromkeys(row.client_id for row in page.rows) or [None]:
        look(connection, client_id=client_id, subject=why, reason=words)
