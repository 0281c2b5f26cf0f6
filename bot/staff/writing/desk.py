"""One client as they stand on a worker's desk: what is known, what else they hear, in which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Protocol

from aiohttp import web

from bot.keys import CLOCK, COUNTY, LANGUAGES, READER
from bot.staff.writing.draft import Around
from conversations.situation import Situation
from conversations.text_rules import RuleLists
from records import staff_reads
from records.sessions import Session
from records.sight import Sight
from records.staff_reads import Planned

A_MONTH = timedelta(days=30)

RULE_LISTS: web.AppKey[Mapping[str, RuleLists]] = web.AppKey("rule_lists")


class Sees(Protocol):
    """Whoever is at the desk: a member of staff, or a system that speaks for one."""

    @property
    def sight(self) -> Sight: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What is on the table while a text is being written. `also` are the other nudges of this client."""

    situation: Situation
    around: Around
    also: list[Planned]


async def known_of(request: web.Request, me: Sees, client_id: str) -> Situation:
    """Raises NotFoundError unless this is a client they may see."""
    ask = partial(
        staff_reads.situation,
        client_id=client_id,
        sight=me.sight,
        county=request.app[COUNTY],
        now=request.app[CLOCK].now(),
    )
    return await request.app[READER].run(ask)


async def desk_of(request: web.Request, me: Sees, client_id: str, besides: str = "") -> Desk:
    """Raises NotFoundError as `known_of`. The nudge `besides` does not count for the caps."""
    reader, county, now = request.app[READER], request.app[COUNTY], request.app[CLOCK].now()
    known = await known_of(request, me, client_id)
    planned = await reader.run(partial(staff_reads.planned, client_id=client_id))
    went = await reader.run(partial(staff_reads.unprompted, client_id=client_id, since=now - A_MONTH))
    also = [other for other in planned if other.id != besides and other.kind not in staff_reads.NOT_HEARD]
    languages = request.app[LANGUAGES]
    language = languages.get(known.client.language) or languages[county.languages[0]]
    lists = request.app[RULE_LISTS].get(language.code)
    return Desk(known, Around(known, language, lists, [*went, *(other.due_at for other in also)], now), also)


async def workers_desk(request: web.Request, me: Session, client_id: str, besides: str = "") -> Desk:
    """As `desk_of`, for somebody who writes some languages and not others."""
    desk = await desk_of(request, me, client_id, besides)
    writes = me.writes_in(desk.around.language.code, request.app[COUNTY].languages[0])
    return replace(desk, around=replace(desk.around, writes=writes))
