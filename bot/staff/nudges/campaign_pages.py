"""A text to several clients: look at it, schedule it, see what became of it for each, stop it and start it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, LANGUAGES, PACE, READER, WRITER
from bot.site import render, see_other
from bot.staff import fields, notices
from bot.staff.fields import filled_in
from bot.staff.nudges.campaign_draft import CampaignDraft, Part, Split, languages_of, says_something, split, written_by
from bot.staff.once import TOKEN
from bot.staff.plain_words.clients import GROUPS
from bot.staff.writing.desk import RULE_LISTS
from bot.staff.writing.draft import FARTHEST, OWN, Around, soonest
from bot.wording import N_, _, refusal
from conversations import merge_fields
from conversations.nudge_terms import SkipIf
from conversations.wall_clock import at_wall
from conversations.worker_templates import WORKER_TEMPLATES
from records import campaigns, client_groups, staff_reads
from records.campaigns import Campaign, CampaignState, NewCampaign
from records.client_groups import Group, Only
from records.errors import RefusedError, TooLateError
from records.ids import new_id
from records.sessions import Session
from records.worker_nudges import Wish

HERE = "/staff/campaigns"
LONGEST_NAME = 80
SKIPS = (SkipIf.NEVER, SkipIf.ANSWERED, SkipIf.GOAL_CLOSED)
MOST = 2000
"""Clients that a text may go to at once: more than any worker has."""

NOBODY = N_("Choose at least one client.")
NOBODY_LEFT = N_("Nobody of them can get this text just now. Below is why, and what to do instead.")


@dataclass(frozen=True, slots=True)
class Table:
    """What is on the table: for whom, what was filled in, what is amiss, and what would go out."""

    name: str
    group_id: str
    arounds: Sequence[Around]
    draft: CampaignDraft
    problems: Mapping[str, str]
    split: Split | None


async def show_campaigns(request: web.Request, me: Session) -> web.Response:
    return await _overview(request, me)


async def save_group(request: web.Request, me: Session) -> web.Response:
    """The form's token is the group's id: sent twice, it is kept once."""
    said = await filled_in(request, "token", "name", "only", "language")
    name = " ".join(said["name"].split())[:LONGEST_NAME]
    if not TOKEN.fullmatch(said["token"]) or said["only"] not in set(Only):
        raise web.HTTPBadRequest(text=_("Something is missing. Please choose once more."))
    group = Group(said["token"], name, said["language"], Only(said["only"]))
    keep = partial(
        client_groups.save,
        group=group,
        chosen=await _ticked(request),
        staff_id=me.staff_id,
        sight=me.sight,
        now=request.app[CLOCK].now(),
    )
    try:
        await request.app[WRITER].run(keep)
    except RefusedError as no:
        return await _overview(request, me, {**said, "problem": refusal(no)}, status=422)
    return see_other(notices.address(HERE, "group-saved"))


async def remove_group(request: web.Request, me: Session) -> web.Response:
    remove = partial(client_groups.remove, group_id=request.match_info["id"], staff_id=me.staff_id)
    await request.app[WRITER].run(remove)
    return see_other(notices.address(HERE, "group-removed"))


async def show_new(request: web.Request, me: Session) -> web.Response:
    """With the clients of a group, or nobody yet."""
    group_id = request.query.get("group", "")
    name, chosen = await _whom(request, me, group_id, ())
    arounds = await _arounds(request, me, chosen)
    draft = CampaignDraft(new_id(request.app[CLOCK].now()), name)
    return _page(request, me, Table(name, group_id, arounds, _from_the_first_hour(draft, arounds), {}, None))


async def preview(request: web.Request, me: Session) -> web.Response:
    """The preview alone for htmx; the whole page, with nothing saved, without it."""
    table = await _table(request, me)
    if "HX-Request" in request.headers:
        return render(request, "nudges/campaign_preview.html", _shown(request, me, table))
    if "date" not in await request.post():  # chosen on the clients' page a moment ago
        table = replace(table, draft=_from_the_first_hour(table.draft, table.arounds), problems={})
    return _page(request, me, table)


def _from_the_first_hour(draft: CampaignDraft, arounds: Sequence[Around]) -> CampaignDraft:
    """At which the rules let something go to one of them."""
    first = next((soonest(around) for around in arounds if languages_of([around])), None)
    return replace(draft, date=f"{first:%Y-%m-%d}", time=f"{first:%H:%M}") if first else draft


async def schedule(request: web.Request, me: Session) -> web.Response:
    """The form's token is the campaign's id: sent a thousand times, it is scheduled once."""
    token = (await filled_in(request, "token"))["token"]
    if not TOKEN.fullmatch(token):
        raise web.HTTPBadRequest(text=_("Something is missing. Please choose once more."))
    if await request.app[READER].run(partial(campaigns.exists, campaign_id=token)):
        return see_other(notices.address(f"{HERE}/{token}", "scheduled-several"))
    table = await _table(request, me)
    if table.problems or table.split is None:
        return _page(request, me, table, status=422)
    draft = table.draft
    template = "" if draft.what == OWN else draft.what
    keep = partial(
        campaigns.schedule,
        new=NewCampaign(
            token, table.name, template, draft.words, draft.date, draft.time, draft.skip_if, draft.last_day
        ),
        chosen=chosen_of(table.split, template),
        staff_id=me.staff_id,
        now=request.app[CLOCK].now(),
        waits=_waits(request, me, table.split),
    )
    await request.app[WRITER].run(keep)
    return see_other(notices.address(f"{HERE}/{token}", "scheduled-several"))


async def show_campaign(request: web.Request, me: Session) -> web.Response:
    one = await _find(request, me)
    members = await request.app[READER].run(partial(campaigns.members, campaign_id=one.id, sight=me.sight))
    waits = one.state is CampaignState.WAITING
    context = {
        "me": me,
        "one": one,
        "county": request.app[COUNTY],
        "members": members,
        "split": (await split_again(request, me, one)) if waits else None,
        "may_decide": waits and me.oversees and one.created_by != me.staff_id,
        "mine": one.created_by == me.staff_id,
        "template": WORKER_TEMPLATES.get(one.template),
        "notice": notices.of(request),
    }
    return render(request, "nudges/campaign.html", context)


async def stop(request: web.Request, me: Session) -> web.Response:
    """What has not left does not leave. Stopped twice, it is stopped."""
    one = await _find(request, me)
    now = request.app[CLOCK].now()
    await request.app[WRITER].run(partial(campaigns.stop, campaign_id=one.id, by=me.staff_id, now=now))
    return see_other(notices.address(f"{HERE}/{one.id}", "stopped-several"))


async def start_again(request: web.Request, me: Session) -> web.Response:
    """Each of those that were stopped goes at the next moment that the rules allow, spread as before."""
    one = await _find(request, me)
    again = partial(
        campaigns.start_again,
        campaign_id=one.id,
        chosen=chosen_of(await split_again(request, me, one), one.template),
        by=me.staff_id,
        now=request.app[CLOCK].now(),
    )
    with suppress(TooLateError):  # it goes already
        await request.app[WRITER].run(again)
    return see_other(notices.address(f"{HERE}/{one.id}", "started-several"))


async def split_again(request: web.Request, me: Session, one: Campaign) -> Split:
    """What would go out of a stored one now. An hour that is over by now counts from the next allowed one on."""
    ids = await request.app[READER].run(partial(campaigns.member_ids, campaign_id=one.id))
    arounds = await _arounds(request, me, ids)
    draft = CampaignDraft(
        one.id, one.name, one.template or OWN, one.words, one.day, one.hour, one.skip_if, one.last_day
    )
    zone = request.app[COUNTY].zone
    asked = at_wall(date.fromisoformat(one.day), time.fromisoformat(one.hour), zone)
    local = max(asked, request.app[CLOCK].now()).astimezone(zone)
    return split(draft, arounds, local.date(), local.time(), request.app[PACE], one.created_at)


async def _find(request: web.Request, me: Session) -> Campaign:
    ask = partial(campaigns.find, campaign_id=request.match_info["id"], sight=me.sight)
    return await request.app[READER].run(ask)


async def _ticked(request: web.Request) -> Collection[str]:
    chosen = dict.fromkeys(str(value) for value in (await request.post()).getall("client", []))
    return list(chosen)[:MOST]


async def _whom(
    request: web.Request, me: Session, group_id: str, ticked: Collection[str]
) -> tuple[str, Collection[str]]:
    """What they are called together, and their ids: those of a group just now, or those who were ticked."""
    if not group_id:
        return f"{len(ticked)} {'client' if len(ticked) == 1 else 'clients'}", ticked
    reader, now = request.app[READER], request.app[CLOCK].now()
    group = await reader.run(partial(client_groups.find, group_id=group_id, staff_id=me.staff_id))
    return group.name, await reader.run(partial(client_groups.members, group=group, sight=me.sight, now=now))


async def _arounds(request: web.Request, me: Session, client_ids: Collection[str]) -> Sequence[Around]:
    county, now, languages = request.app[COUNTY], request.app[CLOCK].now(), request.app[LANGUAGES]
    ask = partial(staff_reads.situations, client_ids=client_ids, sight=me.sight, county=county, now=now)
    first = languages[county.languages[0]]
    found = await request.app[READER].run(ask)
    spoken = [(known, texts, languages.get(known.client.language, first)) for known, texts in found]
    lists = request.app[RULE_LISTS]
    return [
        Around(known, language, lists.get(language.code), texts, now, me.writes_in(language.code, county.languages[0]))
        for known, texts, language in spoken
    ]


async def _table(request: web.Request, me: Session) -> Table:
    said = await filled_in(request, "token", "what", "date", "time", "skip_if", "last_day", "group")
    name, chosen = await _whom(request, me, said["group"], await _ticked(request))
    arounds = await _arounds(request, me, chosen)
    spoken = written_by(arounds)
    typed = await filled_in(request, *(f"words_{code}" for code in spoken))
    words = {code: typed[f"words_{code}"] for code in spoken if typed[f"words_{code}"]}
    now = request.app[CLOCK].now()
    token = said["token"] if TOKEN.fullmatch(said["token"]) else new_id(now)
    skip_if = said["skip_if"] if said["skip_if"] in SKIPS else ""
    draft = CampaignDraft(token, name, said["what"], words, said["date"], said["time"], skip_if, said["last_day"])
    problems, moment = _problems(draft, arounds, now)
    found = None
    if says_something(draft) and arounds:
        local = (moment or now).astimezone(request.app[COUNTY].zone)
        found = split(draft, arounds, local.date(), local.time(), request.app[PACE], now)
        if not found.out:
            problems["form"] = _(NOBODY_LEFT)
    return Table(name, said["group"], arounds, draft, problems, found)


def _problems(draft: CampaignDraft, arounds: Sequence[Around], now: datetime) -> tuple[dict[str, str], datetime | None]:
    """What is amiss, by field; and the moment asked for, as the county's clock shows it."""
    problems: dict[str, str] = {}
    if not arounds:
        return {"form": _(NOBODY)}, None
    if not says_something(draft):
        problems["words"] = _("Choose a text above, or write your own here.")
    moment = fields.moment(draft.date, draft.time, arounds[0].situation.county.zone, problems)
    if moment and moment < now - timedelta(minutes=1):
        problems["date"] = _("That moment is over.")
    elif moment and moment > now + FARTHEST:
        problems["date"] = _("Choose a day within a year.")
    last_day = fields.day(draft.last_day)
    if draft.last_day and (last_day is None or (moment and last_day < moment.date())):
        problems["last_day"] = _("Choose a day after the text is to go.")
    return problems, moment


