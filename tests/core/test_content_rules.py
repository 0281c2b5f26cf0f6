from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from babel.messages.pofile import read_po

from bot.content_rule_lists import load_rule_lists
from conversations.catalog import Line, standing_alone
from conversations.content_rules import check, hints
from conversations.effects import Sentence
from conversations.escalations import Level, Trigger
from conversations.flows import FLOWS
from conversations.languages import Encoding, Language, Review, TimeWords
from conversations.notation import ANYTHING, PICKED, Ask, Do, End, Flow, Reads, Reply, Say, Step, days
from conversations.reading_level import english_syllables, spanish_syllables, too_hard
from conversations.text_rules import Broken, RuleLevel, RuleLists

LISTS = load_rule_lists(["en", "es"])
REVIEWED = Review("A. Translator", "2026-11-01")
SPANISH = Path(__file__).parents[2] / "locales/es/LC_MESSAGES/milepost.po"


def language(
    code: str = "en",
    translations: Mapping[tuple[str, str], str] | None = None,
    review: Review = REVIEWED,
    encoding: Encoding = Encoding.KEEP,
) -> Language:
    def translate(context: str, sentence: str) -> str:
        return (translations or {}).get((context, sentence), sentence)

    no_times = cast("TimeWords", None)
    opt_out = {"opt_out": frozenset({"no more"})}
    return Language(code, code, translate, {}, {}, opt_out, no_times, encoding, review)


def rules(found: list[Broken], level: RuleLevel = RuleLevel.ERROR) -> set[str]:
    return {broken.rule for broken in found if broken.level is level}


def check_text(text: str, *menu: str, context: str = "flow/step", ideas: int = 0) -> list[Broken]:
    line = Line(Sentence(context, text), tuple(Sentence(context, label) for label in menu), ideas)
    return check({}, [line], {"en": language()}, LISTS)


def check_spanish(english: str, spanish: str, encoding: Encoding = Encoding.KEEP) -> list[Broken]:
    spoken = language("es", {("flow/step", english): spanish}, encoding=encoding)
    return check({}, [Line(Sentence("flow/step", english))], {"es": spoken}, LISTS)


def test_every_text_in_every_language_keeps_all_rules() -> None:
    with SPANISH.open("rb") as source:
        catalog = read_po(source)
    translations = {
        (message.context or "", str(message.id)): str(message.string) for message in catalog if message.string
    }
    languages = {"en": language(), "es": language("es", translations)}
    found = check(FLOWS, standing_alone(), languages, LISTS)
    assert [broken for broken in found if broken.level is RuleLevel.ERROR] == []


def test_a_good_text_breaks_nothing() -> None:
    assert check_text("Hi {name}. How did it go: {step}?", "done", "some of it", "not yet") == []


def test_a_breach_says_which_text_in_which_language_and_what_to_do() -> None:
    assert check_text("You should call.") == [
        Broken(
            "R2",
            RuleLevel.ERROR,
            "flow/step",
            "en",
            '"you should"',
            "Ask or offer instead of telling: what would, you can.",
        )
    ]


@pytest.mark.parametrize("text", ["Make sure you call.", "Don\u2019t forget the form.", "YOU NEED TO call."])
def test_r2_no_orders(text: str) -> None:
    assert "R2" in rules(check_text(text))


@pytest.mark.parametrize("text", ["You failed.", "What are your barriers?", "You didn't call.", "A mandatory visit."])
def test_r3_no_words_of_failing_or_force(text: str) -> None:
    assert "R3" in rules(check_text(text))


def test_r3_looks_at_whole_words() -> None:
    assert rules(check_text("Mustard and a new way.")) == set()


def test_r3_looks_at_the_menu_too() -> None:
    assert "R3" in rules(check_text("How was it?", "done", "I failed"))


@pytest.mark.parametrize(
    "text", ["Your CalWORKs plan.", "Your id is 123 45 6789.", "Id 1234567.", "You get $50.", "Your case number."]
)
def test_r4_nothing_that_tells_on_the_client(text: str) -> None:
    assert "R4" in rules(check_text(text))


def test_r4_lets_short_numbers_pass() -> None:
    assert rules(check_text("Call 988 or 911. Up to 12 texts.")) == set()


