from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.effects import (
    CancelNudges,
    ChangeConsent,
    Effect,
    KeepIdea,
    PlanNudge,
    Preference,
    Purpose,
    ReviewStep,
    SaveGoal,
    SaveTalk,
    Sentence,
    SetPreference,
    SettleNudge,
    TellWorker,
    Texted,
)
from conversations.escalations import Level, OpenItem, Trigger
from conversations.events import WorkerInvited
from conversations.goals import Difficulty, Goal, GoalEvent, GoalStatus, Moment, Reminder, Step, StepStatus
from conversations.nudges import NudgeKind, NudgeState
from conversations.situation import Consent, PartOfDay, Rhythm, Sent, Talk
from records.engagement import Kind
from records.tables import (
    clients,
    consent_events,
    engagement,
    escalations,
    goal_events,
    goals,
    hook_deliveries,
    messages,
    nudges,
    steps,
    talks,
)
from tests.records.place import ZONE, Place, texted

STEP = Step(
    1, "Call the school", Moment(datetime(2026, 3, 4, 10, tzinfo=ZoneInfo(ZONE))), reminder=Reminder.HOUR_BEFORE
)
GOAL = Goal(1, "Finish my GED", "for my kids", Difficulty.JUST_RIGHT, shared=True, step=STEP)


async def test_what_is_saved_of_a_goal_is_what_is_loaded(place: Place) -> None:
    await place.decides(SaveGoal(GOAL, GoalEvent.SET), KeepIdea("nursing"), KeepIdea("welding"))
    seen = await place.decides()
    assert seen.goal == GOAL
    assert (seen.goals_so_far, seen.ideas) == (1, ("nursing", "welding"))
    assert place.rows(steps)[0].due_at == datetime(2026, 3, 4, 18, tzinfo=UTC)


async def test_a_revised_goal_keeps_how_it_was(place: Place) -> None:
    await place.decides(SaveGoal(GOAL, GoalEvent.SET))
    smaller = Goal(1, "Pass one test", version=2, step=Step(2, "Sign up", Moment(date(2026, 3, 9))))
    await place.decides(SaveGoal(smaller, GoalEvent.REVISED, "too big"))
    assert (await place.decides()).goal == smaller
    first, second = place.rows(goal_events)
    assert first.was is None
    assert (second.kind, second.reason, second.was["text"], second.was["step"]["text"]) == (
        "revised",
        "too big",
        "Finish my GED",
        "Call the school",
    )
    assert len(place.rows(steps)) == 2


async def test_a_goal_that_is_over_is_counted_but_no_longer_open(place: Place) -> None:
    await place.decides(SaveGoal(GOAL, GoalEvent.SET))
    done = Goal(1, "Finish my GED", status=GoalStatus.ACHIEVED)
    await place.decides(SaveGoal(done, GoalEvent.ACHIEVED))
    seen = await place.decides()
    assert (seen.goal, seen.goals_so_far) == (None, 1)
    assert place.rows(goals)[0].closed_at == place.now
    assert Kind.GOAL_ACHIEVED in {row.kind for row in place.rows(engagement)}


async def test_a_replaced_goal_points_to_the_new_one_and_a_paused_one_stays_known(place: Place) -> None:
    await place.decides(SaveGoal(GOAL, GoalEvent.SET))
    old = Goal(1, "Finish my GED", status=GoalStatus.REPLACED)
    new = Goal(2, "Find a job", status=GoalStatus.PAUSED)
    await place.decides(
        SaveGoal(old, GoalEvent.REPLACED, replaced_by=2), SaveGoal(new, GoalEvent.SET), SaveGoal(new, GoalEvent.PAUSED)
    )
    seen = await place.decides()
    assert seen.goal == new
    assert seen.goals_so_far == 2
    assert place.rows(goals)[0].replaced_by == 2


async def test_a_reviewed_step_keeps_its_result_when_the_goal_is_saved_again(place: Place) -> None:
    await place.decides(SaveGoal(GOAL, GoalEvent.SET))
    review = ReviewStep(1, STEP, StepStatus.DONE, {"helped": "my sister"})
    await place.decides(review, SaveGoal(GOAL, GoalEvent.REVISED))
    later = Goal(
        1, "Finish my GED", version=3, step=Step(1, "Call again", Moment(None, "soon"), status=StepStatus.DONE)
    )
    await place.decides(SaveGoal(later, GoalEvent.REVISED))
    (row,) = place.rows(steps)
    assert (row.text, row.status, row.review, row.reviewed_at) == (
        "Call again",
        "done",
        {"helped": "my sister"},
        place.now,
    )
    assert (await place.decides()).steps_this_month == 1


