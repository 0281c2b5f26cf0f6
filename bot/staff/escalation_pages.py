"""A person is needed: who is waiting, and all that can be done about it. The hooks' links lead here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import web
from sqlalchemy import Connection

from bot.keys import CLOCK, COUNTY, READER, WRITER
from bot.site import render, see_other
from bot.staff import fields, names, notices
from bot.staff.fields import filled_in
from bot.staff.plain_words.escalations import OUTCOMES
from bot.staff.plain_words.plans import OWNERS
from bot.wording import _, refusal
from conversations.escalations import Level
from records import escalation_reads, escalations
from records.errors import NotFoundError, RefusedError, TooLateError
from records.escalation_reads import Matter, Waiting
from records.escalations import Closing, Outcome, Owner
from records.roles import Right
from records.sessions import Session
from records.sight import EVERYBODY

HOWS = OUTCOMES.only(Outcome.TALKED, Outcome.LEFT_MESSAGE, Outcome.MET)
"""How a person turned to a client."""

THE_TEAM = "team"
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Shelf:
    """One list of the page. `none` is said where nothing is on it."""

    id: str
    title: str
    none: str
    matters: Sequence[Matter]


async def show_waiting(request: web.Request, me: Session) -> web.Response:
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "now": request.app[CLOCK].now(),
        "shelves": await _shelves(request, me),
    }
    return render(request, "waiting.html", context)


async def show_escalation(request: web.Request, me: Session) -> web.Response:
    return await _page(request, me, await _escalation(request, me))


async def acknowledge(request: web.Request, me: Session) -> web.Response:
    """Whoever is first has it; a second time changes nothing."""
    now = request.app[CLOCK].now()
    return await _act(request, me, "taken", partial(escalations.acknowledge, staff_id=me.staff_id, now=now))


async def contacted(request: web.Request, me: Session) -> web.Response:
    how, now = (await filled_in(request, "how"))["how"], request.app[CLOCK].now()
    if how not in HOWS:
        return await _refused(request, me, "how", _("Choose how you turned to them."))
    return await _act(request, me, "contacted", partial(escalations.contacted, staff_id=me.staff_id, now=now, how=how))


async def snooze(request: web.Request, me: Session) -> web.Response:
    said, county = await filled_in(request, "date", "time", "why"), request.app[COUNTY]
    problems: dict[str, str] = {}
    until = fields.moment(said["date"], said["time"], county.zone, problems)
    if until is None:
        return await _refused(request, me, "snooze", " ".join(problems.values()))
    why, now = said["why"][:LONGEST_NOTE], request.app[CLOCK].now()
    act = partial(escalations.snooze, until=until, why=why, staff_id=me.staff_id, now=now)
    return await _act(request, me, "put-off", act, "snooze")


async def reassign(request: web.Request, me: Session) -> web.Response:
    said = await filled_in(request, "to", "why")
    if not said["to"]:
        return await _refused(request, me, "reassign", _("Choose who gets it."))
    act = partial(
        escalations.reassign,
        to=None if said["to"] == THE_TEAM else said["to"],
        why=said["why"][:LONGEST_NOTE],
        staff_id=me.staff_id,
        county=request.app[COUNTY],
        now=request.app[CLOCK].now(),
    )
    return await _act(request, me, "given-on", act, "reassign")


async def resolve(request: web.Request, me: Session) -> web.Response:
    one = await _escalation(request, me)
    said = await filled_in(request, "outcome", "note", "next_step", "next_step_by")
    problem = _amiss(said)
    if problem:
        return await _page(request, me, one, {"resolve": problem}, said, status=422)
    closing = Closing(
        Outcome(said["outcome"]),
        said["note"][:LONGEST_NOTE],
        said["next_step"][:LONGEST_NOTE],
        Owner(said["next_step_by"]) if said["next_step"] else None,
    )
    await request.app[WRITER].resolve(one.id, closing, me.staff_id)
    return see_other(notices.address(f"/staff/escalations/{one.id}", "closed"))


def _amiss(said: Mapping[str, str]) -> str:
    if said["outcome"] not in OUTCOMES:
        return _("Choose what came of it.")
    if said["next_step"] and said["next_step_by"] not in OWNERS:
        return _("Choose whose the next step is.")
    return ""


async def _act(
    request: web.Request, me: Session, done: str, act: Callable[..., bool], beside: str = "form"
) -> web.Response:
    """Do it, and say so; or say, beside its form, why it cannot be done."""
    one = await _escalation(request, me)

    def do(connection: Connection) -> bool:
        return act(connection, one.id)

    try:
        await request.app[WRITER].run(do)
    except (RefusedError, TooLateError) as no:
        return await _page(request, me, one, {beside: refusal(no)}, await _sent(request), status=422)
    after = await _seen(request, me, one.id)
    return see_other(notices.address(f"/staff/escalations/{one.id}" if after else "/staff/waiting", done))


async def _refused(request: web.Request, me: Session, beside: str, problem: str) -> web.Response:
    return await _page(request, me, await _escalation(request, me), {beside: problem}, await _sent(request), status=422)


async def _sent(request: web.Request) -> Mapping[str, str]:
    return {name: str(value) for name, value in (await request.post()).items()}


async def _page(
    request: web.Request,
    me: Session,
    one: Waiting,
    problems: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    reader, now, county = request.app[READER], request.app[CLOCK].now(), request.app[COUNTY]
    others = await reader.run(partial(escalation_reads.waiting, sight=EVERYBODY, client_id=one.client_id))
    staff = await names.of_staff(request)
    context = {
        "me": me,
        "county": county,
        "now": now,
        "today": now.astimezone(county.zone).date(),
        "one": one,
        "is_u0": one.level == Level.U0,
        "leader": next((other for other in others if other.id == one.merged_into), None),
        "under": [other for other in others if other.merged_into == one.id],
        "history": await reader.run(partial(escalation_reads.history, one=one)),
        "names": staff,
        "colleagues": await names.at_work(request, Right.ANSWER),
        "hows": HOWS,
        "outcomes": OUTCOMES,
        "owners": OWNERS,
        "problems": defaultdict(str, problems or {}),
        "said": defaultdict(str, said or {}),
        "notice": notices.of(request),
    }
    return render(request, "escalation.html", context, status)


async def _escalation(request: web.Request, me: Session) -> Waiting:
    """Raises NotFoundError."""
    one = await _seen(request, me, request.match_info["id"])
    if one is None:
        raise NotFoundError
    return one


async def _seen(request: web.Request, me: Session, escalation_id: str) -> Waiting | None:
    """An item that this member of staff may see: their clients', the team's, and those of whom they cover for."""
    reader = request.app[READER]
    try:
        return await reader.run(partial(escalation_reads.escalation, escalation_id=escalation_id, sight=me.sight))
    except NotFoundError:
        asked = await _asked(request, me)
        return next((one for one in asked if one.id == escalation_id), None)


async def _asked(request: web.Request, me: Session) -> Sequence[Waiting]:
    county, now = request.app[COUNTY], request.app[CLOCK].now()
    ask = partial(escalation_reads.of_worker, staff_id=me.staff_id, county=county, now=now)
    return await request.app[READER].run(ask)


async def _shelves(request: web.Request, me: Session) -> Sequence[Shelf]:
    """Each item once, on the first list that it is on."""
    reader, county, now = request.app[READER], request.app[COUNTY], request.app[CLOCK].now()
    found = [("yours", _("Yours"), _("Nothing waits for you."), await _asked(request, me))]
    team = await reader.run(partial(escalation_reads.of_team, sight=me.sight, county=county, now=now))
    found.append(("team", _("The team's"), _("Nothing waits for the team."), team))
    everything = await reader.run(partial(escalation_reads.waiting, sight=me.sight))
    if me.oversees:
        up = await reader.run(partial(escalation_reads.passed_up, sight=me.sight))
        late = await reader.run(partial(escalation_reads.overdue, sight=me.sight, now=now))
        found.insert(0, ("overdue", _("Overdue"), _("Nothing is overdue."), late))
        found.insert(0, ("passed-up", _("Passed up to you"), _("Nothing was passed up."), up))
        found.append(("others", _("With somebody"), _("Nothing else is open."), everything))
    else:
        found.append(("others", _("Your clients', with somebody else"), _("Nothing else is open."), everything))
    shelves: list[Shelf] = []
    shown: set[str] = set()
    for id_, title, none, items in found:
        new = [item for item in items if item.id not in shown]
        shown.update(item.id for item in new)
        shelves.append(Shelf(id_, title, none, escalation_reads.by_leader(new)))
    return shelves
