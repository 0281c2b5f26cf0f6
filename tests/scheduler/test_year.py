"""A year of texts to clients of every kind, on a clock that jumps from one due moment to the next."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count, cycle, pairwise, product, takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.county import County, Hours
from conversations.effects import (
    AskAgainAt,
    CancelNudges,
    ChangeConsent,
    CheckIn,
    Effect,
    EndRestAt,
    PlanNudge,
    Preference,
    RemindOfStep,
    RemindOfVisit,
    SaveReminder,
    SetPreference,
    SettleNudge,
    TellWorker,
    WaitForMore,
    WaitUntil,
    WatchConsent,
    WatchSilence,
)
from conversations.escalations import Level, OpenItem, Trigger
from conversations.goals import Goal, Moment, Reminder, Step
from conversations.nudges import OF_A_VISIT, OF_SILENCE, UNHEARD, Nudge, NudgeKind, NudgeState
from conversations.own_reminders import OwnReminder, ReminderStatus
from conversations.situation import Client, Consent, Hold, Mode, PartOfDay, Rhythm, Sent, Situation, Talk
from conversations.visits import AHEAD, Visit, VisitStatus
from scheduler.admission import admit
from scheduler.plan import plan
from scheduler.windows import next_allowed

ZONES = ("America/Los_Angeles", "America/Phoenix", "America/New_York", "Pacific/Honolulu")
BEGIN, END = datetime(2026, 6, 29, 15, tzinfo=UTC), datetime(2027, 7, 5, tzinfo=UTC)
HOLIDAYS = frozenset({date(2026, 9, 7), date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1), date(2027, 5, 31)})
COUNTY = County("Demo", "Goal Line", "707 555 0100", ZoneInfo("America/Los_Angeles"), holidays=HOLIDAYS)
SECOND, HOUR, DAY, WEEK = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7)
DAYS = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7, Rhythm.TWO_WEEKS: 14}
PERSONS_TURN = {"mode_human", "mode_stopped", "mode_silent", "person_needed", "person_wrote", "renew_due"}
HELD_BY = PERSONS_TURN | {
    "quiet_hours",
    "quiet_day",
    "holiday",
    "resting",
    "on_hold",
    "heard_since",
    "cap_day",
    "cap_week",
    "cap_month",
    "talking_now",
    "open_question",
    "kept_for:step_reminder",
    "kept_for:visit",
    *(f"merged_into:{kind}" for kind in NudgeKind),
    *(f"after:{kind}" for kind in NudgeKind),
}
OVER = {"answered", "expired", "goal_closed", "kept", "reminder_over", "rest_over", "step_changed", "step_over"}
OVER |= {"too_late", "visit_over", *(f"visit_{status}" for status in VisitStatus)}
CLOCK_DOWN = "clock_down"
WAITS_LONG = PERSONS_TURN | {"on_hold", "resting"}
LONG_HOLDS = {reason for reason in HELD_BY if reason.startswith(("cap", "merged", "kept"))} | WAITS_LONG
NOT_COUNTED = UNHEARD | {NudgeKind.OWN_REMINDER, NudgeKind.PROMISE}
ALL_DAY = Hours(datetime.min.time(), datetime.max.time())
CARELESS = replace(COUNTY, send_hours=ALL_DAY, legal_hours=ALL_DAY, send_days=frozenset(range(7)))
"""A planted bug: the scheduler knows of no quiet hours."""


@dataclass(frozen=True)
class Text:
    """A text that went out, and how things stood then."""

    at: datetime
    kind: NudgeKind
    before: Situation
    row: Row


@dataclass
class Row:
    nudge: Nudge
    key: str
    state: NudgeState = NudgeState.PLANNED
    reason: str = ""
    sent_at: datetime | None = None
    held_by: set[str] = field(default_factory=set)


@dataclass
class Life:
    """One client's year. The conversations here are the shortest that make every kind of nudge."""

    client: Client
    answers: bool
    chance: random.Random
    county: County = COUNTY
    goal: Goal = field(default_factory=lambda: Goal(1, "finish my GED"))
    talk: Talk | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    planned: dict[str, Row] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    heard_at: datetime | None = None
    check_in_at: datetime | None = None
    client_acts_at: datetime | None = None
    person_wrote_at: datetime | None = None
    hold: Hold | None = None
    items: list[OpenItem] = field(default_factory=list)
    visits: dict[int, Visit] = field(default_factory=dict)
    reminders: dict[int, OwnReminder] = field(default_factory=dict)
    agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    steps: dict[str, datetime] = field(default_factory=dict)
    holds: Counter[str] = field(default_factory=Counter)
    ids: count[int] = field(default_factory=count)

    def situation(self, now: datetime) -> Situation:
        lately = takewhile(lambda text: now - text.at < 30 * DAY, reversed(self.texts))
        counted = [text.at for text in lately if text.kind not in NOT_COUNTED][::-1]
        today = now.astimezone(self.client.zone).date()
        sent = Sent(
            sum(at.astimezone(self.client.zone).date() == today for at in counted),
            sum(now - at < WEEK for at in counted),
            len(counted),
            tuple(counted),
        )
        return Situation(
            self.client,
            self.county,
            talk=self.talk,
            goal=self.goal,
            sent=sent,
            last_heard_at=self.heard_at,
            last_check_in_at=self.check_in_at,
            open_items=tuple(self.items),
            hold=self.hold,
            person_wrote_at=self.person_wrote_at,
            visits=tuple(visit for visit in self.visits.values() if now - visit.starts_at < 14 * DAY),
            own_reminders=tuple(self.reminders.values()),
        )

    def run(self) -> None:
        self.agree(BEGIN)
        self.plan_a_step(BEGIN)
        self.client_acts_at = BEGIN + 2 * DAY
        for habit, soonest, latest in (
            (self.enter_visit, 8, 30),
            (self.set_reminder, 5, 20),
            (self.take_over, 20, 60),
            (self.need_a_person, 30, 90),
            (self.hold_texts, 20, 60),
        ):
            self.every(habit, soonest, latest, BEGIN)
        while (now := self.next_moment()) and now <= END:
            self.happen(now, now + self.late())

    def later(self, at: datetime, act: Callable[[datetime], None]) -> None:
        heappush(self.agenda, (at, next(self.ids), act))

    def every(self, habit: Callable[[datetime], None], soonest: float, latest: float, now: datetime) -> None:
        def again(at: datetime) -> None:
            habit(at)
            self.every(habit, soonest, latest, at)

        self.later(now + self.chance.uniform(soonest, latest) * DAY, again)

    def next_moment(self) -> datetime | None:
        moments = [row.nudge.due_at for row in self.planned.values()]
        moments += [] if self.client_acts_at is None else [self.client_acts_at]
        return min(moments + [at for at, _nth, _act in self.agenda[:1]], default=None)

    def happen(self, now: datetime, woken_at: datetime) -> None:
        if now == self.client_acts_at:
            self.speak(now)
        elif self.agenda and now == self.agenda[0][0]:
            heappop(self.agenda)[2](now)
        else:
            self.tick(woken_at)

    def late(self) -> timedelta:
        """How late the clock wakes: a second, or now and then after a day or three of being down."""
        return timedelta(hours=self.chance.uniform(1, 72)) if self.chance.random() < 0.01 else timedelta(seconds=1)

    def tick(self, now: datetime) -> None:
        due = {row.nudge.id: row for row in self.planned.values() if row.nudge.due_at <= now}
        situation = self.situation(now)
        admission = admit(situation, [row.nudge for row in due.values()], now)
        settled = {one.nudge: one for one in admission.settled if isinstance(one, SettleNudge)}
        assert settled.keys() == due.keys()
        for one in settled.values():
            row = due[one.nudge]
            if now - row.nudge.due_at > timedelta(minutes=1):
                row.held_by.add(CLOCK_DOWN)
            self.settle(row, one.to, one.reason)
            if one.to is NudgeState.PLANNED:
                assert one.until is not None
                assert one.until > now
                assert one.reason in HELD_BY
                self.holds[one.reason] += 1
                row.held_by.add(one.reason)
                row.nudge = replace(row.nudge, due_at=one.until, held=row.nudge.held + 1)
        if admission.go:
            self.go(due[admission.go.id], situation, now)

    def settle(self, row: Row, state: NudgeState, reason: str) -> None:
        row.state, row.reason = state, reason
        if state is not NudgeState.PLANNED:
            del self.planned[row.key]

    def go(self, row: Row, before: Situation, now: datetime) -> None:
        assert row.sent_at is None
        row.sent_at = now
        if row.nudge.kind not in UNHEARD:
            self.texts.append(Text(now, row.nudge.kind, before, row))
        match row.nudge.kind:
            case NudgeKind.CHECK_IN:
                self.check_in_at = now
                self.ask("how_did_it_go", 24 * HOUR, now)
            case NudgeKind.END_OF_REST:
                self.client = replace(self.client, resting_until=None)
                self.ask("nudge_1", WEEK, now)
            case NudgeKind.SILENCE | NudgeKind.LATER:
                self.ask("nudge_1" if self.talk and self.talk.at == "how_did_it_go" else "nudge_2", 48 * HOUR, now)
            case NudgeKind.QUIET:
                self.talk = None
                self.apply([WatchSilence(now + 14 * DAY)], now)
                self.client_acts_at = now + self.chance.uniform(1, 20) * DAY
            case NudgeKind.BREATH:
                self.act(now)
            case NudgeKind.RENEWAL:
                self.client = replace(self.client, consent=Consent.RENEW_DUE)
                self.later(now + self.chance.uniform(0.1, 5) * DAY, self.agree)
            case NudgeKind.OWN_REMINDER:
                self.remind_again(int(row.nudge.subject), now)
            case _:
                pass

    def ask(self, at: str, silent: timedelta, now: datetime) -> None:
        self.talk = Talk("goal_check_in", at, now)
        last = at == "nudge_2"
        self.apply([WaitUntil(now + (4 * DAY if last else silent), now, texts=not last)], now)
        if self.answers:
            self.client_acts_at = now + self.chance.uniform(0.1, 20) * HOUR

    def speak(self, now: datetime) -> None:
        """The client texts: now and then in two halves."""
        self.heard_at, self.client_acts_at = now, None
        if self.chance.random() < 0.3:
            self.apply([WaitForMore("I did", now + timedelta(seconds=20))], now)
        else:
            self.act(now)

    def act(self, now: datetime) -> None:
        """What they said: an answer, or something out of the blue. Now and then they rest, or ask to be asked later."""
        if self.talk and self.chance.random() < 0.1:
            later = AskAgainAt(now + DAY, self.talk.asked_at)
            self.apply([CancelNudges(OF_SILENCE, "asked_for_later"), later], now)
            return
        self.move_on()
        self.client_acts_at = None if self.client.rhythm in DAYS else now + self.chance.uniform(3, 9) * DAY
        if self.chance.random() < 0.05 and self.client.rhythm in DAYS:
            until = now + 14 * DAY
            self.client = replace(self.client, resting_until=until)
            goals = frozenset({NudgeKind.CHECK_IN, NudgeKind.STEP_REMINDER}) | OF_SILENCE
            off = CancelNudges(goals, "resting")
            self.apply([SetPreference(Preference.RESTING_UNTIL, until.isoformat()), off, EndRestAt(until)], now)
        else:
            self.plan_a_step(now)
        if self.chance.random() < 0.2:
            wanted = now + self.chance.uniform(0, 9) * DAY
            self.add(PlanNudge(NudgeKind.WORKER_NUDGE, f"worker:{next(self.ids)}", wanted), wanted)

    def move_on(self) -> None:
        self.talk = None
        self.cancel(CancelNudges(OF_SILENCE, "moved_on"))

    def plan_a_step(self, now: datetime) -> None:
        self.client = replace(self.client, resting_until=None)
        number = self.goal.step.number + 1 if self.goal.step else 1
        at = now.astimezone(self.client.zone) + timedelta(hours=self.chance.uniform(1, 72))
        when = self.chance.choice([Moment(at), Moment(at), Moment(at.date()), Moment(None, "soon")])
        step = Step(number, "a step", when, reminder=self.chance.choice(list(Reminder)))
        self.goal = replace(self.goal, step=step)
        self.steps[f"1.{number}"] = at
        self.apply([CheckIn(1, step), RemindOfStep(1, step)], now)

    def agree(self, now: datetime) -> None:
        self.heard_at = None if now == BEGIN else now
        self.client = replace(self.client, consent=Consent.ACTIVE, consented_at=now)
        self.apply([ChangeConsent(Consent.ACTIVE), WatchConsent()], now)

    def set_reminder(self, now: datetime) -> None:
        """For any hour of the day or night: the client names it."""
        self.heard_at = now
        at = (now + self.chance.uniform(0.01, 12) * DAY).replace(second=0, microsecond=0)
        number = len(self.reminders) + 1
        self.keep(OwnReminder(number, "call the school", at, self.chance.choice(["", "weekly:0"])), now)
        if self.chance.random() < 0.2:
            self.later(now + self.chance.uniform(0, 12) * DAY, partial(self.remove_reminder, number))

    def remind_again(self, number: int, now: datetime) -> None:
        mine = self.reminders[number]
        if mine.repeats and self.chance.random() < 0.8:
            weeks = (now - mine.at) // WEEK + 1
            self.keep(replace(mine, at=mine.at + weeks * WEEK), now)
        else:
            self.keep(replace(mine, status=ReminderStatus.SENT), now)

    def remove_reminder(self, number: int, now: datetime) -> None:
        self.keep(replace(self.reminders[number], status=ReminderStatus.REMOVED), now)

    def keep(self, reminder: OwnReminder, now: datetime) -> None:
        self.reminders[reminder.number] = reminder
        self.apply([SaveReminder(reminder)], now)

    def enter_visit(self, now: datetime) -> None:
        """In the office: from an hour to eleven days ahead, on any day but Sunday."""
        number = len(self.visits) + 1
        self.change(Visit(number, self.office_hour(now), "Ana", "Koster office"), now)
        for share, act in ((0.5, self.confirm), (0.2, self.move), (0.1, self.end)):
            if self.chance.random() < share:
                ahead = self.visits[number].starts_at - now
                self.later(now + self.chance.random() * ahead, partial(act, number))
        self.meet_later(number)

    def office_hour(self, now: datetime) -> datetime:
        soon = (now + HOUR).astimezone(COUNTY.zone)
        at = (soon + self.chance.uniform(0, 11) * DAY).replace(hour=self.chance.randrange(8, 17), minute=30, second=0)
        at += DAY if at.isoweekday() == 7 else timedelta(0)
        return max(at, soon).astimezone(UTC)

    def confirm(self, number: int, now: datetime) -> None:
        if self.visits[number].status is VisitStatus.PLANNED:
            self.heard_at = now
            self.change(replace(self.visits[number], status=VisitStatus.CONFIRMED), now)

    def move(self, number: int, now: datetime) -> None:
        if self.visits[number].status in AHEAD:
            moved = replace(self.visits[number], starts_at=self.office_hour(now), status=VisitStatus.PLANNED)
            self.change(moved, now)
            self.meet_later(number)

    def end(self, number: int, now: datetime) -> None:
        if self.visits[number].status in AHEAD:
            self.change(replace(self.visits[number], status=VisitStatus.ENDED_BY_OFFICE), now)

    def meet_later(self, number: int) -> None:
        then = self.visits[number].starts_at

        def meet(now: datetime) -> None:
            visit = self.visits[number]
            if visit.status in AHEAD and visit.starts_at == then:
                came = self.chance.random() < 0.7
                self.change(replace(visit, status=VisitStatus.ATTENDED if came else VisitStatus.MISSED), now)

        self.later(then + self.chance.uniform(0.5, 5) * HOUR, meet)

    def change(self, visit: Visit, now: datetime) -> None:
        self.visits[visit.number] = visit
        self.apply([RemindOfVisit(visit)], now)

    def take_over(self, now: datetime) -> None:
        mode = self.chance.choice([Mode.HUMAN, Mode.HUMAN, Mode.STOPPED, Mode.SILENT])
        self.client = replace(self.client, mode=mode)
        self.person_wrote_at = now
        self.later(now + self.chance.uniform(0.1, 6) * DAY, self.hand_back)

    def hand_back(self, now: datetime) -> None:
        self.person_wrote_at = now
        self.client = replace(self.client, mode=Mode.BOT)

    def need_a_person(self, now: datetime) -> None:
        due = now + self.chance.uniform(1, 48) * HOUR
        item = OpenItem(Trigger.ASKED_FOR_PERSON, Level.U1, due)
        self.items = [item]
        self.apply([TellWorker(item.trigger, item.level, due, promised=True)], now)
        self.later(now + self.chance.uniform(1, 72) * HOUR, self.turn_to_client)
        self.later(now + 4 * DAY, self.resolve)

    def turn_to_client(self, now: datetime) -> None:
        self.items = [replace(item, contacted_at=now) for item in self.items]

    def resolve(self, now: datetime) -> None:
        self.items = []

    def hold_texts(self, now: datetime) -> None:
        self.hold = Hold(now + self.chance.uniform(1, 48) * HOUR, "on_hold")

    def apply(self, wishes: Sequence[Effect], now: datetime) -> None:
        for effect in plan(wishes, self.situation(now), now):
            match effect:
                case CancelNudges():
                    self.cancel(effect)
                case PlanNudge():
                    self.add(effect, effect.due_at)
                case _:
                    pass

    def cancel(self, wish: CancelNudges) -> None:
        for row in list(self.planned.values()):
            if row.nudge.kind in wish.kinds and wish.subject in ("", row.nudge.subject):
                self.settle(row, NudgeState.CANCELLED, wish.reason)

    def add(self, nudge: PlanNudge, due_at: datetime) -> None:
        known = self.rows.get(nudge.key)
        if known is None or known.state is NudgeState.CANCELLED:
            wanted = nudge.wanted_at or due_at
            named = Nudge(str(next(self.ids)), nudge.kind, due_at, wanted, nudge.subject, nudge.words)
            self.rows[nudge.key] = self.planned[nudge.key] = Row(named, nudge.key)


