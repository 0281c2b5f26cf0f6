"""The page that a worker keeps open: what the day asks of them, the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Protocol

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER
from bot.site import render, see_other
from bot.staff import notices
from conversations.county import County
from conversations.wall_clock import at_wall
from records import escalation_reads, today, visits
from records.escalation_reads import Waiting
from records.roles import Right
from records.sessions import Session
from records.telling_apart import number_ends

NOT_CLOSED_FOR = timedelta(days=14)
"""So far back a visit is asked about of which nobody has said how it went."""


class AboutClient(Protocol):
    """A line of one of the lists."""

    @property
    def client_id(self) -> str: ...


async def show_today(request: web.Request, me: Session) -> web.Response:
    """Whose role does not answer clients is led to what it does."""
    if not me.may(Right.ANSWER):
        if me.may(Right.SEE_CLIENTS):
            return see_other("/staff/clients")
        if me.may(Right.SEE_MEASURES):
            return see_other("/staff/measures")
        return render(request, "no_clients.html", {"me": me})
    reader, county, now = request.app[READER], request.app[COUNTY], request.app[CLOCK].now()
    midnight = _midnight(now, county)
    ahead = partial(visits.of_worker, worker_id=me.staff_id, since=midnight, until=midnight + timedelta(days=2))
    behind = partial(visits.not_closed, sight=me.sight, since=now - NOT_CLOSED_FOR, now=now)
    lists: Mapping[str, Sequence[AboutClient]] = {
        "owed": await reader.run(partial(today.replies_owed, sight=me.sight)),
        "waiting": await _waiting(request, me),
        "visits": await reader.run(ahead),
        "not_closed": await reader.run(behind),
        "wins": await reader.run(partial(today.wins, sight=me.sight, now=now)),
        "quiet": await reader.run(partial(today.quiet, sight=me.sight, now=now)),
    }
    named = {one.client_id for lines in lists.values() for one in lines}
    context = {
        **lists,
        "me": me,
        "county": county,
        "now": now,
        "today": now.astimezone(county.zone).date(),
        "ends": await reader.run(partial(number_ends, client_ids=named, sight=me.sight)),
        "notice": notices.of(request),
    }
    return render(request, "today.html", context)


async def _waiting(request: web.Request, me: Session) -> Sequence[Waiting]:
    """What one is asked for; for who oversees a team, what was passed up to them or is overdue as well."""
    reader, county, now = request.app[READER], request.app[COUNTY], request.app[CLOCK].now()
    asked = partial(escalation_reads.of_worker, staff_id=me.staff_id, county=county, now=now)
    found = list(await reader.run(asked))
    if me.oversees:
        found += await reader.run(partial(escalation_reads.passed_up, sight=me.sight))
        found += await reader.run(partial(escalation_reads.overdue, sight=me.sight, now=now))
    return sorted({one.id: one for one in found}.values(), key=lambda one: one.due_at)


def _midnight(now: datetime, county: County) -> datetime:
    return at_wall(now.astimezone(county.zone).date(), time(0), county.zone)
