"""What flows record and decide by. The longer tests play a flow turn by turn, keeping what each turn records."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations import acts, engine
from conversations.county import County
from conversations.effects import (
    CancelNudges,
    ChangeConsent,
    CheckIn,
    Effect,
    EndRestAt,
    KeepIdea,
    Preference,
    RemindOfStep,
    ReviewStep,
    SaveGoal,
    Send,
    Sentence,
    SetPreference,
    TellWorker,
)
from conversations.escalations import Level, Trigger
from conversations.events import Answered, FellSilent
from conversations.flows import FLOWS
from conversations.goals import Difficulty, Goal, GoalEvent, GoalStatus, Moment, Reminder, Step, StepStatus
from conversations.notation import Into, Known
from conversations.nudges import NudgeKind
from conversations.paths import remembered
from conversations.situation import Client, Consent, Situation, Talk
from conversations.talks import loaded, saved
from conversations.word_lists import PRIVATE_WORDS, SERVICE_WORDS, mentions, telling_words

ZONE = ZoneInfo("America/Los_Angeles")
MONDAY = datetime(2027, 3, 1, 18, tzinfo=UTC)
THURSDAY = datetime(2027, 3, 4, 10, tzinfo=ZONE)
COUNTY = County("Example County", "Goal Line", "707-555-0134", ZONE)
MARIA = Situation(Client("maria", "Maria", "en", ZONE, Consent.ACTIVE, worker="Ana"), COUNTY)
STEP = Step(
    1,
    "sign up online",
    Moment(THURSDAY),
    where="library",
    obstacle="no sitter",
    detour="ask my sister",
    first_action="grab my ID",
    reminder=Reminder.THAT_MORNING,
)
GOAL = Goal(1, "get my card", "home by three", step=STEP)
PLANNED = replace(MARIA, goal=GOAL, goals_so_far=1)


def known(situation: Situation = MARIA, flow: str = "goal_setting", **answers: str) -> Known:
    return Known(situation, Talk(flow, "somewhere", MONDAY, answers), MONDAY)


def with_goal(**changes: object) -> Situation:
    return replace(PLANNED, goal=replace(GOAL, **changes))  # type: ignore[arg-type]


class Play:
    """One talk, played through; every turn's records show in the next one's situation."""

    def __init__(
        self, flow: str, situation: Situation, at: str | None = None, answers: dict[str, str] | None = None
    ) -> None:
        self.flow = FLOWS[flow]
        self.situation = situation
        self.now = MONDAY
        self.effects: list[Effect] = []
        self.turn = engine.begin(self.flow, situation, self.now, at=at, answers=answers)
        self.keep()

    def keep(self) -> None:
        self.effects += self.turn.effects
        self.situation = remembered(self.situation, self.turn.effects)

    def says(self, *replies: str | Answered) -> "Play":
        """Each reply is a reply's name, words for a question that takes any, or an answer."""
        for reply in replies:
            self.now += timedelta(minutes=1)
            talk = loaded(saved(self.turn.talk))
            names = {each.name for each in engine.open_question(self.flow, talk).when}
            event = (
                reply
                if isinstance(reply, Answered)
                else Answered(reply)
                if reply in names
                else Answered("anything", reply)
            )
            self.turn = engine.turn(self.flow, talk, event, self.situation, self.now)
            self.keep()
        return self

    def is_silent(self) -> "Play":
        ask = engine.open_question(self.flow, self.turn.talk)
        assert ask.if_silent is not None
        self.now = self.turn.talk.asked_at + ask.if_silent[0]
        self.turn = engine.turn(
            self.flow, self.turn.talk, FellSilent(self.turn.talk.asked_at), self.situation, self.now
        )
        self.keep()
        return self

    @property
    def last(self) -> str:
        return [effect.says.text for effect in self.turn.effects if isinstance(effect, Send)][-1]

    def last_goal(self) -> SaveGoal:
        return [effect for effect in self.effects if isinstance(effect, SaveGoal)][-1]

    def done(self, kind: type[Effect]) -> list[Effect]:
        return [effect for effect in self.effects if isinstance(effect, kind)]


def exact(at: datetime = THURSDAY) -> Answered:
    return Answered("exact", Moment(at).stored())


FIRST_PLAN = (
    "get my card",
    "home by three",
    "just_right",
    "sign up online",
    exact(),
    "library",
    "my sister",
    "no sitter",
)