def allowed(kind: NudgeKind, at: datetime, zone: ZoneInfo, visits: Sequence[datetime] = ()) -> bool:
    """The hours of the domain guide (6.6), written down a second time on purpose."""
    local = at.astimezone(zone)
    if kind in UNHEARD or kind is NudgeKind.OWN_REMINDER:
        return True
    if kind in (NudgeKind.STEP_REMINDER, NudgeKind.PROMISE):
        return 8 <= local.hour < 21
    days_before_visit = {(visit.astimezone(zone).date() - local.date()).days for visit in visits}
    spoken_of = kind in OF_A_VISIT and days_before_visit & {0, 1}
    is_open = local.isoweekday() <= 5 and local.date() not in HOLIDAYS
    return 9 <= local.hour < 20 and bool(is_open or spoken_of)


def outside(life: Life) -> list[Text]:
    def went_outside(text: Text) -> bool:
        visits = [visit.starts_at for visit in text.before.visits if visit.status in AHEAD]
        return not allowed(text.kind, text.at, life.client.zone, visits)

    return [text for text in life.texts if went_outside(text)]


def may_go(text: Text) -> bool:
    """Whether the client was to be left alone: a person had the thread, or they rested, or had not said yes again."""
    before, kind = text.before, text.kind
    asked_for = {NudgeKind.OWN_REMINDER, NudgeKind.PROMISE}
    about_visits = OF_A_VISIT | asked_for
    return (
        (before.client.mode is Mode.BOT or kind is NudgeKind.PROMISE)
        and (not before.open_items or kind is NudgeKind.PROMISE)
        and (not _within(text.at, before.person_wrote_at, 12 * HOUR) or kind in asked_for)
        and (before.hold is None or before.hold.until <= text.at or kind in about_visits)
        and (not _resting(text) or kind in about_visits)
        and (before.client.consent is Consent.ACTIVE or kind in (NudgeKind.RENEWAL, NudgeKind.PROMISE))
    )


