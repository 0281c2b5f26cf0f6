"""What virtual staff do: invite, take what needs a person, write and hand back, plan texts, enter and move visits.

They work in the office hours, some later than they should, some are away for a week. Every act is one that the staff
pages make, with its own refusals.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import Connection, insert, select

from bot.simulator.bot_at_work import BotAtWork
from bot.simulator.caseload import Caseload, Worker
from bot.simulator.luck import happens, how_often
from bot.simulator.virtual_client import on_grid
from conversations.county import County
from conversations.escalations import Trigger
from conversations.events import (
    Event,
    VisitChanged,
    WorkerInvited,
    WorkerJoined,
    WorkerLeft,
    WorkerStarted,
    WorkerWrote,
)
from conversations.nudges import NudgeKind
from conversations.office_hours import working_time_after, works_on
from conversations.situation import MAY_BE_INVITED, Consent, Mode
from conversations.visits import AHEAD, Visit, VisitEvent, VisitStatus
from records import escalations as acts
from records import leaves, staff_reads, thread_acts, worker_nudges
from records.errors import NotFoundError, RefusedError, TooLateError
from records.escalations import Closing, Outcome
from records.ids import new_id
from records.sight import EVERYBODY
from records.tables import clients, escalations, free_times, visits
from records.worker_nudges import Wish
from scheduler.windows import next_allowed

Later = Callable[[datetime, Callable[[datetime], None]], None]
"""Do this at that moment."""

A_DAY = timedelta(days=1)
INVITES_WITHIN = 9
"""All are invited in so many days."""

A_WEEK: Mapping[str, float] = {"nudge": 0.07, "visit": 0.22, "checks_in": 0.03}
"""How often a week a worker does this for a client."""

PLACES = ("our office", "the library", "the school")
WORDS: Mapping[str, tuple[str, ...]] = {
    "en": ("I got your text. How can I help this week?", "I looked into it and will call you.", "Let's talk at 3pm."),
    "es": ("Recibí su mensaje. ¿En qué le ayudo?", "Ya lo revisé y le llamo.", "Hablemos a las 3pm."),
}
NO_TEXT_HELPS = frozenset(
    {Trigger.OPTED_OUT, Trigger.WRONG_NUMBER, Trigger.DELIVERY_FAILING, Trigger.UNSAFE_TO_TEXT, Trigger.CONSENT_EXPIRED}
)
IN_DANGER = frozenset(
    {Trigger.SELF_HARM, Trigger.PARTNER_VIOLENCE, Trigger.HARM_TO_OTHERS, Trigger.MEDICAL, Trigger.SAFETY_WORD}
)
REFUSED = (NotFoundError, RefusedError, TooLateError)


@dataclass
class Office:
    """`county` is the real one, whatever the bot believes. Counts of what was done are in `done`."""

    bot: BotAtWork
    caseload: Caseload
    county: County
    chance: random.Random
    begins: datetime
    ends: datetime
    later: Later
    taken: set[str] = field(default_factory=set)
    away: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)

    def open(self, bustle: float) -> None:
        """Plan all that staff do of their own accord."""
        self._go_on_leave()
        self._offer_times()
        for client in self.caseload.people:
            self._invite(client.person.nth)
            self._see_to(client.person.nth, bustle)
        day = self.begins
        while day < self.ends:
            self.later(self._at_office(day, time(8, 30)), self._read_list)
            day += A_DAY

    # time

    def _at_office(self, day: datetime, at: time) -> datetime:
        return on_grid(datetime.combine(day.astimezone(self.county.zone).date(), at, self.county.zone)).astimezone(
            self.begins.tzinfo
        )

    def _in_hours(self, at: datetime) -> datetime:
        """The moment, or the next one in the office hours."""
        return on_grid(working_time_after(at, timedelta(minutes=1), self.county).astimezone(self.begins.tzinfo))

    def _some_time(self, days: float, span: float = 0.0) -> datetime:
        return self._in_hours(self.begins + A_DAY * (days + self.chance.random() * span))

    # people

    def _on_hand(self, worker: Worker, now: datetime) -> Worker:
        begins, ends = self.away.get(worker.id, (now, now))
        return self.caseload.supervisor if begins <= now < ends else worker

    def _go_on_leave(self) -> None:
        """One in four is away for a week, some with a named cover."""
        for worker in self.caseload.workers:
            if happens(self.chance, 0.25):
                day = self.begins + A_DAY * self.chance.randint(3, 20)
                first, last = day.date(), (day + 4 * A_DAY).date()
                others = [other.id for other in self.caseload.workers if other is not worker]
                cover = self.chance.choice([None, *others])
                self.away[worker.id] = (day, day + 5 * A_DAY)
                self.bot.run(
                    partial(
                        leaves.add,
                        staff_id=worker.id,
                        first_day=first,
                        last_day=last,
                        cover_id=cover,
                        by=worker.id,
                        now=self.begins,
                    )
                )

    def _invite(self, nth: int) -> None:
        worker = self.caseload.worker_of[nth]

        def invite(now: datetime) -> None:
            self._act(nth, WorkerInvited(worker.name), worker, now)

        self.later(self._some_time(0, INVITES_WITHIN), invite)

    def _see_to(self, nth: int, bustle: float) -> None:
        """What a worker does for this client over the weeks."""
        week = 0.5
        doing: Mapping[str, Callable[[int, datetime], None]] = {
            "nudge": self._plan_text,
            "visit": self._enter_visit,
            "checks_in": self._ask_for_pulse,
        }
        while self.begins + A_DAY * (7 * week + 1) < self.ends:
            for what, likely in A_WEEK.items():
                for _time in range(how_often(self.chance, likely * bustle)):
                    self.later(self._some_time(7 * week, 6), partial(_called, doing[what], nth))
            week += 1

    # what needs a person

    def answer_calls(self, calls: Iterator[tuple[str, str]], now: datetime) -> None:
        """A hook has told of an item: somebody will see to it."""
        for escalation_id, _occasion in calls:
            self._take_up(escalation_id, now)

    def _read_list(self, now: datetime) -> None:
        """Once a morning: also what nobody is called for."""
        if not works_on(now.astimezone(self.county.zone).date(), self.county):
            return
        wanted = select(escalations.c.id).where(escalations.c.resolved_at.is_(None)).order_by(escalations.c.id)
        for escalation_id in self.bot.run(lambda connection: connection.scalars(wanted).all()):
            self._take_up(escalation_id, now)

    def _take_up(self, escalation_id: str, now: datetime) -> None:
        """Draw who takes it and when; more than half of what is taken is done the same hour."""
        if escalation_id in self.taken:
            return
        self.taken.add(escalation_id)
        item = self._item(escalation_id)
        nth = next(nth for nth, client_id in self.caseload.ids.items() if client_id == item["client_id"])
        worker = self._on_hand(self.caseload.worker_of[nth], now)
        in_time = happens(self.chance, worker.diligence)
        spans = {"U0": 10, "U1": 90, "U2": 300, "U3": 600} if in_time else {"U0": 90, "U1": 400, "U2": 1200, "U3": 2500}
        minutes = spans[item["level"]] * self.chance.uniform(0.2, 1)
        takes_at = on_grid(
            working_time_after(now, timedelta(minutes=minutes), self.county).astimezone(self.begins.tzinfo)
        )
        self.later(takes_at, partial(self._handle, escalation_id, nth, worker))

    def _item(self, escalation_id: str) -> Mapping[str, str]:
        wanted = select(escalations.c.client_id, escalations.c.trigger, escalations.c.level).where(
            escalations.c.id == escalation_id
        )
        return self.bot.run(lambda connection: dict(connection.execute(wanted).mappings().one()))

    def _handle(self, escalation_id: str, nth: int, worker: Worker, now: datetime) -> None:
        """Take it; then write, or call."""
        if not self._try(partial(acts.acknowledge, escalation_id=escalation_id, staff_id=worker.id, now=now)):
            return
        item = self._item(escalation_id)
        trigger = Trigger(item["trigger"])
        soon = self._in_hours(now + timedelta(minutes=self.chance.randint(2, 40)))
        if trigger in NO_TEXT_HELPS or trigger in IN_DANGER or happens(self.chance, 0.4):
            self.later(soon, partial(self._call, escalation_id, nth, worker))
        else:
            self.later(soon, partial(self._write, escalation_id, nth, worker))

    def _call(self, escalation_id: str, nth: int, worker: Worker, now: datetime) -> None:
        reached = happens(self.chance, 0.85)
        if reached:
            self._try(partial(acts.contacted, escalation_id=escalation_id, staff_id=worker.id, now=now))
        outcome = self.chance.choice((Outcome.TALKED, Outcome.MET, Outcome.REFERRED)) if reached else Outcome.NO_CONTACT
        self._close_later(escalation_id, nth, worker, outcome, now)

    def _write(self, escalation_id: str, nth: int, worker: Worker, now: datetime) -> None:
        """Take the thread over, write, and hand it back when it is done."""
        language = self.bot.run(partial(_language, client_id=self.caseload.ids[nth]))
        if happens(self.chance, 0.5):
            self._act(nth, WorkerJoined(worker.name), worker, now)
        self._act(nth, WorkerWrote(worker.name, self.chance.choice(WORDS[language])), worker, now)
        self._try(partial(acts.contacted, escalation_id=escalation_id, staff_id=worker.id, now=now))
        self._close_later(escalation_id, nth, worker, Outcome.TALKED, now)

    def _close_later(self, escalation_id: str, nth: int, worker: Worker, outcome: Outcome, now: datetime) -> None:
        at = self._in_hours(now + timedelta(hours=self.chance.uniform(0.2, 8)))
        self.later(at, partial(self._close, escalation_id, nth, worker, outcome))

    def _close(self, escalation_id: str, nth: int, worker: Worker, outcome: Outcome, now: datetime) -> None:
        """The item is over; and where nothing needs a person any more, the texts start again."""

        def resolve(connection: Connection) -> bool:
            return thread_acts.resolve(
                self.bot.turns, connection, escalation_id, Closing(outcome), worker.id, self.county, now
            )

        self._try(resolve)
        if happens(self.chance, 0.8):
            self.later(self._in_hours(now + timedelta(hours=self.chance.uniform(0.5, 30))), partial(self._restart, nth))

    def _restart(self, nth: int, now: datetime) -> None:
        """After a crisis, or where a thread was left with a person, somebody starts the texts again."""
        worker = self.caseload.worker_of[nth]
        client_id = self.caseload.ids[nth]
        mode = self.bot.run(
            lambda connection: connection.scalar(select(clients.c.mode).where(clients.c.id == client_id))
        )
        if mode != Mode.BOT:
            self._act(nth, WorkerLeft(worker.name, says_so=mode != Mode.SILENT), worker, now)

    # texts and visits

    def _plan_text(self, nth: int, now: datetime) -> None:
        worker, client_id = self.caseload.worker_of[nth], self.caseload.ids[nth]

        def plan(connection: Connection) -> None:
            situation = staff_reads.situation(connection, client_id, EVERYBODY, self.county, now)
            if situation.client.consent is not Consent.ACTIVE:
                return
            wanted = now + timedelta(hours=self.chance.uniform(1, 90))
            allowed = next_allowed(NudgeKind.WORKER_NUDGE, wanted, situation, now)
            words = self.chance.choice(WORDS[situation.client.language])
            wish = Wish(words, "", allowed.at, wanted, allowed.reason)
            worker_nudges.schedule(connection, new_id(now), client_id, wish, worker.id, now)

        self.bot.run(plan)

    def _ask_for_pulse(self, nth: int, now: datetime) -> None:
        client_id = self.caseload.ids[nth]
        row = self.bot.run(
            lambda connection: connection.execute(
                select(clients.c.consent, clients.c.mode).where(clients.c.id == client_id)
            ).one()
        )
        if row.consent == Consent.ACTIVE and row.mode == Mode.BOT:
            self._act(nth, WorkerStarted("life_pulse"), self.caseload.worker_of[nth], now)

    def _offer_times(self) -> None:
        """Each worker offers a few times of most days."""
        rows = []
        for worker in self.caseload.workers:
            day = self.begins
            while day < self.ends + 14 * A_DAY:
                hours = self.chance.sample(range(9, 16), 2) if works_on(day.date(), self.county) else []
                rows += [
                    {
                        "id": new_id(self.begins),
                        "worker_id": worker.id,
                        "starts_at": self._at_office(day, time(hour)),
                        "created_at": self.begins,
                    }
                    for hour in hours
                ]
                day += A_DAY
        self.bot.run(lambda connection: connection.execute(insert(free_times), rows))

    def _enter_visit(self, nth: int, now: datetime) -> None:
        """A few days ahead mostly, now and then for tomorrow; some are moved or ended by the office before."""
        worker, client_id = self.caseload.worker_of[nth], self.caseload.ids[nth]
        number = self.bot.run(partial(_visits_so_far, client_id=client_id)) + 1
        starts_at = self._at_office(
            now + A_DAY * self.chance.choice((1, 2, 3, 5, 6, 8, 10)), time(self.chance.randint(9, 15))
        )
        if starts_at <= now or not works_on(starts_at.astimezone(self.county.zone).date(), self.county):
            return
        visit = Visit(
            number,
            starts_at,
            worker.name,
            self.chance.choice(PLACES),
            self.chance.choice(("", "", "your ID")),
            by_phone=happens(self.chance, 0.15),
        )
        self._act(nth, VisitChanged(visit, VisitEvent.ENTERED), worker, now)
        before = self._in_hours(now + (starts_at - now) * self.chance.random())
        if happens(self.chance, 0.1):
            self.later(before, partial(self._move_visit, nth, number))
        elif happens(self.chance, 0.06):
            self.later(before, partial(self._end_visit, nth, number))
        self.later(on_grid(starts_at + timedelta(hours=1)), partial(self._mark_visit, nth, number))

    def _move_visit(self, nth: int, number: int, now: datetime) -> None:
        visit = self._visit(nth, number)
        if visit and visit.status in AHEAD and visit.starts_at > now:
            later = replace(visit, starts_at=visit.starts_at + A_DAY, status=VisitStatus.PLANNED)
            self._act(nth, VisitChanged(later, VisitEvent.MOVED), self.caseload.worker_of[nth], now)

    def _end_visit(self, nth: int, number: int, now: datetime) -> None:
        visit = self._visit(nth, number)
        if visit and visit.status in AHEAD and visit.starts_at > now:
            ended = replace(visit, status=VisitStatus.ENDED_BY_OFFICE)
            self._act(nth, VisitChanged(ended, VisitEvent.ENDED_BY_OFFICE), self.caseload.worker_of[nth], now)

    def _mark_visit(self, nth: int, number: int, now: datetime) -> None:
        """An hour after it began, if it still stands; one that moved is marked in its own time."""
        visit = self._visit(nth, number)
        if visit is None or visit.status not in AHEAD:
            return
        if visit.starts_at + timedelta(hours=1) > now:
            self.later(on_grid(visit.starts_at + timedelta(hours=1)), partial(self._mark_visit, nth, number))
            return
        attended = happens(self.chance, 0.85 if visit.status is VisitStatus.CONFIRMED else 0.6)
        what = VisitEvent.ATTENDED if attended else VisitEvent.MISSED
        marked = replace(visit, status=VisitStatus(what.value))
        self._act(nth, VisitChanged(marked, what), self.caseload.worker_of[nth], now)

    def _visit(self, nth: int, number: int) -> Visit | None:
        wanted = select(visits).where(visits.c.client_id == self.caseload.ids[nth], visits.c.number == number)
        row = self.bot.run(lambda connection: connection.execute(wanted).mappings().first())
        if row is None:
            return None
        return Visit(
            row["number"],
            row["starts_at"],
            self.caseload.worker_of[nth].name,
            row["place"],
            row["bring"],
            row["by_phone"],
            VisitStatus(row["status"]),
            row["leaves_at"],
        )

    # doing

    def _act(self, nth: int, event: Event, worker: Worker, now: datetime) -> None:
        client_id = self.caseload.ids[nth]
        if isinstance(event, WorkerInvited) and not self.bot.run(partial(_may_be_invited, client_id=client_id)):
            return
        self.bot.act(client_id, event, worker.id, now)

    def _try(self, do: Callable[[Connection], bool]) -> bool:
        """False where it was refused, as when somebody was faster."""
        try:
            self.bot.run(do)
        except REFUSED:
            return False
        return True


def _called(do: Callable[[int, datetime], None], nth: int, now: datetime) -> None:
    do(nth, now)


def _language(connection: Connection, client_id: str) -> str:
    return str(connection.scalars(select(clients.c.language).where(clients.c.id == client_id)).one())


def _may_be_invited(connection: Connection, client_id: str) -> bool:
    return connection.scalar(select(clients.c.consent).where(clients.c.id == client_id)) in MAY_BE_INVITED


def _visits_so_far(connection: Connection, client_id: str) -> int:
    numbers = connection.scalars(select(visits.c.number).where(visits.c.client_id == client_id)).all()
    return max(numbers, default=0)
