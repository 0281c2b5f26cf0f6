"""One client: why their goal matters to them, the plan, who answers them, the texts, and what is to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, LANGUAGES, READER, WRITER
from bot.site import render, see_other
from bot.staff import names, notices
from bot.staff.client.channels import channels_of, where_it_goes
from bot.staff.client.week import week_of
from bot.staff.plain_words.clients import NOTE_KINDS
from bot.staff.plain_words.escalations import OUTCOMES
from bot.staff.plain_words.log import THREAD_REASONS
from bot.staff.plain_words.texts import LOST
from bot.staff.writing.desk import known_of
from bot.staff.writing.draft import Shown
from bot.wording import Words, _
from conversations import tools
from conversations.county import County
from conversations.escalations import Trigger
from conversations.events import WorkerInvited
from conversations.languages import Language
from conversations.nudges import NudgeKind
from conversations.situation import MAY_BE_INVITED, PAUSED, SAID_YES, Consent, Mode, Situation
from conversations.starters import starters_in
from conversations.wall_clock import at_wall
from records import escalation_reads, log_reads, notes, own_reminders, referrals, staff_reads, thread_access, visits
from records.engagement import CLIENT, Kind, note_staff_act
from records.escalation_reads import Waiting
from records.ids import new_id
from records.log_reads import Asked, LogRow
from records.roles import Right
from records.sessions import Session
from records.thread_access import Reads

TWO_WEEKS = timedelta(days=14)

SEEN_BY_OTHERS = frozenset({Trigger.PARTNER_VIOLENCE, Trigger.UNSAFE_TO_TEXT, Trigger.SAFETY_WORD})
"""While one of these is open and the texts are stopped, they are not shown where others can read along."""

TALKS = Words(
    {
        "goal_storming": "Finding a goal, when they do not know one yet",
        "life_pulse": "How life is going, from 1 to 10",
    }
)
"""The conversations that a worker may let Milepost begin, by the names of their flows."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What somebody was about to send from this page, and what is amiss with it."""

    words: str = ""
    shown: Shown | None = None
    problem: str = ""
    token: str = ""
    put_by_problem: str = ""
    start_problem: str = ""
    talk_problem: str = ""
    flow: str = ""
    referral_problem: str = ""
    pause_said: Mapping[str, str] = field(default_factory=dict)
    pause_problems: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    why_words: str = ""
    why_problem: str = ""
    note: Mapping[str, str] = field(default_factory=dict)
    note_problems: Mapping[str, str] = field(default_factory=dict)


NOTHING = Writing()
SHOWS_TEXTS = (Reads.ALL, Reads.OWN_PART)


async def show_client(request: web.Request, me: Session) -> web.Response:
    """Every look at somebody's texts goes into the log."""
    client_id, now = request.match_info["id"], request.app[CLOCK].now()
    await _client(request, me)
    if await reads_of(request, me, client_id) in SHOWS_TEXTS:
        look = partial(note_staff_act, kind=Kind.THREAD_VIEWED, staff_id=me.staff_id, now=now, client_id=client_id)
        await request.app[WRITER].run(look)
    return await client_page(request, me, NOTHING)


async def client_page(request: web.Request, me: Session, writing: Writing, status: int = 200) -> web.Response:
    client_id, now = request.match_info["id"], request.app[CLOCK].now()
    context = await _thread(request, me)
    reader, county = request.app[READER], request.app[COUNTY]
    known = await known_of(request, me, client_id)
    planned = await reader.run(partial(staff_reads.planned, client_id=client_id))
    theirs = await reader.run(partial(visits.of_client, client_id=client_id))
    waiting = await reader.run(partial(escalation_reads.waiting, sight=me.sight, client_id=client_id))
    channels = await channels_of(request, client_id)
    since, no = await _since(request, client_id), await why_not_write(request, me, known)
    more = {
        "me": me,
        "county": county,
        "now": now,
        "known": known,
        "goal": known.goal,
        "waiting_plan": waiting_plan(known),
        "may_see_goal": me.may(Right.SEE_GOALS) or (known.goal is not None and known.goal.shared),
        "waiting": waiting,
        "planned": planned,
        "may_be_invited": known.client.consent in MAY_BE_INVITED,
        "invitation": next((nudge for nudge in planned if nudge.kind == NudgeKind.INVITE), None),
        "week": week_of(planned, theirs, known.client.zone, now),
        "fell_away": await reader.run(partial(staff_reads.fell_away, client_id=client_id, since=now - TWO_WEEKS)),
        "visits": theirs,
        "reminders": await reader.run(partial(own_reminders.open_of, client_id=client_id)),
        "mode": known.client.mode,
        "since": since,
        "hides_texts": hides_texts(known, waiting),
        "why_paused": await _why_paused(request, known),
        "starters": starters_in(request.app[LANGUAGES].get(known.client.language, _first_language(request))),
        "writes": me.writes_in(known.client.language, county.languages[0]),
        "may_write": not no,
        "may_start_talk": known.client.consent is Consent.ACTIVE and known.client.mode is Mode.BOT,
        "why_not_write": no,
        "preferred_channel": channels.ways.preferred,
        "where_it_goes": where_it_goes(request, known.client, channels, now),
        "thread_reasons": THREAD_REASONS.items(),
        "talks": talks_of(county),
        "writing": writing,
        "token": writing.token or new_id(now),
        "outcomes": OUTCOMES,
        "referrals": await reader.run(partial(referrals.of_client, client_id=client_id)),
        "colleagues": await names.at_work(request, Right.SEE_CLIENTS) if me.may(Right.REFER) else (),
        "notes": await reader.run(partial(notes.of_client, client_id=client_id)) if me.may(Right.READ_THREADS) else (),
        "note_kinds": {kind: words for kind, words in NOTE_KINDS.items() if kind != notes.NoteKind.ADDITION},
        "today": now.astimezone(known.client.zone).date(),
        "notice": notices.of(request),
    }
    return render(request, "client/client.html", {**context, **more}, status)


