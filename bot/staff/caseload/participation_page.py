"""Entering the hours that clients took part in a month, beside those of their own plan: a list of one's clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import names, notices
from bot.staff.fields import filled_in
from bot.staff.plain_words.clients import APART
from bot.wording import _
from records import ladder
from records.errors import NotFoundError
from records.ladder import MOST_HOURS, Month
from records.sessions import Session
from records.tables import clients

HERE = "/staff/participation"
MONTHS = 3
"""The month that is under way and those before it: later the measures of a month have been told."""


async def show_participation(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me, request.query.get("month", ""), request.query.get("worker", ""))


async def enter_participation(request: web.Request, me: Session) -> web.Response:
    """Lines that are left empty stay as they were."""
    named = await filled_in(request, "month", "worker")
    month, whose = await _chosen(request, me, named["month"], named["worker"])
    theirs = await request.app[READER].run(partial(ladder.of_worker, worker_id=whose, sight=me.sight))
    fields = [f"{client_id}-{part}" for client_id, _name in theirs for part in ("hours", "plan", "apart")]
    said = await filled_in(request, *fields)
    entries, problems = dict[str, Month](), dict[str, str]()
    for client_id, _name in theirs:
        hours, plan, apart = (said[f"{client_id}-{part}"] for part in ("hours", "plan", "apart"))
        if apart in APART:
            entries[client_id] = Month(apart=apart)
        elif hours and (problem := _amiss(hours, plan)):
            problems[client_id] = problem
        elif hours:
            entries[client_id] = Month(_read(hours) or 0, _read(plan) or 0)
    if problems:
        return await _page(request, me, month, whose, said, problems)
    keep = partial(ladder.enter, month=month, entries=entries, staff_id=me.staff_id, sight=me.sight)
    await request.app[WRITER].run(partial(keep, now=request.app[CLOCK].now()))
    return see_other(f"{notices.address(HERE, 'hours-entered')}&month={month}&worker={whose}")


def _amiss(hours: str, plan: str) -> str:
    done, wanted = _read(hours), _read(plan)
    if done is None:
        return _("Write hours like 12 or 12.5, up to %(most)s.", most=MOST_HOURS)
    return "" if wanted else _("Write the hours of their plan, too: more than 0.")


def _read(hours: str) -> float | None:
    """None for what are no hours; to the quarter of one."""
    try:
        read = round(float(hours.replace(",", ".")) * 4) / 4
    except (ValueError, OverflowError):
        return None
    return read if 0 <= read <= MOST_HOURS else None


def _months(now: datetime, zone: ZoneInfo) -> Sequence[date]:
    """Their first days, the latest first."""
    found = [now.astimezone(zone).date().replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


async def _chosen(request: web.Request, me: Session, month: str, worker: str) -> tuple[str, str]:
    """The month, the one that ended last if none is named, and whose clients. Raises NotFoundError."""
    months = [f"{day:%Y-%m}" for day in _months(request.app[CLOCK].now(), request.app[COUNTY].zone)]
    if worker and worker not in dict(await names.overseen(request, me)):
        raise NotFoundError
    return month if month in months else months[1], worker or me.staff_id


async def _page(
    request: web.Request,
    me: Session,
    month: str,
    worker: str,
    said: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> web.Response:
    month, whose = await _chosen(request, me, month, worker)
    reader, months = request.app[READER], _months(request.app[CLOCK].now(), request.app[COUNTY].zone)
    last_month = f"{date.fromisoformat(f'{month}-01') - timedelta(days=1):%Y-%m}"
    theirs = clients.c.worker_id == whose
    known = await reader.run(partial(ladder.entered, month=month, where=theirs))
    before = await reader.run(partial(ladder.entered, month=last_month, where=theirs))
    listed = await reader.run(partial(ladder.of_worker, worker_id=whose, sight=me.sight))
    context = {
        "me": me,
        "here": HERE,
        "month": month,
        "months": [(f"{day:%Y-%m}", day) for day in months],
        "whose": whose,
        "workers": await names.overseen(request, me),
        "clients": [(one, name, said or _fields(one, known.get(one), before.get(one))) for one, name in listed],
        "entered": known,
        "apart": APART.items(),
        "problems": problems or {},
        "notice": notices.of(request),
    }
    return render(request, "caseload/participation.html", context, 422 if problems else 200)


def _fields(client_id: str, known: Month | None, before: Month | None) -> Mapping[str, str]:
    """What was entered; else the plan of the month before, which seldom changes."""
    one = known or before
    return {
        f"{client_id}-hours": f"{known.hours:g}" if known and not known.apart else "",
        f"{client_id}-plan": f"{one.plan_hours:g}" if one and not one.apart else "",
        f"{client_id}-apart": known.apart if known else "",
    }
