"""The notation of phrases, and how a text is searched for them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages import load_languages
from conversations.phrases import PhraseBook, PhraseError, phrase_book

LANGUAGES = load_languages(("en", "es"))


def book(*phrases: str, unlike: tuple[str, ...] = ()) -> PhraseBook:
    return phrase_book({"it": phrases}, {"it": unlike})


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
def test_a_phrase_is_found(phrase: str, text: str) -> None:
    assert book(phrase).holds("it", text)


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
def test_a_phrase_is_not_found(phrase: str, text: str) -> None:
    assert not book(phrase).holds("it", text)


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        ("(stop", r"'\(stop': "),
        ("(stop]", r"\(stop\]"),
        ("stop)", r"stop\)"),
        ("stop !!", "'!!' is no word"),
        ("<nobody> hit me", "'<nobody>' is no name"),
        ("stop *", "is no word"),
        (".. [a]", "nothing in it must be said"),
        ("^ $", "nothing in it must be said"),
        ("", "nothing in it must be said"),
        ("stop | end", "stands outside brackets"),
    ],
)
def test_a_phrase_that_cannot_be_read_is_named_with_the_reason(phrase: str, problem: str) -> None:
    with pytest.raises(PhraseError, match=problem):
        book(phrase)


def test_what_only_sounds_like_it_is_taken_out() -> None:
    hit = book("hit me", unlike=("hit me up", "<person> hit me"))
    assert hit.without_unlike("it", "Hit me up. HE hit me!") == "he hit me "
    assert hit.without_unlike("it", "Ana hit me up", ["Ana"]) == "up "
    assert hit.without_unlike("it", "HE hit me!") == "HE hit me!"
    assert hit.without_unlike("other", "Hit me up") == "Hit me up"


def test_a_topic_without_phrases_is_never_found() -> None:
    assert not book("hit me").holds("other", "he hit me")
    assert book("hit me").words_through("other", "he hit me") == 0


def test_names_stand_for_the_person_in_a_phrase() -> None:
    assert book("can <person> call").holds("it", "can Ana call me", ["Ana"])
    assert book("can <person> call").holds("it", "can Ana María call me", ["Ana María"])
    assert not book("can <person> call").holds("it", "can Luis call me", ["Ana"])
    assert book("was <person> phone").holds("it", "this was Maria's phone", ["María"])
    assert not book("can <person> call").holds("it", "can call me", [""])


def test_it_is_told_how_many_words_run_to_the_end_of_a_phrase() -> None:
    assert book("remind me [to]").words_through("it", "Please REMIND me... to go") == 4
    assert book("remind me [to]").words_through("it", "please go") == 0


def test_a_long_text_of_hinges_is_read_without_going_wild() -> None:
    assert not book("a .. [a] .. [a] .. (a|a a) .. b").holds("it", "a " * 800)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for language in LANGUAGES.values():
        for topic in language.phrases.phrases:
            language.phrases.holds(topic, text, ["Ana"])
