"""A worker's visits at an address that calendar programs subscribe to. Who has the address needs no log-in.

So it cannot be guessed, its owner can end it, and it names nobody: of a client it holds the initial alone. The database
does not hold the address; it follows from the feed's id and from SECRET_KEY.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from functools import partial

from aiohttp import web

from bot.calendar_file import Entry, calendar_file
from bot.keys import CLOCK, COUNTY, READER, SETTINGS
from records import calendar_feeds, visits

HERE = "/calendar"
LOOK_AGAIN = timedelta(hours=1)


def address_of(request: web.Request, feed_id: str) -> str:
    return f"{request.app[SETTINGS].public_url}{HERE}/{feed_id}/{_secret_of(request, feed_id)}.ics"


async def show_feed(request: web.Request) -> web.Response:
    """A wrong address and one that was ended are answered alike."""
    feed_id, said = request.match_info["id"], request.match_info["secret"]
    if not hmac.compare_digest(said, _secret_of(request, feed_id)):
        raise web.HTTPNotFound
    reader, now = request.app[READER], request.app[CLOCK].now()
    worker_id = await reader.run(partial(calendar_feeds.whose, feed_id=feed_id))
    if not worker_id:
        raise web.HTTPNotFound
    found = await reader.run(partial(visits.upcoming, worker_id=worker_id, now=now))
    entries = [Entry(one.client_id, initial(one.first_name), one.visit, one.version, now) for one in found]
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": f"private, max-age={LOOK_AGAIN.total_seconds():.0f}",
        "X-Robots-Tag": "noindex",
    }
    return web.Response(body=calendar_file(entries, request.app[COUNTY].zone), headers=headers)


def initial(first_name: str) -> str:
    return first_name[:1]


def add_feed(app: web.Application) -> None:
    app.router.add_get(f"{HERE}/{{id:[0-9a-f]{{32}}}}/{{secret:[0-9a-f]{{64}}}}.ics", show_feed)


def _secret_of(request: web.Request, feed_id: str) -> str:
    key = request.app[SETTINGS].secret_key.get_secret_value()
    return hmac.new(key.encode(), f"calendar feed {feed_id}".encode(), hashlib.sha256).hexdigest()