def _within(at: datetime, since: datetime | None, span: timedelta) -> bool:
    return since is not None and at - since < span


def _resting(text: Text) -> bool:
    until = text.before.client.resting_until
    return until is not None and text.at < until


def over_caps(life: Life) -> list[datetime]:
    """What must be said before a visit is the one exception, and is left out here."""
    excepted = {NudgeKind.VISIT_TOMORROW, *NOT_COUNTED}
    counted = [text.at for text in life.texts if text.kind not in excepted and text.row.reason != "visit_over_cap"]
    days = Counter(at.astimezone(life.client.zone).date() for at in counted)
    return [
        at
        for at in counted
        if days[at.astimezone(life.client.zone).date()] > 1
        or sum(at - WEEK < other <= at for other in counted) > 4
        or sum(at - 30 * DAY < other <= at for other in counted) > 12
    ]


def year(zone: str, rhythm: Rhythm, part: PartOfDay | None, *, answers: bool, county: County = COUNTY) -> Life:
    client = Client("1", "Maria", "en", ZoneInfo(zone), Consent.ACTIVE, part_of_day=part, rhythm=rhythm)
    life = Life(client, answers, random.Random(f"{zone} {rhythm} {part} {answers}"), county)
    life.run()
    return life


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    parts = cycle([None, *PartOfDay, None])
    kinds = zip(product(ZONES, Rhythm, [True, False]), parts, strict=False)
    return [year(zone, rhythm, part, answers=answers) for (zone, rhythm, answers), part in kinds]


