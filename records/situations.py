"""Loading what is known of clients: one statement a table, for as many clients as wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, bindparam, func, or_, select, text

from conversations import goals as core
from conversations import nudge_terms
from conversations.county import County, Tool
from conversations.escalations import Level, OpenItem, Trigger
from conversations.goals import Difficulty, Goal, GoalStatus, Reminder, Step, StepStatus
from conversations.nudges import NudgeKind, NudgeState
from conversations.own_reminders import OPEN, OwnReminder, ReminderStatus
from conversations.roadmaps import Roadmap, RoadmapStatus
from conversations.situation import Client, Consent, Hold, Idle, Mode, PartOfDay, Rhythm, Sent, Situation, Talk
from conversations.visits import AHEAD, Visit, VisitStatus
from records import free_time_calendar
from records.bulk import one_of
from records.free_time_calendar import Calendar
from records.leaves import covers
from records.nudge_book import NudgeBook, PlannedNudge
from records.prepared import AnyRow, Prepared, together
from records.tables import (
    UNPROMPTED,
    clients,
    escalations,
    goals,
    ideas,
    messages,
    nudges,
    own_reminders,
    roadmaps,
    staff,
    steps,
    talks,
    visits,
)

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
LONGEST_MONTH = timedelta(days=32)
VISITS_BEHIND = timedelta(days=60)
"""So long a visit that came to nothing is known: a second one that is missed needs a person sooner."""

BEHIND = frozenset({VisitStatus.MISSED, VisitStatus.ENDED_BY_OFFICE})
NOT_HERE = frozenset({Consent.NONE, Consent.CLOSED, Consent.REVOKED, Consent.EXPIRED, Consent.WRONG_NUMBER})
"""Who is here shares the phone with the others of the same number."""


@dataclass(frozen=True, slots=True)
class OpenEscalation:
    id: str
    trigger: str
    level: str
    due_at: datetime
    contacted_at: datetime | None

    def item(self) -> OpenItem:
        return OpenItem(Trigger(self.trigger), Level(self.level), self.due_at, self.contacted_at)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A client's situation, and what saving needs beside it.

    `stored` are the columns CHANGING of the client's row as they are. `answers_id` is who of staff answers just now:
    the worker, who covers for them, or None for the team.
    """

    situation: Situation
    number: str
    worker_id: str
    answers_id: str | None
    stored: Mapping[str, Any]
    book: NudgeBook
    calendar: Calendar
    escalations: Mapping[str, OpenEscalation] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        return self.situation.client.id

    def as_of_now(self) -> Situation:
        """With the free times that the clients decided before this one have left."""
        if not self.situation.visits:
            return self.situation
        return replace(self.situation, free_times=self.calendar.free_for(self.client_id, self.worker_id))


CHANGING = (
    "language",
    "consent",
    "consented_at",
    "mode",
    "phone_is_shared",
    "part_of_day",
    "rhythm",
    "resting_until",
    "held_until",
    "held_because",
    "last_heard_at",
    "last_check_in_at",
    "person_wrote_at",
    "warned_at",
    "idle_replies",
    "idle_since",
    "last_said",
    "safety_word",
    "preferred_channel",
    "spoke_on",
    "whatsapp_at",
    "channels_off",
)
"""What a decision may change in a client's row."""

CLIENTS = select(
    clients.c.id,
    clients.c.number,
    clients.c.first_name,
    clients.c.zone,
    clients.c.worker_id,
    staff.c.first_name.label("worker"),
    *(clients.c[name] for name in CHANGING),  # last: `Loaded.stored` is read from there
).join(staff, staff.c.id == clients.c.worker_id)

_locked = CLIENTS.with_for_update(of=clients, key_share=True)
BY_NUMBER = Prepared(_locked.where(one_of(clients.c.number, "numbers")).order_by(clients.c.id))
_BY_ID = Prepared(_locked.where(one_of(clients.c.id, "ids")).order_by(clients.c.id))
_FIRST_DUE = Prepared(select(func.min(nudges.c.due_at).label("at")).where(text("nudges.state = 'planned'")))
"""To ask whether any is due would have Postgres read all that is not, to find none."""

