"""What the pages show, worked out of the records: texts as they are said, the plan, the answers to choose from."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.chat.wording import _, spoken
from conversations.county import County
from conversations.dates import say_choice, say_hour, say_moment
from conversations.goals import Goal, GoalStatus, StepStatus
from conversations.menu_choices import Choice, choices_in
from conversations.own_reminders import OwnReminder
from conversations.situation import Situation
from conversations.visits import AHEAD, Visit
from records import chat_thread, own_reminders, staff_reads
from records.chat_sessions import ChatSession
from records.chat_thread import ChatText
from records.sight import EVERYBODY

BOT_NAME = "Milepost"


@dataclass(frozen=True, slots=True)
class ShownText:
    """`when` is for people; `at` is ISO 8601; `sent_as` is the browser's own id of it."""

    id: str
    is_mine: bool
    body: str
    lang: str
    at: str
    when: str
    by: str
    sent_as: str


@dataclass(frozen=True, slots=True)
class ShownVisit:
    when: str
    with_whom: str
    place: str
    bring: str


@dataclass(frozen=True, slots=True)
class ShownReminder:
    what: str
    when: str


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """My Plan, the next visit and the reminders; "" or nothing where there is none."""

    goal: str = ""
    step: str = ""
    when: str = ""
    where: str = ""
    obstacle: str = ""
    detour: str = ""
    visit: ShownVisit | None = None
    reminders: tuple[ShownReminder, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownThread:
    """`digest` names what is shown: a page that has it needs nothing. `more`: there are older texts.

    `waits`: words were said that are waited with, a moment, for more of the same breath.
    """

    texts: Sequence[ShownText]
    choices: Sequence[Choice]
    digest: str
    more: bool
    waits: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def thread(connection: Connection, me: ChatSession, now: datetime, before: str = chat_thread.AFTER_ALL) -> ShownThread:
    found = chat_thread.texts(connection, me.client_id, before, chat_thread.LATEST + 1)
    more, texts = len(found) > chat_thread.LATEST, found[-chat_thread.LATEST :]
    newest = texts[-1] if texts else None
    choices = choices_in(newest.body) if newest and not newest.is_mine else ()
    shown = [_text(each, me.zone, now) for each in texts]
    waits = staff_reads.is_mid_breath(connection, me.client_id)
    digest = hashlib.sha256(" ".join([*(each.id for each in texts), str(waits)]).encode()).hexdigest()[:16]
    return ShownThread(shown, choices, digest, more, waits)


def new_id() -> str:
    """Under which a form sends its text: sent twice, it is taken once."""
    return secrets.token_hex(16)


def _text(text: ChatText, zone: ZoneInfo, now: datetime) -> ShownText:
    at = text.at.astimezone(UTC).isoformat(timespec="seconds")
    by = "" if text.is_mine else text.by or BOT_NAME
    body = "\n".join(filter(None, [_("[Picture]") if text.has_picture else "", text.body]))
    return ShownText(text.id, text.is_mine, body, text.language, at, _when(text.at, zone, now), by, text.sent_as)


def _when(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    local = at.astimezone(zone)
    return say_hour(local) if local.date() == now.astimezone(zone).date() else say_moment(at, spoken(), zone)


def plan(connection: Connection, me: ChatSession, county: County, now: datetime) -> ShownPlan:
    known = staff_reads.situation(connection, me.client_id, EVERYBODY, county, now)
    reminders = own_reminders.open_of(connection, me.client_id)
    return ShownPlan(
        **_goal(known.goal, me.zone),
        visit=_visit(known, me.zone, now),
        reminders=tuple(_reminder(one, me.zone, now) for one in reminders),
    )


def _goal(goal: Goal | None, zone: ZoneInfo) -> dict[str, str]:
    if goal is None or goal.status is not GoalStatus.ACTIVE:
        return {}
    step = goal.step
    if step is None or step.status is not StepStatus.PLANNED:
        return {"goal": goal.text}
    when = say_moment(step.when.at, spoken(), zone) if step.when.at else step.when.words
    parts = {"where": step.where, "obstacle": step.obstacle, "detour": step.detour}
    return {"goal": goal.text, "step": step.text, "when": when, **parts}


def _visit(known: Situation, zone: ZoneInfo, now: datetime) -> ShownVisit | None:
    ahead: list[Visit] = [one for one in known.visits if one.status in AHEAD and one.starts_at > now]
    if not ahead:
        return None
    visit = min(ahead, key=lambda one: one.starts_at)
    return ShownVisit(say_moment(visit.starts_at, spoken(), zone), visit.worker, visit.place, visit.bring)


def _reminder(one: OwnReminder, zone: ZoneInfo, now: datetime) -> ShownReminder:
    return ShownReminder(one.what, say_choice(one.at, spoken(), zone, now))
