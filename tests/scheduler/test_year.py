"""A year of texts to clients of every kind, on a clock that jumps from one due moment to the next."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise, product
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.county import County
from conversations.effects import (
    CancelNudges,
    CheckIn,
    Effect,
    EndRestAt,
    PlanNudge,
    Preference,
    RemindOfStep,
    SetPreference,
    SettleNudge,
    WaitUntil,
)
from conversations.goals import Goal, Moment, Reminder, Step
from conversations.nudges import Nudge, NudgeKind, NudgeState
from conversations.situation import Client, Consent, PartOfDay, Rhythm, Sent, Situation, Talk
from scheduler.plan import admit, plan
from scheduler.windows import next_allowed

ZONES = ("America/Los_Angeles", "America/Phoenix", "America/New_York", "Pacific/Honolulu")
BEGIN, END = datetime(2026, 6, 29, 15, tzinfo=UTC), datetime(2027, 7, 5, tzinfo=UTC)
HOLIDAYS = frozenset({date(2026, 9, 7), date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1), date(2027, 5, 31)})
COUNTY = County("Demo", "Goal Line", "707 555 0100", ZoneInfo("America/Los_Angeles"), holidays=HOLIDAYS)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
DAYS = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7, Rhythm.TWO_WEEKS: 14}
HELD_BY = {
    "quiet_hours",
    "quiet_day",
    "holiday",
    "resting",
    "cap_day",
    "cap_week",
    "cap_month",
    "talking_now",
    "open_question",
    "kept_for:step_reminder",
    *(f"merged_into:{kind}" for kind in NudgeKind),
}
LONG_HOLDS = {reason for reason in HELD_BY if reason.startswith(("cap", "rest", "merged", "kept"))}
DROPPED_FOR = HELD_BY | {"step_over", "step_changed", "goal_closed", "too_late", "answered", "expired", "rest_over"}


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
    goal: Goal = field(default_factory=lambda: Goal(1, "finish my GED"))
    talk: Talk | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    texts: list[tuple[datetime, NudgeKind]] = field(default_factory=list)
    heard_at: datetime | None = None
    check_in_at: datetime | None = None
    client_acts_at: datetime | None = None
    steps: dict[str, datetime] = field(default_factory=dict)
    holds: Counter[str] = field(default_factory=Counter)
    ids: count[int] = field(default_factory=count)

    def situation(self, now: datetime) -> Situation:
        ages = [now - at for at, _kind in self.texts]
        today = now.astimezone(self.client.zone).date()
        sent = Sent(
            sum(at.astimezone(self.client.zone).date() == today for at, _kind in self.texts),
            sum(age < WEEK for age in ages),
            sum(age < 30 * DAY for age in ages),
        )
        return Situation(
            self.client,
            COUNTY,
            talk=self.talk,
            goal=self.goal,
            sent=sent,
            last_heard_at=self.heard_at,
            last_check_in_at=self.check_in_at,
        )

    def run(self) -> None:
        self.plan_a_step(BEGIN)
        self.client_acts_at = BEGIN + 2 * DAY
        while (now := self.next_moment()) and now <= END:
            self.happen(now, now + self.late())

    def waiting(self) -> list[Row]:
        return [row for row in self.rows.values() if row.state is NudgeState.PLANNED]

    def next_moment(self) -> datetime | None:
        moments = [row.nudge.due_at for row in self.waiting()]
        return min(moments + ([] if self.client_acts_at is None else [self.client_acts_at]), default=None)

    def happen(self, now: datetime, woken_at: datetime) -> None:
        if now == self.client_acts_at:
            self.act(now)
        else:
            self.tick(woken_at)

    def late(self) -> timedelta:
        """How late the clock wakes: a second, or now and then after a day or three of being down."""
        return timedelta(hours=self.chance.uniform(1, 72)) if self.chance.random() < 0.02 else timedelta(seconds=1)

    def tick(self, now: datetime) -> None:
        due = {row.nudge.id: row for row in self.waiting() if row.nudge.due_at <= now}
        admission = admit(self.situation(now), [row.nudge for row in due.values()], now)
        settled = {one.nudge: one for one in admission.settled if isinstance(one, SettleNudge)}
        assert settled.keys() == due.keys()
        for one in settled.values():
            row = due[one.nudge]
            row.state, row.reason = one.to, one.reason
            if one.to is NudgeState.PLANNED:
                assert one.until is not None
                assert one.until > now
                assert one.reason in HELD_BY
                self.holds[one.reason] += 1
                row.held_by.add(one.reason)
                row.nudge = replace(row.nudge, due_at=one.until, held=row.nudge.held + 1)
        if admission.go:
            self.go(due[admission.go.id], now)

    def go(self, row: Row, now: datetime) -> None:
        assert row.sent_at is None
        row.sent_at = now
        match row.nudge.kind:
            case NudgeKind.CHECK_IN:
                self.check_in_at = now
                self.ask("how_did_it_go", 24 * HOUR, now)
            case NudgeKind.END_OF_REST:
                self.client = replace(self.client, resting_until=None)
                self.ask("nudge_2", WEEK, now)
            case NudgeKind.SILENCE:
                if not self.go_on_silently(now):
                    return
            case _:
                pass
        self.texts.append((now, row.nudge.kind))

    def go_on_silently(self, now: datetime) -> bool:
        """Gives whether that is a text; in the end only the worker is told."""
        assert self.talk is not None
        match self.talk.at:
            case "how_did_it_go":
                self.ask("nudge_1", 48 * HOUR, now)
            case "nudge_1":
                self.ask("nudge_2", 4 * DAY, now)
            case _:
                self.talk = None
                self.client_acts_at = now + self.chance.uniform(1, 20) * DAY
                return False
        return True

    def ask(self, at: str, silent: timedelta, now: datetime) -> None:
        self.talk = Talk("goal_check_in", at, now)
        self.apply([WaitUntil(now + silent, now)], now)
        if self.answers:
            self.client_acts_at = now + self.chance.uniform(0.1, 20) * HOUR

    def act(self, now: datetime) -> None:
        """The client texts: to answer, or out of the blue. Now and then they rest."""
        self.heard_at = now
        self.talk = None
        self.client_acts_at = None if self.client.rhythm in DAYS else now + self.chance.uniform(3, 9) * DAY
        if self.chance.random() < 0.05 and self.client.rhythm in DAYS:
            until = now + 14 * DAY
            self.client = replace(self.client, resting_until=until)
            off = CancelNudges(frozenset(NudgeKind) - {NudgeKind.WORKER_NUDGE}, "resting")
            self.apply([SetPreference(Preference.RESTING_UNTIL, until.isoformat()), off, EndRestAt(until)], now)
        else:
            self.plan_a_step(now)
        if self.chance.random() < 0.2:
            wanted = now + self.chance.uniform(0, 9) * DAY
            self.add(PlanNudge(NudgeKind.WORKER_NUDGE, f"worker:{next(self.ids)}", wanted), wanted)

    def plan_a_step(self, now: datetime) -> None:
        self.client = replace(self.client, resting_until=None)
        number = self.goal.step.number + 1 if self.goal.step else 1
        at = now.astimezone(self.client.zone) + timedelta(hours=self.chance.uniform(1, 72))
        when = self.chance.choice([Moment(at), Moment(at), Moment(at.date()), Moment(None, "soon")])
        step = Step(number, "a step", when, reminder=self.chance.choice(list(Reminder)))
        self.goal = replace(self.goal, step=step)
        self.steps[f"1.{number}"] = at
        self.apply([CheckIn(1, step), RemindOfStep(1, step)], now)

    def apply(self, wishes: Sequence[Effect], now: datetime) -> None:
        for effect in plan(wishes, self.situation(now), now):
            match effect:
                case CancelNudges(kinds=kinds, reason=reason):
                    for row in self.rows.values():
                        if row.state is NudgeState.PLANNED and row.nudge.kind in kinds:
                            row.state, row.reason = NudgeState.CANCELLED, reason
                case PlanNudge():
                    self.add(effect, effect.due_at)
                case _:
                    pass

    def add(self, nudge: PlanNudge, due_at: datetime) -> None:
        known = self.rows.get(nudge.key)
        if known is None or known.state is NudgeState.CANCELLED:
            wanted = nudge.wanted_at or due_at
            named = str(next(self.ids))
            self.rows[nudge.key] = Row(Nudge(named, nudge.kind, due_at, wanted, nudge.subject), nudge.key)


def allowed(kind: NudgeKind, at: datetime, zone: ZoneInfo) -> bool:
    """The hours of the domain guide (6.6), written down a second time on purpose."""
    local = at.astimezone(zone)
    if kind is NudgeKind.STEP_REMINDER:
        return 8 <= local.hour < 21
    return 9 <= local.hour < 20 and local.isoweekday() <= 5 and local.date() not in HOLIDAYS


def year(zone: str, rhythm: Rhythm, part: PartOfDay | None, *, answers: bool) -> Life:
    client = Client("1", "Maria", "en", ZoneInfo(zone), Consent.ACTIVE, part_of_day=part, rhythm=rhythm)
    life = Life(client, answers, random.Random(f"{zone} {rhythm} {part} {answers}"))
    life.run()
    return life


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    kinds = product(ZONES, Rhythm, [None, *PartOfDay], [True, False])
    return [year(zone, rhythm, part, answers=answers) for zone, rhythm, part, answers in kinds]


def test_nothing_goes_outside_the_hours_in_a_year_with_both_clock_changes(lives: list[Life]) -> None:
    outside = [(at, kind) for life in lives for at, kind in life.texts if not allowed(kind, at, life.client.zone)]
    assert outside == []
    months = {at.astimezone(life.client.zone).month for life in lives for at, _kind in life.texts}
    assert len(months) == 12


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
                case _:
                    assert row.reason in DROPPED_FOR | {"replanned", "resting"}
    lines = [f"{len(lives)} clients, {sum(len(life.texts) for life in lives)} texts in a year"]
    lines += [
        f"  {kind:14} {state:10} {reason:28} {how_many:6}" for (kind, state, reason), how_many in sorted(tally.items())
    ]
    lines += [f"  held {sum((life.holds for life in lives), Counter[str]())}"]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")


def test_no_text_goes_twice(lives: list[Life]) -> None:
    for life in lives:
        sent = [row for row in life.rows.values() if row.sent_at]
        about = Counter((row.nudge.kind, row.nudge.subject) for row in sent if row.nudge.subject)
        assert {thing: times for thing, times in about.items() if times > 1} == {}
        assert len({at for at, _kind in life.texts}) == len(life.texts)


def test_the_caps_are_never_exceeded(lives: list[Life]) -> None:
    for life in lives:
        a_day = Counter(at.astimezone(life.client.zone).date() for at, _kind in life.texts)
        assert max(a_day.values()) == 1
        for at, _kind in life.texts:
            assert sum(at - WEEK < other <= at for other, _kind in life.texts) <= 4
            assert sum(at - 30 * DAY < other <= at for other, _kind in life.texts) <= 12


def test_no_reminder_comes_after_its_step(lives: list[Life]) -> None:
    reminders = [
        (life.steps[row.nudge.subject], row.sent_at)
        for life in lives
        for row in life.rows.values()
        if row.sent_at and row.nudge.kind is NudgeKind.STEP_REMINDER
    ]
    assert len(reminders) > 500
    for step_at, sent_at in reminders:
        assert sent_at < step_at or sent_at.astimezone(step_at.tzinfo).date() == step_at.date()


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
    for _ in range(60):
        if later := life.next_moment():
            life.happen(later, later)
    assert all(allowed(kind, at, zone) for at, kind in life.texts)
    test_the_caps_are_never_exceeded([life] if life.texts else [])