_WITH_DUE = Prepared(
    CLIENTS.join(nudges, nudges.c.client_id == clients.c.id)
    .where(text("nudges.state = 'planned'"), nudges.c.due_at <= bindparam("now"))
    .order_by(nudges.c.due_at)  # as the index has them: with more in it all that is due would be sorted
    .limit(bindparam("most"))
    .with_for_update(of=clients, key_share=True, skip_locked=True)
)
_SHARERS = Prepared(
    select(clients.c.id, clients.c.number, clients.c.first_name, clients.c.consent).where(
        one_of(clients.c.number, "numbers")
    )
)

ClientRow = AnyRow


def lock_by_number(connection: Connection, numbers: Sequence[str]) -> Sequence[ClientRow]:
    """All clients of these numbers, in the order of their ids."""
    return BY_NUMBER.rows(connection, {"numbers": numbers})


def lock_by_id(connection: Connection, ids: Sequence[str]) -> Sequence[ClientRow]:
    return _BY_ID.rows(connection, {"ids": ids})


def lock_with_due(connection: Connection, now: datetime, most: int) -> Sequence[ClientRow]:
    """Clients with nudges that are due, the longest due first. Those in another process's hands are left to it."""
    first = _FIRST_DUE.first(connection, {})
    if first is None or first.at is None or first.at > now:
        return ()
    found = _WITH_DUE.rows(connection, {"now": now, "most": most})
    return list({row.id: row for row in found}.values())


_TALKS = Prepared(
    select(
        talks.c.client_id,
        talks.c.place,
        talks.c.flow,
        talks.c.at,
        talks.c.asked_at,
        talks.c.answers,
        talks.c.misses,
    ).where(one_of(talks.c.client_id, "ids"))
)

_any = steps.alias("any_step")
_latest = (
    select(func.max(_any.c.number))
    .where(_any.c.client_id == goals.c.client_id, _any.c.goal == goals.c.number)
    .correlate(goals)
    .scalar_subquery()
)
_GOALS = Prepared(
    select(
        goals.c.client_id,
        goals.c.number,
        goals.c.text,
        goals.c.meaning,
        goals.c.difficulty,
        goals.c.status,
        goals.c.version,
        goals.c.private,
        goals.c.shared,
        goals.c.setbacks,
        steps.c.number.label("step"),
        steps.c.text.label("step_text"),
        steps.c.when,
        steps.c.where,
        steps.c.support,
        steps.c.obstacle,
        steps.c.detour,
        steps.c.first_action,
        steps.c.reminder,
        steps.c.status.label("step_status"),
    )
    .select_from(goals)
    .outerjoin(
        steps,
        and_(
            steps.c.client_id == goals.c.client_id,
            steps.c.goal == goals.c.number,
            steps.c.number == _latest,
        ),
    )
    .where(one_of(goals.c.client_id, "ids"))
    .order_by(goals.c.client_id, goals.c.number)
)
_IDEAS = Prepared(select(ideas.c.client_id, ideas.c.text).where(one_of(ideas.c.client_id, "ids")).order_by(ideas.c.id))
_newest_roadmap = roadmaps.alias("newest_roadmap")
_ROADMAPS = Prepared(
    select(
        roadmaps.c.client_id,
        roadmaps.c.number,
        roadmaps.c.goal,
        roadmaps.c.why,
        roadmaps.c.marks,
        roadmaps.c.reached,
        roadmaps.c.status,
    ).where(
        one_of(roadmaps.c.client_id, "ids"),
        roadmaps.c.number
        == select(func.max(_newest_roadmap.c.number))
        .where(_newest_roadmap.c.client_id == roadmaps.c.client_id)
        .correlate(roadmaps)
        .scalar_subquery(),
    )
)
_DONE = Prepared(
    select(steps.c.client_id, steps.c.reviewed_at).where(
        one_of(steps.c.client_id, "ids"),
        steps.c.status == StepStatus.DONE,
        steps.c.reviewed_at > bindparam("done_since"),
    )
)
_SENT = Prepared(
    select(messages.c.client_id, messages.c.at, func.coalesce(messages.c.nudge_id, messages.c.id))
    .outerjoin(nudges, nudges.c.id == messages.c.nudge_id)
    .where(
        one_of(messages.c.client_id, "ids"),
        text(f"messages.{UNPROMPTED.replace('AND state', 'AND messages.state')}"),
        messages.c.at > bindparam("sent_since"),
        nudges.c.kind.is_distinct_from(NudgeKind.OWN_REMINDER),
    )
)
_ESCALATIONS = Prepared(
    select(
        escalations.c.client_id,
        escalations.c.id,
        escalations.c.trigger,
        escalations.c.level,
        escalations.c.due_at,
        escalations.c.contacted_at,
    )
    .where(one_of(escalations.c.client_id, "ids"), text("escalations.resolved_at IS NULL"))
    .order_by(escalations.c.id)
)
_newest_visit = visits.alias("newest_visit")
_VISITS = Prepared(
    select(
        visits.c.client_id,
        visits.c.number,
        visits.c.starts_at,
        staff.c.first_name,
        visits.c.place,
        visits.c.bring,
        visits.c.by_phone,
        visits.c.status,
        visits.c.leaves_at,
    )
    .join(staff, staff.c.id == visits.c.worker_id)
    .where(
        one_of(visits.c.client_id, "ids"),
        or_(
            visits.c.starts_at > bindparam("visits_since"),
            visits.c.number
            == select(func.max(_newest_visit.c.number))
            .where(_newest_visit.c.client_id == visits.c.client_id)
            .correlate(visits)
            .scalar_subquery(),
        ),
    )
    .order_by(visits.c.starts_at, visits.c.number)
)
"""Those near enough to be spoken of, and the newest, whose number says how many there were."""