def test_nothing_goes_outside_the_hours_in_a_year_with_both_clock_changes(lives: list[Life]) -> None:
    assert [text for life in lives for text in outside(life)] == []
    months = {text.at.astimezone(life.client.zone).month for life in lives for text in life.texts}
    assert len(months) == 12


def test_a_scheduler_that_knew_no_quiet_hours_would_be_found_out() -> None:
    assert outside(year(ZONES[0], Rhythm.DAILY, None, answers=True, county=CARELESS))


def test_nothing_goes_that_has_to_wait_for_a_person_a_rest_a_hold_or_a_yes(lives: list[Life]) -> None:
    assert [text for life in lives for text in life.texts if not may_go(text)] == []
    kept = {text.before.client.mode for life in lives for text in life.texts if text.kind is NudgeKind.PROMISE}
    assert Mode.HUMAN in kept


def test_every_planned_nudge_ends_with_a_reason_and_none_is_forgotten(
    lives: list[Life], capsys: pytest.CaptureFixture[str]
) -> None:
    tally: Counter[tuple[str, str, str]] = Counter()
    for life in lives:
        for row in life.rows.values():
            tally[row.nudge.kind, row.state, row.reason] += 1
            match row.state:
                case NudgeState.SENT:
                    assert row.sent_at
                case NudgeState.PLANNED:
                    assert row.nudge.due_at > END
                case NudgeState.CANCELLED:
                    assert row.reason in {"replanned", "resting", "asked_for_later", "moved_on"}
                case _:
                    assert row.reason in HELD_BY | OVER
    lines = [f"{len(lives)} clients, {sum(len(life.texts) for life in lives)} texts in a year"]
    lines += [
        f"  {kind:14} {state:10} {reason:28} {how_many:6}" for (kind, state, reason), how_many in sorted(tally.items())
    ]
    lines += [f"  held {sum((life.holds for life in lives), Counter[str]())}"]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")


