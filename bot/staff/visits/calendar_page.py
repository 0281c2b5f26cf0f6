"""A worker's visits to come, and the free times that their clients may choose from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from aiohttp import web

from bot.calendar_feed import address_of
from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.site.wall_time import short_day
from bot.staff import fields, names, notices
from bot.staff.fields import filled_in
from bot.staff.visits.visit_pages import calendar_answer
from bot.wording import _
from conversations.county import County
from conversations.office_hours import is_open
from conversations.visits import FARTHEST
from conversations.wall_clock import at_wall
from records import calendar_feeds, staff_reads, visits
from records.errors import NotFoundError, TooLateError
from records.sessions import Session

MOST_AT_ONCE = 20


async def show_calendar(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me, await _whose(request, me))


async def download_calendar(request: web.Request, me: Session) -> web.Response:
    now, whose = request.app[CLOCK].now(), await _whose(request, me)
    found = await request.app[READER].run(partial(visits.upcoming, worker_id=whose, now=now))
    return calendar_answer(request, list(found), "visits")


async def make_feed(request: web.Request, me: Session) -> web.Response:
    """One's own, with a new address."""
    make = partial(calendar_feeds.make, staff_id=me.staff_id, now=request.app[CLOCK].now())
    await request.app[WRITER].run(make)
    return see_other(notices.address("/staff/visits", "calendar-opened"))


async def end_feed(request: web.Request, me: Session) -> web.Response:
    await request.app[WRITER].run(partial(calendar_feeds.end, staff_id=me.staff_id, now=request.app[CLOCK].now()))
    return see_other(notices.address("/staff/visits", "calendar-closed"))


async def offer(request: web.Request, me: Session) -> web.Response:
    """Several times of one day at once. Those of before are left as they are, so a form sent twice adds nothing."""
    whose, now, county = await _whose(request, me), request.app[CLOCK].now(), request.app[COUNTY]
    said = await filled_in(request, "date", "times", "anyway")
    moments, problems = read_times(said["date"], said["times"], county, now)
    if not problems and not said["anyway"] and not all(is_open(moment, county) for moment in moments):
        problems["anyway"] = _("The office is closed at one of these times.")
    if problems:
        return await _page(request, me, whose, problems, said, status=422)
    keep = partial(visits.offer, worker_id=whose, moments=moments, staff_id=me.staff_id, now=now)
    await request.app[WRITER].run(keep)
    return see_other(_address(me, whose, "times-offered"))


async def withdraw(request: web.Request, me: Session) -> web.Response:
    now, time_id = request.app[CLOCK].now(), request.match_info["id"]
    act = partial(visits.withdraw, time_id=time_id, sight=me.sight, staff_id=me.staff_id, now=now)
    done, whose = "time-withdrawn", await _whose(request, me)
    try:
        await request.app[WRITER].run(act)
    except TooLateError:
        done = "time-held"
    return see_other(_address(me, whose, done))


def read_times(on: str, times: str, county: County, now: datetime) -> tuple[list[datetime], dict[str, str]]:
    """The moments, in UTC, of "9:00, 9:30 14:00" on a day of the county's; and what is amiss, by field."""
    day, written = fields.day(on), times.replace(",", " ").split()
    hours = [fields.hour(each.zfill(len("09:00"))) for each in written]
    problems: dict[str, str] = {}
    if day is None:
        problems["date"] = _("Choose a day.")
    if not written or None in hours or len(written) > MOST_AT_ONCE:
        problems["times"] = _("Write up to %(most_at_once)s times like 9:00, 9:30, 14:00.", most_at_once=MOST_AT_ONCE)
    if day is None or problems:
        return [], problems
    moments = [at_wall(day, at, county.zone) for at in hours if at is not None]
    if any(not now < moment <= now + FARTHEST for moment in moments):
        problems["date"] = _("All times must be still to come, and within a year.")
    return moments, problems


async def _whose(request: web.Request, me: Session) -> str:
    """Whose calendar: one's own, or that of the worker who is named. Raises NotFoundError."""
    named = request.query.get("worker", "")
    if named and named not in dict(await names.overseen(request, me)):
        raise NotFoundError
    return named or me.staff_id


def _address(me: Session, whose: str, notice: str) -> str:
    address = notices.address("/staff/visits", notice)
    return address if whose == me.staff_id else f"{address}&worker={whose}"


async def _page(
    request: web.Request,
    me: Session,
    whose: str,
    problems: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    reader, now, county = request.app[READER], request.app[CLOCK].now(), request.app[COUNTY]
    feed = await reader.run(partial(calendar_feeds.of_staff, staff_id=me.staff_id))
    context = {
        "me": me,
        "feed": address_of(request, feed) if feed else "",
        "county": county,
        "now": now,
        "today": now.astimezone(county.zone).date(),
        "whose": whose,
        "query": "" if whose == me.staff_id else f"?worker={whose}",
        "workers": await names.overseen(request, me),
        "visits": await reader.run(partial(visits.upcoming, worker_id=whose, now=now)),
        "times": _by_day(await reader.run(partial(visits.offered, worker_id=whose, now=now)), county),
        "clients": dict(await reader.run(partial(staff_reads.client_names, sight=me.sight))),
        "problems": defaultdict(str, problems or {}),
        "said": defaultdict(str, said or {}),
        "notice": notices.of(request),
    }
    return render(request, "visits/calendar.html", context, status)


def _by_day(times: Sequence[visits.OfferedTime], county: County) -> Mapping[str, Sequence[visits.OfferedTime]]:
    """By the name of the day in the county, in their order."""
    days: dict[str, list[visits.OfferedTime]] = {}
    for one in times:
        local = one.starts_at.astimezone(county.zone)
        days.setdefault(short_day(local), []).append(one)
    return days