_newest_reminder = own_reminders.alias("newest_reminder")
_REMINDERS = Prepared(
    select(
        own_reminders.c.client_id,
        own_reminders.c.number,
        own_reminders.c.what,
        own_reminders.c.at,
        own_reminders.c.repeats,
        own_reminders.c.status,
    )
    .where(
        one_of(own_reminders.c.client_id, "ids"),
        or_(
            *(own_reminders.c.status == status for status in sorted(OPEN)),
            own_reminders.c.number
            == select(func.max(_newest_reminder.c.number))
            .where(_newest_reminder.c.client_id == own_reminders.c.client_id)
            .correlate(own_reminders)
            .scalar_subquery(),
        ),
    )
    .order_by(own_reminders.c.at, own_reminders.c.number)
)
"""As visits."""

_NUDGES = select(
    nudges.c.client_id,
    nudges.c.id,
    nudges.c.kind,
    nudges.c.key,
    nudges.c.subject,
    nudges.c.words,
    nudges.c.state,
    nudges.c.due_at,
    nudges.c.wanted_at,
    nudges.c.held,
    nudges.c.created_by,
    nudges.c.campaign,
    nudges.c.terms,
)
_PLANNED = Prepared(
    _NUDGES.where(one_of(nudges.c.client_id, "ids"), text("nudges.state = 'planned'")).order_by(nudges.c.id)
)
_BY_KEY = Prepared(
    _NUDGES.where(
        one_of(nudges.c.client_id, "ids"),
        one_of(nudges.c.key, "keys"),
        nudges.c.state != NudgeState.PLANNED,
    )
)

_QUESTIONS = (
    _TALKS,
    _GOALS,
    _IDEAS,
    _ROADMAPS,
    _DONE,
    _SENT,
    _ESCALATIONS,
    _VISITS,
    _REMINDERS,
    _PLANNED,
)
"""What is asked of all clients at once. The first column is the client."""


