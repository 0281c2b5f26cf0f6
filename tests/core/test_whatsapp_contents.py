"""How a text becomes a template, buttons or a list for WhatsApp."""

import pytest

from conversations.effects import Purpose
from conversations.whatsapp_contents import form_to_choose, form_to_open, rendered, title

ASKS = "How did it go? 1 done, 2 some of it, 3 not yet"


@pytest.mark.parametrize("purpose", Purpose)
def test_only_what_nobody_waits_for_starts_a_conversation(purpose: Purpose) -> None:
    opens = {Purpose.REMINDER, Purpose.CHECK_IN, Purpose.VISIT, Purpose.NUDGE}
    assert (form_to_open(purpose, "Hi") is not None) == (purpose in opens)


def test_our_words_stand_in_a_template_on_one_line() -> None:
    form = form_to_open(Purpose.NUDGE, "Hi Joe,\n\n  see   you")
    assert form is not None
    assert rendered("From us: {{1}} Bye.", form.variables) == "From us: Hi Joe, see you Bye."
    assert form_to_open(Purpose.NUDGE, "x" * 600) is None


def test_choices_become_as_many_titles_and_the_words_stay_whole() -> None:
    form = form_to_choose(ASKS)
    assert form is not None
    assert form.name == "choose_3"
    assert list(form.variables.values()) == [ASKS, "done", "some of it", "not yet"]


@pytest.mark.parametrize("body", ["How are you?", "x" * 1030 + " 1 yes, 2 no"])
def test_what_offers_nothing_or_is_too_long_stays_plain(body: str) -> None:
    assert form_to_choose(body) is None


@pytest.mark.parametrize(
    ("label", "cut"),
    [
        ("talk to my worker", "talk to my worker"),
        ("what might get in the way", "what might get in…"),
        ("a" * 30, "a" * 19 + "…"),
    ],
)
def test_a_title_is_cut_at_a_word(label: str, cut: str) -> None:
    assert title(label, 20) == cut


def test_what_is_put_in_is_never_read_again() -> None:
    assert rendered("{{1}} or {{2}}", {"1": "say {{2}}", "2": "yes"}) == "say {{2}} or yes"


def test_two_choices_that_would_have_one_title_stay_plain() -> None:
    assert form_to_choose("Which? 1 call the school on Main Street, 2 call the school on Oak Street") is None


def test_a_list_has_up_to_ten_lines() -> None:
    form = form_to_choose("Which? " + ", ".join(f"{number} x{'abcdefghij'[number - 1]}" for number in range(1, 11)))
    assert form is not None
    assert list(form.variables.values())[1:] == [f"x{letter}" for letter in "abcdefghij"]
