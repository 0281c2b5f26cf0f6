from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.county import County
from conversations.dates import say_hour, say_moment, say_near
from conversations.effects import (
    CancelNudges,
    Effect,
    PlanNudge,
    Preference,
    Purpose,
    ReviewStep,
    SaveGoal,
    Send,
    SendWords,
    Sentence,
    SetPreference,
    TellWorker,
    Texted,
)
from conversations.escalations import Level, Trigger
from conversations.goals import Goal, GoalEvent, GoalStatus, Moment, Step, StepStatus
from conversations.labels import label
from conversations.languages import Encoding, Language, Review, TimeWords
from conversations.nudges import NudgeKind
from conversations.situation import Client, Situation
from conversations.wording import fill, say, texted

LA = ZoneInfo("America/Los_Angeles")
NOW = datetime(2025, 3, 3, 18, 0, tzinfo=UTC)
COUNTY = County("Koster", "Goal Line", "707-555-0134", LA)
STEP = Step(1, "sign up for the class", Moment(datetime(2025, 3, 4, 10, 0, tzinfo=LA)), "library", obstacle="no sitter")
GOAL = Goal(1, "a real job", step=replace(STEP, detour="I ask my sister"))
CLIENT = Client("c1", "Maria", "en", LA, worker="Ana")
SITUATION = Situation(CLIENT, COUNTY, goal=GOAL)
NO_TIMES = cast("TimeWords", None)

SPANISH = {
    "How does it look?": "¿Cómo lo ve?",
    "talk to {worker}": "hablar con {worker}",
    "your plan": "su plan",
    "soon": "pronto",
    "Step: {step}, {when}.": "Paso: {step}, {when}.",
}


def language(code: str, encoding: Encoding = Encoding.KEEP) -> Language:
    def translate(_context: str, sentence: str) -> str:
        return SPANISH.get(sentence, sentence) if code == "es" else sentence

    return Language(code, code, translate, {}, {}, {}, NO_TIMES, encoding, Review())


LANGUAGES = {"en": language("en"), "es": language("es")}


def send(text: str, *menu: Sentence | str, **answers: str) -> Send:
    return Send(Sentence("flow/step", text), menu, answers)


def bodies(*effects: Effect, situation: Situation = SITUATION) -> list[str]:
    return [effect.body for effect in say(effects, situation, LANGUAGES, NOW) if isinstance(effect, Texted)]


def body(text: str, *others: Effect, situation: Situation = SITUATION, **answers: str) -> str:
    return bodies(*others, send(text, **answers), situation=situation)[-1]


def test_a_send_becomes_a_text_and_everything_else_stays_in_its_place() -> None:
    cancelled = CancelNudges(frozenset({NudgeKind.CHECK_IN}), "done")
    said = say([cancelled, send("Hi {name}."), cancelled], SITUATION, LANGUAGES, NOW)
    assert said == [cancelled, Texted("Hi Maria.", "en", 1, "GSM-7", Purpose.REPLY, "flow/step"), cancelled]


def test_a_workers_words_go_out_as_written_less_the_marks_that_a_phone_adds() -> None:
    said = say([SendWords("It\u2019s at 10:\n{name} \u202eok")], SITUATION, LANGUAGES, NOW)
    assert said == [Texted("It's at 10:\n{name} ok", "en", 1, "GSM-7", Purpose.NUDGE)]


def test_a_menu_is_numbered_after_the_sentence() -> None:
    change = Sentence("flow/step", "talk to {worker}")
    assert bodies(send("What now?", "finish the form", change)) == ["What now? 1 finish the form, 2 talk to Ana"]


def test_a_clients_own_words_in_a_menu_are_one_short_line() -> None:
    words = "a job\nwith set hours and a boss who is kind"
    assert bodies(send("Which?", words)) == ["Which? 1 a job with set hours and a boss"]


def test_a_switch_of_language_counts_from_there_on() -> None:
    asked = send("How does it look?", Sentence("flow/step", "talk to {worker}"))
    switch = SetPreference(Preference.LANGUAGE, "es")
    assert bodies(asked, switch, asked) == ["How does it look? 1 talk to Ana", "¿Cómo lo ve? 1 hablar con Ana"]


def test_a_language_that_is_not_on_gives_way_to_the_countys_first() -> None:
    situation = replace(SITUATION, client=replace(CLIENT, language="tlh"))
    assert bodies(send("How does it look?"), situation=situation) == ["How does it look?"]


def test_what_the_client_typed_is_never_read_as_a_template() -> None:
    assert body("Step: {step}.", step="{name} {phone.__class__} %s") == "Step: {name} {phone.__class__} %s."


@pytest.mark.parametrize("template", ["Hi {nobody}.", "Hi {name.__class__}.", "Hi {}.", "Hi {0}.", "Hi {name!r}."])
def test_a_name_that_is_not_on_the_list_leaves_nothing_behind(template: str) -> None:
    assert body(template) == "Hi."