def test_a_whole_plan_is_saved_in_the_clients_own_words() -> None:
    play = Play("goal_setting", MARIA).says(*FIRST_PLAN, "ask my sister", "grab my ID", "good")
    saved_goal = play.last_goal()
    assert saved_goal.what is GoalEvent.SET
    assert saved_goal.goal == Goal(
        1,
        "get my card",
        "home by three",
        Difficulty.JUST_RIGHT,
        step=replace(STEP, support="my sister", reminder=Reminder.NONE, when=Moment.read(Moment(THURSDAY).stored())),
    )
    assert play.done(CheckIn) == [CheckIn(1, saved_goal.goal.step)] if saved_goal.goal.step else False
    assert not play.done(RemindOfStep)


def test_the_reminder_is_part_of_the_same_version_and_is_told_at_the_end() -> None:
    play = Play("goal_setting", MARIA).says(*FIRST_PLAN, "ask my sister", "skip", "good", "hour_before")
    goal = play.last_goal().goal
    assert goal.version == 1
    assert goal.step is not None
    assert goal.step.reminder is Reminder.HOUR_BEFORE
    play.says("yes")
    assert play.last_goal().goal.shared
    assert play.last.startswith("Saved. Starting is success! We'll text you {remind}.")
    assert any(isinstance(effect, RemindOfStep) for effect in play.turn.effects)


def test_no_thanks_takes_an_earlier_reminder_back() -> None:
    play = Play("goal_setting", PLANNED, "change_which").says("when", exact(), "good", "none", "not_yet")
    assert play.last == "Saved. Starting is success! Text PLAN to see it or CHANGE to edit it."
    goal = play.situation.goal
    assert goal is not None
    assert goal.step is not None
    assert goal.step.reminder is Reminder.NONE
    assert not goal.shared


def test_no_thanks_is_heard_where_the_plan_is_shared_already() -> None:
    play = Play("goal_setting", with_goal(shared=True), "change_which").says("when", exact(), "good", "none")
    assert play.turn.talk.at == "saved_without_reminder"


def test_a_reminder_that_cannot_come_in_time_is_not_offered() -> None:
    soon = MONDAY.astimezone(ZONE) + timedelta(minutes=30)
    play = Play("goal_setting", PLANNED, "change_which").says("when", exact(soon), "good")
    assert play.last.startswith("Share this plan")


def test_who_shares_already_is_not_asked_again() -> None:
    play = Play("goal_setting", with_goal(shared=True), "change_which").says("where", "at home", "good", "night_before")
    assert play.turn.talk.at == "saved"


@pytest.mark.parametrize("when", [Answered("day_only", "2027-03-04"), Answered("vague", "soon")])
def test_a_plan_without_an_hour_is_taken_after_one_more_question_and_gets_no_reminder(when: Answered) -> None:
    play = Play("goal_setting", PLANNED, "change_which").says("when", when)
    assert play.turn.talk.at in {"hour", "which_day"}
    play.says(when, "good")
    assert play.turn.talk.at == "share"
    assert play.last_goal().goal.step is not None


def test_changing_one_part_leaves_the_rest_as_it_was() -> None:
    play = Play("goal_setting", PLANNED, "change_which").says("where", "at home", "good")
    revised = play.last_goal()
    assert revised.what is GoalEvent.REVISED
    assert revised.reason == "where"
    assert revised.goal == replace(GOAL, version=2, step=replace(STEP, where="at home"))


def test_a_plan_in_hand_can_be_changed_too() -> None:
    """CHANGE begins with the saved plan as its answers; the same goal in the same words is the same goal."""
    answers = {"goal": "get my card", "step": "sign up online", "when": STEP.when.stored(), "detour": "ask my sister"}
    play = Play("goal_setting", PLANNED, "change_which", answers).says("pothole", "nothing", "good")
    assert play.last_goal().what is GoalEvent.REVISED
    assert play.last_goal().goal.step == replace(STEP, obstacle="", detour="", when=Moment.read(STEP.when.stored()))


def test_a_next_step_of_the_same_goal_is_a_plan_of_its_own() -> None:
    later = exact(THURSDAY + timedelta(days=7))
    done = with_goal(step=replace(STEP, status=StepStatus.DONE))
    play = Play("goal_setting", done, "step").says("take the test", later, "online", "nobody", "nothing", "skip")
    assert play.turn.talk.at == "recap_without_detour"
    play.says("good")
    assert play.last_goal().goal.step == Step(
        2,
        "take the test",
        Moment.read(later.value),
        where="online",
        support="nobody",
        reminder=Reminder.THAT_MORNING,
    )


