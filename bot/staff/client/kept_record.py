"""The pages of a client who had two records: the address of the one that went leads to the one that was kept."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.keys import READER
from bot.site import see_other
from bot.staff.access.log_in import StaffPage
from records import staff_reads
from records.errors import NotFoundError
from records.sessions import Session


def or_the_kept_one(page: StaffPage) -> StaffPage:
    async def show(request: web.Request, me: Session) -> web.StreamResponse:
        try:
            return await page(request, me)
        except NotFoundError:
            gone = request.match_info["id"]
            kept = await request.app[READER].run(partial(staff_reads.merged_into, client_id=gone))
            if kept is None:
                raise
            return see_other(str(request.rel_url).replace(gone, kept))

    return show
