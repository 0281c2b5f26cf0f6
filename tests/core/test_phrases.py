"""The notation of phrases, and how a text is searched for them."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages import load_languages
from conversations.phrases import Kind, PhraseBook, PhraseError, phrase_book, read

LANGUAGES = load_languages(("en", "es"))


def book(*phrases: str, unlike: tuple[str, ...] = (), doubtful: tuple[str, ...] = (), **more: object) -> PhraseBook:
    by_kind = {Kind.SURE: phrases, Kind.DOUBTFUL: doubtful, Kind.UNLIKE: unlike}
    given: dict[str, Mapping[str, list[str]]] = {"sets": {}, "spellings": {}, **more}  # type: ignore[dict-item]
    return phrase_book({"it": by_kind}, given["sets"], given["spellings"], more.get("real_words", ()))  # type: ignore[arg-type]


def means(text: str, *phrases: str, people: tuple[str, ...] = (), **more: object) -> Kind | None:
    found, _sounds_so = read(text, [book(*phrases, **more)], {"it"}, people)  # type: ignore[arg-type]
    return found.get("it")


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("stop it", "please STOP it now"),
        ("suicid*", "i feel suicidal"),
        ("(he|my man) hit me", "my man hit me"),
        ("(he|my man) hit me", "he hit me"),
        ("end it [all]", "end it"),
        ("end it [all]", "end it all"),
        ("no .. food", "no food"),
        ("no .. food", "no more baby food"),
        ("[so] hungry", "hungry"),
        ("(a [b]|c)", "a b"),
        ("[very] (sick|ill) .. [of] it", "ill and tired of it"),
        ("^ stop", "stop now"),
        ("(^ stop|please stop)", "stop now"),
        ("stop $", "now stop"),
        ("no* más", "nomás... NO MÁS"),
        ("don't", "dont"),
        ("diiie", "die"),
        ("killing", "kiling"),
    ],
)
def test_a_phrase_is_heard(phrase: str, text: str) -> None:
    assert means(text, phrase) is Kind.SURE


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("stop it", "stopit"),
        ("stop it", "stop bit"),
        ("stop it", "stop"),
        ("suicid*", "sui cide"),
        ("(he|my man) hit me", "my hit me"),
        ("no .. food", "no one here has any food"),
        ("^ stop", "now stop"),
        ("stop $", "stop now"),
        ("end it", "it end"),
    ],
)
def test_a_phrase_is_not_heard(phrase: str, text: str) -> None:
    assert means(text, phrase) is None


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        ("(stop", r"'\(stop': \( is not closed"),
        ("(stop]", r"\( is not closed"),
        ("stop)", r"stands outside brackets"),
        ("stop | end", r"stands outside brackets"),
        ("<nobody> hit me", "there is no set <nobody> above it"),
        ("stop > it", "there is no set > above it"),
        ("stop !!", "'!!' is no word"),
        ("stop *", "is no word"),
        (".. [a]", "nothing in it must be said"),
        ("^ $", "nothing in it must be said"),
        ("([a]|b) ..", "nothing in it must be said"),
        ("", "nothing in it must be said"),
    ],
)
def test_a_phrase_that_cannot_be_read_is_named_with_the_reason(phrase: str, problem: str) -> None:
    with pytest.raises(PhraseError, match=problem):
        book(phrase)


def test_a_set_is_named_once_and_can_use_those_above_it() -> None:
    sets = {"partner": ["husband", "my (bf|ex)"], "he": ["he", "<partner>"]}
    for text in ("he hit me", "husband hit me", "my ex hit me"):
        assert means(text, "<he> hit me", sets=sets) is Kind.SURE
    assert means("she hit me", "<he> hit me", sets=sets) is None


def test_other_spellings_of_a_word_are_that_word_in_phrases_and_in_texts() -> None:
    spellings = {"do not": ["dont", "dnt"]}
    for phrase in ("do not text", "don't text"):
        for text in ("dnt text", "Don’t text", "do not text"):
            assert means(text, phrase, spellings=spellings) is Kind.SURE


@pytest.mark.parametrize("slip", ["unsubcribe", "unsuscribe", "unsubscribee", "unsbuscribe", "unsubscrive"])
def test_one_slip_in_a_long_word_is_forgiven(slip: str) -> None:
    assert means(slip, "unsubscribe") is Kind.SURE


@pytest.mark.parametrize("word", ["onsubscribe", "unsubscripts", "stpo", "stoo", "unsubscr1be", "refoge"])
def test_another_first_letter_two_slips_and_a_short_word_are_not(word: str) -> None:
    assert means(word, "unsubscribe", "stop", "refuge") is None


def test_a_word_of_its_own_is_no_slip() -> None:
    assert means("evicter", "evicted") is Kind.SURE
    assert means("evicter", "evicted", real_words=["evicter"]) is None
    assert means("evicter", "evicted", "evicter now") is None
    assert means("evicter", "evicted", "evict* now") is None


def test_what_only_sounds_like_it_takes_away_what_it_touches() -> None:
    assert means("hit me up", "hit me", unlike=("hit me up",)) is None
    assert means("he hit me up", "he hit me", unlike=("hit me up",)) is None
    assert read("hit me up. he hit me", [book("he hit me", unlike=("hit me up",))], {"it"}) == ({"it": Kind.SURE}, True)


def test_what_only_sounds_like_it_does_not_take_away_what_holds_it() -> None:
    assert means("cancel my texts", "cancel my texts", unlike=("cancel my",)) is Kind.SURE


def test_a_sure_phrase_inside_a_doubtful_one_is_doubtful() -> None:
    assert means("not going to hurt myself", "hurt myself", doubtful=("not going to hurt myself",)) is Kind.DOUBTFUL
    assert means("hurt myself", "hurt myself", doubtful=("hurt myself",)) is Kind.SURE


def test_a_sure_phrase_inside_a_longer_one_about_something_else_does_not_count() -> None:
    both = phrase_book({"it": {Kind.SURE: ["he hit"]}, "other": {Kind.SURE: ["hit my son"]}}, {}, {}, [])
    longer = phrase_book({"it": {Kind.SURE: ["he hit"]}, "other": {Kind.SURE: ["he hit my son"]}}, {}, {}, [])
    assert read("he hit my son", [both], {"it", "other"})[0] == {"it": Kind.SURE, "other": Kind.SURE}
    assert read("he hit my son", [longer], {"it", "other"})[0] == {"other": Kind.SURE}
    assert read("he hit my son", [longer], {"it"})[0] == {"it": Kind.SURE}


def test_a_sure_phrase_counts_beside_a_doubtful_one() -> None:
    assert means("not sure. hurt myself", "hurt myself", doubtful=("not sure",)) is Kind.SURE
    assert means("not sure", "hurt myself", doubtful=("not sure",)) is Kind.DOUBTFUL


def test_names_stand_for_the_person_in_a_phrase() -> None:
    assert means("can Ana call me", "can <person> call", people=("Ana",)) is Kind.SURE
    assert means("can Luis call me", "can <person> call", people=("Ana",)) is None
    assert means("this was Maria's phone", "was <person> phone", people=("María",)) is Kind.SURE
    assert means("can call me", "can <person> call", people=("",)) is None


def test_a_long_text_of_hinges_is_read_without_going_wild() -> None:
    assert means("a " * 800, "a .. [a] .. [a] .. (a|a a) .. b") is None


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for language in LANGUAGES.values():
        for heard in language.phrases.heard(text, ["Ana"]):
            assert 0 <= heard.start < heard.end


def test_a_word_of_one_language_is_no_slip_of_a_word_of_another() -> None:
    english, spanish = LANGUAGES.values()
    assert english.phrases.known == spanish.phrases.known
    assert {"paper", "papel"} <= english.phrases.known