def test_another_goal_replaces_the_one_before() -> None:
    play = Play("goal_setting", PLANNED).says(
        "new_goal", "find a sitter", "skip", "easy", "two of them", "call one", exact()
    )
    play.says("phone", "nothing", "nothing", "skip", "good")
    kept = [effect for effect in play.effects if isinstance(effect, SaveGoal)]
    assert [(effect.goal.number, effect.what, effect.replaced_by) for effect in kept] == [
        (1, GoalEvent.REPLACED, 2),
        (2, GoalEvent.SET, None),
    ]
    assert kept[0].goal.status is GoalStatus.REPLACED
    assert kept[1].goal.difficulty is Difficulty.EASY
    assert kept[1].reason == "two of them"
    assert kept[1].goal.step is not None
    assert kept[1].goal.step.detour == ""


def test_a_plan_whose_goal_is_gone_becomes_a_goal_of_its_own() -> None:
    goal = acts.planned(known(step="call the school", when="soon"))
    assert (goal.number, goal.text) == (1, "call the school")


def test_a_new_plan_ends_a_rest() -> None:
    resting = replace(MARIA.client, resting_until=MONDAY + timedelta(days=9))
    paused = replace(with_goal(status=GoalStatus.PAUSED), client=resting)
    effects = acts.save_plan(known(paused, step="call", when=Moment(THURSDAY).stored()))
    assert SetPreference(Preference.RESTING_UNTIL, "") in effects
    assert CancelNudges(frozenset({NudgeKind.END_OF_REST}), "rest_ended") in effects
    assert [effect.goal.status for effect in effects if isinstance(effect, SaveGoal)] == [GoalStatus.ACTIVE]
    assert any(isinstance(effect, RemindOfStep) for effect in effects)


def test_earlier_reminders_go_before_new_ones_are_wished_for() -> None:
    effects = acts.revise_plan(known(PLANNED, next="new_time", when=Moment(THURSDAY).stored()))
    kinds = [type(effect) for effect in effects]
    assert kinds == [SaveGoal, CancelNudges, CheckIn, RemindOfStep]


def test_a_goal_with_a_private_word_is_private() -> None:
    assert acts.planned(known(goal="Leave my husband!", step="call", when="soon")).private
    assert not acts.planned(known(goal="leave the house by nine", step="call", when="soon")).private


def test_a_private_word_anywhere_in_the_plan_makes_it_private() -> None:
    assert acts.planned(known(goal="be safe", step="call the shelter", when="soon")).private
    assert acts.planned(known(PLANNED, next="smaller_step", step="call my lawyer", when="soon")).private


@pytest.mark.parametrize(("question", "leads_to"), [("support", "pothole"), ("pothole", "rehearse")])
def test_what_is_skipped_is_never_kept_as_part_of_a_plan(question: str, leads_to: str) -> None:
    talk = Talk("goal_setting", question, THURSDAY, {"goal": "a card"})
    turn = engine.turn(FLOWS["goal_setting"], talk, Answered("skip"), MARIA, THURSDAY)
    assert turn.talk.at == leads_to
    assert not turn.talk.answers.get("support")
    assert not turn.talk.answers.get("obstacle")


@pytest.mark.parametrize(
    ("question", "leads_to"),
    [("meaning", "size"), ("step", "smaller"), ("smaller", "hand_over"), ("which_day", "where"), ("where", "support")],
)
def test_i_dont_know_is_never_kept_as_part_of_a_plan(question: str, leads_to: str) -> None:
    talk = Talk("goal_setting", question, THURSDAY, {"goal": "a card"})
    turn = engine.turn(FLOWS["goal_setting"], talk, Answered("dont_know"), MARIA, THURSDAY)
    assert turn.talk.at == leads_to
    assert not turn.talk.answers.get("step")
    assert not turn.talk.answers.get("when")


def test_help_that_the_county_may_pay_for_is_passed_on() -> None:
    play = Play("goal_setting", MARIA).says("a card", "skip", "a_lot", "sign up", exact(), "skip", "I need a ride")
    assert TellWorker(Trigger.SUPPORTIVE_SERVICE, Level.U2, datetime(2027, 3, 2, 17, tzinfo=ZONE)) in play.turn.effects
    assert play.turn.talk.at == "pothole"