def chosen_of(found: Split, template: str) -> campaigns.Chosen:
    """By client what is to be kept of it."""
    return {part.situation.client.id: _wish(part, template) for part in found.parts}


def _wish(part: Part, template: str) -> Wish | str:
    if part.shown is None or part.goes is None:
        return part.why_not
    return Wish(part.shown.body, template, part.goes.at, part.goes.wanted, part.goes.reason, part.terms)


def _waits(request: web.Request, me: Session, found: Split) -> bool:
    """Who gives the yes needs none."""
    return len(found.out) > request.app[COUNTY].approval_over and not me.oversees


async def _overview(
    request: web.Request, me: Session, said: Mapping[str, str] | None = None, status: int = 200
) -> web.Response:
    reader, now = request.app[READER], request.app[CLOCK].now()
    context = {
        "me": me,
        "county": request.app[COUNTY],
        "groups": await reader.run(partial(client_groups.of_staff, staff_id=me.staff_id, sight=me.sight, now=now)),
        "campaigns": await reader.run(partial(campaigns.latest, staff_id=me.staff_id, sight=me.sight)),
        "GROUPS": GROUPS,
        "said": defaultdict(str, said or {}),
        "ticked": await _ticked(request) if said else (),
        "token": new_id(now),
        "notice": notices.of(request),
    }
    return render(request, "nudges/campaigns.html", context, status)


def _page(request: web.Request, me: Session, table: Table, status: int = 200) -> web.Response:
    now, county = request.app[CLOCK].now(), request.app[COUNTY]
    spoken = languages_of(table.arounds)
    context = {
        **_shown(request, me, table),
        "me": me,
        "table": table,
        "draft": table.draft,
        "problems": defaultdict(str, table.problems),
        "templates": WORKER_TEMPLATES.values(),
        "languages": written_by(table.arounds),
        "merge": merge_fields.FIELDS,
        "counts": {code: sum(one.situation.client.language == code for one in table.arounds) for code in spoken},
        "clients": [around.situation.client for around in table.arounds],
        "today": now.astimezone(county.zone).date(),
    }
    return render(request, "nudges/campaign_new.html", context, status)


def _shown(request: web.Request, me: Session, table: Table) -> dict[str, object]:
    waits = table.split is not None and _waits(request, me, table.split)
    return {"county": request.app[COUNTY], "split": table.split, "waits": waits}
