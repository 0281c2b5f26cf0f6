"""One turn of a conversation, on small flows made for the purpose."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

import pytest

from conversations import engine
from conversations.county import County
from conversations.effects import CancelNudges, Effect, Purpose, Send, Sentence, TellWorker, WaitUntil
from conversations.escalations import Level, Trigger
from conversations.events import Answered, FellSilent, NotUnderstood
from conversations.goals import Goal
from conversations.notation import (
    ANYTHING,
    DAY_ONLY,
    DONT_KNOW,
    EXACT,
    FINISHED,
    PICKED,
    SKIP,
    VAGUE,
    Ask,
    Branch,
    Do,
    End,
    Flow,
    Into,
    Known,
    Parked,
    Reads,
    Reply,
    Say,
    Step,
    hours,
)
from conversations.situation import Client, Consent, Situation, Talk

ZONE = ZoneInfo("America/Los_Angeles")
MONDAY = datetime(2027, 3, 1, 18, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=3)
SATURDAY = datetime(2027, 3, 6, 18, tzinfo=UTC)
COUNTY = County("Example County", "Goal Line", "707-555-0134", ZONE)
MARIA = Situation(Client("maria", "Maria", "en", ZONE, Consent.ACTIVE, worker="Ana"), COUNTY)
GOOD, BAD = Reply("good", "good"), Reply("bad", "bad")
CANCELLED = CancelNudges(frozenset(), "for the test")


class Mood(Enum):
    GOOD = "it is good"
    BAD = "it is bad"


def mood(known: Known) -> Mood:
    return Mood.GOOD if known.talk.answers.get("mood") == "good" else Mood.BAD


def cancel(_known: Known) -> tuple[Effect, ...]:
    return (CANCELLED,)


def ideas(known: Known) -> tuple[str, ...]:
    return tuple(known.talk.answers.get("ideas", "").splitlines())


def make(
    steps: Mapping[str, Step], moved: Mapping[str, str] | None = None, entries: frozenset[str] = frozenset()
) -> Flow:
    person = End("A person will call by {due}.", tell_worker=(Trigger.NOT_UNDERSTOOD, Level.U2), parks=True)
    return Flow(
        "small", "A small flow.", next(iter(steps)), {**steps, "person": person}, (2, "person"), entries, moved or {}
    )


HOW = Ask("How is it?", when={GOOD: "end", BAD: "end"}, save="mood")
SMALL = make({"how": HOW, "end": End("Thanks.")})


def begun(flow: Flow, situation: Situation = MARIA) -> Talk:
    return engine.begin(flow, situation, MONDAY).talk


def says(effects: tuple[Effect, ...]) -> list[str]:
    return [effect.says.text for effect in effects if isinstance(effect, Send)]


def test_a_talk_begins_with_its_first_question_and_the_choices_under_it() -> None:
    turn = engine.begin(SMALL, MARIA, MONDAY, purpose=Purpose.CHECK_IN)
    menu = (Sentence("small/how", "good"), Sentence("small/how", "bad"))
    assert turn.effects == (Send(Sentence("small/how", "How is it?"), menu, {}, Purpose.CHECK_IN),)
    assert turn.talk == Talk("small", "how", MONDAY)


def test_a_talk_runs_on_through_says_dos_and_branches() -> None:
    flow = make(
        {
            "how": replace(HOW, when={GOOD: "noted", BAD: "noted"}),
            "noted": Do(cancel, then="which"),
            "which": Branch(mood, when={Mood.GOOD: "glad", Mood.BAD: "end"}),
            "glad": Say("Glad to hear it.", then="end"),
            "end": End("Thanks."),
        }
    )
    good = engine.turn(flow, begun(flow), Answered("good"), MARIA, LATER)
    assert good.effects[0] == CANCELLED
    assert says(good.effects) == ["Glad to hear it.", "Thanks."]
    assert good.talk.over
    assert good.walked == (
        ("how", "noted", "good"),
        ("noted", "which", ""),
        ("which", "glad", "it is good"),
        ("glad", "end", ""),
    )
    assert says(engine.turn(flow, begun(flow), Answered("bad"), MARIA, LATER).effects) == ["Thanks."]


def test_a_talk_can_begin_at_an_entry_with_answers_in_hand() -> None:
    flow = make({"how": HOW, "why": replace(HOW, text="Why?"), "end": End()}, entries=frozenset({"why"}))
    turn = engine.begin(flow, MARIA, MONDAY, at="why", answers={"goal": "a job"})
    assert turn.talk.answers == {"goal": "a job"}
    assert turn.walked == (("", "why", "another flow leads here"),)


def test_a_labelled_reply_is_kept_by_its_name() -> None:
    assert engine.turn(SMALL, begun(SMALL), Answered("bad", "not so well"), MARIA, LATER).talk.answers == {
        "mood": "bad"
    }


def test_words_are_kept_as_written_and_a_skip_leaves_nothing() -> None:
    flow = make({"why": Ask("Why?", when={ANYTHING: "end", SKIP: "end"}, reads=Reads.WORDS, save="why"), "end": End()})
    assert engine.turn(flow, begun(flow), Answered("anything", "it rained"), MARIA, LATER).talk.answers == {
        "why": "it rained"
    }
    talk = replace(begun(flow), answers={"why": "an earlier answer"})
    assert engine.turn(flow, talk, Answered("skip", "skip"), MARIA, LATER).talk.answers == {"why": ""}


def test_answers_can_pile_up_line_by_line() -> None:
    more = Ask(
        "What else?",
        when={ANYTHING: "more", FINISHED: "end", DONT_KNOW: "end"},
        reads=Reads.WORDS,
        save="ideas",
        adds=True,
    )
    flow = make({"more": more, "end": End()})
    talk = begun(flow)
    for said in (Answered("anything", "a job"), Answered("anything", "school"), Answered("finished", "done")):
        talk = engine.turn(flow, talk, said, MARIA, LATER).talk
    assert talk.answers == {"ideas": "a job\nschool"}


def test_a_question_that_saves_nothing_leaves_the_answers_alone() -> None:
    flow = make({"how": replace(HOW, save=None), "end": End()})
    assert engine.turn(flow, begun(flow), Answered("good"), MARIA, LATER).talk.answers == {}


def test_the_clients_own_ideas_are_the_menu() -> None:
    pick = Ask("Which?", when={PICKED: "end"}, reads=Reads.PICK, offers=ideas, save="idea")
    flow = make({"pick": pick, "end": End()})
    turn = engine.begin(flow, MARIA, MONDAY, answers={"ideas": "a job\nschool"})
    assert [effect.menu for effect in turn.effects if isinstance(effect, Send)] == [("a job", "school")]
    assert engine.turn(flow, turn.talk, Answered("picked", "school"), MARIA, LATER).talk.answers["idea"] == "school"


WHY = Ask("Why?", when={ANYTHING: "learned"}, reads=Reads.WORDS, save="why", takes_comment=True)
LEARNED = Ask("What did you learn?", when={ANYTHING: "end"}, reads=Reads.WORDS, save="learned", takes_comment=True)
REVIEW = make({"how": replace(HOW, when={GOOD: "end", BAD: "why"}), "why": WHY, "learned": LEARNED, "end": End()})


def test_words_behind_a_digit_answer_the_next_question_that_takes_them_and_only_that_one() -> None:
    turn = engine.turn(REVIEW, begun(REVIEW), Answered("bad", comment="kids got sick"), MARIA, LATER)
    assert says(turn.effects) == ["What did you learn?"]
    assert turn.talk.answers == {"mood": "bad", "comment": "kids got sick", "why": "kids got sick"}
    assert ("why", "learned", "anything") in turn.walked


def test_without_words_behind_the_digit_the_question_is_put() -> None:
    assert says(engine.turn(REVIEW, begun(REVIEW), Answered("bad"), MARIA, LATER).effects) == ["Why?"]


def test_the_first_unclear_reply_points_back_to_the_numbers() -> None:
    turn = engine.turn(SMALL, begun(SMALL), NotUnderstood(), MARIA, LATER)
    assert turn.effects == (Send(engine.DIDNT_GET_THE_CHOICE),)
    assert (turn.talk.at, turn.talk.misses, turn.talk.asked_at) == ("how", 1, MONDAY)


@pytest.mark.parametrize(
    ("ask", "says_sorry"),
    [
        (Ask("Why?", when={ANYTHING: "end"}, reads=Reads.WORDS), engine.DIDNT_GET_THE_WORDS),
        (
            Ask("When?", when={EXACT: "end", DAY_ONLY: "end", VAGUE: "end"}, reads=Reads.MOMENT),
            engine.DIDNT_GET_THE_TIME,
        ),
        (Ask("Which?", when={PICKED: "end"}, reads=Reads.PICK, offers=ideas), engine.DIDNT_GET_THE_CHOICE),
    ],
)
def test_an_unclear_reply_hears_what_is_looked_for(ask: Ask, says_sorry: Sentence) -> None:
    flow = make({"ask": ask, "end": End()})
    assert engine.turn(flow, begun(flow), NotUnderstood(), MARIA, LATER).effects == (Send(says_sorry),)


def test_where_no_numbers_were_shown_an_unclear_reply_hears_the_question_again() -> None:
    invite = make({"invite": Ask("Reply YES to start.", when={Reply("yes"): "end"}), "end": End()})
    assert says(engine.turn(invite, begun(invite), NotUnderstood(), MARIA, LATER).effects) == ["Reply YES to start."]


def test_a_menu_that_was_left_out_is_shown_after_an_unclear_reply() -> None:
    quiet = make({"still": replace(HOW, text="Still here.", lists_choices=False), "end": End()}, moved={"old": "still"})
    first = engine.begin(quiet, MARIA, MONDAY)
    assert first.effects == (Send(Sentence("small/still", "Still here.")),)
    again = engine.turn(quiet, replace(first.talk, at="old"), NotUnderstood(), MARIA, LATER)
    menu = (Sentence("small/still", "good"), Sentence("small/still", "bad"))
    assert again.effects == (Send(Sentence("small/still", "Still here."), menu),)
    assert engine.turn(quiet, first.talk, Answered("bad"), MARIA, LATER).talk.answers == {"mood": "bad"}


def test_the_second_unclear_reply_brings_a_person_and_the_talk_waits_at_its_question() -> None:
    talk = engine.turn(SMALL, begun(SMALL), NotUnderstood(), MARIA, LATER).talk
    turn = engine.turn(SMALL, talk, NotUnderstood(), MARIA, LATER)
    assert turn.effects == (
        TellWorker(Trigger.NOT_UNDERSTOOD, Level.U2, datetime(2027, 3, 2, 17, tzinfo=ZONE)),
        Send(Sentence("small/person", "A person will call by {due}.")),
    )
    assert turn.talk.over
    assert turn.parked == Talk("small", "how", MONDAY)
    assert turn.walked == (("how", "person", "not understood 2 times"),)


def test_an_answer_makes_earlier_misses_forgotten() -> None:
    flow = make({"how": replace(HOW, when={GOOD: "again", BAD: "end"}), "again": replace(HOW), "end": End()})
    talk = engine.turn(flow, begun(flow), NotUnderstood(), MARIA, LATER).talk
    assert engine.turn(flow, talk, Answered("good"), MARIA, LATER).talk.misses == 0


NUDGED = make(
    {
        "how": replace(HOW, if_silent=(hours(24), "nudge")),
        "nudge": replace(HOW, text="No rush.", if_silent=(hours(48), "quiet")),
        "quiet": End(tell_worker=(Trigger.QUIET, Level.U3)),
        "end": End(),
    }
)


def test_a_question_sets_a_timer_that_bears_its_own_moment() -> None:
    assert engine.begin(NUDGED, MARIA, MONDAY).effects[1:] == (WaitUntil(MONDAY + hours(24), MONDAY),)


def test_silence_goes_on_to_the_nudge_and_then_to_a_person() -> None:
    day_after = MONDAY + hours(24)
    nudge = engine.turn(NUDGED, begun(NUDGED), FellSilent(MONDAY), MARIA, day_after, Purpose.NUDGE)
    assert says(nudge.effects) == ["No rush."]
    assert [effect.purpose for effect in nudge.effects if isinstance(effect, Send)] == [Purpose.NUDGE]
    assert nudge.walked == (("how", "nudge", "silent for 24 hours"),)
    quiet = engine.turn(NUDGED, nudge.talk, FellSilent(day_after), MARIA, day_after + hours(48))
    assert [type(effect) for effect in quiet.effects] == [TellWorker]
    assert quiet.parked is None


def test_a_stale_timer_changes_nothing() -> None:
    talk = begun(NUDGED)
    assert engine.turn(NUDGED, talk, FellSilent(MONDAY - hours(1)), MARIA, LATER) == engine.Turn(talk)


def test_a_timer_at_a_question_that_no_longer_has_one_changes_nothing() -> None:
    talk = begun(SMALL)
    assert engine.turn(SMALL, talk, FellSilent(MONDAY), MARIA, LATER) == engine.Turn(talk)


def test_a_talk_that_is_over_hears_nothing_more() -> None:
    talk = replace(begun(SMALL), over=True)
    assert engine.turn(SMALL, talk, Answered("good"), MARIA, LATER) == engine.Turn(talk)


PRIVATE = make(
    {
        "how": replace(HOW, private="How did it go?", when={GOOD: "end", BAD: "said"}),
        "said": Say("Your step: {step}.", private="Your plan.", then="end"),
        "end": End("Your goal: {goal}.", private="All noted."),
    }
)


def test_a_shared_phone_or_a_private_goal_gets_the_private_sentence() -> None:
    shared = replace(MARIA, client=replace(MARIA.client, phone_is_shared=True))
    secret = replace(MARIA, goal=Goal(1, "leave him", private=True))
    for situation in (shared, secret):
        first = engine.begin(PRIVATE, situation, MONDAY)
        assert says(first.effects) == ["How did it go?"]
        rest = engine.turn(PRIVATE, first.talk, Answered("bad"), situation, LATER)
        assert says(rest.effects) == ["Your plan.", "All noted."]
    open_goal = replace(MARIA, goal=Goal(1, "get a card"))
    assert says(engine.begin(PRIVATE, open_goal, MONDAY).effects) == ["How is it?"]


def test_a_private_goal_in_the_making_gets_the_private_sentence_and_an_open_one_after_it_does_not() -> None:
    leaving = {"goal": "leave my husband", "step": "call my aunt"}
    assert says(engine.begin(PRIVATE, MARIA, MONDAY, answers=leaving).effects) == ["How did it go?"]
    secret = replace(MARIA, goal=Goal(1, "leave him", private=True))
    assert says(engine.begin(PRIVATE, secret, MONDAY, answers={"goal": "get a job"}).effects) == ["How is it?"]


def test_outside_office_hours_the_promise_is_another() -> None:
    end = End("You'll hear by {due}.", when_closed="We are closed.", tell_worker=(Trigger.ASKED_FOR_PERSON, Level.U1))
    flow = make({"how": HOW, "end": end})
    assert says(engine.turn(flow, begun(flow), Answered("good"), MARIA, LATER).effects) == ["You'll hear by {due}."]
    assert says(engine.turn(flow, begun(flow), Answered("good"), MARIA, SATURDAY).effects) == ["We are closed."]


@pytest.mark.parametrize("then", [Into("goal_setting", "step", ("next",)), Parked.TAKEN_UP, Parked.BEGUN_AGAIN])
def test_an_end_names_what_follows_in_the_same_breath(then: Into | Parked) -> None:
    flow = make({"how": HOW, "end": End(then=then)})
    turn = engine.turn(flow, begun(flow), Answered("good"), MARIA, LATER)
    assert turn.goes_on == then
    assert turn.effects == ()


def test_a_question_put_again_is_asked_now_and_by_its_new_name() -> None:
    flow = make({"how": replace(HOW, if_silent=(hours(24), "end")), "end": End()}, moved={"mood": "how"})
    again = engine.ask_again(flow, Talk("small", "mood", MONDAY, {"goal": "a job"}, misses=1), MARIA, LATER)
    assert again.talk == Talk("small", "how", LATER, {"goal": "a job"})
    assert says(again.effects) == ["How is it?"]
    assert again.effects[1:] == (WaitUntil(LATER + hours(24), LATER, texts=False),)
    assert again.walked == ()


def test_a_client_who_waited_through_a_release_goes_on_at_the_renamed_step() -> None:
    talk = begun(SMALL)
    steps: dict[str, Step] = {"first": HOW, "feeling": HOW, "end": End("Thanks.")}
    steps["first"] = replace(HOW, when={GOOD: "feeling", BAD: "feeling"})
    newer = make(steps, moved={"how": "feeling"})
    turn = engine.turn(newer, talk, Answered("good"), MARIA, LATER)
    assert says(turn.effects) == ["Thanks."]
    assert turn.walked == (("feeling", "end", "good"),)


@pytest.mark.parametrize("at", ["gone", "end"])
def test_a_talk_at_a_step_that_is_gone_or_no_question_is_lost(at: str) -> None:
    with pytest.raises(engine.LostStepError, match=f"small/{at}"):
        engine.turn(SMALL, Talk("small", at, MONDAY), Answered("good"), MARIA, LATER)


MOMENT_REPLIES = {EXACT: "end", DAY_ONLY: "end", VAGUE: "end"}
HOUR = Ask("What time {when}?", when=MOMENT_REPLIES, reads=Reads.MOMENT, save="when", on_the_day=True)
WHEN = Ask("When?", when=MOMENT_REPLIES, reads=Reads.MOMENT, save="when")
LOCAL_NOW = MONDAY.astimezone(ZONE)


def test_an_hour_is_read_on_the_day_that_was_named() -> None:
    talk = Talk("small", "hour", MONDAY, {"when": "2027-03-04"})
    assert engine.read_from(HOUR, talk, LOCAL_NOW) == datetime(2027, 3, 4, tzinfo=ZONE)


def test_an_hour_today_is_read_from_now() -> None:
    talk = Talk("small", "hour", MONDAY, {"when": str(date(2027, 3, 1))})
    assert engine.read_from(HOUR, talk, LOCAL_NOW) == LOCAL_NOW


@pytest.mark.parametrize(
    ("ask", "answers"),
    [
        (WHEN, {"when": "2027-03-04"}),
        (HOUR, {"when": "2027-03-04T10:00-08:00"}),
        (HOUR, {"when": "soon"}),
        (HOUR, {}),
        (HOW, {"mood": "2027-03-04"}),
    ],
)
def test_other_days_and_times_are_read_from_now(ask: Ask, answers: Mapping[str, str]) -> None:
    assert engine.read_from(ask, Talk("small", "ask", MONDAY, answers), LOCAL_NOW) == LOCAL_NOW


def test_a_vague_hour_leaves_the_day_that_was_named() -> None:
    flow = make({"hour": HOUR, "end": End()})
    talk = replace(begun(flow), answers={"when": "2027-03-04"})
    assert engine.turn(flow, talk, Answered("vague", "dunno"), MARIA, LATER).talk.answers == {"when": "2027-03-04"}
    exact = engine.turn(flow, talk, Answered("exact", "2027-03-04T10:00-08:00"), MARIA, LATER)
    assert exact.talk.answers == {"when": "2027-03-04T10:00-08:00"}


def test_every_way_of_reading_has_an_apology() -> None:
    assert set(engine.DIDNT_GET) == set(Reads)