@pytest.mark.parametrize(
    ("answers", "recap"),
    [
        ({}, acts.Recap.SHORT),
        ({"where": "library"}, acts.Recap.WITHOUT_DETOUR),
        ({"obstacle": "no sitter"}, acts.Recap.SHORT),
        ({"obstacle": "no sitter", "detour": "my sister"}, acts.Recap.WITHOUT_WHERE),
        ({"where": "library", "obstacle": "no sitter", "detour": "my sister"}, acts.Recap.WHOLE),
    ],
)
def test_a_recap_says_what_there_is(answers: Mapping[str, str], recap: acts.Recap) -> None:
    assert acts.recap(known(MARIA, "goal_setting", step="call", when="soon", **answers)) is recap


def test_a_goal_can_be_kept_or_let_go() -> None:
    assert Play("goal_setting", PLANNED).says("keep_it").turn.talk.at == "kept"
    assert Play("goal_setting", with_goal(status=GoalStatus.PAUSED)).says("keep_it").turn.talk.at == "step"
    let_go = Play("goal_setting", PLANNED).says("letting_go")
    assert let_go.last_goal().what is GoalEvent.RELEASED
    assert let_go.situation.goal is None


def test_acts_about_a_goal_do_nothing_once_it_is_gone() -> None:
    gone = known(result="done", reminder="none", share="yes")
    for act in (acts.set_reminder, acts.share_plan, acts.keep_review, acts.achieve_goal, acts.resume_goal):
        assert act(gone) == ()
    assert acts.set_reminder(known(with_goal(step=None), reminder="none")) == ()
    assert acts.keep_review(known(with_goal(step=None), result="done")) == ()


def test_ideas_are_kept_as_they_come_and_three_are_offered() -> None:
    play = Play("goal_storming", MARIA).says(
        "dont_know", "work", "a real job", "school", "a car", "a sitter", "my own place"
    )
    assert [effect.text for effect in play.effects if isinstance(effect, KeepIdea)] == [
        "a real job",
        "school",
        "a car",
        "a sitter",
        "my own place",
    ]
    asked = [effect for effect in play.turn.effects if isinstance(effect, Send)][-1]
    assert (play.turn.talk.at, asked.menu) == ("pick", ("a real job", "school", "a car"))
    play.says(Answered("picked", "school"), "home when kids are")
    assert play.turn.goes_on == Into("goal_setting", carries=("meaning", "next"))


def test_one_idea_is_not_picked_from() -> None:
    assert Play("goal_storming", MARIA).says("a real job", "finished").turn.talk.at == "picture"


def test_what_was_said_of_a_picture_is_not_asked_again_as_the_meaning() -> None:
    play = Play("goal_setting", MARIA, answers={"meaning": "home by three"}).says("a card")
    assert play.turn.talk.at == "size"


def check_in(situation: Situation = PLANNED) -> Play:
    return Play("goal_check_in", situation)


def test_a_result_is_kept_at_once_and_the_words_are_added() -> None:
    play = check_in().says(Answered("done", comment="at last"))
    assert play.done(ReviewStep) == [ReviewStep(1, STEP, StepStatus.DONE, {"comment": "at last"}, 0)]
    play.says("doing it early")
    done = replace(STEP, status=StepStatus.DONE)
    words = {"helped": "doing it early", "comment": "at last"}
    assert play.done(ReviewStep)[1:] == [ReviewStep(1, done, StepStatus.DONE, words, 0)]


@pytest.mark.parametrize(("before", "at"), [(0, "what_next"), (2, "what_next")])
def test_several_steps_done_in_a_month_are_celebrated(before: int, at: str) -> None:
    play = check_in(replace(PLANNED, steps_this_month=before)).says("done", "skip")
    assert play.turn.talk.at == at
    celebrated = "That's {n} steps done this month. You made that happen!"
    assert (celebrated in [effect.says.text for effect in play.turn.effects if isinstance(effect, Send)]) is bool(
        before
    )


def test_a_reached_goal_is_achieved_and_the_next_one_begins() -> None:
    play = check_in().says("done", "skip", "new_goal", "reached_it")
    assert play.last_goal().what is GoalEvent.ACHIEVED
    assert CancelNudges(acts.ABOUT_THE_STEP, "goal_achieved") in play.effects
    assert play.turn.goes_on == Into("goal_setting", "goal", ("next",))