def load(
    connection: Connection,
    rows: Sequence[ClientRow],
    county: County,
    now: datetime,
    *,
    locks: bool = True,
    sharers: Sequence[AnyRow] | None = None,
) -> dict[str, Loaded]:
    """The situations of clients, by client id.

    The clients' rows are locked, and so are the free times on which is decided; without `locks` neither are. `sharers`
    are the rows of all clients of these numbers, where they are at hand.
    """
    if not rows:
        return {}
    known = _known(connection, rows, county, now)
    if sharers is None:
        sharers = _SHARERS.rows(connection, {"numbers": [row.number for row in rows]})
    here = _here(sharers)
    away = covers(connection, {row.worker_id for row in rows}, county, now)
    spoken_of = {key: _spoken_of(theirs, now) for key, theirs in known[_VISITS].items()}
    workers = sorted({row.worker_id for row in rows if spoken_of.get(row.id)})
    calendar = free_time_calendar.load(connection, workers, now, locks=locks)
    loaded: dict[str, Loaded] = {}
    for row in rows:
        key = row.id
        theirs = {asked: found.get(key, ()) for asked, found in known.items()}
        told = {one.trigger: OpenEscalation(*one[1:]) for one in theirs[_ESCALATIONS]}
        waiting = {one.place: _talk(one) for one in theirs[_TALKS]}
        others = tuple(name for id_, name in here.get(row.number, ()) if id_ != key)
        book = NudgeBook([_planned_nudge(one) for one in theirs[_PLANNED]])
        all_goals, reminders = theirs[_GOALS], theirs[_REMINDERS]
        client = _client(row, shares=bool(others))
        cover = away.get(row.worker_id)
        answers_id = cover.staff_id if cover else row.worker_id
        seen = spoken_of.get(key, ())
        situation = Situation(
            client,
            county,
            talk=waiting.get("open"),
            parked=waiting.get("parked"),
            goal=_open_goal(all_goals),
            goals_so_far=len(all_goals),
            steps_this_month=_this_month(theirs[_DONE], client.zone, now),
            ideas=tuple(one.text for one in theirs[_IDEAS]),
            roadmap=next(map(_roadmap, theirs.get(_ROADMAPS, ())), None),
            sent=_sent(theirs[_SENT], client.zone, now),
            last_heard_at=row.last_heard_at,
            last_check_in_at=row.last_check_in_at,
            open_items=tuple(one.item() for one in told.values()),
            cover=cover.first_name if cover else None,
            hold=_hold(row, now),
            idle=Idle(row.idle_replies, row.idle_since, row.last_said),
            person_wrote_at=row.person_wrote_at,
            warned_at=row.warned_at,
            visits=seen,
            visits_so_far=max((one.number for one in theirs[_VISITS]), default=0),
            free_times=calendar.free_for(key, row.worker_id) if seen else (),
            own_reminders=tuple(_reminder(one) for one in reminders if one.status in OPEN),
            reminders_so_far=max((one.number for one in reminders), default=0),
            said_so_far=book.said_so_far(),
            others_here=others,
        )
        stored = dict(zip(CHANGING, row[-len(CHANGING) :], strict=True))
        loaded[key] = Loaded(situation, row.number, row.worker_id, answers_id, stored, book, calendar, told)
    return loaded


def load_keys(connection: Connection, wanted: Mapping[str, Iterable[str]], loaded: Mapping[str, Loaded]) -> None:
    """Put the settled nudges of these keys, by client, into the books: what is planned again may have been before."""
    keys = {key for theirs in wanted.values() for key in theirs}
    if not keys:
        return
    for row in _BY_KEY.rows(connection, {"ids": list(wanted), "keys": list(keys)}):
        loaded[row.client_id].book.know(_planned_nudge(row))


def _known(
    connection: Connection, rows: Sequence[ClientRow], county: County, now: datetime
) -> dict[Prepared, dict[str, list[AnyRow]]]:
    """What each question finds, by client."""
    values = {
        "ids": [row.id for row in rows],
        "done_since": now - LONGEST_MONTH,
        "sent_since": now - MONTH,
        "visits_since": now - VISITS_BEHIND,
    }
    questions = [one for one in _QUESTIONS if one is not _ROADMAPS or Tool.ROADMAP in county.tools]
    with together(connection):
        asked = [question.ask(connection, values) for question in questions]
    return {question: _grouped(one.rows()) for question, one in zip(questions, asked, strict=True)}