async def test_steps_done_count_in_the_client_s_own_calendar_month(place: Place) -> None:
    place.now = datetime(2026, 4, 1, 5, tzinfo=UTC)  # still March in California
    await place.decides(SaveGoal(GOAL, GoalEvent.SET), ReviewStep(1, STEP, StepStatus.DONE))
    assert (await place.decides()).steps_this_month == 1
    place.later(hours=3)
    assert (await place.decides()).steps_this_month == 0


async def test_a_talk_and_a_parked_one_come_back_as_they_were(place: Place) -> None:
    talk = Talk("goal_setting", "when", place.now, {"goal": "Écrire ñ 1"}, 1)
    parked = Talk("goal_check_in", "how_did_it_go", place.now - timedelta(days=1))
    await place.decides(SaveTalk(talk, parked))
    seen = await place.decides(SaveTalk(None))
    assert (seen.talk, seen.parked) == (talk, parked)
    seen = await place.decides()
    assert (seen.talk, seen.parked) == (None, None)


async def test_a_talk_that_is_over_is_forgotten(place: Place) -> None:
    await place.decides(SaveTalk(Talk("a", "b", place.now)))
    await place.decides(SaveTalk(Talk("a", "c", place.now, over=True)))
    assert place.rows(talks) == []


async def test_the_last_of_several_saved_talks_counts(place: Place) -> None:
    await place.decides(SaveTalk(Talk("a", "b", place.now)), SaveTalk(None, Talk("a", "b", place.now)))
    assert [row.place for row in place.rows(talks)] == ["parked"]


@pytest.mark.parametrize(
    ("what", "value", "column", "stored"),
    [
        (Preference.LANGUAGE, "es", "language", "es"),
        (Preference.PHONE_IS_SHARED, "yes", "phone_is_shared", True),
        (Preference.PHONE_IS_SHARED, "no", "phone_is_shared", False),
        (Preference.PART_OF_DAY, "evening", "part_of_day", PartOfDay.EVENING),
        (Preference.PART_OF_DAY, "", "part_of_day", None),
        (Preference.RHYTHM, "daily", "rhythm", Rhythm.DAILY),
        (
            Preference.RESTING_UNTIL,
            "2026-03-16T10:00:00-07:00",
            "resting_until",
            datetime(2026, 3, 16, 17, tzinfo=UTC),
        ),
        (Preference.RESTING_UNTIL, "", "resting_until", None),
    ],
)
async def test_a_preference_is_kept(place: Place, what: Preference, value: str, column: str, stored: object) -> None:
    await place.decides(SetPreference(what, value))
    assert getattr((await place.decides()).client, column) == stored


async def test_consent_keeps_its_evidence(place: Place) -> None:
    shown = Sentence("welcome/invite", "May we text you?")
    await place.decides(ChangeConsent(Consent.ACTIVE, shown))
    (event,) = place.rows(consent_events)
    assert (event.to, event.exact_text, event.channel, event.actor) == ("active", "May we text you?", "sms", "client")
    assert event.evidence_message_id == place.rows(messages)[0].id
    place.script.on_text = lambda _situation, _event: [ChangeConsent(Consent.INVITED)]
    await place.writer.act(place.ids[0], WorkerInvited("Ana"), place.worker)
    assert [(row.channel, row.actor) for row in place.rows(consent_events)][1] == ("staff", place.worker)
    assert place.rows(clients)[0].consent == Consent.INVITED


async def test_unprompted_texts_are_counted_in_the_client_s_day_week_and_month(place: Place) -> None:
    last = datetime(2026, 3, 31, 18, tzinfo=UTC)
    moments = tuple(last - timedelta(days=days) for days in (29, 6, 0))
    for place.now in moments:
        await place.decides(texted("r", Purpose.REMINDER), texted("answer"))
    assert (await place.decides()).sent == Sent(1, 2, 3, moments)
    place.later(days=1, hours=14)
    assert (await place.decides()).sent == Sent(0, 1, 2, moments[1:])


async def test_two_texts_of_one_nudge_count_once_and_a_check_in_is_remembered(place: Place) -> None:
    await place.decides(PlanNudge(NudgeKind.CHECK_IN, "k", place.now, "1.1"))
    place.script.on_due = lambda _situation, due: [
        SettleNudge(due[0].id, NudgeState.SENT, ""),
        texted("a", Purpose.CHECK_IN),
        texted("b", Purpose.CHECK_IN),
    ]
    await place.writer.take_due(place.now)
    seen = await place.decides()
    assert seen.sent == Sent(1, 1, 1, (place.now,))
    assert seen.last_check_in_at == place.now


async def test_when_a_client_was_last_heard_is_the_time_before(place: Place) -> None:
    assert (await place.decides()).last_heard_at is None
    first = place.now
    place.later(hours=1)
    assert (await place.decides()).last_heard_at == first


