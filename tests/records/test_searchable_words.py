from __future__ import annotations

import pytest

from records.searchable_words import excerpt, sought, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sí, mañana a las 9:30", ["si", "manana", "a", "las", "9", "30"]),
        ("I can't: it's the KIDS", ["i", "can", "t", "it", "s", "the", "kids"]),
        ("Trẻ em cần người trông", ["tre", "em", "can", "nguoi", "trong"]),
        ("需要托儿 help", ["需", "要", "托", "儿", "help"]),
        ("cafe\u0301 straße ﬁne", ["cafe", "strasse", "fine"]),
        ("🙂 … --", []),
        ("x" * 500, ["x" * 100]),
    ],
)
def test_words_are_compared_without_accents_and_capitals(text: str, words: list[str]) -> None:
    assert [word.plain for word in words_of(text)] == words


def test_a_word_knows_where_it_stands() -> None:
    text = "Ask Mamá, 托儿"
    assert [text[word.start : word.end] for word in words_of(text)] == ["Ask", "Mamá", "托", "儿"]


@pytest.mark.parametrize(
    ("asked", "phrases"),
    [
        ("child care", [(["child"], True), (["care"], True)]),
        ('"child care"', [(["child", "care"], False)]),
        ("go I", [(["go"], False), (["i"], False)]),
        ("can't", [(["can", "t"], False)]),
        ("托儿", [(["托", "儿"], False)]),
        ('a "b', [(["a"], False), (["b"], False)]),
        ('"" * NEAR( -- ;', [(["near"], True)]),
        ("🙂 '", []),
    ],
)
def test_what_is_looked_for_are_words_and_phrases_and_nothing_in_them_is_a_command(
    asked: str, phrases: list[tuple[list[str], bool]]
) -> None:
    assert [(list(one.words), one.is_beginning) for one in sought(asked)] == phrases


def test_an_excerpt_shows_what_was_found_and_what_stands_around_it() -> None:
    text = f"{'First much else is said. ' * 8}My children's care fell through. {'Then more is said. ' * 20}"
    pieces = excerpt(text, sought("child care"))
    assert [piece.text for piece in pieces if piece.is_found] == ["children", "care"]
    whole = "".join(piece.text for piece in pieces)
    assert whole.startswith("…")
    assert whole.endswith("…")
    assert len(whole) < 200
    assert whole.strip("…") in text


def test_of_words_that_are_found_within_each_other_each_sign_is_shown_once() -> None:
    assert "".join(piece.text for piece in excerpt("one two three", sought('"one two" two'))) == "one two three"


def test_a_text_without_what_was_looked_for_is_shown_from_its_beginning() -> None:
    assert [piece.text for piece in excerpt("Hello", sought("bye"))] == ["Hello"]