def test_the_answers_of_the_talk_come_before_the_saved_goal_and_that_before_the_known_one() -> None:
    saved = SaveGoal(replace(GOAL, step=replace(STEP, text="finish the form")), GoalEvent.REVISED)
    assert body("{step}") == "Sign up for the class"
    assert body("{step}", saved) == "Finish the form"
    assert body("{step}", saved, step="call the school") == "Call the school"


def test_a_goal_that_was_replaced_just_now_is_not_spoken_of() -> None:
    new = SaveGoal(Goal(2, "a car"), GoalEvent.SET)
    old = SaveGoal(replace(GOAL, status=GoalStatus.REPLACED), GoalEvent.REPLACED, replaced_by=2)
    assert body("{goal}", new, old) == "A car"


def test_a_recap_says_back_the_whole_plan() -> None:
    recap = "Your plan: {step}. When: {when}. How: {where}. If {obstacle}: {detour}."
    assert body(recap) == (
        "Your plan: sign up for the class. When: Tue Mar 4, 10am. How: library. If no sitter: I ask my sister."
    )


def test_the_countys_own_values_are_filled_in() -> None:
    assert body("{program}, {county}, {phone}, {weeks}") == "Goal Line, Koster, 707-555-0134, 2"


def test_the_count_of_steps_holds_the_one_that_was_reported_just_now() -> None:
    situation = replace(SITUATION, steps_this_month=2)
    assert body("{n}", ReviewStep(1, STEP, StepStatus.DONE), situation=situation) == "3"
    assert body("{n}", ReviewStep(1, STEP, StepStatus.SOME), situation=situation) == "2"
    again = ReviewStep(1, replace(STEP, status=StepStatus.DONE), StepStatus.DONE)
    assert body("{n}", again, situation=situation) == "2"


def test_the_reminder_and_the_promise_are_said_in_the_clients_zone() -> None:
    east = replace(SITUATION, client=replace(CLIENT, zone=ZoneInfo("America/New_York")))
    moved = PlanNudge(NudgeKind.STEP_REMINDER, "k", NOW)
    reminder = PlanNudge(NudgeKind.STEP_REMINDER, "k", datetime(2025, 3, 4, 15, 0, tzinfo=UTC))
    check_in = PlanNudge(NudgeKind.CHECK_IN, "k", NOW + timedelta(days=2))
    promises = [
        TellWorker(Trigger.QUIET, Level.U3, NOW),
        TellWorker(Trigger.MEDIA, Level.U1, datetime(2025, 3, 5, 20, 0, tzinfo=UTC)),
    ]
    assert body("text {remind}, hear {due}", moved, reminder, check_in, *promises, situation=east) == (
        "text Tue 10am, hear Wed 3pm"
    )


def test_a_missing_value_has_a_stand_in_that_lets_the_sentence_read_on() -> None:
    nothing = replace(SITUATION, goal=None, client=replace(CLIENT, worker=""))
    assert body("{worker} knows {goal}, {step}, {when}.", situation=nothing) == (
        "Our team knows your plan, your plan, soon."
    )
    assert body("At {where}, if {obstacle}: {detour}. By {due}, {remind}.", situation=nothing) == (
        "At your own way, if plans change: text 0 for a person. By soon, soon."
    )


def test_a_nameless_client_is_greeted_without_a_gap() -> None:
    nameless = replace(SITUATION, client=replace(CLIENT, first_name=""))
    assert body("Hi {name}. Hello", situation=nameless) == "Hi. Hello"


PRIVATE_GOAL = replace(SITUATION, goal=replace(GOAL, private=True))
SHARED_PHONE = replace(SITUATION, client=replace(CLIENT, phone_is_shared=True))


@pytest.mark.parametrize("situation", [PRIVATE_GOAL, SHARED_PHONE])
def test_no_word_of_a_private_plan_gets_into_a_text(situation: Situation) -> None:
    said = body("{goal}. {step}. {where}. {obstacle}. {detour}. {when}", situation=situation, when="after my group")
    assert said == "Your plan. Your plan. Your own way. Plans change. Text 0 for a person. Soon"


def test_a_private_plan_still_has_its_day_and_hour() -> None:
    assert body("On {when}", situation=PRIVATE_GOAL) == "On Tue Mar 4, 10am"


def test_a_phone_that_turns_out_to_be_shared_is_treated_so_from_there_on() -> None:
    shared = SetPreference(Preference.PHONE_IS_SHARED, "yes")
    assert bodies(send("On {step}"), shared, send("On {step}")) == ["On sign up for the class", "On your plan"]


def test_a_phone_that_is_the_clients_own_again_is_treated_so_from_there_on() -> None:
    own = SetPreference(Preference.PHONE_IS_SHARED, "no")
    assert bodies(own, send("On {step}"), situation=SHARED_PHONE) == ["On sign up for the class"]