def check_in(key: str, subject: str = "1.1", days: int = 1, kind: NudgeKind = NudgeKind.CHECK_IN) -> PlanNudge:
    return PlanNudge(kind, key, datetime(2026, 3, 2, 18, tzinfo=UTC) + timedelta(days=days), subject, reason="because")


async def test_planning_twice_plans_once(place: Place) -> None:
    await place.decides(check_in("a"))
    before = place.rows(nudges), len(place.rows(engagement, engagement.c.kind == Kind.NUDGE_PLANNED))
    await place.decides(CancelNudges(frozenset({NudgeKind.CHECK_IN}), "replanned"), check_in("a"))
    await place.decides(check_in("a"))
    assert (place.rows(nudges), len(place.rows(engagement, engagement.c.kind == Kind.NUDGE_PLANNED))) == before
    assert place.rows(engagement, engagement.c.kind == Kind.NUDGE_CANCELLED) == []


async def test_a_cancelled_key_comes_back_and_one_that_went_out_does_not(place: Place) -> None:
    await place.decides(check_in("a"))
    await place.decides(CancelNudges(frozenset({NudgeKind.CHECK_IN}), "resting"))
    assert [(row.state, row.reason) for row in place.rows(nudges)] == [("cancelled", "resting")]
    await place.decides(check_in("a", days=2))
    (row,) = place.rows(nudges)
    assert (row.state, row.due_at, row.reason) == ("planned", place.now + timedelta(days=2), "because")
    place.later(days=2)
    await place.writer.take_due(place.now)
    await place.decides(check_in("a", days=3))
    assert [row.state for row in place.rows(nudges)] == ["sent"]


async def test_a_goal_has_one_reminder_and_one_check_in_the_newest(place: Place) -> None:
    reminder = NudgeKind.STEP_REMINDER
    await place.decides(check_in("a"), check_in("b", "2.1"), check_in("c", kind=reminder))
    await place.decides(check_in("d", "1.2"), check_in("e", "1.2", kind=reminder))
    planned = {row.key for row in place.rows(nudges) if row.state == "planned"}
    assert planned == {"b", "d", "e"}
    reasons = {row.reason for row in place.rows(engagement, engagement.c.kind == Kind.NUDGE_CANCELLED)}
    assert reasons == {"replaced by a newer one"}


async def test_a_silence_falls_due_only_while_its_question_is_the_open_one(place: Place) -> None:
    def silence(asked: datetime) -> PlanNudge:
        return PlanNudge(NudgeKind.SILENCE, f"silence:{asked.isoformat()}", asked, asked.isoformat())

    first, second = place.now, place.now + timedelta(minutes=5)
    await place.decides(silence(first), SaveTalk(Talk("a", "b", first)))
    await place.decides(texted("did not get it"))
    assert [row.state for row in place.rows(nudges)] == ["planned"]
    await place.decides(SaveTalk(Talk("a", "c", second)), silence(second))
    (row,) = place.rows(nudges)
    assert (row.state, row.subject, row.due_at) == ("planned", second.isoformat(), second)
    await place.decides(SaveTalk(None))
    assert [row.state for row in place.rows(nudges)] == ["cancelled"]
    await place.decides(silence(place.now), SaveTalk(Talk("a", "d", place.now)))
    assert [row.state for row in place.rows(nudges)] == ["cancelled", "planned"]
    assert place.rows(engagement, engagement.c.kind.in_([Kind.NUDGE_PLANNED, Kind.NUDGE_CANCELLED])) == []


async def test_what_comes_and_goes_in_one_decision_leaves_no_trace(place: Place) -> None:
    await place.decides(check_in("a"), CancelNudges(frozenset(NudgeKind), "over"))
    assert place.rows(nudges) == []


@pytest.mark.parametrize("to", [NudgeState.MERGED, NudgeState.DROPPED, NudgeState.SENT])
async def test_every_end_of_a_nudge_is_in_the_log_with_its_reason(place: Place, to: NudgeState) -> None:
    await place.decides(check_in("a", days=0))
    place.script.on_due = lambda _situation, due: [SettleNudge(due[0].id, to, "why")]
    await place.writer.take_due(place.now)
    (row,) = place.rows(engagement, engagement.c.kind == f"nudge_{to}")
    assert (row.reason, row.subject, row.actor) == ("why", "check_in", "bot")


