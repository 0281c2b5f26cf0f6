"""Saving what was decided, for many clients at once: effects become rows, and rows one statement a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete

from conversations.county import County
from conversations.effects import (
    CancelNudges,
    ChangeConsent,
    Effect,
    KeepIdea,
    Level,
    PlanNudge,
    Preference,
    Purpose,
    ReviewStep,
    SaveGoal,
    SaveTalk,
    SetPreference,
    SettleNudge,
    TellWorker,
    Texted,
)
from conversations.goals import Goal, GoalEvent, GoalStatus, Step
from conversations.nudges import NudgeKind, NudgeState
from conversations.situation import Client, Talk
from records import consent, engagement
from records.bulk import inserting, replaced, updating
from records.engagement import BOT, CLIENT, Kind, entry
from records.ids import new_id
from records.nudge_book import PlannedNudge
from records.situations import Loaded, OpenEscalation
from records.states import MessageState
from records.tables import (
    clients,
    consent_events,
    escalations,
    goal_events,
    goals,
    hook_deliveries,
    ideas,
    messages,
    nudges,
    steps,
    talks,
)

Row = dict[str, Any]

ANSWER_FIRST = frozenset({Purpose.REPLY, Purpose.LEGAL})
USEFUL = timedelta(hours=12)
"""How long an answer is worth sending. Unprompted texts are worth sending until the day's sending hours end."""
AT_LEAST = timedelta(hours=1)

NUDGE_KINDS = {
    NudgeState.PLANNED: Kind.NUDGE_PLANNED,
    NudgeState.SENT: Kind.NUDGE_SENT,
    NudgeState.MERGED: Kind.NUDGE_MERGED,
    NudgeState.DROPPED: Kind.NUDGE_DROPPED,
    NudgeState.CANCELLED: Kind.NUDGE_CANCELLED,
}

OVER = frozenset({GoalStatus.ACHIEVED, GoalStatus.REPLACED, GoalStatus.RELEASED})


@dataclass(frozen=True, slots=True)
class Cause:
    """Why effects come: who acted (CLIENT, BOT or a member of staff's id), and by which inbound text."""

    actor: str = BOT
    message_id: str | None = None

    @property
    def channel(self) -> str:
        return {CLIENT: "sms", BOT: "bot"}.get(self.actor, "staff")


@dataclass(slots=True)
class Batch:
    """Rows of all clients of one transaction, in the order in which they came."""

    now: datetime
    county: County
    clients: dict[str, Row] = field(default_factory=dict)
    silenced: list[str] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    talks: dict[tuple[str, str], Row] = field(default_factory=dict)
    talks_gone: list[Row] = field(default_factory=list)
    goals: dict[tuple[str, int], Row] = field(default_factory=dict)
    steps: dict[tuple[str, int, int], Row] = field(default_factory=dict)
    goal_events: list[Row] = field(default_factory=list)
    ideas: list[Row] = field(default_factory=list)
    new_nudges: list[Row] = field(default_factory=list)
    changed_nudges: list[Row] = field(default_factory=list)
    new_escalations: list[Row] = field(default_factory=list)
    more_escalations: list[Row] = field(default_factory=list)
    hook_deliveries: list[Row] = field(default_factory=list)
    consent_events: list[Row] = field(default_factory=list)
    log: list[Row] = field(default_factory=list)
    workers: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, loaded: Loaded, effects: Sequence[Effect], cause: Cause) -> None:
        """What follows for one client. Raises TypeError for an effect that still waits for a plan or for words."""
        _OneClient(self, loaded, cause).add(effects)

    def heard(self, loaded: Loaded, cause: Cause) -> None:
        """The client texted."""
        one = _OneClient(self, loaded, cause)
        one.change_client(last_heard_at=self.now)
        one.log(Kind.TEXT_IN, message_id=cause.message_id)

    def set_aside(self, loaded: Loaded, cause: Cause, reason: str) -> None:
        """Our own code failed on what happened to this client."""
        _OneClient(self, loaded, cause).log(Kind.SET_ASIDE, reason=reason, actor=BOT, message_id=cause.message_id)

    def write(self, connection: Connection) -> None:
        _UPDATE_CLIENTS.run(connection, self.clients.values())
        if self.silenced:
            self._take_back(connection)
        _INSERT_NUDGES.run(connection, self.new_nudges)
        _UPDATE_NUDGES.run(connection, self.changed_nudges)
        INSERT_MESSAGES.run(connection, self.messages)
        if self.talks_gone:
            connection.execute(_DELETE_TALKS, self.talks_gone)
        _UPSERT_TALKS.run(connection, self.talks.values())
        _UPSERT_GOALS.run(connection, self.goals.values())
        _UPSERT_STEPS.run(connection, self.steps.values())
        _INSERT_GOAL_EVENTS.run(connection, self.goal_events)
        _INSERT_IDEAS.run(connection, self.ideas)
        _INSERT_ESCALATIONS.run(connection, self.new_escalations)
        _UPDATE_ESCALATIONS.run(connection, self.more_escalations)
        _INSERT_HOOKS.run(connection, self.hook_deliveries)
        _INSERT_CONSENT.run(connection, self.consent_events)
        engagement.append(connection, self.log)

    def _take_back(self, connection: Connection) -> None:
        """Texts of before that have not left. Those of this very decision come after."""
        for message_id, client_id, _purpose in consent.cancel_messages(connection, self.silenced):
            worker_id, language = self.workers[client_id]
            self.log.append(
                entry(
                    Kind.TEXT_STATUS,
                    self.now,
                    client_id=client_id,
                    worker_id=worker_id,
                    language=language,
                    subject=MessageState.CANCELLED,
                    reason=consent.REASON,
                    message_id=message_id,
                )
            )