def test_a_goal_that_is_moved_on_from_stays_until_the_new_one_is_set() -> None:
    play = check_in().says("done", "skip", "new_goal", "moving_on")
    assert play.situation.goal is not None
    assert play.situation.goal.status is GoalStatus.ACTIVE


def test_a_break_rests_the_goal_and_sets_its_end() -> None:
    play = check_in().says("done", "skip", "a_break")
    until = play.now + timedelta(weeks=2)
    assert play.last_goal().goal.status is GoalStatus.PAUSED
    assert EndRestAt(until) in play.effects
    assert SetPreference(Preference.RESTING_UNTIL, until.isoformat()) in play.effects


def test_a_goal_that_rests_already_is_not_paused_again() -> None:
    effects = acts.rest(known(with_goal(status=GoalStatus.PAUSED)))
    assert not [effect for effect in effects if isinstance(effect, SaveGoal)]


def test_the_first_setback_calls_nobody_and_leads_to_a_new_time() -> None:
    play = check_in().says("not_yet", "the library was closed", "check hours first", "new_time", exact())
    assert not play.done(TellWorker)
    revised = play.last_goal()
    assert (revised.what, revised.reason) == (GoalEvent.REVISED, "new_time")
    assert revised.goal.setbacks == 1
    assert revised.goal.step == replace(STEP, number=2, when=Moment.read(STEP.when.stored()))
    assert play.turn.talk.at == "saved"


def test_the_clients_own_detour_is_shown_when_their_pothole_came_true() -> None:
    play = check_in().says("not_yet", "my sitter got sick")
    assert play.last == "You planned for that: {detour}. How could that work this time?"
    assert check_in(with_goal(step=None)).says("not_yet", "my sitter got sick").turn.talk.at == "learned"


def test_the_second_setback_running_tells_a_person_and_offers_a_talk() -> None:
    play = check_in(with_goal(setbacks=1)).says(Answered("not_yet", comment="kids got sick"), "need a backup day")
    assert play.turn.talk.at == "setback_twice"
    told = [effect.level for effect in play.effects if isinstance(effect, TellWorker)]
    assert told == [Level.U2]
    play.says("yes")
    assert [effect.level for effect in play.turn.effects if isinstance(effect, TellWorker)] == [Level.U1]


def test_who_declines_the_talk_goes_on_with_the_plan() -> None:
    assert check_in(with_goal(setbacks=1)).says("not_yet", "skip", "skip", "not_now").turn.talk.at == "revise"
    assert check_in(with_goal(setbacks=1)).says("changed", "skip", "not_now").turn.talk.at == "changed_next"


def test_done_in_part_ends_the_setbacks_and_plans_the_next_piece() -> None:
    play = check_in(with_goal(setbacks=1)).says("some", "it was free", "finish the form", exact())
    goal = play.last_goal().goal
    assert goal.setbacks == 0
    assert goal.step is not None
    assert (goal.step.text, goal.step.where) == ("finish the form", "library")


@pytest.mark.parametrize(
    ("when", "asked"), [("2026-03-05T09:00-08:00", "saved_without_reminder"), ("2026-03-05", "hour"), ("", "when")]
)
def test_the_time_that_came_with_the_next_piece_is_not_asked_again(when: str, asked: str) -> None:
    play = check_in(with_goal()).says("some", "it was free", Answered("anything", "the form", also={"when": when}))
    assert play.turn.talk.at == asked


def test_silence_is_nudged_twice_and_then_handed_to_a_person_without_a_result() -> None:
    play = check_in(with_goal(setbacks=1)).is_silent().is_silent().is_silent()
    assert play.now - MONDAY == timedelta(days=7)
    assert [effect.result for effect in play.effects if isinstance(effect, ReviewStep)] == [StepStatus.NO_REPLY]
    assert [effect.trigger for effect in play.effects if isinstance(effect, TellWorker)] == [Trigger.QUIET]
    assert play.situation.goal is not None
    assert play.situation.goal.setbacks == 1


def test_a_yes_to_the_invitation_is_kept_with_the_sentence_it_answers() -> None:
    play = Play("welcome", replace(MARIA, client=replace(MARIA.client, consent=Consent.INVITED))).says("yes")
    kept = play.done(ChangeConsent)
    assert len(kept) == 1
    assert isinstance(kept[0], ChangeConsent)
    assert isinstance(kept[0].shown, Sentence)
    assert kept[0].shown.text.startswith("{program}: Hi {name}, {worker} says")
    assert play.turn.talk.at == "privacy"