def waiting_plan(known: Situation) -> Mapping[str, str]:
    """What the client was shown as a plan and has not said yes to; empty where there is none."""
    talk = known.talk
    if talk is None or talk.flow != "goal_setting" or not talk.at.startswith("recap"):
        return {}
    return talk.answers


async def show_thread(request: web.Request, me: Session) -> web.Response:
    """The texts alone, which the open page asks for every few seconds: no new look, so no new row in the log."""
    return render(request, "client/parts/thread.html", await _thread(request, me))


async def invite(request: web.Request, me: Session) -> web.Response:
    """The client said yes to texts; now they are asked to confirm by text, at once or when the sending hours begin."""
    client_id = (await _client(request, me)).id
    await request.app[WRITER].act(client_id, WorkerInvited(me.first_name), me.staff_id)
    page, client = f"/staff/clients/{client_id}", await _client(request, me)
    return see_other(notices.address(page, "invited") if client.consent is Consent.INVITED else page)


async def _why_paused(request: web.Request, known: Situation) -> str:
    """What the worker said who placed the pause that stands."""
    if known.hold is None or known.hold.reason != PAUSED:
        return ""
    asked = Asked(client_id=known.client.id, kinds=frozenset({Kind.TEXTS_HELD}))
    held = await request.app[READER].run(partial(log_reads.page, asked=asked))
    return next((row.reason for row in held.rows if row.subject == PAUSED), "")


def _first_language(request: web.Request) -> Language:
    return request.app[LANGUAGES][request.app[COUNTY].languages[0]]


def talks_of(county: County) -> Mapping[str, str]:
    """Those of the tools that the county uses (domain guide 2.16)."""
    return {flow: about for flow, about in TALKS.items() if tools.has_flow(flow, county)}


async def why_not_write(request: web.Request, me: Session, known: Situation) -> str:
    """Why one cannot write to this client just now, and what to do instead; "" when one can."""
    client = known.client
    if client.mode is Mode.SILENT:
        return _(
            "Texts are not safe for %(first_name)s, so nothing can be sent. Use the safe-contact plan.",
            first_name=client.first_name,
        )
    if client.consent not in SAID_YES:
        return _(
            "%(first_name)s does not get texts just now, so nothing can be sent. Call, write a letter or meet.",
            first_name=client.first_name,
        )
    if not me.may(Right.READ_THREADS) and client.mode is not Mode.BOT and not await has_thread(request, me, client.id):
        return _(
            "Somebody else of the office is with %(first_name)s just now. Write when they have signed off.",
            first_name=client.first_name,
        )
    return ""


async def has_thread(request: web.Request, me: Session, client_id: str) -> bool:
    """Whether it was they who took it over last."""
    since = await _since(request, client_id)
    return since is not None and since.subject == Mode.HUMAN and since.actor == me.staff_id


def hides_texts(known: Situation, waiting: Sequence[Waiting]) -> bool:
    """Texts on a screen that others see are a danger to who is threatened (domain guide 6.8)."""
    mode = known.client.mode
    return mode is Mode.SILENT or (mode is Mode.STOPPED and any(one.trigger in SEEN_BY_OTHERS for one in waiting))


async def _client(request: web.Request, me: Session) -> staff_reads.ClientCard:
    ask = partial(staff_reads.client_card, client_id=request.match_info["id"], sight=me.sight)
    return await request.app[READER].run(ask)


async def _since(request: web.Request, client_id: str) -> LogRow | None:
    """When it was last decided who answers, and by whom."""
    asked = Asked(client_id=client_id, kinds=frozenset({Kind.MODE_CHANGED}))
    found = await request.app[READER].run(partial(log_reads.page, asked=asked, limit=1))
    return next(iter(found.rows), None)


async def _thread(request: web.Request, me: Session) -> Mapping[str, object]:
    """Who may not read the texts sees that they went, and how far they came."""
    client = await _client(request, me)
    reads, reader = await reads_of(request, me, client.id), request.app[READER]
    texts = await reader.run(partial(staff_reads.thread, client_id=client.id))
    if reads is Reads.OWN_PART:
        texts = await reader.run(
            partial(thread_access.own_part, client_id=client.id, staff_id=me.staff_id, texts=texts)
        )
    elif reads is not Reads.ALL:
        texts = [replace(text, body="") for text in texts if text.direction == "out"]
    waits = await reader.run(partial(staff_reads.is_mid_breath, client_id=client.id))
    return {
        "client": client,
        "thread": texts,
        "names": {**await names.of_staff(request), CLIENT: client.first_name},
        "lost": LOST,
        "waits": waits and reads is Reads.ALL,
        "reads": reads in SHOWS_TEXTS,
        "reads_all": reads is Reads.ALL,
        "is_to_say_why": reads is Reads.ONCE_TOLD_WHY,
    }


async def reads_of(request: web.Request, me: Session, client_id: str) -> Reads:
    """A supervisor's reason holds for the rest of the county's day."""
    now, zone = request.app[CLOCK].now(), request.app[COUNTY].zone
    since = at_wall(now.astimezone(zone).date(), time.min, zone)
    return await request.app[READER].run(partial(thread_access.reads, me=me, client_id=client_id, since=since))