def test_a_goal_that_is_made_private_just_now_is_private() -> None:
    assert body("On {step}", SaveGoal(replace(GOAL, private=True), GoalEvent.SET)) == "On your plan"


def test_a_time_that_was_asked_for_and_not_known_is_not_the_one_before() -> None:
    assert body("When: {when}", when="") == "When: soon"


def test_stand_ins_are_translated() -> None:
    spanish = replace(SITUATION, goal=None, client=replace(CLIENT, language="es"))
    assert body("Step: {step}, {when}.", situation=spanish) == "Paso: su plan, pronto."


@pytest.mark.parametrize(
    ("stored", "english", "spanish"),
    [
        ("2025-03-04T10:00-08:00", "Tue Mar 4, 10am", "martes 4 mar, 10am"),
        ("2025-03-04T14:30-08:00", "Tue Mar 4, 2:30pm", "martes 4 mar, 2:30pm"),
        ("2025-03-05", "Wed Mar 5", "miércoles 5 mar"),
        ("2025-09-06", "Sat Sep 6", "sábado 6 sept"),
        ("2025-05-04T00:05-07:00", "Sun May 4, 12:05am", "domingo 4 may, 12:05am"),
        ("after lunch", "after lunch", "after lunch"),
    ],
)
def test_a_moment_is_said_in_one_fixed_form(stored: str, english: str, spanish: str) -> None:
    spanish_client = replace(SITUATION, client=replace(CLIENT, language="es"))
    assert body("On {when}", when=stored) == f"On {english}"
    assert body("On {when}", situation=spanish_client, when=stored) == f"On {spanish}"


def test_noon_and_midnight_are_said_as_clients_type_them() -> None:
    assert say_hour(datetime(2025, 3, 4, 12, 0, tzinfo=LA)) == "12pm"
    assert say_hour(datetime(2025, 3, 4, 0, 0, tzinfo=LA)) == "12am"


def test_a_weekday_that_would_be_taken_for_an_earlier_one_has_its_date() -> None:
    assert say_near(NOW + timedelta(days=6), "en", LA, NOW) == "Sun 11am"
    assert say_near(NOW + timedelta(days=7), "en", LA, NOW) == "Mon Mar 10, 11am"


def test_a_language_without_forms_of_its_own_says_days_in_english() -> None:
    assert say_moment(date(2025, 3, 4), "hmn", LA) == "Tue Mar 4"


@pytest.mark.parametrize(
    ("words", "longest", "short"),
    [
        ("no sitter", 24, "no sitter"),
        ("sign up for the class online today", 32, "sign up for the class online"),
        ("antidisestablishmentarianism", 10, "antidisest"),
        ("a antidisestablishmentarianism", 10, "a antidise"),
        ("Koster St.", 32, "Koster St"),
        ("call the school about the field trip form", 32, "call the school about the field"),
        ("call the school about the field trip form", 20, "call the school"),
        ("call the school about", 32, "call the school about"),
        ("llamar a la escuela de mi hija", 14, "llamar"),
        ("ask my boss for the day off (Friday)", 32, "ask my boss for the day off"),
        ("ask my boss for (all of) Friday off", 32, "ask my boss for (all of) Friday"),
        ("ask my boss (the nice one) to sign it", 20, "ask my boss"),
        ("buy milk, eggs & bread for the party", 17, "buy milk, eggs"),
        ("the the the the the the", 13, "the"),
        ("((((((((((((", 6, "((((("),
        ("one\r\ntwo\tthree\u2028four", 32, "one two three four"),
        ("\u202eabc\u200f \x07\ufeff\ud800", 32, "abc"),
        ("می\u200cخواهم", 32, "می\u200cخواهم"),
        ("ab👩\u200d👩\u200d👧", 4, "ab"),
        ("abq\u0308\u0323", 3, "ab"),
        ("\u0301\u0301\u0301", 2, ""),
    ],
)
def test_a_label_is_one_clean_line_of_limited_length(words: str, longest: int, short: str) -> None:
    assert label(words, longest) == short


@given(st.text(max_size=80), st.integers(1, 40))
def test_no_label_is_longer_than_it_may_be_or_has_more_than_one_line(words: str, longest: int) -> None:
    found = label(words, longest)
    assert len(found) <= longest
    assert len(found.splitlines()) <= 1


@given(st.text())
def test_filling_never_reads_a_value_again(words: str) -> None:
    assert fill("x {a}", lambda _name: words) == (f"x {words}" if words else "x")


def test_accents_are_kept_or_folded_as_the_language_wants() -> None:
    kept = texted("¿Cuándo lo hará?", language("es"), Purpose.REPLY)
    folded = texted("¿Cuándo lo hará?", language("es", Encoding.FOLD), Purpose.REPLY)
    assert (kept.body, kept.encoding) == ("¿Cuándo lo hará?", "UCS-2")
    assert (folded.body, folded.encoding) == ("¿Cuando lo hara?", "GSM-7")