@pytest.mark.parametrize("ways", [["no"], [None, None]])
def test_an_invitation_that_is_declined_or_never_answered_is_closed(ways: Sequence[str | None]) -> None:
    play = Play("welcome", MARIA)
    for way in ways:
        if way:
            play.says(way)
        else:
            play.is_silent()
    assert play.done(ChangeConsent) == [ChangeConsent(Consent.CLOSED)]
    assert play.turn.talk.over


def test_preferences_are_set_as_they_are_answered() -> None:
    play = Play("welcome", MARIA, "joined").says("shared", "evening", "two_weeks", "later")
    assert play.done(SetPreference) == [
        SetPreference(Preference.PHONE_IS_SHARED, "yes"),
        SetPreference(Preference.PART_OF_DAY, "evening"),
        SetPreference(Preference.RHYTHM, "two_weeks"),
    ]
    alone = Play("welcome", MARIA, "joined").says("only_me")
    assert alone.done(SetPreference) == [SetPreference(Preference.PHONE_IS_SHARED, "no")]


def test_a_new_rhythm_holds_for_the_plan_that_stands() -> None:
    play = Play("welcome", PLANNED, "rhythm_again").says("daily")
    assert play.done(CheckIn) == [CheckIn(1, STEP)]
    assert play.turn.talk.at == "all_set"


def test_after_a_rest_the_goal_is_taken_up_or_rests_on() -> None:
    resting = with_goal(status=GoalStatus.PAUSED)
    taken_up = Play("fresh_start", resting).says("now")
    assert taken_up.last_goal().what is GoalEvent.RESUMED
    assert taken_up.turn.goes_on == Into("goal_setting", "step")
    assert Play("fresh_start", MARIA).says("now").turn.goes_on == Into("goal_setting", "goal")
    later = Play("fresh_start", resting).says("later")
    assert EndRestAt(later.now + timedelta(weeks=2)) in later.effects


@pytest.mark.parametrize(
    ("situation", "answers", "step_is_known"),
    [
        (MARIA, {"step": "sign up"}, True),
        (MARIA, {}, False),
        (replace(PLANNED, parked=Talk("goal_check_in", "helped", MONDAY)), {}, True),
        (replace(PLANNED, parked=Talk("goal_setting", "goal", MONDAY)), {}, False),
        (replace(MARIA, parked=Talk("goal_check_in", "helped", MONDAY)), {}, False),
        (replace(with_goal(step=None), parked=Talk("goal_check_in", "helped", MONDAY)), {}, False),
    ],
)
def test_the_way_back_names_the_step_only_where_one_is_known(
    situation: Situation, answers: dict[str, str], *, step_is_known: bool
) -> None:
    play = Play("resume", situation, answers=answers)
    assert (play.turn.talk.at == "ready") is step_is_known


@pytest.mark.parametrize("text", ["a RIDE, please", "cuidado de niños", "gas money"])
def test_words_are_found_whatever_their_case_accents_and_signs(text: str) -> None:
    assert mentions(text, SERVICE_WORDS)


@pytest.mark.parametrize("text", ["pride", "my sister", "", "visas"])
def test_words_are_found_only_on_their_edges(text: str) -> None:
    assert not mentions(text, SERVICE_WORDS)
    assert not mentions(text, PRIVATE_WORDS)


def test_telling_words_leave_out_what_every_text_holds() -> None:
    assert telling_words("I didn't have time: the sitter cancelled") == {"sitter", "cancelled"}


def test_a_day_alone_is_stored_as_one() -> None:
    assert acts.planned(known(goal="a", step="b", when="2027-03-04")).step == Step(1, "b", Moment(date(2027, 3, 4)))


@pytest.mark.parametrize(("flow", "at"), [("goal_check_in", None), ("goal_setting", "goal"), ("welcome", "privacy")])
def test_no_client_is_lost_at_any_question(flow: str, at: str | None) -> None:
    """A week of silence at a question that has no nudge of its own: a person is told, and the talk waits."""
    play = Play(flow, PLANNED, at)
    if flow == "goal_check_in":
        play.says("done")
    play.is_silent()
    assert [effect.trigger for effect in play.turn.effects if isinstance(effect, TellWorker)] == [Trigger.QUIET]
    assert play.turn.parked is not None
    assert not any(isinstance(effect, Send) for effect in play.turn.effects)
