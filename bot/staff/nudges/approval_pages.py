"""What waits for a supervisor's yes: texts of the team's workers to many."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import names, notices
from bot.staff.fields import filled_in
from bot.staff.nudges.campaign_pages import chosen_of, split_again
from records import campaigns, log_reads
from records.engagement import Kind
from records.errors import NotFoundError, TooLateError
from records.log_reads import Asked
from records.sessions import Session

HERE = "/staff/approvals"
LONGEST_WHY = 500
LATELY = timedelta(days=14)
YES, NO = "yes", "no"


async def show_approvals(request: web.Request, me: Session) -> web.Response:
    found = await request.app[READER].run(partial(campaigns.waiting, sight=me.sight))
    since = request.app[CLOCK].now() - LATELY
    asked = Asked(kinds=frozenset({Kind.NUDGE_BEYOND_CAP}), since=since, sight=me.sight)
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "waiting": found,
        "beyond": (await request.app[READER].run(partial(log_reads.page, asked=asked))).rows,
        "names": await names.of_staff(request),
        "notice": notices.of(request),
    }
    return render(request, "nudges/approvals.html", context)


async def decide(request: web.Request, me: Session) -> web.Response:
    """With a word of why, which the worker reads; a yes needs none. Answered twice, the first answer stands."""
    ask = partial(campaigns.find, campaign_id=request.match_info["id"], sight=me.sight)
    one = await request.app[READER].run(ask)
    if one.created_by == me.staff_id:
        raise NotFoundError("one's own needs somebody else's yes")
    said = await filled_in(request, "answer", "because")
    because, now = said["because"][:LONGEST_WHY], request.app[CLOCK].now()
    if said["answer"] not in (YES, NO) or (said["answer"] == NO and not because):
        return see_other(notices.address(f"/staff/campaigns/{one.id}", "say-why"))
    if said["answer"] == NO:
        act = partial(campaigns.refuse, campaign_id=one.id, by=me.staff_id, because=because, now=now)
    else:
        chosen = chosen_of(await split_again(request, me, one), one.template)
        act = partial(campaigns.approve, campaign_id=one.id, chosen=chosen, by=me.staff_id, because=because, now=now)
    done = "decided"
    try:
        await request.app[WRITER].run(act)
    except TooLateError:
        done = "decided-already"
    return see_other(notices.address(HERE, done))
