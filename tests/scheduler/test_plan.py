"""What a wish becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations import reminders
from conversations.county import Hours
from conversations.effects import (
    AskAgainAt,
    CancelNudges,
    ChangeConsent,
    CheckIn,
    Effect,
    EndRestAt,
    KeepIdea,
    PlanNudge,
    Preference,
    RemindOfStep,
    RemindOfVisit,
    SaveReminder,
    SetPreference,
    TellWorker,
    WaitForMore,
    WaitUntil,
    WatchConsent,
    WatchSilence,
)
from conversations.escalations import Level, Trigger
from conversations.goals import Reminder, Step
from conversations.nudges import OF_A_VISIT, NudgeKind
from conversations.own_reminders import OwnReminder, ReminderStatus
from conversations.situation import Consent, PartOfDay, Rhythm, Sent, Situation
from conversations.visits import Visit, VisitStatus
from scheduler.plan import invitation, plan
from tests.scheduler.people import CLIENT, COUNTY, LA, NOW, local, somebody, step, utc, visit


def planned(*effects: Effect, who: Situation | None = None, now: datetime = NOW) -> list[PlanNudge]:
    made = plan(effects, who or somebody(), now)
    return [effect for effect in made if isinstance(effect, PlanNudge)]


def wall(nudge: PlanNudge) -> str:
    return nudge.due_at.astimezone(LA).isoformat(" ", "minutes")[:16]


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


@pytest.mark.parametrize(
    ("sent_days_ago", "of_today", "of_friday"),
    [
        ([1, 2, 3], True, True),
        ([0.01], False, True),
        ([1, 2, 3, 4], False, False),
        ([4, 5, 6, 6.8], False, True),
        ([4.5, 5, 6, 6.8, 8, 9], False, True),
        ([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21], False, False),
        ([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 28.5], False, True),
    ],
)
def test_no_reminder_is_promised_that_a_cap_would_hold_back_and_each_that_will_fit_is(
    sent_days_ago: list[float],
    of_today: bool,  # noqa: FBT001
    of_friday: bool,  # noqa: FBT001
) -> None:
    who = somebody(sent=Sent(moments=tuple(NOW - timedelta(days=days) for days in reversed(sent_days_ago))))
    today, friday = step("2026-03-04T15:00", Reminder.HOUR_BEFORE), step("2026-03-06T15:00", Reminder.HOUR_BEFORE)
    assert len(planned(RemindOfStep(2, today), who=who)) == of_today
    assert len(planned(RemindOfStep(2, friday), who=who)) == of_friday


@pytest.mark.parametrize(
    ("day", "status", "promised"),
    [
        ("2026-03-06", VisitStatus.PLANNED, False),
        ("2026-03-06", VisitStatus.ENDED_BY_OFFICE, True),
        ("2026-03-05", VisitStatus.PLANNED, True),  # its text has gone out and is among those counted
        ("2026-03-08", VisitStatus.PLANNED, True),  # on the day before a visit there is room for both
        ("2026-03-09", VisitStatus.PLANNED, True),
    ],
)
def test_the_last_place_of_a_week_is_promised_to_a_visit_before_a_step(
    day: str,
    status: VisitStatus,
    promised: bool,  # noqa: FBT001
) -> None:
    sent = Sent(moments=tuple(NOW - timedelta(days=days) for days in (3, 2, 1)))
    who = somebody(sent=sent, visits=(visit(f"{day}T09:30", status),))
    assert len(planned(RemindOfStep(2, step("2026-03-07T15:00", Reminder.HOUR_BEFORE)), who=who)) == promised


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


@pytest.mark.parametrize(
    ("now", "the_visit", "comes"),
    [
        # four days ahead, the day before, the day itself
        (
            "2026-03-02T08:00",
            visit("2026-03-12T15:00"),
            ["ask 03-09 10:00", "tomorrow 03-11 10:00", "today 03-12 10:00"],
        ),
        (
            "2026-03-02T08:00",
            visit("2026-03-10T14:00"),
            ["ask 03-06 10:00", "tomorrow 03-09 10:00", "today 03-10 10:00"],
        ),
        # confirmed: reminded of, not asked about
        ("2026-03-02T08:00", visit("2026-03-10T14:00", VisitStatus.CONFIRMED), ["tomorrow 03-09 10:00"]),
        # too early in the day to answer the text of that day and get there
        ("2026-03-02T08:00", visit("2026-03-10T11:00"), ["ask 03-06 10:00", "tomorrow 03-09 10:00"]),
        (
            "2026-03-02T08:00",
            visit("2026-03-10T11:15"),
            ["ask 03-06 10:00", "tomorrow 03-09 10:00", "today 03-10 09:05"],
        ),
        # entered inside the four days: asked about at the next allowed hour
        (
            "2026-03-04T14:10",
            visit("2026-03-06T15:00"),
            ["ask 03-04 14:10", "tomorrow 03-05 10:00", "today 03-06 10:00"],
        ),
        ("2026-03-04T21:30", visit("2026-03-06T15:00"), ["ask 03-05 09:00", "today 03-06 10:00"]),
        ("2026-03-05T09:30", visit("2026-03-06T09:00"), ["ask 03-05 09:30"]),
        ("2026-03-06T09:30", visit("2026-03-06T15:00"), ["ask 03-06 09:30"]),
        # a visit on Monday is spoken of on the weekend only the day before
        ("2026-03-06T20:30", visit("2026-03-09T15:00"), ["ask 03-08 09:00", "today 03-09 10:00"]),
        (
            "2026-03-02T08:00",
            visit("2026-03-09T15:00"),
            ["ask 03-05 10:00", "tomorrow 03-08 10:00", "today 03-09 10:00"],
        ),
        (
            "2026-03-02T08:00",
            visit("2026-03-11T15:00"),
            ["ask 03-09 10:00", "tomorrow 03-10 10:00", "today 03-11 10:00"],
        ),
        # nothing can come in time, or the visit is past
        ("2026-03-05T20:30", visit("2026-03-06T08:30"), []),
        ("2026-03-06T15:00", visit("2026-03-06T15:00"), []),
        ("2026-03-07T10:00", visit("2026-03-06T15:00"), []),
        # after it
        ("2026-03-06T16:00", visit("2026-03-06T15:00", VisitStatus.MISSED), ["missed 03-06 18:00"]),
        ("2026-03-06T18:30", visit("2026-03-06T15:00", VisitStatus.MISSED), ["missed 03-09 09:00"]),
        ("2026-03-05T20:30", visit("2026-03-09T15:00", VisitStatus.ENDED_BY_OFFICE), ["ended 03-06 09:00"]),
        ("2026-03-05T14:30", visit("2026-03-09T15:00", VisitStatus.ENDED_BY_OFFICE), ["ended 03-05 14:30"]),
        ("2026-03-05T14:30", visit("2026-03-09T15:00", VisitStatus.ENDED_BY_CLIENT), []),
        ("2026-03-06T16:00", visit("2026-03-06T15:00", VisitStatus.ATTENDED), []),
        # over the night on which the clocks change
        ("2026-03-02T08:00", visit("2026-03-09T09:30"), ["ask 03-05 10:00", "tomorrow 03-08 10:00"]),
    ],
)
def test_a_visit_is_asked_about_and_reminded_of(now: str, the_visit: Visit, comes: list[str]) -> None:
    cancelled, *nudges = plan([RemindOfVisit(the_visit)], somebody(), utc(now))
    assert cancelled == CancelNudges(OF_A_VISIT, "replanned", "3")
    texts = [nudge for nudge in nudges if isinstance(nudge, PlanNudge)]
    assert [f"{text.kind.removeprefix('visit_')} {wall(text)[5:]}" for text in texts] == comes
    for text in texts:
        assert (text.subject, text.key) == ("3", f"{text.kind}:3:{the_visit.starts_at.isoformat()}")


def test_texts_about_a_visit_come_at_the_clients_hour_in_their_own_zone() -> None:
    evenings = replace(CLIENT, part_of_day=PartOfDay.EVENING, zone=ZoneInfo("America/New_York"))
    early_office = replace(COUNTY, send_hours=Hours(time(9), time(17)))
    wish = RemindOfVisit(visit("2026-03-12T15:00"))
    in_the_evening = planned(wish, who=somebody(client=evenings))
    assert [wall(nudge)[5:] for nudge in in_the_evening] == ["03-09 15:00", "03-11 15:00", "03-12 12:50"]
    in_the_hours = planned(wish, who=somebody(client=evenings, county=early_office))
    assert [wall(nudge)[5:] for nudge in in_the_hours] == ["03-09 13:30", "03-11 13:30", "03-12 12:50"]


def test_a_rest_does_not_keep_a_visit_from_the_client() -> None:
    resting = somebody(client=replace(CLIENT, resting_until=NOW + timedelta(days=14)))
    wish = RemindOfVisit(visit("2026-03-12T15:00"))
    assert planned(wish, who=resting) == planned(wish)


def test_an_own_reminder_comes_at_the_very_hour_and_goes_when_it_is_removed() -> None:
    mine = OwnReminder(4, "feed the cat", local("2026-03-08T05:15"))
    cancelled = CancelNudges(frozenset({NudgeKind.OWN_REMINDER}), "replanned", "4")
    at = utc("2026-03-08T05:15")
    reminded = PlanNudge(NudgeKind.OWN_REMINDER, f"own_reminder:4:{at.isoformat()}", at, "4")
    assert plan([SaveReminder(mine)], somebody(), NOW) == [SaveReminder(mine), cancelled, reminded]
    for status in (ReminderStatus.SENT, ReminderStatus.DONE, ReminderStatus.REMOVED):
        over = SaveReminder(replace(mine, status=status))
        assert plan([over], somebody(), NOW) == [over, cancelled]


def test_an_open_question_is_asked_again_inside_the_hours() -> None:
    (nudge,) = planned(AskAgainAt(utc("2026-03-05T22:00"), NOW))
    assert (nudge.kind, nudge.key, nudge.subject) == (NudgeKind.LATER, f"later:{NOW.isoformat()}", NOW.isoformat())
    assert (wall(nudge), nudge.reason) == ("2026-03-06 10:00", "quiet_hours")


@pytest.mark.parametrize(
    ("agreed", "heard", "asks"),
    [
        ("2026-03-01T10:00", None, "2026-06-01 10:00"),  # 90 days later is a Saturday
        ("2025-06-01T10:00", "2026-03-03T10:00", "2026-06-01 10:00"),
        ("2026-02-25T10:00", "2026-03-04T10:00", "2026-06-02 11:00"),
        (None, "2026-03-03T10:00", "2026-06-02 11:00"),
        (None, None, "2026-06-02 11:00"),
    ],
)
def test_consent_is_renewed_after_a_year_or_ninety_silent_days(
    agreed: str | None, heard: str | None, asks: str
) -> None:
    client = replace(CLIENT, consented_at=utc(agreed) if agreed else None)
    (nudge,) = planned(WatchConsent(), who=somebody(client=client, last_heard_at=utc(heard) if heard else None))
    assert (nudge.kind, wall(nudge)) == (NudgeKind.RENEWAL, asks)


def test_a_year_counts_from_the_yes_of_a_moment_ago() -> None:
    long_ago = somebody(client=replace(CLIENT, consented_at=NOW - timedelta(days=400)), last_heard_at=NOW)
    (nudge,) = planned(ChangeConsent(Consent.ACTIVE), WatchConsent(), who=long_ago)
    assert (nudge.due_at - NOW).days == 90
    (nudge,) = planned(ChangeConsent(Consent.RENEW_DUE), WatchConsent(), who=long_ago)
    assert nudge.due_at == NOW


def test_a_silence_of_three_weeks_is_watched_from_now_on() -> None:
    effects = plan([WatchSilence(NOW + timedelta(days=14))], somebody(), NOW)
    since, until = NOW.isoformat(), NOW + timedelta(days=14)
    watched = PlanNudge(NudgeKind.STILL_QUIET, f"still_quiet:{since}", until, since)
    assert effects == [CancelNudges(frozenset({NudgeKind.STILL_QUIET}), "replanned"), watched]


def test_a_breath_takes_the_place_of_the_one_before_at_any_hour() -> None:
    until = utc("2026-03-08T03:30:20")
    effects = plan([WaitForMore("I did\nit", until)], somebody(), until - timedelta(seconds=20))
    waits = PlanNudge(NudgeKind.BREATH, f"breath:{until.isoformat()}", until, words="I did\nit")
    assert effects == [CancelNudges(frozenset({NudgeKind.BREATH}), "replanned"), waits]


def test_what_the_client_was_promised_is_a_timer_and_the_worker_is_told() -> None:
    due = local("2026-03-05T17:00")
    told = TellWorker(Trigger.NO_TIME_FITS, Level.U2, due, promised=True)
    key = "promise:no_time_fits:2026-03-06T01:00:00+00:00"
    promise = PlanNudge(NudgeKind.PROMISE, key, due.astimezone(UTC), "no_time_fits")
    assert plan([told], somebody(), NOW) == [told, promise]
    silently = replace(told, promised=False)
    assert plan([silently], somebody(), NOW) == [silently]


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


def test_a_day_alone_is_over_with_its_legal_hours() -> None:
    assert reminders.starts_at(step("2026-03-06"), LA, COUNTY.legal_hours) == local("2026-03-06T21:00")
    assert reminders.first_choice(step("soon", Reminder.THAT_MORNING), LA, COUNTY.legal_hours) is None
