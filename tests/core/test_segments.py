import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.segments import Alphabet, fold_to_gsm, is_gsm, size, tidy


@pytest.mark.parametrize(
    ("text", "alphabet", "segments"),
    [
        ("", Alphabet.GSM_7, 1),
        ("a" * 160, Alphabet.GSM_7, 1),
        ("a" * 161, Alphabet.GSM_7, 2),
        ("a" * 306, Alphabet.GSM_7, 2),
        ("a" * 307, Alphabet.GSM_7, 3),
        ("ñ" * 160, Alphabet.GSM_7, 1),
        ("á" * 70, Alphabet.UCS_2, 1),
        ("á" * 71, Alphabet.UCS_2, 2),
        ("á" * 134, Alphabet.UCS_2, 2),
        ("á" * 135, Alphabet.UCS_2, 3),
    ],
)
def test_a_text_fills_parts_of_its_alphabet(text: str, alphabet: Alphabet, segments: int) -> None:
    assert (size(text).alphabet, size(text).segments) == (alphabet, segments)


def test_the_second_page_of_gsm_counts_double() -> None:
    assert size("€" * 80).segments == 1
    assert size("€" * 81).segments == 2
    assert size("[ok]").units == 6


def test_a_double_letter_is_never_split_over_two_parts() -> None:
    # 152 letters and a euro do not fit a part of 153: the euro moves on, and 153 more letters need a third part.
    assert size("a" * 152 + "€" + "a" * 152).segments == 3


def test_an_emoji_counts_two_units_and_is_never_split() -> None:
    assert size("😀" * 35).segments == 1
    assert size("😀" * 36).units == 72
    # 66 letters leave one unit in a part of 67: the pair moves on whole.
    assert size("á" * 66 + "😀" + "á" * 66).segments == 3


def test_an_escape_is_no_letter() -> None:
    assert not is_gsm("\x1b")
    assert size("\x1b" * 71).segments == 2


@given(st.text(max_size=400))
def test_parts_hold_all_units_and_no_part_is_empty(text: str) -> None:
    found = size(text)
    alone, part = (160, 153) if found.alphabet is Alphabet.GSM_7 else (70, 67)
    assert (found.segments == 1) == (found.units <= alone)
    # A part may stay one unit short, where the next letter takes two.
    assert found.units <= max(alone, found.segments * part)
    assert found.segments == 1 or found.units > (found.segments - 1) * (part - 1)


def test_typing_aids_of_a_phone_become_plain() -> None:
    assert tidy("\u201cI\u2019ll\u00a0go\u201d \u2014 maybe\u2026 10\u202fam") == '"I\'ll go" - maybe... 10 am'


def test_a_letter_and_its_accent_become_one() -> None:
    assert tidy("nin\u0303o") == "niño"


def test_folding_keeps_the_letters_that_gsm_has() -> None:
    assert fold_to_gsm("¿Cuándo irá el niño? ¡Así, él y tú! Ü ü") == "¿Cuando ira el niño? ¡Asi, él y tu! Ü ü"


def test_folding_that_saves_nothing_is_left_undone() -> None:
    assert fold_to_gsm("así 😀") == "así 😀"