@pytest.mark.parametrize("text", ["What now? And who?", "Ready?? Go."])
def test_r5_one_question(text: str) -> None:
    assert "R5" in rules(check_text(text))


def test_r7_a_prompt_is_one_part_with_the_longest_values() -> None:
    assert "R7" in rules(check_text("{step}. {goal}. " + "A good plan. " * 8))
    assert "R7" not in rules(check_text("{step}. {goal}. " + "A good plan. " * 7))


def test_r7_a_recap_is_two_parts() -> None:
    assert "R7" not in rules(check_text("{step}. {goal}. {where}. {detour}. " + "A good plan. " * 9))
    assert "R7" in rules(check_text("{step}. {goal}. {where}. {detour}. " + "A good plan. " * 14))


def test_r7_counts_the_menu_and_the_clients_ideas() -> None:
    filling = "A good plan. " * 5
    assert "R7" not in rules(check_text(filling))
    assert "R7" in rules(check_text(filling, "a" * 50, "b" * 50))
    assert "R7" in rules(check_text(filling, ideas=3))


def test_r7_accents_may_cost_one_part_more_where_the_plain_letters_fit() -> None:
    english = "A good plan. " * 12
    assert "R7" not in rules(check_spanish(english, "Qué bien así. " * 9))
    assert "R7" in rules(check_spanish(english, "Qué bien así. " * 10))
    assert "R7" in rules(check_spanish(english, "Que bien asi. " * 12))
    assert "R7" not in rules(check_spanish(english, "Qué bien así. " * 11, Encoding.FOLD))


def test_r7_other_scripts_have_three_parts() -> None:
    english = "A good plan."
    assert "R7" not in rules(check_spanish(english, "план " * 40))
    assert "R7" in rules(check_spanish(english, "план " * 41))


def test_r8_short_words_and_sentences() -> None:
    hard = "Individual accountability necessitates documentation regarding anticipated accomplishments."
    assert "R8" in rules(check_text(hard))
    assert "R8" in rules(check_text("We go on and on and on and on and on and on and on and on."))
    assert "R8" in rules(check_spanish("A good plan.", "Responsabilidad individual necesita documentación anticipada."))


def test_r8_leaves_out_what_is_said_to_readers_of_another_language() -> None:
    assert rules(check_text("OK, in English. Para español, por favor escriba inmediatamente ESPANOL.")) == set()


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("make", 1), ("table", 2), ("asked", 1), ("wanted", 2), ("plans", 1), ("any", 2), ("the", 1)],
)
def test_english_syllables(word: str, syllables: int) -> None:
    assert english_syllables(word) == syllables


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("qué", 1), ("guía", 2), ("día", 2), ("bien", 1), ("ciudad", 2), ("plan", 1), ("y", 1), ("leer", 2), ("muy", 1)],
)
def test_spanish_syllables(word: str, syllables: int) -> None:
    assert spanish_syllables(word) == syllables


def test_a_formula_says_nothing_of_a_few_words() -> None:
    assert too_hard("Accountability. Individual.", "flesch_kincaid") == ""


def test_r9_a_fallback_names_a_person() -> None:
    assert "R9" in rules(check_text("Sorry, what was that?", context="fallback/choice"))
    assert "R9" not in rules(check_text("Sorry, what was that? Or text 0.", context="fallback/choice"))


@pytest.mark.parametrize("label", ["cancel", "Stop", "no more"])
def test_r10_no_choice_is_a_word_that_ends_the_texts(label: str) -> None:
    assert "R10" in rules(check_text("What now?", "go on", label))


def test_r10_no_two_choices_read_the_same() -> None:
    assert "R10" in rules(check_text("What now?", "later", "later"))


def test_r10_no_menu_is_typed_into_a_sentence() -> None:
    assert "R10" in rules(check_text("What now? 1 go on, 2 later"))


@pytest.mark.parametrize("link", ["https://koster.example/x", "www.koster.example", "bit.ly/2x", "koster.gov"])
def test_r16_no_links(link: str) -> None:
    assert "R16" in rules(check_text(f"See {link} now."))


@pytest.mark.parametrize("text", ["\u201cHi\u201d", "Go \u2014 now.", "Wait\u2026", "Hi\u00a0you", "Nice 🎉"])
def test_r17_plain_signs(text: str) -> None:
    assert "R17" in rules(check_text(text))


