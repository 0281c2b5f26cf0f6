"""The first names of staff by their ids, for what they did and for whose clients are whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from aiohttp import web

from bot.keys import READER
from records import people, staff_reads
from records.roles import RIGHTS, Right
from records.sessions import Session


async def of_staff(request: web.Request) -> Mapping[str, str]:
    return await request.app[READER].run(staff_reads.staff_names)


async def overseen(request: web.Request, me: Session) -> Sequence[tuple[str, str]]:
    """(id, first name) of oneself and of the workers whose clients one sees, by name."""
    return await request.app[READER].run(partial(people.overseen, sight=me.sight))


async def at_work(request: web.Request, right: Right) -> Sequence[tuple[str, str]]:
    """(id, first name) of those with this right whose accounts are open, by name."""
    everybody = await request.app[READER].run(people.all_staff)
    return [(one.id, one.first_name) for one in everybody if one.active and right in RIGHTS[one.role]]
