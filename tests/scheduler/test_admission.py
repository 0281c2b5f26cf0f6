"""What becomes of a nudge that falls due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversations.county import Caps
from conversations.effects import SettleNudge, TellWorker
from conversations.escalations import Level, OpenItem, Trigger
from conversations.goals import Goal, GoalStatus, Reminder, StepStatus
from conversations.nudges import Nudge, NudgeKind, NudgeState
from conversations.own_reminders import OwnReminder, ReminderStatus
from conversations.situation import Consent, Hold, Mode, Sent, Situation, Talk
from conversations.visits import VisitStatus
from scheduler.admission import RANK, Admission, admit
from scheduler.usefulness import OVERTAKEN
from tests.scheduler.people import CLIENT, COUNTY, NOW, local, somebody, step, utc, visit


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


# Visits


def of_visit(kind: NudgeKind, name: str = "v", wanted: datetime = NOW, number: int = 3) -> Nudge:
    return Nudge(name, kind, wanted, wanted, str(number))


ASK, TOMORROWS, TODAYS = (
    of_visit(kind) for kind in (NudgeKind.VISIT_ASK, NudgeKind.VISIT_TOMORROW, NudgeKind.VISIT_TODAY)
)
MISSED, ENDED = of_visit(NudgeKind.VISIT_MISSED), of_visit(NudgeKind.VISIT_ENDED)
FULL = Sent(1, 4, 12)
IN_A_MOMENT = NOW + timedelta(seconds=1)


def visiting(at: str, status: VisitStatus = VisitStatus.PLANNED, **changes: object) -> Situation:
    return replace(somebody(goal=None, visits=(visit(at, status),)), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("nudge", "at", "status", "why_not"),
    [
        (ASK, "2026-03-08T15:00", VisitStatus.PLANNED, ""),
        (ASK, "2026-03-05T15:00", VisitStatus.PLANNED, ""),
        (ASK, "2026-03-08T15:00", VisitStatus.CONFIRMED, "visit_confirmed"),
        (ASK, "2026-03-04T10:00", VisitStatus.PLANNED, "too_late"),
        (
            of_visit(NudgeKind.VISIT_ASK, wanted=NOW - timedelta(days=1)),
            "2026-03-05T15:00",
            VisitStatus.PLANNED,
            "too_late",
        ),
        (of_visit(NudgeKind.VISIT_ASK, wanted=NOW - timedelta(days=1)), "2026-03-06T15:00", VisitStatus.PLANNED, ""),
        (TOMORROWS, "2026-03-05T08:00", VisitStatus.CONFIRMED, ""),
        (TOMORROWS, "2026-03-05T15:00", VisitStatus.PLANNED, ""),
        (TOMORROWS, "2026-03-04T15:00", VisitStatus.PLANNED, "too_late"),
        (TOMORROWS, "2026-03-06T15:00", VisitStatus.PLANNED, "visit_moved"),
        (TOMORROWS, "2026-03-05T15:00", VisitStatus.ENDED_BY_CLIENT, "visit_ended_by_client"),
        (TODAYS, "2026-03-04T12:00", VisitStatus.PLANNED, ""),
        (TODAYS, "2026-03-04T11:59", VisitStatus.PLANNED, "too_late"),
        (TODAYS, "2026-03-04T15:00", VisitStatus.CONFIRMED, "visit_confirmed"),
        (TODAYS, "2026-03-05T15:00", VisitStatus.PLANNED, "visit_moved"),
        (MISSED, "2026-03-04T08:00", VisitStatus.MISSED, ""),
        (MISSED, "2026-03-10T08:00", VisitStatus.PLANNED, "visit_planned"),
        (ENDED, "2026-03-04T08:00", VisitStatus.ENDED_BY_OFFICE, ""),
        (ENDED, "2026-03-10T08:00", VisitStatus.CONFIRMED, "visit_confirmed"),
    ],
)
def test_a_text_about_a_visit_goes_while_it_is_of_use(nudge: Nudge, at: str, status: VisitStatus, why_not: str) -> None:
    state = NudgeState.DROPPED if why_not else NudgeState.SENT
    assert outcome(nudge, visiting(at, status)) == (state, why_not, None)


def test_what_is_about_a_visit_of_long_ago_is_dropped() -> None:
    assert outcome(MISSED, somebody()) == (NudgeState.DROPPED, "visit_over", None)


@pytest.mark.parametrize("sent", [Sent(1, 1, 1), Sent(0, 4, 4), Sent(0, 0, 12), FULL])
def test_the_text_of_the_day_before_a_visit_goes_whichever_cap_is_full(sent: Sent) -> None:
    tomorrow = visiting("2026-03-05T15:00", sent=sent)
    assert outcome(TOMORROWS, tomorrow) == (NudgeState.SENT, "visit_over_cap", None)


def test_what_can_still_be_said_in_time_waits_for_room_under_the_caps() -> None:
    assert outcome(ASK, visiting("2026-03-08T15:00", sent=FULL)) == (NudgeState.PLANNED, "cap_day", TOMORROW)
    assert outcome(ASK, visiting("2026-03-05T09:30", sent=FULL))[1] == "visit_over_cap"
    next_week, tomorrow = "2026-03-11T09:30", "2026-03-05T09:30"
    ended = VisitStatus.ENDED_BY_OFFICE
    assert outcome(ENDED, visiting(next_week, ended, sent=FULL)) == (NudgeState.PLANNED, "cap_day", TOMORROW)
    assert outcome(ENDED, visiting(tomorrow, ended, sent=FULL))[:2] == (NudgeState.SENT, "visit_over_cap")
    assert outcome(TODAYS, visiting("2026-03-04T15:00", sent=FULL)) == (NudgeState.DROPPED, "cap_day", None)


def test_nothing_else_takes_the_place_that_a_visit_ahead_will_need() -> None:
    tomorrow = visiting("2026-03-05T15:00", VisitStatus.CONFIRMED)
    at_nine = NOW - timedelta(hours=1)
    assert outcome(WORKERS, tomorrow, at_nine) == (NudgeState.PLANNED, "kept_for:visit", TOMORROW)
    two_a_day = replace(tomorrow, county=replace(COUNTY, caps=Caps(a_day=2)))
    assert outcome(WORKERS, two_a_day, at_nine)[0] is NudgeState.SENT
    unconfirmed = visiting("2026-03-10T15:00", sent=Sent(0, 1, 1))
    assert outcome(WORKERS, unconfirmed)[1] == "kept_for:visit"  # three texts are still to come for it
    assert outcome(WORKERS, replace(unconfirmed, sent=Sent()))[0] is NudgeState.SENT
    asked = visiting("2026-03-06T15:00", sent=Sent(0, 1, 1))
    assert outcome(WORKERS, asked)[0] is NudgeState.SENT
    assert outcome(WORKERS, replace(asked, sent=Sent(0, 2, 2)))[1] == "kept_for:visit"
    over = visiting("2026-03-05T15:00", VisitStatus.ENDED_BY_CLIENT)
    assert outcome(WORKERS, over, at_nine)[0] is NudgeState.SENT


def test_the_question_about_a_visit_leaves_room_for_the_promised_reminder_and_not_for_its_own_texts() -> None:
    ahead = visiting("2026-03-08T15:00", sent=Sent(0, 2, 2))
    assert outcome(ASK, ahead)[0] is NudgeState.SENT
    promised = replace(ahead, goal=Goal(2, "GED", step=step("2026-03-04T15:00", Reminder.HOUR_BEFORE)))
    assert outcome(ASK, promised) == (NudgeState.PLANNED, "kept_for:step_reminder", TOMORROW)
    tomorrow = replace(promised, visits=(visit("2026-03-05T15:00"),))
    assert outcome(TOMORROWS, tomorrow)[0] is NudgeState.SENT


def test_the_day_before_a_visit_has_room_for_its_text_and_the_steps_reminder() -> None:
    both = visiting("2026-03-05T15:00", sent=Sent(1, 4, 12))
    both = replace(both, goal=somebody().goal)
    assert outcome(REMINDER, both) == (NudgeState.SENT, "", None)
    assert outcome(REMINDER, replace(both, sent=Sent(2, 4, 12))) == (NudgeState.PLANNED, "cap_day", TOMORROW)
    admission = admit(replace(both, sent=Sent()), [replace(TOMORROWS, id="t"), replace(REMINDER, id="r")], NOW)
    assert admission.go is not None
    assert admission.go.id == "t"
    assert admission.settled[1].to is NudgeState.PLANNED  # type: ignore[union-attr]


def test_two_texts_about_one_visit_are_merged_and_of_two_visits_each_is_told() -> None:
    who = replace(visiting("2026-03-05T15:00"), visits=(visit("2026-03-05T15:00"), visit("2026-03-08T15:00", number=4)))
    asks_of_both = [ASK, of_visit(NudgeKind.VISIT_ASK, "other", number=4)]
    assert admit(who, [TOMORROWS, *asks_of_both], NOW).settled == (
        SettleNudge("v", NudgeState.SENT, ""),
        SettleNudge("v", NudgeState.MERGED, "merged_into:visit_tomorrow"),
        SettleNudge("other", NudgeState.PLANNED, "merged_into:visit_tomorrow", TOMORROW),
    )


def test_what_is_of_no_use_tomorrow_waits_a_moment_and_not_a_day() -> None:
    who = replace(visiting("2026-03-04T15:00"), visits=(visit("2026-03-04T15:00"), visit("2026-03-05T15:00", number=4)))
    nudges = [TODAYS, of_visit(NudgeKind.VISIT_TOMORROW, "other", number=4)]
    assert admit(who, nudges, NOW).settled[1] == SettleNudge(
        "other", NudgeState.PLANNED, "merged_into:visit_today", IN_A_MOMENT
    )


def test_a_visit_on_monday_is_spoken_of_on_sunday_inside_the_hours() -> None:
    monday, sunday = visiting("2026-03-09T15:00"), utc("2026-03-08T10:00")
    assert outcome(TOMORROWS, monday, sunday)[0] is NudgeState.SENT
    assert outcome(TOMORROWS, monday, utc("2026-03-08T08:30")) == (
        NudgeState.PLANNED,
        "quiet_hours",
        utc("2026-03-08T10:00"),
    )
    assert outcome(TOMORROWS, monday, utc("2026-03-08T20:30")) == (NudgeState.DROPPED, "quiet_hours", None)


def test_a_text_about_a_visit_waits_for_the_end_of_a_talk_where_that_is_in_time() -> None:
    lately = NOW - timedelta(minutes=10)
    later = (NudgeState.PLANNED, "talking_now", NOW + timedelta(minutes=20))
    assert outcome(ASK, visiting("2026-03-08T15:00", last_heard_at=lately)) == later
    assert outcome(TODAYS, visiting("2026-03-04T15:00", last_heard_at=lately))[0] is NudgeState.SENT
    evening = utc("2026-03-04T19:45")
    in_the_evening = visiting("2026-03-05T15:00", last_heard_at=evening)
    assert outcome(TOMORROWS, in_the_evening, evening)[0] is NudgeState.SENT


# The client's own reminders


def own(name: str = "o", number: int = 4) -> Nudge:
    return Nudge(name, NudgeKind.OWN_REMINDER, NOW, NOW, str(number))


def reminded(*numbers: int, status: ReminderStatus = ReminderStatus.SET, **changes: object) -> Situation:
    mine = tuple(OwnReminder(number, "feed the cat", NOW, status=status) for number in numbers)
    return replace(somebody(own_reminders=mine), **changes)  # type: ignore[arg-type]


def test_an_own_reminder_goes_at_any_hour_beyond_any_cap_in_a_rest_a_hold_and_a_talk() -> None:
    resting = replace(CLIENT, resting_until=NOW + timedelta(days=9))
    hold = Hold(NOW + timedelta(days=1), "not_understood")
    night = utc("2026-03-08T03:30")
    who = reminded(4, client=resting, sent=FULL, hold=hold, last_heard_at=night, talk=TALK, person_wrote_at=night)
    assert outcome(own(), who, night) == (NudgeState.SENT, "", None)


def test_an_own_reminder_that_was_removed_or_has_come_is_dropped() -> None:
    for who in (reminded(4, status=ReminderStatus.SENT), reminded(5), somebody()):
        assert outcome(own(), who) == (NudgeState.DROPPED, "reminder_over", None)


def test_beside_an_own_reminder_a_question_leaves_time_to_answer_and_the_rest_waits_a_moment() -> None:
    nudges = [own(), own("second", 5), replace(CHECK_IN, id="c"), replace(REMINDER, id="r")]
    assert admit(reminded(4, 5), nudges, NOW).settled == (
        SettleNudge("o", NudgeState.SENT, ""),
        SettleNudge("second", NudgeState.PLANNED, "after:own_reminder", IN_A_MOMENT),
        SettleNudge("r", NudgeState.PLANNED, "after:own_reminder", IN_A_MOMENT),
        SettleNudge("c", NudgeState.PLANNED, "after:own_reminder", NOW + timedelta(minutes=30)),
    )
    evening = utc("2026-03-04T19:45")
    late = replace(reminded(4), visits=(visit("2026-03-05T15:00"),))
    assert admit(late, [own(), TOMORROWS], evening).settled[1] == SettleNudge(
        "v", NudgeState.PLANNED, "after:own_reminder", evening + timedelta(seconds=1)
    )


# A person's turn, holds and consent


RENEWAL = due(NudgeKind.RENEWAL)


@pytest.mark.parametrize("mode", [Mode.HUMAN, Mode.STOPPED, Mode.SILENT])
def test_while_a_person_has_the_thread_nothing_goes_by_itself(mode: Mode) -> None:
    who = reminded(4, client=replace(CLIENT, mode=mode), visits=(visit("2026-03-06T15:00"),))
    soon = NOW + timedelta(hours=3)
    assert outcome(WORKERS, who) == (NudgeState.PLANNED, f"mode_{mode}", TOMORROW)
    for bound in (own(), ASK):
        assert outcome(bound, who) == (NudgeState.PLANNED, f"mode_{mode}", soon)
    assert outcome(REMINDER, who) == (NudgeState.PLANNED, f"mode_{mode}", soon)
    invited = replace(who, client=replace(who.client, consent=Consent.NONE))
    assert outcome(INVITE, invited)[:2] == (NudgeState.PLANNED, f"mode_{mode}")


@pytest.mark.parametrize(("level", "held"), [(Level.U0, True), (Level.U1, True), (Level.U2, False), (Level.U3, False)])
def test_while_somebody_is_needed_at_once_nothing_goes_by_itself(
    level: Level,
    held: bool,  # noqa: FBT001
) -> None:
    needed = reminded(4, open_items=(OpenItem(Trigger.BASIC_NEED, level, NOW),))
    for nudge in (WORKERS, own()):
        assert (outcome(nudge, needed)[1] == "person_needed") == held


def test_after_a_person_wrote_the_bot_waits_for_twelve_hours() -> None:
    morning = somebody(person_wrote_at=NOW - timedelta(hours=2))
    assert outcome(WORKERS, morning) == (NudgeState.PLANNED, "person_wrote", TOMORROW)
    last_night = replace(morning, person_wrote_at=NOW - timedelta(hours=11, minutes=30))
    assert outcome(WORKERS, last_night)[2] == NOW + timedelta(minutes=30)
    assert outcome(WORKERS, replace(morning, person_wrote_at=NOW - timedelta(hours=12)))[0] is NudgeState.SENT


def test_a_hold_is_waited_for_and_looked_at_again_the_next_day() -> None:
    hold = Hold(NOW + timedelta(hours=4), "not_understood")
    assert outcome(WORKERS, somebody(hold=hold)) == (NudgeState.PLANNED, "not_understood", hold.until)
    long = replace(hold, until=NOW + timedelta(days=200))
    assert outcome(WORKERS, somebody(hold=long)) == (NudgeState.PLANNED, "not_understood", TOMORROW)
    assert outcome(WORKERS, somebody(hold=replace(hold, until=NOW)))[0] is NudgeState.SENT
    assert outcome(ASK, visiting("2026-03-08T15:00", hold=hold))[0] is NudgeState.SENT


def test_until_the_client_says_yes_again_only_that_question_goes() -> None:
    client = replace(CLIENT, consent=Consent.RENEW_DUE, consented_at=NOW - timedelta(days=366))
    renewing = reminded(4, client=client)
    assert outcome(RENEWAL, renewing)[0] is NudgeState.SENT
    assert outcome(WORKERS, renewing) == (NudgeState.PLANNED, "renew_due", TOMORROW)
    assert outcome(own(), renewing)[:2] == (NudgeState.PLANNED, "renew_due")


def test_a_renewal_waits_for_the_new_moment_of_a_client_who_was_heard() -> None:
    client = replace(CLIENT, consented_at=NOW - timedelta(days=100))
    silent = somebody(client=client, last_heard_at=NOW - timedelta(days=90))
    assert outcome(RENEWAL, silent)[0] is NudgeState.SENT
    assert outcome(RENEWAL, replace(silent, talk=TALK))[1] == "open_question"
    heard = replace(silent, last_heard_at=NOW - timedelta(days=30))
    assert outcome(RENEWAL, heard) == (NudgeState.PLANNED, "heard_since", utc("2026-05-04T10:00"))
    closed = replace(silent, client=replace(client, consent=Consent.EXPIRED))
    assert outcome(RENEWAL, closed) == (NudgeState.DROPPED, "no_consent", None)


# Timers that bring no text, and promises


def test_a_breath_goes_at_any_hour_whoever_has_the_thread() -> None:
    breath = Nudge("b", NudgeKind.BREATH, NOW, NOW, words="I did")
    night = utc("2026-03-08T03:30")
    silent = replace(CLIENT, mode=Mode.SILENT, consent=Consent.REVOKED)
    assert outcome(breath, somebody(client=silent, last_heard_at=night), night) == (NudgeState.SENT, "", None)


def test_a_breath_is_heard_before_anything_else_is_said() -> None:
    breath = Nudge("b", NudgeKind.BREATH, NOW, NOW, words="I did")
    assert admit(somebody(), [replace(CHECK_IN, id="c"), breath], NOW) == Admission(
        breath,
        (
            SettleNudge("b", NudgeState.SENT, ""),
            SettleNudge("c", NudgeState.PLANNED, "after:breath", IN_A_MOMENT),
        ),
    )


@pytest.mark.parametrize(("heard", "goes"), [(None, True), (-1, True), (0, True), (1, False)])
def test_three_weeks_of_silence_are_told_unless_the_client_was_heard(heard: int | None, goes: bool) -> None:  # noqa: FBT001
    since = NOW - timedelta(days=14)
    watch = Nudge("n", NudgeKind.STILL_QUIET, NOW, NOW, since.isoformat())
    heard_at = None if heard is None else since + timedelta(seconds=heard)
    expected = (NudgeState.SENT, "", None) if goes else (NudgeState.DROPPED, "answered", None)
    assert outcome(watch, somebody(last_heard_at=heard_at)) == expected


def test_a_question_is_asked_again_while_it_is_the_open_one() -> None:
    later = due(NudgeKind.LATER, TALK.asked_at.isoformat())
    assert outcome(later, somebody(talk=TALK))[0] is NudgeState.SENT
    assert outcome(later, somebody()) == (NudgeState.DROPPED, "answered", None)


PROMISE = due(NudgeKind.PROMISE, Trigger.BASIC_NEED)
PROMISED = OpenItem(Trigger.BASIC_NEED, Level.U1, NOW)


@pytest.mark.parametrize(
    "items", [(), (replace(PROMISED, contacted_at=NOW),), (replace(PROMISED, trigger=Trigger.QUIET),)]
)
def test_a_promise_that_was_kept_is_no_matter(items: tuple[OpenItem, ...]) -> None:
    assert outcome(PROMISE, somebody(open_items=items)) == (NudgeState.DROPPED, "kept", None)


def test_a_promise_that_is_broken_is_said_inside_the_legal_hours_whatever_else_holds() -> None:
    hold = Hold(NOW + timedelta(days=1), "not_understood")
    who = somebody(open_items=(PROMISED,), sent=FULL, hold=hold, person_wrote_at=NOW, last_heard_at=NOW)
    for mode in Mode:
        assert outcome(PROMISE, replace(who, client=replace(CLIENT, mode=mode))) == (NudgeState.SENT, "", None)
    invited = replace(who, client=replace(CLIENT, consent=Consent.INVITED))
    assert outcome(PROMISE, invited)[0] is NudgeState.SENT
    assert outcome(PROMISE, who, utc("2026-03-08T05:30")) == (
        NudgeState.PLANNED,
        "quiet_hours",
        utc("2026-03-08T08:00"),
    )


def test_two_promises_broken_at_once_are_said_in_one_text() -> None:
    both = somebody(open_items=(PROMISED, replace(PROMISED, trigger=Trigger.COMPLAINT)))
    second = replace(PROMISE, id="second", subject=Trigger.COMPLAINT)
    assert admit(both, [PROMISE, second], NOW).settled[1] == SettleNudge(
        "second", NudgeState.MERGED, "merged_into:promise"
    )


def test_every_kind_has_its_rank_and_its_end() -> None:
    assert sorted(RANK) == sorted(NudgeKind)
    assert OVERTAKEN.keys() | {NudgeKind.BREATH} == set(NudgeKind)