async def test_one_open_escalation_a_client_and_trigger_with_a_notice_for_every_hook(place: Place) -> None:
    def tell(level: Level, hours: int) -> TellWorker:
        return TellWorker(Trigger.ASKED_FOR_PERSON, level, place.now + timedelta(hours=hours))

    await place.decides(tell(Level.U2, 5), tell(Level.U2, 4))
    await place.decides(tell(Level.U1, 9))
    (row,) = place.rows(escalations)
    assert (row.times, row.level, row.due_at) == (2, "U1", place.now + timedelta(hours=4))
    told = place.rows(hook_deliveries, hook_deliveries.c.occasion == "opened")
    assert sorted(row.hook for row in told) == ["desk", "pager"]
    (item,) = (await place.decides()).open_items
    assert item == OpenItem(Trigger.ASKED_FOR_PERSON, Level.U1, row.due_at)
    await place.decides(tell(Level.U1, 1), client=1)
    assert len(place.rows(escalations)) == 2


async def test_an_escalation_that_comes_again_only_gets_more_urgent_and_the_log_says_so(place: Place) -> None:
    def tell(level: Level, hours: int) -> TellWorker:
        return TellWorker(Trigger.ASKED_FOR_PERSON, level, place.now + timedelta(hours=hours))

    await place.decides(tell(Level.U2, 5))
    await place.decides(tell(Level.U1, 2), tell(Level.U3, 9))
    await place.decides(tell(Level.U2, 5))
    (row,) = place.rows(escalations)
    assert (row.times, row.level, row.due_at) == (3, "U1", place.now + timedelta(hours=2))
    rose, stayed = place.rows(engagement, engagement.c.kind == Kind.ESCALATION_REPEATED)
    assert (rose.reason, stayed.reason) == ("U1", "")
    assert rose.detail["level"] == stayed.detail["level"] == "U1"
    assert rose.detail["due_at"] == row.due_at.isoformat()


async def test_an_invitation_that_waited_is_the_doing_of_who_asked_for_it(place: Place) -> None:
    def invited(day: str, hours: int) -> PlanNudge:
        return PlanNudge(NudgeKind.INVITE, f"invite:{day}", place.now + timedelta(hours=hours))

    for wish in (invited("2026-03-02", 1), invited("2026-03-02", 1), invited("2026-03-03", 2)):
        place.script.on_text = lambda _situation, _event, wish=wish: [wish]  # type: ignore[misc]
        await place.writer.act(place.ids[0], WorkerInvited("Ana"), place.worker)
    states = {row.key: row.state for row in place.rows(nudges)}
    assert states == {"invite:2026-03-02": "cancelled", "invite:2026-03-03": "planned"}
    place.script.on_due = lambda _situation, due: [
        SettleNudge(due[0].id, NudgeState.SENT, ""),
        ChangeConsent(Consent.INVITED),
    ]
    await place.writer.take_due(place.later(hours=2))
    (event,) = place.rows(consent_events)
    assert (event.to, event.actor, event.channel) == ("invited", place.worker, "staff")
    by = {row.kind: row.actor for row in place.rows(engagement)}
    assert (by[Kind.NUDGE_PLANNED], by[Kind.NUDGE_SENT]) == (place.worker, "bot")


async def test_a_worker_s_own_words_go_out_under_the_worker_s_name(place: Place) -> None:
    row = {
        "id": "n1",
        "client_id": place.ids[0],
        "kind": "worker_nudge",
        "key": "worker:n1",
        "subject": "",
        "words": "See you",
        "template": "",
        "state": "planned",
        "due_at": place.now,
        "wanted_at": place.now,
        "held": 0,
        "version": 1,
        "reason": "",
        "created_by": place.worker,
        "created_at": place.now,
    }
    place.do(lambda connection: connection.execute(nudges.insert(), [row]))
    place.script.on_due = lambda _situation, due: [
        SettleNudge(due[0].id, NudgeState.SENT, ""),
        texted(due[0].words, Purpose.NUDGE, template=""),
    ]
    await place.writer.take_due(place.now)
    (sent,) = place.rows(messages)
    assert (sent.author, sent.body, sent.nudge_id, sent.priority) == (place.worker, "See you", "n1", 1)


async def test_a_text_is_logged_in_the_language_it_was_sent_in(place: Place) -> None:
    hola = Texted("Hola", "es", 1, "GSM-7", Purpose.REPLY, "a/b")
    effects: list[Effect] = [SetPreference(Preference.LANGUAGE, "es"), hola]
    await place.decides(*effects)
    (row,) = place.rows(engagement, engagement.c.kind == Kind.TEXT_OUT)
    assert row.language == "es"
    assert row.worker_id == place.worker


async def test_a_reminder_is_worth_sending_until_the_sending_hours_end(place: Place) -> None:
    await place.decides(texted("r", Purpose.REMINDER), texted("a"), texted("i", Purpose.INVITE))
    until = [row.expires_at for row in place.rows(messages, messages.c.direction == "out")]
    assert until == [
        datetime(2026, 3, 3, 4, tzinfo=UTC),
        place.now + timedelta(hours=12),
        place.now + timedelta(hours=12),
    ]