@pytest.mark.parametrize("text", ["Nice! Great!", "Call NOW."])
def test_r18_no_shouting(text: str) -> None:
    assert "R18" in rules(check_text(text), RuleLevel.WARNING)


def test_r18_commands_are_in_capitals() -> None:
    assert check_text("Text STOP to end.") == []


@pytest.mark.parametrize("name", ["last_name", "surname", "full_name"])
def test_r19_never_the_last_name(name: str) -> None:
    assert "R19" in rules(check_text(f"Hi {{{name}}}."))


@pytest.mark.parametrize(
    "text", ["Hi {nobody}.", "Hi {name.__class__}.", "Hi {0}.", "Hi {name", "Hi name}", "{{name}}"]
)
def test_r20_only_placeholders_of_the_list(text: str) -> None:
    assert "R20" in rules(check_text(text))


@pytest.mark.parametrize("spanish", ["Hola.", "Hola {name}, {worker}.", "Hola {nombre}.", "Hi {name}."])
def test_r20_a_translation_is_there_and_has_the_placeholders_of_its_sentence(spanish: str) -> None:
    assert "R20" in rules(check_spanish("Hi {name}.", spanish))


def test_r20_a_language_without_a_reviewer_is_reported_as_a_draft() -> None:
    found = check({}, [], {"es": language("es", review=Review())}, LISTS)
    assert [(broken.rule, broken.level, broken.language) for broken in found] == [("R20", RuleLevel.DRAFT, "es")]


DONE, NOT_YET, YES = Reply("done", "done"), Reply("not_yet", "not yet"), Reply("yes", "yes")
PERSON = End("OK, {worker} will call.", tell_worker=(Trigger.NOT_UNDERSTOOD, Level.U2))


def flow_of(start: str = "ask", name: str = "flow", **steps: Step) -> Flow:
    return Flow(name, "A flow for a test.", start, {**steps, "person": PERSON}, if_unclear=(2, "person"))


def check_flow(flow: Flow, lists: Mapping[str, RuleLists] = LISTS) -> list[Broken]:
    return check({flow.name: flow}, [], {"en": language()}, lists)


def where(found: list[Broken], rule: str) -> list[str]:
    return [broken.where for broken in found if broken.rule == rule]


def words(text: str, then: str, **rest: str) -> Ask:
    return Ask(text, reads=Reads.WORDS, when={ANYTHING: then}, save=rest.get("save"))


def test_r6_most_questions_are_open() -> None:
    closed = flow_of(ask=words("Do you want to go?", "what"), what=words("What now?", "person"))
    assert where(check_flow(closed), "R6") == ["flow"]
    opened = flow_of(ask=words("Good. How will you go?", "what"), what=words("What now?", "person"))
    assert check_flow(opened) == []


def review(after: Step, then: Step = PERSON) -> Flow:
    asked = Ask("Is it done?", when={DONE: "person", NOT_YET: "note"})
    return flow_of(ask=asked, note=Do(lambda _known: (), then="learn"), learn=after, last=then)


def test_r13_a_reply_to_a_setback_begins_with_thanks() -> None:
    assert where(check_flow(review(words("What got in the way?", "last"))), "R13") == ["flow/note"]
    assert check_flow(review(words("Thanks for telling me. What got in the way?", "last"))) == []


def test_r9_a_menu_after_a_setback_offers_a_person_or_a_pause() -> None:
    thanks = words("Thanks. What got in the way?", "last")
    menu = Ask("What fits now?", when={YES: "person"})
    pause = Ask("What fits now?", when={YES: "person", Reply("pause", "a pause"): "person"})
    person = Ask("What fits now?", when={Reply("talk", "talk to {worker}"): "person"})
    assert where(check_flow(review(thanks, menu)), "R9") == ["flow/last"]
    assert check_flow(review(thanks, pause)) == []
    assert check_flow(review(thanks, person)) == []