_TALK = ("flow", "at", "asked_at", "answers", "misses")
_GOAL = (
    "text",
    "meaning",
    "difficulty",
    "status",
    "version",
    "private",
    "shared",
    "setbacks",
    "closed_at",
    "replaced_by",
)
_STEP = (
    "text",
    "when",
    "due_at",
    "where",
    "support",
    "obstacle",
    "detour",
    "first_action",
    "reminder",
    "status",
)
_NUDGE = ("state", "due_at", "wanted_at", "held", "reason")
_CLIENT = (
    "language",
    "consent",
    "phone_is_shared",
    "part_of_day",
    "rhythm",
    "resting_until",
    "last_heard_at",
    "last_check_in_at",
)

_UPDATE_CLIENTS = updating(clients, _CLIENT)
_INSERT_NUDGES = inserting(nudges, nudges.c.keys())
_UPDATE_NUDGES = updating(nudges, _NUDGE, also=["version = nudges.version + 1"])
INSERT_MESSAGES = inserting(messages, messages.c.keys())
_DELETE_TALKS = delete(talks).where(talks.c.client_id == bindparam("client"), talks.c.place == bindparam("from_place"))
_UPSERT_TALKS = inserting(
    talks,
    talks.c.keys(),
    f"ON CONFLICT (client_id, place) DO UPDATE SET {replaced(*_TALK)}",
)
_UPSERT_GOALS = inserting(
    goals,
    goals.c.keys(),
    f"ON CONFLICT (client_id, number) DO UPDATE SET {replaced(*_GOAL)}",
)
_UPSERT_STEPS = inserting(
    steps,
    steps.c.keys(),
    f"ON CONFLICT (client_id, goal, number) DO UPDATE SET {replaced(*_STEP)}, "
    "reviewed_at = COALESCE(excluded.reviewed_at, steps.reviewed_at), "
    "review = CASE WHEN excluded.reviewed_at IS NULL THEN steps.review ELSE excluded.review END",
)
_INSERT_GOAL_EVENTS = inserting(goal_events, goal_events.c.keys())
_INSERT_IDEAS = inserting(ideas, ideas.c.keys())
_INSERT_ESCALATIONS = inserting(escalations, ("id", "client_id", "trigger", "level", "opened_at", "due_at", "times"))
_UPDATE_ESCALATIONS = updating(escalations, ("level", "due_at"), also=["times = escalations.times + 1"])
_INSERT_HOOKS = inserting(hook_deliveries, hook_deliveries.c.keys())
_INSERT_CONSENT = inserting(consent_events, consent_events.c.keys())