def test_no_text_goes_twice(lives: list[Life]) -> None:
    for life in lives:
        about = Counter(
            (text.kind, text.row.nudge.subject)
            for text in life.texts
            if text.row.nudge.subject and text.kind not in OF_A_VISIT | NOT_COUNTED
        )
        assert {thing: times for thing, times in about.items() if times > 1} == {}
        assert len({text.row.key for text in life.texts}) == len(life.texts)


def test_only_what_must_be_said_before_a_visit_goes_over_a_cap(lives: list[Life]) -> None:
    assert [at for life in lives for at in over_caps(life)] == []
    over = [text for life in lives for text in life.texts if text.row.reason == "visit_over_cap"]
    assert {text.kind for text in over} <= {NudgeKind.VISIT_TOMORROW, NudgeKind.VISIT_ASK, NudgeKind.VISIT_ENDED}
    visits = sum(text.kind in OF_A_VISIT for life in lives for text in life.texts)
    assert 0 < len(over) < visits / 4


def test_no_reminder_comes_after_its_step(lives: list[Life]) -> None:
    reminders = [
        (life.steps[row.nudge.subject], row.sent_at)
        for life in lives
        for row in life.rows.values()
        if row.sent_at and row.nudge.kind is NudgeKind.STEP_REMINDER
    ]
    assert len(reminders) > 300
    for step_at, sent_at in reminders:
        assert sent_at < step_at or sent_at.astimezone(step_at.tzinfo).date() == step_at.date()