def test_r9_the_last_nudge_names_a_person() -> None:
    def nudged(text: str) -> Flow:
        first = Ask("How is it?", when={YES: "person"}, if_silent=(days(1), "nudge"))
        return flow_of(
            ask=first,
            nudge=Ask("How about now?", when={YES: "person"}, if_silent=(days(1), "last_nudge")),
            last_nudge=Ask(text, when={YES: "person"}, if_silent=(days(1), "person")),
        )

    assert where(check_flow(nudged("How is it today?")), "R9") == ["flow/last_nudge"]
    assert check_flow(nudged("How is it today? Or text 0.")) == []


def test_r9_the_last_miss_tells_a_person() -> None:
    flow = Flow("flow", "A flow for a test.", "ask", {"ask": words("What now?", "end"), "end": End()}, (2, "end"))
    assert where(check_flow(flow), "R9") == ["flow/end"]


def test_r9_the_welcome_names_the_ways_to_stop_and_to_get_help() -> None:
    assert where(check_flow(flow_of("say", "welcome", say=Say("Welcome.", "person"))), "R9") == ["welcome"]
    named = flow_of("say", "welcome", say=Say("HELP for help, STOP to end.", "person"))
    assert check_flow(named) == []


def test_r10_six_choices_only_for_areas() -> None:
    areas = {Reply(name, f"area {name}"): "person" for name in "abcdef"}
    assert check_flow(flow_of(ask=Ask("Which is it?", when=areas))) == []
    ways = {**areas, Reply("f", "area f"): "other"}
    split = flow_of(ask=Ask("Which is it?", when=ways), other=PERSON)
    assert where(check_flow(split), "R10") == ["flow/ask"]


PARTS = ("goal", "step", "when", "where", "obstacle", "detour", "first_action")


def planning(parts: tuple[str, ...], recap: str) -> Flow:
    asks = {
        part: words("What is it?", then, save=part) for part, then in zip(parts, (*parts[1:], "recap"), strict=True)
    }
    return flow_of("goal", "flow", **asks, recap=Say(recap, "person"))


def test_r11_a_goal_has_its_whole_plan() -> None:
    recap = "{step}, {when}. If {obstacle}: {detour}."
    assert check_flow(planning(PARTS, recap)) == []
    without_detour = tuple(part for part in PARTS if part != "detour")
    assert where(check_flow(planning(without_detour, recap)), "R11") == ["flow"]
    assert where(check_flow(planning(PARTS, "{step}, {when}.")), "R11") == ["flow"]


def test_the_private_and_the_closed_forms_are_checked_too() -> None:
    person = replace(PERSON, private="You must.", when_closed="You failed.")
    steps: dict[str, Step] = {"say": Say("Hi.", "person", private="You have to."), "person": person}
    flow = Flow("flow", "A flow for a test.", "say", steps, if_unclear=(2, "person"))
    assert where(check_flow(flow), "R3") == ["flow/say", "flow/person", "flow/person"]


def test_a_list_of_ideas_counts_at_its_longest() -> None:
    pick = Ask(
        "Which of these? " + "A good one. " * 6, when={PICKED: "person"}, reads=Reads.PICK, offers=lambda _known: ()
    )
    assert where(check_flow(flow_of(ask=pick)), "R7") == ["flow/ask"]


def test_a_workers_words_get_hints() -> None:
    found = hints("You must call! See bit.ly/x \u2026 NOW! Who? Why?", language(), LISTS["en"])
    assert rules(found, RuleLevel.WARNING) == {"R3", "R5", "R16", "R17", "R18"}
    assert rules(found) == set()


def test_a_workers_words_that_tell_on_the_client_are_an_error() -> None:
    assert rules(hints("Your case number is 1234567.", language(), LISTS["en"])) == {"R4"}


def test_a_worker_may_name_the_countys_number_and_use_braces() -> None:
    assert hints("Call me: 707-555-0134 {ok}", language(), LISTS["en"], ["707-555-0134"]) == []


def test_lists_have_no_entry_that_another_makes_useless() -> None:
    for lists in LISTS.values():
        for words_of in (lists.banned, lists.directive, lists.private):
            assert len(set(words_of)) == len(words_of)
            assert all(word.strip("*") for word in words_of)


def test_lists_can_differ_by_language() -> None:
    strict = {"en": replace(LISTS["en"], banned=("maybe",))}
    assert where(check_flow(flow_of("say", say=Say("Maybe so.", "person")), strict), "R3") == ["flow/say"]