class _OneClient:
    """One client's effects, put into the batch."""

    def __init__(self, batch: Batch, loaded: Loaded, cause: Cause) -> None:
        self.batch = batch
        self.loaded = loaded
        self.cause = cause
        self.now = batch.now
        self.situation = loaded.situation
        self.client: Client = loaded.situation.client
        self.language = self.client.language
        self.goal = loaded.situation.goal
        self.sent_nudge: PlannedNudge | None = None
        self.told: dict[str, TellWorker] = {}
        batch.workers[self.client.id] = (loaded.worker_id, self.language)

    def add(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            save = _SAVE.get(type(effect))
            if save is None:
                raise TypeError(f"{type(effect).__name__} is no final effect")
            save(self, effect)
        self.save_nudges()
        self.save_escalations()

    def log(self, kind: Kind, subject: str = "", reason: str = "", **more: Any) -> None:  # noqa: ANN401  entry's own
        self.batch.log.append(
            entry(
                kind,
                self.now,
                client_id=self.client.id,
                worker_id=self.loaded.worker_id,
                actor=more.pop("actor", self.cause.actor),
                language=self.language,
                subject=subject,
                reason=reason,
                **more,
            )
        )

    def change_client(self, **changes: Any) -> None:  # noqa: ANN401  columns of all types
        row = self.batch.clients.get(self.client.id)
        if row is None:
            row = self.batch.clients[self.client.id] = client_values(self.loaded)
        row.update(changes)

    def text(self, effect: Texted) -> None:
        nudge = self.sent_nudge
        worker = nudge.created_by if nudge and not effect.template else None
        row = outgoing(effect, self.loaded.number, self.now, expires(effect.purpose, self.client.zone, self.batch))
        row.update(client_id=self.client.id, nudge_id=nudge.id if nudge else None, author=worker or BOT)
        self.batch.messages.append(row)
        self.language, before = effect.language, self.language
        self.log(
            Kind.TEXT_OUT,
            effect.purpose,
            actor=worker or BOT,
            message_id=row["id"],
            detail={"template": effect.template},
        )
        self.language = before

    def talk(self, effect: SaveTalk) -> None:
        for place, talk, was in (
            ("open", effect.talk, self.situation.talk),
            ("parked", effect.parked, self.situation.parked),
        ):
            key = self.client.id, place
            self.batch.talks.pop(key, None)
            if talk is not None and not talk.over:
                self.batch.talks[key] = _talk_row(self.client.id, place, talk)
            elif was is not None:
                self.batch.talks_gone.append({"client": self.client.id, "from_place": place})
        self.loaded.book.move_on(effect.talk)

    def consent(self, effect: ChangeConsent) -> None:
        self.change_client(consent=effect.to)
        self.batch.consent_events.append(
            {
                "id": new_id(self.now),
                "client_id": self.client.id,
                "at": self.now,
                "to": effect.to,
                "channel": self.cause.channel,
                "language": self.language,
                "exact_text": effect.shown.text if effect.shown else "",
                "evidence_message_id": self.cause.message_id,
                "actor": self.cause.actor,
            }
        )
        self.log(Kind.CONSENT_CHANGED, effect.to, message_id=self.cause.message_id)
        if effect.to in consent.SILENT:
            self.batch.silenced.append(self.client.id)
            self.loaded.book.cancel(frozenset(NudgeKind), consent.REASON)

    def preference(self, effect: SetPreference) -> None:
        self.change_client(**{effect.what.value: _PREFERENCE_VALUE[effect.what](effect.value)})
        self.log(Kind.PREFERENCE_SET, effect.what, detail={"value": effect.value})
        if effect.what is Preference.LANGUAGE:
            self.language = effect.value

    def idea(self, effect: KeepIdea) -> None:
        row = {"id": new_id(self.now), "client_id": self.client.id, "at": self.now, "text": effect.text}
        self.batch.ideas.append(row)
        self.log(Kind.IDEA_KEPT, detail={"idea": row["id"]})

    def save_goal(self, effect: SaveGoal) -> None:
        goal = effect.goal
        was = self.goal if self.goal is not None and self.goal.number == goal.number else None
        self.batch.goals[self.client.id, goal.number] = _goal_row(self.client.id, effect, self.now)
        if goal.step is not None:
            self.save_step(goal.number, goal.step)
        self.batch.goal_events.append(
            {
                "id": new_id(self.now),
                "client_id": self.client.id,
                "goal": goal.number,
                "at": self.now,
                "kind": effect.what,
                "version": goal.version,
                "reason": effect.reason,
                "was": None if was is None else goal_as_it_was(was),
            }
        )
        self.log(
            Kind(f"goal_{effect.what}"),
            str(goal.number),
            "" if effect.what is GoalEvent.SET else effect.reason,  # a new goal's is in the client's own words
            message_id=self.cause.message_id,
            detail={"version": goal.version},
        )
        self.goal = goal

    def review(self, effect: ReviewStep) -> None:
        self.save_step(effect.goal, effect.step)
        self.batch.steps[self.client.id, effect.goal, effect.step.number].update(
            status=effect.result, reviewed_at=self.now, review=dict(effect.words)
        )
        self.save_setbacks(effect)
        if effect.step.status is not effect.result:  # it comes a second time, with what the client said about it
            self.log(
                Kind.STEP_REVIEWED,
                f"{effect.goal}.{effect.step.number}",
                effect.result,
                message_id=self.cause.message_id,
            )

    def save_setbacks(self, effect: ReviewStep) -> None:
        goal = self.goal
        if goal is None or goal.number != effect.goal or goal.setbacks == effect.setbacks:
            return
        self.goal = replace(goal, setbacks=effect.setbacks)
        key = self.client.id, goal.number
        now_so = SaveGoal(self.goal, GoalEvent.REVISED)
        self.batch.goals.setdefault(key, _goal_row(self.client.id, now_so, self.now))["setbacks"] = effect.setbacks

    def save_step(self, goal: int, step: Step) -> None:
        key = self.client.id, goal, step.number
        row = _step_row(self.client, goal, step, self.now)
        if (earlier := self.batch.steps.get(key)) and earlier["reviewed_at"]:
            row.update({name: earlier[name] for name in ("status", "reviewed_at", "review")})
        self.batch.steps[key] = row

    def cancel_nudges(self, effect: CancelNudges) -> None:
        self.loaded.book.cancel(effect.kinds, effect.reason)

    def plan_nudge(self, effect: PlanNudge) -> None:
        by = self.cause.actor if effect.kind is NudgeKind.INVITE else None
        self.loaded.book.plan(effect, new_id(self.now), by)

    def settle_nudge(self, effect: SettleNudge) -> None:
        nudge = self.loaded.book.settle(effect)
        if effect.to is NudgeState.SENT:
            self.sent_nudge = nudge
            if nudge.kind == NudgeKind.INVITE and nudge.created_by:  # what follows is the doing of who asked for it
                self.cause = Cause(nudge.created_by)
            if nudge.kind == NudgeKind.CHECK_IN:
                self.change_client(last_check_in_at=self.now)

    def save_nudges(self) -> None:
        for nudge in self.loaded.book.changes():
            if nudge.before is None:
                self.batch.new_nudges.append(_nudge_row(self.client.id, nudge, self.now))
            else:
                self.batch.changed_nudges.append(_nudge_change(nudge))
            if nudge.kind == NudgeKind.QUIET:  # no text to a client; the escalation it comes to is logged
                continue
            kind = Kind.NUDGE_HELD if nudge.held_back else NUDGE_KINDS[NudgeState(nudge.state)]
            detail = {"nudge": nudge.id, "about": nudge.subject, "due_at": nudge.due_at.isoformat()}
            asked_for = nudge.kind == NudgeKind.INVITE and nudge.state == NudgeState.PLANNED
            self.log(kind, nudge.kind, nudge.reason, actor=self.cause.actor if asked_for else BOT, detail=detail)

    def tell_worker(self, effect: TellWorker) -> None:
        """Twice in one decision is once, at the higher level and the sooner moment."""
        before = self.told.get(effect.trigger, effect)
        level, due = min(before.level, effect.level), min(before.due_at, effect.due_at)
        self.told[effect.trigger] = replace(effect, level=level, due_at=due)

    def save_escalations(self) -> None:
        """One open item a client and trigger."""
        for effect in self.told.values():
            known, due = self.loaded.escalations.get(effect.trigger), effect.due_at.astimezone(UTC)
            if known is None:
                self.open_escalation(effect, due)
            else:
                self.repeat_escalation(known, effect, due)

    def repeat_escalation(self, known: OpenEscalation, effect: TellWorker, due: datetime) -> None:
        """More of it is counted; the sooner moment and the higher level hold. The log says when the level rose."""
        level, sooner = min(Level(known.level), effect.level), min(known.due_at, due)
        self.batch.more_escalations.append({"id": known.id, "level": level, "due_at": sooner})
        rose = level if level != known.level else ""
        detail = {"escalation": known.id, "level": level, "due_at": sooner.isoformat()}
        self.log(Kind.ESCALATION_REPEATED, effect.trigger, rose, message_id=self.cause.message_id, detail=detail)

    def open_escalation(self, effect: TellWorker, due: datetime) -> None:
        row = {
            "id": new_id(self.now),
            "client_id": self.client.id,
            "trigger": effect.trigger,
            "level": effect.level,
            "opened_at": self.now,
            "due_at": due,
            "times": 1,
        }
        self.batch.new_escalations.append(row)
        self.batch.hook_deliveries.extend(
            {
                "id": new_id(self.now),
                "hook": hook,
                "escalation_id": row["id"],
                "state": "due",
                "due_at": self.now,
                "tries": 0,
                "last_error": "",
            }
            for hook in self.batch.county.hooks
        )
        detail = {"escalation": row["id"], "level": effect.level, "due_at": due.isoformat()}
        self.log(Kind.ESCALATION_OPENED, effect.trigger, message_id=self.cause.message_id, detail=detail)


_SAVE: Mapping[type, Callable[[_OneClient, Any], None]] = {
    Texted: _OneClient.text,
    SaveTalk: _OneClient.talk,
    ChangeConsent: _OneClient.consent,
    SetPreference: _OneClient.preference,
    KeepIdea: _OneClient.idea,
    SaveGoal: _OneClient.save_goal,
    ReviewStep: _OneClient.review,
    CancelNudges: _OneClient.cancel_nudges,
    PlanNudge: _OneClient.plan_nudge,
    SettleNudge: _OneClient.settle_nudge,
    TellWorker: _OneClient.tell_worker,
}

_PREFERENCE_VALUE: Mapping[Preference, Callable[[str], Any]] = {
    Preference.LANGUAGE: str,
    Preference.PHONE_IS_SHARED: lambda value: value == "yes",
    Preference.PART_OF_DAY: lambda value: value or None,
    Preference.RHYTHM: str,
    Preference.RESTING_UNTIL: lambda value: datetime.fromisoformat(value) if value else None,
}


def client_values(loaded: Loaded) -> Row:
    """All columns of a client that a decision may change, as they are."""
    client = loaded.situation.client
    return {
        "id": client.id,
        "language": client.language,
        "consent": client.consent,
        "phone_is_shared": client.phone_is_shared,
        "part_of_day": client.part_of_day,
        "rhythm": client.rhythm,
        "resting_until": client.resting_until,
        "last_heard_at": loaded.situation.last_heard_at,
        "last_check_in_at": loaded.situation.last_check_in_at,
    }


def outgoing(text: Texted, number: str, now: datetime, expires_at: datetime) -> Row:
    """A text that is due to leave now, as a row of `messages`."""
    return {
        "id": new_id(now),
        "client_id": None,
        "number": number,
        "direction": "out",
        "provider_id": None,
        "body": text.body,
        "language": text.language,
        "segments": text.segments,
        "encoding": text.encoding,
        "purpose": text.purpose,
        "template": text.template,
        "author": BOT,
        "nudge_id": None,
        "state": MessageState.DUE,
        "reason": "",
        "error_code": None,
        "at": now,
        "due_at": now,
        "expires_at": expires_at,
        "priority": 0 if text.purpose in ANSWER_FIRST else 1,
        "attempts": 0,
    }


def expires(purpose: Purpose, zone: ZoneInfo, batch: Batch) -> datetime:
    """When a text stops being worth sending: nobody wants yesterday's reminder, or one at night (domain guide 6.6)."""
    if purpose in ANSWER_FIRST or purpose is Purpose.INVITE:
        return batch.now + USEFUL
    closes = datetime.combine(batch.now.astimezone(zone).date(), batch.county.send_hours.closes, zone)
    return max(closes.astimezone(UTC), batch.now + AT_LEAST)


def _talk_row(client_id: str, place: str, talk: Talk) -> Row:
    return {
        "client_id": client_id,
        "place": place,
        "flow": talk.flow,
        "at": talk.at,
        "asked_at": talk.asked_at,
        "answers": dict(talk.answers),
        "misses": talk.misses,
    }


def _goal_row(client_id: str, effect: SaveGoal, now: datetime) -> Row:
    goal = effect.goal
    return {
        "client_id": client_id,
        "number": goal.number,
        "text": goal.text,
        "meaning": goal.meaning,
        "difficulty": goal.difficulty,
        "status": goal.status,
        "version": goal.version,
        "private": goal.private,
        "shared": goal.shared,
        "setbacks": goal.setbacks,
        "set_at": now,
        "closed_at": now if goal.status in OVER else None,
        "replaced_by": effect.replaced_by,
    }


def _step_row(client: Client, goal: int, step: Step, now: datetime) -> Row:
    return {
        "client_id": client.id,
        "goal": goal,
        "number": step.number,
        "text": step.text,
        "when": step.when.stored(),
        "due_at": _due(step.when.at, client.zone),
        "where": step.where,
        "support": step.support,
        "obstacle": step.obstacle,
        "detour": step.detour,
        "first_action": step.first_action,
        "reminder": step.reminder,
        "status": step.status,
        "planned_at": now,
        "reviewed_at": None,
        "review": {},
    }


def _due(at: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    """The moment of a step; of a day alone, its first."""
    if at is None or isinstance(at, datetime):
        return at
    return datetime.combine(at, time(), zone)


def _nudge_row(client_id: str, nudge: PlannedNudge, now: datetime) -> Row:
    return {
        "id": nudge.id,
        "client_id": client_id,
        "kind": nudge.kind,
        "key": nudge.key,
        "subject": nudge.subject,
        "words": nudge.words,
        "template": "",
        "state": nudge.state,
        "due_at": nudge.due_at,
        "wanted_at": nudge.wanted_at,
        "held": nudge.held,
        "version": 1,
        "reason": nudge.reason,
        "created_by": nudge.created_by,
        "created_at": now,
    }


def _nudge_change(nudge: PlannedNudge) -> Row:
    return {
        "id": nudge.id,
        "state": nudge.state,
        "due_at": nudge.due_at,
        "wanted_at": nudge.wanted_at,
        "held": nudge.held,
        "reason": nudge.reason,
    }


def goal_as_it_was(goal: Goal) -> Row:
    """A goal and its step, for the version history."""
    step = goal.step
    return {
        "text": goal.text,
        "meaning": goal.meaning,
        "difficulty": goal.difficulty,
        "status": goal.status,
        "version": goal.version,
        "step": None
        if step is None
        else {
            "number": step.number,
            "text": step.text,
            "when": step.when.stored(),
            "where": step.where,
            "support": step.support,
            "obstacle": step.obstacle,
            "detour": step.detour,
            "first_action": step.first_action,
            "reminder": step.reminder,
            "status": step.status,
        },
    }