def test_no_text_about_a_visit_comes_after_its_hour_or_on_the_wrong_day(lives: list[Life]) -> None:
    days_ahead = {NudgeKind.VISIT_TOMORROW: {1}, NudgeKind.VISIT_TODAY: {0}, NudgeKind.VISIT_ASK: set(range(5))}
    for life in lives:
        for text in life.texts:
            if text.kind in days_ahead:
                (starts_at,) = (
                    each.starts_at for each in text.before.visits if str(each.number) == text.row.nudge.subject
                )
                days = starts_at.astimezone(life.client.zone).date() - text.at.astimezone(life.client.zone).date()
                assert text.at < starts_at
                assert days.days in days_ahead[text.kind]


def test_who_could_be_told_of_a_visit_the_day_before_was_told(lives: list[Life]) -> None:
    """Neither a cap nor another text keeps it from them: only a person's turn, or that the clock was down."""
    rows = [row for life in lives for row in life.rows.values() if row.nudge.kind is NudgeKind.VISIT_TOMORROW]
    untold = [row for row in rows if row.state in (NudgeState.DROPPED, NudgeState.MERGED)]
    assert [row for row in untold if not row.held_by & {*PERSONS_TURN, CLOCK_DOWN} | {row.reason} & PERSONS_TURN] == []
    assert len(untold) < len(rows) / 5