def _grouped(rows: Iterable[AnyRow]) -> dict[str, list[AnyRow]]:
    groups: dict[str, list[AnyRow]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    return groups


def _planned_nudge(row: AnyRow) -> PlannedNudge:
    nudge = PlannedNudge(*row[1:-1])
    if row.terms:
        nudge.terms = nudge_terms.read(row.terms)
    return nudge


def _client(row: ClientRow, *, shares: bool) -> Client:
    return Client(
        row.id,
        row.first_name,
        row.language,
        ZoneInfo(row.zone),
        Consent(row.consent),
        row.phone_is_shared or (shares and row.consent not in NOT_HERE),
        PartOfDay(row.part_of_day) if row.part_of_day else None,
        Rhythm(row.rhythm),
        row.resting_until,
        row.worker,
        Mode(row.mode),
        row.safety_word,
        row.consented_at,
    )


def _here(sharers: Iterable[AnyRow]) -> dict[str, list[tuple[str, str]]]:
    """By number, id and first name of who texts from it."""
    here: dict[str, list[tuple[str, str]]] = {}
    for row in sharers:
        if row.consent not in NOT_HERE:
            here.setdefault(row.number, []).append((row.id, row.first_name))
    return here


def _hold(row: ClientRow, now: datetime) -> Hold | None:
    return Hold(row.held_until, row.held_because) if row.held_until and row.held_until > now else None


def _spoken_of(rows: Sequence[AnyRow], now: datetime) -> tuple[Visit, ...]:
    """Those ahead, and those of the last 60 days that were missed or ended by the office."""
    return tuple(
        _visit(row)
        for row in rows
        if (row.status in AHEAD and row.starts_at > now)
        or (row.status in BEHIND and row.starts_at > now - VISITS_BEHIND)
    )


def _visit(row: AnyRow) -> Visit:
    return Visit(
        row.number,
        row.starts_at,
        row.first_name,
        row.place,
        row.bring,
        row.by_phone,
        VisitStatus(row.status),
        row.leaves_at,
    )


def _reminder(row: AnyRow) -> OwnReminder:
    return OwnReminder(row.number, row.what, row.at, row.repeats, ReminderStatus(row.status))


def _roadmap(row: AnyRow) -> Roadmap:
    return Roadmap(row.number, row.goal, row.why, tuple(row.marks), row.reached, RoadmapStatus(row.status))


def _talk(row: AnyRow) -> Talk:
    return Talk(row.flow, row.at, row.asked_at, row.answers, row.misses)


def _open_goal(rows: Sequence[AnyRow]) -> Goal | None:
    """The newest goal that is active, or else paused."""
    for status in (GoalStatus.ACTIVE, GoalStatus.PAUSED):
        for row in reversed(rows):
            if row.status == status:
                return read_goal(row)
    return None


def read_goal(row: AnyRow) -> Goal:
    return Goal(
        row.number,
        row.text,
        row.meaning,
        Difficulty(row.difficulty) if row.difficulty else None,
        GoalStatus(row.status),
        row.version,
        row.private,
        row.shared,
        None if row.step is None else _step(row),
        row.setbacks,
    )


def _step(row: AnyRow) -> Step:
    return Step(
        row.step,
        row.step_text,
        core.Moment.read(row.when),
        row.where,
        row.support,
        row.obstacle,
        row.detour,
        row.first_action,
        Reminder(row.reminder),
        StepStatus(row.step_status),
    )


def _this_month(rows: Sequence[AnyRow], zone: ZoneInfo, now: datetime) -> int:
    if not rows:
        return 0
    here = now.astimezone(zone)
    months = [row.reviewed_at.astimezone(zone) for row in rows]
    return sum(at.month == here.month and at.year == here.year for at in months)


def _sent(rows: Sequence[AnyRow], zone: ZoneInfo, now: datetime) -> Sent:
    """What the caps count. Two texts that one nudge made count once."""
    if not rows:
        return Sent()
    first = sorted({row[2]: row[1] for row in rows}.values())
    today = now.astimezone(zone).date()
    return Sent(
        sum(at.astimezone(zone).date() == today for at in first),
        sum(at > now - WEEK for at in first),
        len(first),
        tuple(first),
    )
