"""Two records of one client: found, laid side by side, made one, and parted again."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import notices
from bot.staff.fields import filled_in
from bot.staff.once import TOKEN
from records import duplicates, merging
from records.errors import TooLateError
from records.ids import new_id
from records.merging import CHOICES, Wanted
from records.sessions import Session

HERE = "/staff/duplicates"


async def show_duplicates(request: web.Request, me: Session) -> web.Response:
    reader, now = request.app[READER], request.app[CLOCK].now()
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "pairs": await reader.run(partial(duplicates.pairs, sight=me.sight)),
        "two": await reader.run(partial(duplicates.said_to_be_two, sight=me.sight)),
        "merges": await reader.run(partial(merging.latest, sight=me.sight, now=now)),
        "notice": notices.of(request),
    }
    return render(request, "caseload/duplicates.html", context)


async def show_pair(request: web.Request, me: Session) -> web.Response:
    """Two clients of those in sight, in any order."""
    one, other = request.query.get("one", ""), request.query.get("other", "")
    if not TOKEN.fullmatch(one) or not TOKEN.fullmatch(other) or one == other:
        return see_other(HERE)
    reader = request.app[READER]
    sides = [await reader.run(partial(duplicates.side, client_id=id_, sight=me.sight)) for id_ in (one, other)]
    context = {"me": me, "county": request.app[COUNTY], "kept": sides[0], "gone": sides[1]}
    return render(request, "caseload/duplicate.html", {**context, "token": new_id(request.app[CLOCK].now())})


async def merge(request: web.Request, me: Session) -> web.Response:
    """The form's token is the merge's id: sent twice, it is done once."""
    said = await filled_in(request, "token", "kept", "gone", "goal", *CHOICES)
    ids = (said["token"], said["kept"], said["gone"])
    if not all(TOKEN.fullmatch(one) for one in ids) or said["kept"] == said["gone"]:
        return see_other(HERE)
    from_gone = frozenset(name for name in (*CHOICES, "goal") if said[name] == "gone")
    act = partial(merging.merge, wanted=Wanted(*ids, from_gone), by=me.staff_id, sight=me.sight)
    await request.app[WRITER].run(partial(act, now=request.app[CLOCK].now()))
    return see_other(notices.address(HERE, "merged"))


async def are_two(request: web.Request, me: Session) -> web.Response:
    return await _said(request, me, two=True)


async def may_be_one(request: web.Request, me: Session) -> web.Response:
    return await _said(request, me, two=False)


async def _said(request: web.Request, me: Session, *, two: bool) -> web.Response:
    said = await filled_in(request, "kept", "gone")
    ids = (said["kept"], said["gone"])
    if not all(TOKEN.fullmatch(one) for one in ids) or said["kept"] == said["gone"]:
        return see_other(HERE)
    act = partial(duplicates.are_two, ids=ids, by=me.staff_id, sight=me.sight, two=two)
    await request.app[WRITER].run(partial(act, now=request.app[CLOCK].now()))
    return see_other(notices.address(HERE, "two-people" if two else "one-person"))


async def undo(request: web.Request, me: Session) -> web.Response:
    act = partial(merging.undo, merge_id=request.match_info["id"], by=me.staff_id, sight=me.sight)
    try:
        await request.app[WRITER].run(partial(act, now=request.app[CLOCK].now()))
    except TooLateError:
        return see_other(notices.address(HERE, "merge-stays"))
    return see_other(notices.address(HERE, "merge-undone"))
