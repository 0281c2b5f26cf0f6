"""Giving clients to another worker, and taking it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import names, notices
from bot.staff.fields import filled_in
from bot.staff.once import TOKEN
from bot.wording import _, refusal
from records import staff_reads, transfers
from records.errors import RefusedError, TooLateError
from records.ids import new_id
from records.roles import Right
from records.sessions import Session
from records.telling_apart import number_ends
from records.transfers import Wanted

LONGEST_WHY = 500
HERE = "/staff/transfers"


async def show_transfers(request: web.Request, me: Session) -> web.Response:
    """Of a worker all clients are chosen at first; or the address names one client, who then is."""
    if client_id := request.query.get("client"):
        ask = partial(staff_reads.worker_of, client_id=client_id, sight=me.sight)
        return await _page(request, me, {"from": await request.app[READER].run(ask)}, [client_id])
    return await _page(request, me, {"from": request.query.get("from", "")}, None)


async def transfer(request: web.Request, me: Session) -> web.Response:
    """The form's token is the transfer's id: sent twice, it is done once."""
    said = await filled_in(request, "token", "from", "to", "why")
    chosen = [str(value) for value in (await request.post()).getall("client", [])]
    if not TOKEN.fullmatch(said["token"]):
        return await _page(request, me, said, chosen, _("Something is missing. Please choose once more."), status=422)
    act = partial(
        transfers.transfer,
        wanted=Wanted(said["token"], chosen, said["to"], said["why"][:LONGEST_WHY]),
        by=me.staff_id,
        sight=me.sight,
        county=request.app[COUNTY],
        now=request.app[CLOCK].now(),
    )
    try:
        await request.app[WRITER].run(act)
    except RefusedError as no:
        return await _page(request, me, said, chosen, refusal(no), status=422)
    return see_other(notices.address(HERE, "transferred"))


async def undo(request: web.Request, me: Session) -> web.Response:
    act = partial(
        transfers.undo,
        transfer_id=request.match_info["id"],
        by=me.staff_id,
        sight=me.sight,
        county=request.app[COUNTY],
        now=request.app[CLOCK].now(),
    )
    with suppress(TooLateError):  # then it is as they want it
        await request.app[WRITER].run(act)
    return see_other(notices.address(HERE, "transfer-undone"))


async def _page(
    request: web.Request,
    me: Session,
    said: Mapping[str, str],
    chosen: Collection[str] | None,
    problem: str = "",
    status: int = 200,
) -> web.Response:
    reader, now = request.app[READER], request.app[CLOCK].now()
    able = dict(await names.at_work(request, Right.TEXT))
    workers = [(id_, name) for id_, name in await names.overseen(request, me) if id_ in able]
    theirs = await reader.run(partial(staff_reads.caseload_of, worker_id=said["from"], sight=me.sight))
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "workers": workers,
        "clients": theirs,
        "chosen": [id_ for id_, _ in theirs] if chosen is None else chosen,
        "ends": await reader.run(partial(number_ends, client_ids=[id_ for id_, _ in theirs], sight=me.sight)),
        "said": defaultdict(str, said),
        "token": new_id(now),
        "problem": problem,
        "transfers": await reader.run(partial(transfers.latest, sight=me.sight)),
        "notice": notices.of(request),
    }
    return render(request, "caseload/transfers.html", context, status)
