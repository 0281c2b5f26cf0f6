"""What a wish becomes, and what becomes of a nudge that falls due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations import reminders
from conversations.county import Caps, County, Hours
from conversations.effects import (
    CancelNudges,
    CheckIn,
    Effect,
    EndRestAt,
    KeepIdea,
    Level,
    PlanNudge,
    Preference,
    RemindOfStep,
    SetPreference,
    SettleNudge,
    TellWorker,
    Trigger,
    WaitUntil,
)
from conversations.goals import Goal, GoalStatus, Moment, Reminder, Step, StepStatus
from conversations.nudges import Nudge, NudgeKind, NudgeState
from conversations.situation import Client, Consent, PartOfDay, Rhythm, Sent, Situation, Talk
from scheduler.plan import Admission, admit, invitation, plan

LA = ZoneInfo("America/Los_Angeles")
COUNTY = County("Demo", "Goal Line", "707 555 0100", LA)
CLIENT = Client("1", "Maria", "en", LA, Consent.ACTIVE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LA)


NOW = local("2026-03-04T10:00").astimezone(UTC)  # a Wednesday


def step(at: str, reminder: Reminder = Reminder.NONE) -> Step:
    """`at` is a day, a local day and hour, or only words."""
    when = Moment(local(at)) if "T" in at else Moment.read(at)
    return Step(1, "call the school", when, reminder=reminder)


def somebody(*, its_step: Step | None = None, **changes: object) -> Situation:
    goal = Goal(2, "finish my GED", step=its_step or step("2026-03-06T15:00"))
    return replace(Situation(CLIENT, COUNTY, goal=goal), **changes)  # type: ignore[arg-type]


def planned(*effects: Effect, who: Situation | None = None, now: datetime = NOW) -> list[PlanNudge]:
    made = plan(effects, who or somebody(), now)
    return [effect for effect in made if isinstance(effect, PlanNudge)]


def wall(nudge: PlanNudge) -> str:
    return nudge.due_at.astimezone(LA).isoformat(" ", "minutes")[:16]


# Wishes


def test_what_is_no_wish_keeps_its_place() -> None:
    effects = plan([KeepIdea("a"), EndRestAt(NOW + timedelta(days=14)), KeepIdea("b")], somebody(), NOW)
    assert [type(effect).__name__ for effect in effects] == ["KeepIdea", "CancelNudges", "PlanNudge", "KeepIdea"]


def test_an_open_question_is_woken_under_the_key_of_its_moment() -> None:
    (nudge,) = planned(WaitUntil(NOW + timedelta(hours=24), NOW))
    asked = NOW.isoformat()
    assert nudge == PlanNudge(
        NudgeKind.SILENCE, f"silence:{asked}", NOW + timedelta(days=1), asked, NOW + timedelta(days=1), ""
    )


def test_a_silence_that_only_a_person_hears_of_keeps_its_moment() -> None:
    sunday = local("2026-03-08T03:30").astimezone(UTC)
    (nudge,) = planned(WaitUntil(sunday, NOW, texts=False))
    assert nudge == PlanNudge(NudgeKind.QUIET, f"quiet:{NOW.isoformat()}", sunday, NOW.isoformat())


def test_a_silence_that_ends_on_a_weekend_waits_for_monday() -> None:
    friday = local("2026-03-06T10:00").astimezone(UTC)
    (nudge,) = planned(WaitUntil(friday + timedelta(hours=24), friday), now=friday)
    assert (wall(nudge), nudge.reason) == ("2026-03-09 10:00", "quiet_day")
    assert nudge.wanted_at == friday + timedelta(hours=24)


@pytest.mark.parametrize(
    ("reminder", "when", "comes"),
    [
        (Reminder.THAT_MORNING, "2026-03-06T15:00", "2026-03-06 08:00"),
        (Reminder.THAT_MORNING, "2026-03-06T09:00", "2026-03-06 08:00"),
        (Reminder.THAT_MORNING, "2026-03-06T08:30", "2026-03-06 08:00"),
        (Reminder.THAT_MORNING, "2026-03-06T07:30", "2026-03-05 19:00"),
        (Reminder.THAT_MORNING, "2026-03-06", "2026-03-06 08:00"),
        (Reminder.THAT_MORNING, "2026-03-04T15:00", "2026-03-04 14:00"),
        (Reminder.HOUR_BEFORE, "2026-03-06T15:00", "2026-03-06 14:00"),
        (Reminder.HOUR_BEFORE, "2026-03-06", "2026-03-06 08:00"),
        (Reminder.HOUR_BEFORE, "2026-03-06T08:30", "2026-03-06 08:00"),
        (Reminder.HOUR_BEFORE, "2026-03-06T06:00", "2026-03-05 19:00"),
        (Reminder.HOUR_BEFORE, "2026-03-06T23:00", "2026-03-06 20:30"),
        (Reminder.NIGHT_BEFORE, "2026-03-06T15:00", "2026-03-05 19:00"),
        (Reminder.NIGHT_BEFORE, "2026-03-08", "2026-03-07 19:00"),
        (Reminder.NIGHT_BEFORE, "2026-03-04T15:00", "2026-03-04 14:00"),
        (Reminder.HOUR_BEFORE, "2026-11-01T03:00", "2026-10-31 19:00"),
    ],
)
def test_a_step_is_reminded_of_as_the_client_chose(reminder: Reminder, when: str, comes: str) -> None:
    wish = RemindOfStep(2, step(when, reminder))
    (nudge,) = planned(wish)
    assert (wall(nudge), nudge.kind, nudge.subject) == (comes, NudgeKind.STEP_REMINDER, "2.1")
    assert nudge.key == f"step_reminder:2.1:{nudge.due_at.astimezone(LA).isoformat(timespec='minutes')}"
    assert nudge.due_at.tzinfo is UTC


@pytest.mark.parametrize(
    "the_step",
    [
        step("2026-03-06T15:00", Reminder.NONE),
        step("soon", Reminder.THAT_MORNING),
        step("2026-03-04T10:30", Reminder.HOUR_BEFORE),
        step("2026-03-04", Reminder.THAT_MORNING),
        step("2026-03-03T15:00", Reminder.THAT_MORNING),
    ],
)
def test_without_a_moment_left_there_is_no_reminder_and_an_old_one_goes(the_step: Step) -> None:
    effects = plan([RemindOfStep(2, the_step)], somebody(), NOW)
    assert effects == [CancelNudges(frozenset({NudgeKind.STEP_REMINDER}), "replanned")]
    assert reminders.moment_for(somebody(), the_step, NOW) is None


def test_an_hour_before_is_an_hour_of_time_on_the_night_the_clocks_change() -> None:
    day_hours = Hours(datetime.min.time(), datetime.max.time())
    march = step("2026-03-08T03:30", Reminder.HOUR_BEFORE)
    at = reminders.moment(march, LA, day_hours, NOW)
    assert at is not None
    assert at.isoformat() == "2026-03-08T01:30:00-08:00"


def test_no_reminder_is_promised_that_a_cap_would_hold_back() -> None:
    today, tomorrow = step("2026-03-04T15:00", Reminder.HOUR_BEFORE), step("2026-03-05T15:00", Reminder.HOUR_BEFORE)
    for sent, of_today, of_tomorrow in (
        (Sent(0, 3, 11), 1, 1),
        (Sent(1, 1, 1), 0, 1),
        (Sent(0, 4, 4), 0, 0),
        (Sent(0, 0, 12), 0, 0),
    ):
        assert len(planned(RemindOfStep(2, today), who=somebody(sent=sent))) == of_today
        assert len(planned(RemindOfStep(2, tomorrow), who=somebody(sent=sent))) == of_tomorrow


def test_a_rest_holds_no_reminder() -> None:
    resting = somebody(client=replace(CLIENT, resting_until=NOW + timedelta(days=7)))
    assert planned(RemindOfStep(2, step("2026-03-06T15:00", Reminder.THAT_MORNING)), who=resting) == []


@pytest.mark.parametrize(
    ("rhythm", "last", "when", "comes"),
    [
        (Rhythm.WEEKLY, None, "2026-03-04T15:00", "2026-03-05 10:00"),
        (Rhythm.WEEKLY, "2026-03-03T10:00", "2026-03-04T15:00", "2026-03-10 10:00"),
        (Rhythm.DAILY, "2026-03-04T09:00", "2026-03-04T15:00", "2026-03-05 10:00"),
        (Rhythm.TWO_WEEKS, "2026-03-04T09:00", "2026-03-05", "2026-03-18 10:00"),
        (Rhythm.WEEKLY, "2026-02-01T09:00", "2026-03-19", "2026-03-20 10:00"),
        (Rhythm.WEEKLY, None, "2026-03-07", "2026-03-09 10:00"),
        (Rhythm.DAILY, None, "soon", "2026-03-05 10:00"),
        (Rhythm.WEEKLY, None, "soon", "2026-03-11 10:00"),
        (Rhythm.DAILY, None, "2026-03-01", "2026-03-05 10:00"),
    ],
)
def test_a_check_in_comes_after_the_step_and_no_sooner_than_the_rhythm(
    rhythm: Rhythm, last: str | None, when: str, comes: str
) -> None:
    who = somebody(client=replace(CLIENT, rhythm=rhythm), last_check_in_at=local(last) if last else None)
    (nudge,) = planned(CheckIn(2, step(when)), who=who)
    assert (wall(nudge), nudge.kind, nudge.subject) == (comes, NudgeKind.CHECK_IN, "2.1")


def test_a_check_in_moved_over_the_weekend_keeps_the_day_it_was_for_as_its_key() -> None:
    (nudge,) = planned(CheckIn(2, step("2026-03-06T15:00")))
    assert (nudge.key, nudge.reason, wall(nudge)) == ("check_in:2.1:2026-03-07", "quiet_day", "2026-03-09 10:00")


def test_a_client_who_texts_first_gets_no_check_in() -> None:
    effects = plan([CheckIn(2, step("soon"))], somebody(client=replace(CLIENT, rhythm=Rhythm.WHEN_I_TEXT)), NOW)
    assert effects == [CancelNudges(frozenset({NudgeKind.CHECK_IN}), "replanned")]


def test_what_the_client_set_in_the_same_breath_counts_already() -> None:
    said = [
        SetPreference(Preference.RHYTHM, "daily"),
        SetPreference(Preference.PART_OF_DAY, "evening"),
        SetPreference(Preference.LANGUAGE, "es"),
    ]
    (nudge,) = planned(*said, CheckIn(2, step("soon")))
    assert wall(nudge) == "2026-03-05 18:00"
    (nudge,) = planned(SetPreference(Preference.RHYTHM, "weekly"), CheckIn(2, step("soon")), *said)
    assert wall(nudge) == "2026-03-11 10:00"


def test_a_rest_that_was_just_begun_or_ended_counts_already() -> None:
    until = NOW + timedelta(days=14)
    begun = SetPreference(Preference.RESTING_UNTIL, until.isoformat())
    (nudge,) = planned(begun, CheckIn(2, step("soon")))
    assert (nudge.due_at, nudge.reason) == (until, "resting")
    resting = somebody(client=replace(CLIENT, resting_until=until, part_of_day=PartOfDay.MORNING))
    over = SetPreference(Preference.RESTING_UNTIL, "")
    none = SetPreference(Preference.PART_OF_DAY, "")
    (nudge,) = planned(over, none, CheckIn(2, step("soon")), who=resting)
    assert wall(nudge) == "2026-03-11 10:00"


def test_the_end_of_a_rest_is_planned_once_a_day_inside_the_hours() -> None:
    late = local("2026-03-18T21:30").astimezone(UTC)
    (nudge,) = planned(SetPreference(Preference.RESTING_UNTIL, late.isoformat()), EndRestAt(late))
    assert (nudge.key, wall(nudge), nudge.kind) == ("end_of_rest:2026-03-18", "2026-03-19 10:00", NudgeKind.END_OF_REST)


# What falls due


def due(kind: NudgeKind, subject: str = "", name: str = "n", late: timedelta = timedelta(0)) -> Nudge:
    return Nudge(name, kind, NOW - late, NOW - late, subject)


CHECK_IN = due(NudgeKind.CHECK_IN, "2.1")
REMINDER = due(NudgeKind.STEP_REMINDER, "2.1")
WORKERS = due(NudgeKind.WORKER_NUDGE)
INVITE = due(NudgeKind.INVITE)
SILENCE = due(NudgeKind.SILENCE, (NOW - timedelta(hours=24)).isoformat())
END_OF_REST = due(NudgeKind.END_OF_REST)
TALK = Talk("goal_check_in", "how_did_it_go", NOW - timedelta(hours=24))
TOMORROW = NOW + timedelta(days=1)
RESTED = replace(CLIENT, resting_until=NOW)


def outcome(nudge: Nudge, who: Situation | None = None, now: datetime = NOW) -> tuple[NudgeState, str, datetime | None]:
    admission = admit(who or somebody(), [nudge], now)
    (settled,) = [one for one in admission.settled if isinstance(one, SettleNudge)]
    assert (admission.go is nudge) == (settled.to is NudgeState.SENT)
    return settled.to, settled.reason, settled.until


def test_nothing_due_is_nothing_to_settle() -> None:
    assert admit(somebody(), [], NOW) == Admission(None, ())


@pytest.mark.parametrize("nudge", [CHECK_IN, REMINDER, WORKERS])
def test_a_nudge_that_is_wanted_and_allowed_goes(nudge: Nudge) -> None:
    assert outcome(nudge) == (NudgeState.SENT, "", None)


def test_the_end_of_a_rest_goes_when_the_rest_is_over_and_not_when_the_client_came_back_before() -> None:
    assert outcome(END_OF_REST, somebody(client=RESTED)) == (NudgeState.SENT, "", None)
    assert outcome(END_OF_REST) == (NudgeState.DROPPED, "rest_over", None)


@pytest.mark.parametrize("consent", [Consent.NONE, Consent.REVOKED, Consent.CLOSED, Consent.INVITED])
def test_nobody_is_texted_without_consent(consent: Consent) -> None:
    who = somebody(client=replace(CLIENT, consent=consent))
    assert outcome(CHECK_IN, who) == (NudgeState.DROPPED, "no_consent", None)


def test_only_the_invite_may_be_repeated_before_the_yes() -> None:
    invited = somebody(client=replace(CLIENT, consent=Consent.INVITED), talk=replace(TALK, flow="welcome"))
    assert outcome(SILENCE, invited)[0] is NudgeState.SENT
    revoked = somebody(client=replace(CLIENT, consent=Consent.REVOKED), talk=TALK)
    assert outcome(SILENCE, revoked) == (NudgeState.DROPPED, "no_consent", None)


@pytest.mark.parametrize(
    ("clicked", "zone", "goes", "reason"),
    [
        ("2026-03-04T23:30", "America/Los_Angeles", "2026-03-05 09:00", "quiet_hours"),
        ("2026-03-08T12:00", "America/Los_Angeles", "2026-03-09 09:00", "quiet_day"),
        ("2026-03-10T12:00", "America/Los_Angeles", "2026-03-11 09:00", "holiday"),
        ("2026-03-04T19:30", "America/New_York", "2026-03-05 06:00", "quiet_hours"),
    ],
)
def test_an_invitation_waits_for_the_hours_of_the_clients_zone(clicked: str, zone: str, goes: str, reason: str) -> None:
    county = replace(COUNTY, holidays=frozenset({date(2026, 3, 10)}))
    who = somebody(client=replace(CLIENT, consent=Consent.NONE, zone=ZoneInfo(zone)), county=county)
    nudge = invitation(who, local(clicked))
    assert nudge is not None
    assert (nudge.kind, wall(nudge), nudge.reason) == (NudgeKind.INVITE, goes, reason)
    assert (nudge.key, nudge.wanted_at) == (f"invite:{goes[:10]}", local(clicked))


def test_an_invitation_inside_the_hours_is_not_planned() -> None:
    assert invitation(somebody(), NOW) is None


@pytest.mark.parametrize("consent", [Consent.NONE, Consent.CLOSED])
def test_an_invitation_goes_to_who_has_not_said_yes_whatever_the_caps(consent: Consent) -> None:
    who = somebody(client=replace(CLIENT, consent=consent), sent=Sent(1, 4, 12), last_heard_at=NOW)
    assert outcome(INVITE, who) == (NudgeState.SENT, "", None)
    assert outcome(INVITE, who, local("2026-03-04T22:00"))[:2] == (NudgeState.PLANNED, "quiet_hours")


@pytest.mark.parametrize("consent", [Consent.INVITED, Consent.ACTIVE, Consent.REVOKED])
def test_an_invitation_that_came_to_nothing_is_dropped(consent: Consent) -> None:
    assert outcome(INVITE, somebody(client=replace(CLIENT, consent=consent)))[:2] == (
        NudgeState.DROPPED,
        "already_answered",
    )


@pytest.mark.parametrize("talk", [None, replace(TALK, over=True), replace(TALK, asked_at=NOW - timedelta(hours=3))])
def test_a_timer_of_a_question_that_is_not_open_does_nothing(talk: Talk | None) -> None:
    assert outcome(SILENCE, somebody(talk=talk)) == (NudgeState.DROPPED, "answered", None)


@pytest.mark.parametrize(
    ("goal", "reason"),
    [
        (None, "goal_closed"),
        (Goal(3, "another", step=step("soon")), "goal_closed"),
        (Goal(2, "paused", status=GoalStatus.PAUSED, step=step("soon")), "goal_paused"),
        (Goal(2, "no step"), "step_changed"),
        (Goal(2, "next step", step=replace(step("soon"), number=2)), "step_changed"),
        (Goal(2, "done", step=replace(step("soon"), status=StepStatus.DONE)), "step_over"),
    ],
)
def test_what_is_about_an_old_step_is_dropped_with_the_reason(goal: Goal | None, reason: str) -> None:
    assert outcome(CHECK_IN, somebody(goal=goal)) == (NudgeState.DROPPED, reason, None)
    assert outcome(REMINDER, somebody(goal=goal)) == (NudgeState.DROPPED, reason, None)


@pytest.mark.parametrize("when", ["2026-03-04T10:00", "2026-03-04T09:00", "2026-03-03", "soon"])
def test_a_reminder_never_comes_after_its_step(when: str) -> None:
    assert outcome(REMINDER, somebody(its_step=step(when))) == (NudgeState.DROPPED, "too_late", None)


def test_a_reminder_that_could_only_come_after_its_step_is_dropped_with_what_kept_it() -> None:
    tonight = local("2026-03-04T22:00").astimezone(UTC)
    early, late = somebody(its_step=step("2026-03-05T07:00")), somebody(its_step=step("2026-03-05T12:00"))
    assert outcome(REMINDER, early, tonight) == (NudgeState.DROPPED, "quiet_hours", None)
    morning = local("2026-03-05T08:00").astimezone(UTC)
    assert outcome(REMINDER, late, tonight) == (NudgeState.PLANNED, "quiet_hours", morning)
    full = somebody(its_step=step("2026-03-04T15:00"), sent=Sent(1, 1, 1))
    assert outcome(REMINDER, full) == (NudgeState.DROPPED, "cap_day", None)


def test_a_workers_nudge_two_days_late_expires_and_the_worker_is_told() -> None:
    late = due(NudgeKind.WORKER_NUDGE, late=timedelta(hours=49))
    admission = admit(somebody(), [late], NOW)
    assert admission.go is None
    assert admission.settled == (
        SettleNudge("n", NudgeState.DROPPED, "expired"),
        TellWorker(Trigger.NUDGE_EXPIRED, Level.U3, local("2026-03-09T17:00")),
    )
    assert outcome(due(NudgeKind.WORKER_NUDGE, late=timedelta(hours=47)))[0] is NudgeState.SENT


def test_after_two_days_down_several_missed_check_ins_become_one() -> None:
    missed = [due(NudgeKind.CHECK_IN, "2.1", f"c{days}", timedelta(days=days)) for days in (5, 4, 3)]
    admission = admit(somebody(), missed, NOW)
    states = {one.nudge: (one.to, one.reason) for one in admission.settled if isinstance(one, SettleNudge)}
    assert states == {
        "c5": (NudgeState.SENT, ""),
        "c4": (NudgeState.MERGED, "merged_into:check_in"),
        "c3": (NudgeState.MERGED, "merged_into:check_in"),
    }


def test_outside_the_hours_a_nudge_waits_for_the_clients_next_good_hour() -> None:
    night = local("2026-03-04T22:00").astimezone(UTC)
    assert outcome(CHECK_IN, now=night) == (
        NudgeState.PLANNED,
        "quiet_hours",
        local("2026-03-05T10:00").astimezone(UTC),
    )


def test_over_a_cap_a_nudge_waits_for_the_next_day() -> None:
    for sent, reason in ((Sent(1, 1, 1), "cap_day"), (Sent(0, 4, 4), "cap_week"), (Sent(0, 0, 12), "cap_month")):
        assert outcome(WORKERS, somebody(sent=sent)) == (NudgeState.PLANNED, reason, TOMORROW)


def test_nobody_is_interrupted_while_they_text_with_us() -> None:
    talking = somebody(last_heard_at=NOW - timedelta(minutes=10))
    assert outcome(WORKERS, talking) == (NudgeState.PLANNED, "talking_now", NOW + timedelta(minutes=20))
    assert outcome(REMINDER, talking)[0] is NudgeState.SENT
    assert outcome(WORKERS, somebody(last_heard_at=NOW - timedelta(minutes=30)))[0] is NudgeState.SENT


def test_a_check_in_does_not_break_into_an_open_question() -> None:
    assert outcome(CHECK_IN, somebody(talk=TALK)) == (NudgeState.PLANNED, "open_question", TOMORROW)
    assert outcome(END_OF_REST, somebody(talk=TALK, client=RESTED))[1] == "open_question"
    nearly_parked = replace(TALK, asked_at=NOW - timedelta(hours=70))
    assert outcome(CHECK_IN, somebody(talk=nearly_parked))[2] == NOW + timedelta(hours=2)


@pytest.mark.parametrize("talk", [replace(TALK, asked_at=NOW - timedelta(hours=72)), replace(TALK, over=True)])
def test_a_talk_that_is_parked_or_over_holds_nothing_back(talk: Talk) -> None:
    assert outcome(CHECK_IN, somebody(talk=talk))[0] is NudgeState.SENT


def test_a_passing_talk_holds_nothing_back() -> None:
    passing = Talk("front_door", "what_would_help", NOW - timedelta(hours=2))
    assert outcome(CHECK_IN, somebody(talk=passing))[0] is NudgeState.SENT


def test_a_person_is_told_of_a_quiet_client_at_any_hour_and_beyond_any_cap() -> None:
    night, asked = local("2026-03-08T03:30"), local("2026-03-01T03:30")
    quiet = Nudge("n", NudgeKind.QUIET, night, night, asked.isoformat())
    waiting = somebody(talk=replace(TALK, asked_at=asked), sent=Sent(1, 4, 12))
    assert outcome(quiet, waiting, night) == (NudgeState.SENT, "", None)


@pytest.mark.parametrize("nudge", [SILENCE, REMINDER, WORKERS])
def test_what_opens_no_talk_of_its_own_does_not_wait_for_the_open_question(nudge: Nudge) -> None:
    assert outcome(nudge, somebody(talk=TALK))[0] is NudgeState.SENT


@pytest.mark.parametrize(
    ("when", "sent", "kept"),
    [
        ("2026-03-04T15:00", Sent(), True),
        ("2026-03-05T15:00", Sent(), False),
        ("2026-03-06T15:00", Sent(0, 2, 2), False),
        ("2026-03-06T15:00", Sent(0, 3, 3), True),
        ("2026-03-12T15:00", Sent(0, 3, 3), False),
        ("2026-03-12T15:00", Sent(0, 0, 11), True),
        ("2026-04-10T15:00", Sent(0, 0, 11), False),
    ],
)
def test_the_last_text_under_a_cap_is_kept_for_the_reminder_that_was_promised(
    when: str,
    sent: Sent,
    kept: bool,  # noqa: FBT001
) -> None:
    who = somebody(its_step=step(when, Reminder.HOUR_BEFORE), sent=sent)
    held = (NudgeState.PLANNED, "kept_for:step_reminder", TOMORROW)
    assert outcome(WORKERS, who) == (held if kept else (NudgeState.SENT, "", None))


def test_a_county_with_two_texts_a_day_keeps_one_of_them() -> None:
    at_three = somebody(its_step=step("2026-03-04T15:00", Reminder.HOUR_BEFORE))
    two_a_day = replace(at_three, county=replace(COUNTY, caps=Caps(a_day=2)))
    assert outcome(WORKERS, two_a_day)[0] is NudgeState.SENT


@pytest.mark.parametrize(
    "goal",
    [
        None,
        Goal(2, "no step"),
        Goal(2, "tomorrow", step=step("2026-03-05T15:00", Reminder.HOUR_BEFORE)),
        Goal(2, "already sent", step=step("2026-03-04T15:00", Reminder.THAT_MORNING)),
        Goal(2, "none asked for", step=step("2026-03-04T15:00")),
        Goal(2, "no day", step=step("soon", Reminder.THAT_MORNING)),
        Goal(2, "paused", status=GoalStatus.PAUSED, step=step("2026-03-04T15:00", Reminder.HOUR_BEFORE)),
        Goal(2, "done", step=replace(step("2026-03-04T15:00", Reminder.HOUR_BEFORE), status=StepStatus.DONE)),
    ],
)
def test_without_a_reminder_still_to_come_today_nothing_is_kept(goal: Goal | None) -> None:
    assert outcome(WORKERS, somebody(goal=goal))[0] is NudgeState.SENT


def test_of_several_due_at_once_one_goes_and_the_rest_move_a_day() -> None:
    parked = replace(TALK, asked_at=NOW - timedelta(hours=80))
    silence = replace(SILENCE, id="s", subject=parked.asked_at.isoformat())
    who = somebody(talk=parked, client=RESTED)
    everything = [silence, replace(CHECK_IN, id="c"), END_OF_REST, replace(WORKERS, id="w"), replace(REMINDER, id="r")]
    admission = admit(who, everything, NOW)
    assert admission.go is not None
    assert admission.go.id == "r"
    assert admission.settled == (
        SettleNudge("r", NudgeState.SENT, ""),
        *(SettleNudge(one, NudgeState.PLANNED, "merged_into:step_reminder", TOMORROW) for one in ("w", "n", "c", "s")),
    )
    admission = admit(who, [silence, replace(CHECK_IN, id="c")], NOW)
    assert admission.settled == (
        SettleNudge("c", NudgeState.SENT, ""),
        SettleNudge("s", NudgeState.MERGED, "merged_into:check_in"),
    )


def test_two_different_texts_of_a_worker_are_two_texts() -> None:
    admission = admit(somebody(), [replace(WORKERS, id="a"), replace(WORKERS, id="b")], NOW)
    assert admission.settled[1] == SettleNudge("b", NudgeState.PLANNED, "merged_into:worker_nudge", TOMORROW)


def test_a_held_nudge_lets_the_next_one_pass() -> None:
    admission = admit(somebody(talk=TALK), [replace(CHECK_IN, id="c"), replace(SILENCE, id="s")], NOW)
    assert admission.go is not None
    assert admission.go.id == "s"
    assert {one.nudge for one in admission.settled if isinstance(one, SettleNudge)} == {"c", "s"}


def test_a_day_alone_is_over_with_its_legal_hours() -> None:
    assert reminders.starts_at(step("2026-03-06"), LA, COUNTY.legal_hours) == local("2026-03-06T21:00")
    assert reminders.first_choice(step("soon", Reminder.THAT_MORNING), LA, COUNTY.legal_hours) is None
