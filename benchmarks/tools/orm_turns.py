"""The same turn as most would write it: an async ORM session for each text, over the same tables and decider.

Load the client with all that belongs to them, decide, change and add objects, commit. Only the effects of the talk in
benchmarks/turns.py are known here; any other raises.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, event, make_url, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, foreign, joinedload, relationship, selectinload

from bot.decider import Decider
from conversations.county import County
from conversations.effects import (
    CancelNudges,
    ChangeConsent,
    CountIdle,
    Effect,
    PlanNudge,
    Preference,
    SaveGoal,
    SaveTalk,
    SetPreference,
    Texted,
)
from conversations.escalations import Level, OpenItem, Trigger
from conversations.goals import Difficulty, Goal, GoalStatus, Moment, Reminder, Step, StepStatus
from conversations.nudges import OF_SILENCE
from conversations.own_reminders import OPEN, OwnReminder, ReminderStatus
from conversations.roadmaps import Roadmap, RoadmapStatus
from conversations.situation import Client, Consent, Hold, Idle, Mode, PartOfDay, Rhythm, Sent, Situation, Talk
from conversations.visits import AHEAD, Visit, VisitStatus
from records import engagement, tables, text_saving
from records.engagement import CLIENT, Kind
from records.ids import new_id
from records.nudge_book import NudgeBook, PlannedNudge
from records.turns import Inbound, Taken

A_MONTH = timedelta(days=30)
IMPATIENT = 30.0
"""Seconds that a session may wait for the database."""


class Base(DeclarativeBase):
    metadata = tables.metadata

    if TYPE_CHECKING:  # the tables say which columns there are

        def __init__(self, **_columns: object) -> None: ...

        def __getattr__(self, _column: str) -> Any: ...  # noqa: ANN401

        def __setattr__(self, _column: str, _value: object) -> None: ...


class StaffRow(Base):
    __table__ = tables.staff


class TalkRow(Base):
    __table__ = tables.talks


class StepRow(Base):
    __table__ = tables.steps


class GoalRow(Base):
    __table__ = tables.goals
    steps: Mapped[list[StepRow]] = relationship(order_by=tables.steps.c.number)


class GoalEventRow(Base):
    __table__ = tables.goal_events
    of: Mapped[GoalRow] = relationship()


class IdeaRow(Base):
    __table__ = tables.ideas


class RoadmapRow(Base):
    __table__ = tables.roadmaps


class ReminderRow(Base):
    __table__ = tables.own_reminders


class VisitRow(Base):
    __table__ = tables.visits
    worker: Mapped[StaffRow] = relationship(foreign_keys=[tables.visits.c.worker_id])


class EscalationRow(Base):
    __table__ = tables.escalations


class NudgeRow(Base):
    __table__ = tables.nudges


class MessageRow(Base):
    __table__ = tables.messages


class ConsentRow(Base):
    __table__ = tables.consent_events


class LogRow(Base):
    __table__ = tables.engagement


def _of_client(table: Any, *also: Any) -> Any:  # noqa: ANN401  a relationship's condition
    return and_(foreign(table.c.client_id) == tables.clients.c.id, *also)


class ClientRow(Base):
    __table__ = tables.clients
    worker: Mapped[StaffRow] = relationship(foreign_keys=[tables.clients.c.worker_id])
    talks: Mapped[list[TalkRow]] = relationship(cascade="all, delete-orphan")
    goals: Mapped[list[GoalRow]] = relationship(order_by=tables.goals.c.number)
    ideas: Mapped[list[IdeaRow]] = relationship(order_by=tables.ideas.c.id)
    roadmaps: Mapped[list[RoadmapRow]] = relationship(order_by=tables.roadmaps.c.number)
    own_reminders: Mapped[list[ReminderRow]] = relationship(order_by=tables.own_reminders.c.at)
    visits: Mapped[list[VisitRow]] = relationship(
        primaryjoin=_of_client(tables.visits), order_by=tables.visits.c.starts_at
    )
    escalations: Mapped[list[EscalationRow]] = relationship(
        primaryjoin=_of_client(tables.escalations, tables.escalations.c.resolved_at.is_(None))
    )
    nudges: Mapped[list[NudgeRow]] = relationship(
        primaryjoin=_of_client(tables.nudges, tables.nudges.c.state == "planned"), order_by=tables.nudges.c.id
    )


ALL_OF_THEM = (
    joinedload(ClientRow.worker, innerjoin=True),
    selectinload(ClientRow.talks),
    selectinload(ClientRow.goals).selectinload(GoalRow.steps),
    selectinload(ClientRow.ideas),
    selectinload(ClientRow.roadmaps),
    selectinload(ClientRow.own_reminders),
    selectinload(ClientRow.visits).joinedload(VisitRow.worker),
    selectinload(ClientRow.escalations),
    selectinload(ClientRow.nudges),
)


class OrmWriter:
    """In the place of `records.writer.Writer`: takes texts, each in a session of its own."""

    waiting = under_way = 0
    busy_for = 0.0

    def __init__(self, engine: AsyncEngine, decider: Decider, county: County) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._decider = decider
        self._county = county

    async def take_text(self, inbound: Inbound) -> Taken:
        now = datetime.now(UTC)
        async with self._sessions() as session, session.begin():
            client = await session.scalar(
                select(ClientRow)
                .where(tables.clients.c.number == inbound.number)
                .options(*ALL_OF_THEM)
                .with_for_update(of=tables.clients, key_share=True)
            )
            if client is None:
                raise LookupError("a stranger")
            if await session.scalar(
                select(tables.messages.c.id).where(tables.messages.c.provider_id == inbound.provider_id)
            ):
                return Taken.DUPLICATE
            situation = await self._situation(session, client, now)
            turn = _Turn(session, client, situation, inbound, now)
            turn.heard()
            turn.save(self._decider.decide(situation, inbound.said(), now), self._county)
        return Taken.STORED

    async def _situation(self, session: AsyncSession, client: ClientRow, now: datetime) -> Situation:
        done = await session.scalars(
            select(StepRow).where(
                tables.steps.c.client_id == client.id,
                tables.steps.c.status == StepStatus.DONE,
                tables.steps.c.reviewed_at > now - A_MONTH,
            )
        )
        sent = await session.scalars(
            select(tables.messages.c.at).where(
                tables.messages.c.client_id == client.id,
                tables.messages.c.purpose.in_(["reminder", "check_in", "visit", "nudge"]),
                tables.messages.c.state.not_in(["suppressed", "cancelled", "expired"]),
                tables.messages.c.at > now - A_MONTH,
            )
        )
        others = await session.scalars(
            select(tables.clients.c.first_name).where(
                tables.clients.c.number == client.number, tables.clients.c.id != client.id
            )
        )
        today = now.astimezone(self._county.zone).date().isoformat()
        away = await session.scalar(
            select(tables.leaves.c.cover_id).where(
                tables.leaves.c.staff_id == client.worker_id,
                tables.leaves.c.first_day <= today,
                tables.leaves.c.last_day >= today,
            )
        )
        times = sorted(sent)
        return Situation(
            _client(client),
            self._county,
            talk=_talk(client, "open"),
            parked=_talk(client, "parked"),
            goal=_open_goal(client.goals),
            goals_so_far=len(client.goals),
            steps_this_month=len(list(done)),
            ideas=tuple(idea.text for idea in client.ideas),
            roadmap=next(map(_roadmap, reversed(client.roadmaps)), None),
            sent=Sent(0, len(times), len(times), tuple(times)),
            last_heard_at=client.last_heard_at,
            last_check_in_at=client.last_check_in_at,
            open_items=tuple(map(_item, client.escalations)),
            cover=away,
            hold=Hold(client.held_until, client.held_because) if client.held_until else None,
            idle=Idle(client.idle_replies, client.idle_since, client.last_said),
            person_wrote_at=client.person_wrote_at,
            warned_at=client.warned_at,
            visits=tuple(_visit(visit) for visit in client.visits if visit.status in AHEAD and visit.starts_at > now),
            visits_so_far=len(client.visits),
            own_reminders=tuple(_reminder(each) for each in client.own_reminders if each.status in OPEN),
            reminders_so_far=len(client.own_reminders),
            others_here=tuple(others),
        )


class _Turn:
    """What follows from one text, as objects of the session."""

    def __init__(
        self, session: AsyncSession, client: ClientRow, situation: Situation, inbound: Inbound, now: datetime
    ) -> None:
        self._session = session
        self._client = client
        self._situation = situation
        self._inbound = inbound
        self._now = now
        self._heard_id = new_id(now)
        self._nudges = {row.id: row for row in client.nudges}
        self._book = NudgeBook(map(_planned, client.nudges))

    def heard(self) -> None:
        text = MessageRow(
            id=self._heard_id,
            client_id=self._client.id,
            number=self._inbound.number,
            direction="in",
            provider_id=self._inbound.provider_id,
            body=self._inbound.text,
            redacted=self._inbound.held_private,
            language=self._client.language,
            segments=1,
            encoding="",
            purpose="",
            template="",
            author=CLIENT,
            state="received",
            reason="",
            at=self._now,
            priority=0,
            attempts=0,
        )
        self._session.add(text)
        self._client.last_heard_at = self._now
        self._log(Kind.TEXT_IN, message_id=self._heard_id)

    def save(self, effects: Sequence[Effect], county: County) -> None:
        for effect in effects:
            self._save(effect, county)
        for nudge in self._book.changes():
            self._save_nudge(nudge)

    def _save(self, effect: Effect, county: County) -> None:
        match effect:
            case Texted():
                self._text(effect, county)
            case SaveTalk(talk=talk, parked=parked):
                self._save_talk("open", talk)
                self._save_talk("parked", parked)
                self._book.move_on(talk)
            case ChangeConsent():
                self._consent(effect)
            case CountIdle(idle=idle):
                self._client.idle_replies, self._client.idle_since = idle.replies, idle.since
                self._client.last_said = idle.last_said
            case SetPreference(what=what, value=value):
                setattr(self._client, what.value, value == "yes" if what is Preference.PHONE_IS_SHARED else value)
                self._log(Kind.PREFERENCE_SET, what, detail={"value": value})
            case SaveGoal():
                self._goal(effect)
            case CancelNudges(kinds=kinds, reason=reason, subject=subject):
                self._book.cancel(kinds, reason, subject)
            case PlanNudge():
                self._book.plan(effect, new_id(self._now))
            case _:
                raise TypeError(f"{type(effect).__name__} is not known here")

    def _text(self, effect: Texted, county: County) -> None:
        expires = text_saving.expires(effect.purpose, self._situation.client.zone, county, self._now)
        row = text_saving.outgoing(effect, self._client.number, self._now, expires)
        self._session.add(MessageRow(**{**row, "client_id": self._client.id}))
        self._log(Kind.TEXT_OUT, effect.purpose, message_id=row["id"], detail={"template": effect.template})

    def _save_talk(self, place: str, talk: Talk | None) -> None:
        stored = next((row for row in self._client.talks if row.place == place), None)
        if talk is None or talk.over:
            if stored:
                self._client.talks.remove(stored)
            return
        if stored is None:
            stored = TalkRow(client_id=self._client.id, place=place)
            self._client.talks.append(stored)
        stored.flow, stored.at, stored.asked_at = talk.flow, talk.at, talk.asked_at
        stored.answers, stored.misses = dict(talk.answers), talk.misses

    def _consent(self, effect: ChangeConsent) -> None:
        self._client.consent, self._client.consented_at = effect.to, self._now
        shown = effect.shown if isinstance(effect.shown, str) else effect.shown.text
        proof = ConsentRow(
            id=new_id(self._now),
            client_id=self._client.id,
            at=self._now,
            to=effect.to,
            channel="sms",
            language=self._client.language,
            exact_text=shown,
            evidence_message_id=self._heard_id,
            actor=CLIENT,
        )
        self._session.add(proof)
        self._log(Kind.CONSENT_CHANGED, effect.to, message_id=self._heard_id)

    def _goal(self, effect: SaveGoal) -> None:
        goal = effect.goal
        stored = next((row for row in self._client.goals if row.number == goal.number), None)
        before = stored and {"text": stored.text, "meaning": stored.meaning, "version": stored.version}
        if stored is None:
            stored = GoalRow(client_id=self._client.id, number=goal.number, set_at=self._now, steps=[])
            self._client.goals.append(stored)
        stored.text, stored.meaning, stored.difficulty, stored.status = (
            goal.text, goal.meaning, goal.difficulty, goal.status,
        )  # fmt: skip
        stored.version, stored.private, stored.shared = goal.version, goal.private, goal.shared
        stored.setbacks, stored.replaced_by = goal.setbacks, effect.replaced_by
        if goal.step:
            self._step(stored, goal.step)
        happened = GoalEventRow(
            id=new_id(self._now),
            of=stored,
            at=self._now,
            kind=effect.what,
            version=goal.version,
            reason=effect.reason,
            was=before,
        )
        self._session.add(happened)
        self._log(Kind(f"goal_{effect.what}"), str(goal.number), detail={"version": goal.version})

    def _step(self, goal: GoalRow, step: Step) -> None:
        stored = next((row for row in goal.steps if row.number == step.number), None)
        if stored is None:
            stored = StepRow(
                client_id=self._client.id, goal=goal.number, number=step.number, planned_at=self._now, review={}
            )
            goal.steps.append(stored)
        stored.text, stored.when, stored.where, stored.support = step.text, step.when.stored(), step.where, step.support
        stored.obstacle, stored.detour, stored.first_action = step.obstacle, step.detour, step.first_action
        stored.reminder, stored.status = step.reminder, step.status
        stored.due_at = step.when.at if isinstance(step.when.at, datetime) else None

    def _save_nudge(self, nudge: PlannedNudge) -> None:
        stored = self._nudges.get(nudge.id)
        if stored is None:
            stored = NudgeRow(id=nudge.id, client_id=self._client.id, version=0, template="", created_at=self._now)
            stored.kind, stored.created_by = nudge.kind, nudge.created_by
            self._session.add(stored)
        stored.key, stored.subject, stored.words, stored.state = nudge.key, nudge.subject, nudge.words, nudge.state
        stored.due_at, stored.wanted_at, stored.held = nudge.due_at, nudge.wanted_at, nudge.held
        stored.reason, stored.version = nudge.reason, stored.version + 1
        if nudge.kind not in OF_SILENCE:
            detail = {"nudge": nudge.id, "about": nudge.subject, "due_at": nudge.due_at.isoformat()}
            self._log(Kind.NUDGE_PLANNED, nudge.kind, nudge.reason, detail=detail)

    def _log(self, kind: Kind, subject: str = "", reason: str = "", **more: Any) -> None:  # noqa: ANN401  entry's own
        client = self._client
        row = engagement.entry(
            kind,
            self._now,
            client_id=client.id,
            worker_id=client.worker_id,
            actor=CLIENT,
            language=client.language,
            subject=subject,
            reason=reason,
            **more,
        )
        self._session.add(LogRow(**row))


@asynccontextmanager
async def orm_writer(url: str, decider: Decider, county: County) -> AsyncIterator[OrmWriter]:
    """On the same database, with the same promises: what is committed is on the disk, and no update is lost."""
    engine = _on_sqlite(url) if url.startswith("sqlite") else _on_postgres(url)
    try:
        yield OrmWriter(engine, decider, county)
    finally:
        await engine.dispose()


def _on_postgres(url: str) -> AsyncEngine:
    return create_async_engine(url, pool_size=16, max_overflow=0, pool_timeout=IMPATIENT)


def _on_sqlite(url: str) -> AsyncEngine:
    """One connection: SQLite has one writer, and more of them only wait for each other, which measured slower."""
    address = make_url(url).set(drivername="sqlite+aiosqlite")
    engine = create_async_engine(
        address, pool_size=1, max_overflow=0, pool_timeout=IMPATIENT, connect_args={"isolation_level": None}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(driver: Any, _record: object) -> None:  # noqa: ANN401  the driver's own connection
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
            driver.cursor().execute(f"PRAGMA {pragma}")

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401  as above
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _client(row: ClientRow) -> Client:
    return Client(
        row.id,
        row.first_name,
        row.language,
        ZoneInfo(row.zone),
        Consent(row.consent),
        row.phone_is_shared,
        PartOfDay(row.part_of_day) if row.part_of_day else None,
        Rhythm(row.rhythm),
        row.resting_until,
        row.worker.first_name,
        Mode(row.mode),
        row.safety_word,
        row.consented_at,
    )


def _talk(client: ClientRow, place: str) -> Talk | None:
    found = (row for row in client.talks if row.place == place)
    return next((Talk(row.flow, row.at, row.asked_at, row.answers, row.misses) for row in found), None)


def _open_goal(rows: Iterable[GoalRow]) -> Goal | None:
    return next((_goal(row) for row in rows if row.status in {GoalStatus.ACTIVE, GoalStatus.PAUSED}), None)


def _goal(row: GoalRow) -> Goal:
    return Goal(
        row.number,
        row.text,
        row.meaning,
        Difficulty(row.difficulty) if row.difficulty else None,
        GoalStatus(row.status),
        row.version,
        row.private,
        row.shared,
        _step(row.steps[-1]) if row.steps else None,
        row.setbacks,
    )


def _step(row: StepRow) -> Step:
    return Step(
        row.number,
        row.text,
        Moment.read(row.when),
        row.where,
        row.support,
        row.obstacle,
        row.detour,
        row.first_action,
        Reminder(row.reminder),
        StepStatus(row.status),
    )


def _roadmap(row: RoadmapRow) -> Roadmap:
    return Roadmap(row.number, row.goal, row.why, tuple(row.marks), row.reached, RoadmapStatus(row.status))


def _item(row: EscalationRow) -> OpenItem:
    return OpenItem(Trigger(row.trigger), Level(row.level), row.due_at, row.contacted_at)


def _visit(row: VisitRow) -> Visit:
    return Visit(
        row.number,
        row.starts_at,
        row.worker.first_name,
        row.place,
        row.bring,
        row.by_phone,
        VisitStatus(row.status),
        row.leaves_at,
    )


def _reminder(row: ReminderRow) -> OwnReminder:
    return OwnReminder(row.number, row.what, row.at, row.repeats, ReminderStatus(row.status))


def _planned(row: NudgeRow) -> PlannedNudge:
    return PlannedNudge(
        row.id,
        row.kind,
        row.key,
        row.subject,
        row.words,
        row.state,
        row.due_at,
        row.wanted_at,
        row.held,
        row.created_by,
    )