def test_an_own_reminder_comes_to_the_second_unless_a_person_has_the_thread(lives: list[Life]) -> None:
    rows = [row for life in lives for row in life.rows.values() if row.nudge.kind is NudgeKind.OWN_REMINDER]
    assert {row.state for row in rows} <= {NudgeState.SENT, NudgeState.CANCELLED, NudgeState.PLANNED}
    sent = [(row.sent_at - row.nudge.wanted_at, row.held_by) for row in rows if row.sent_at]
    assert len(sent) > 1500
    assert [late for late, held_by in sent if late > 5 * SECOND and not held_by & {*PERSONS_TURN, CLOCK_DOWN}] == []


def test_a_breath_waits_for_nothing(lives: list[Life]) -> None:
    breaths = [row for life in lives for row in life.rows.values() if row.nudge.kind is NudgeKind.BREATH]
    assert len(breaths) > 200
    assert {row.nudge.held for row in breaths} == {0}


def test_no_check_in_comes_sooner_than_the_rhythm_and_every_one_that_was_due_comes(lives: list[Life]) -> None:
    for life in lives:
        zone, apart = life.client.zone, DAYS.get(life.client.rhythm)
        rows = [row for row in life.rows.values() if row.nudge.kind is NudgeKind.CHECK_IN]
        days = sorted(row.sent_at.astimezone(zone).date() for row in rows if row.sent_at)
        if apart is None:
            assert rows == []
            continue
        assert all((later - sooner).days >= apart for sooner, later in pairwise(days))
        never = [row for row in rows if row.state not in (NudgeState.SENT, NudgeState.CANCELLED, NudgeState.PLANNED)]
        assert never == []
        for row in rows:
            if row.sent_at and not row.held_by & LONG_HOLDS:
                assert row.sent_at - row.nudge.wanted_at < 8 * DAY  # a holiday beside a weekend, then three days down


ANY_ZONE = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
ANY_MOMENT = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(ANY_ZONE, ANY_MOMENT, st.sampled_from(NudgeKind))
@settings(deadline=None, max_examples=300)
def test_in_any_zone_the_next_moment_is_inside_the_hours_and_none_before_it_is(
    zone: ZoneInfo, wanted: datetime, kind: NudgeKind
) -> None:
    who = Situation(Client("1", "Maria", "en", zone), COUNTY)
    found = next_allowed(kind, wanted, who, wanted).at
    assert found >= wanted
    assert allowed(kind, found, zone)
    assert allowed(kind, wanted, zone) == (found == wanted)
    earlier = wanted
    while earlier < found:
        assert not allowed(kind, earlier, zone)
        earlier += timedelta(minutes=15)


@given(ANY_ZONE, ANY_MOMENT, st.sampled_from(list(Rhythm)), st.booleans())
@settings(deadline=None, max_examples=25)
def test_in_any_zone_a_season_of_texts_stays_inside_the_hours_and_the_caps(
    zone: ZoneInfo,
    now: datetime,
    rhythm: Rhythm,
    answers: bool,  # noqa: FBT001
) -> None:
    client = Client("1", "Maria", "en", zone, Consent.ACTIVE, rhythm=rhythm)
    life = Life(client, answers, random.Random(0))
    life.plan_a_step(now)
    life.every(life.enter_visit, 1, 9, now)
    for _ in range(60):
        if later := life.next_moment():
            life.happen(later, later)
    assert outside(life) == []
    assert over_caps(life) == []
