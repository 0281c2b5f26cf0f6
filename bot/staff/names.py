"""The first names of staff by their ids, for what they did and for whose clients are whose."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bot.keys import READER
from records import staff_reads


async def of_staff(request: web.Request) -> Mapping[str, str]:
    return await request.app[READER].run(staff_reads.staff_names)
