"""Letting a colleague see a client, and ending it."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.keys import CLOCK, WRITER
from bot.site import see_other
from bot.staff import notices
from bot.staff.client import client_page
from bot.staff.client.client_page import Writing
from bot.staff.fields import filled_in
from bot.staff.writing.desk import known_of
from bot.wording import refusal
from records import referrals
from records.errors import RefusedError
from records.sessions import Session


async def refer(request: web.Request, me: Session) -> web.Response:
    client, now = (await known_of(request, me, request.match_info["id"])).client, request.app[CLOCK].now()
    said = await filled_in(request, "to", "agreed")
    act = partial(
        referrals.refer, client_id=client.id, to=said["to"], by=me.staff_id, now=now, agreed=bool(said["agreed"])
    )
    try:
        await request.app[WRITER].run(act)
    except RefusedError as no:
        return await client_page.client_page(request, me, Writing(referral_problem=refusal(no)), status=422)
    return see_other(notices.address(f"/staff/clients/{client.id}", "referred"))


async def end_referral(request: web.Request, me: Session) -> web.Response:
    client, now = (await known_of(request, me, request.match_info["id"])).client, request.app[CLOCK].now()
    to = (await filled_in(request, "to"))["to"]
    await request.app[WRITER].run(partial(referrals.end, client_id=client.id, to=to, by=me.staff_id, now=now))
    return see_other(notices.address(f"/staff/clients/{client.id}", "referral-ended"))
