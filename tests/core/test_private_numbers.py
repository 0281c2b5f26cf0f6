from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.effects import SaveTalk
from conversations.privacy import HIDDEN, without_private_numbers
from records.turns import Inbound
from tests.core.desk import ASKED_RESULT, asked_for, happens, only, told
from tests.core.people import JOINED, WITH_PLAN


@pytest.mark.parametrize(
    "text",
    [
        "123-45-6789",
        "123 45 6789",
        "123456789",
        "SSN123456789",
        "１２３４５６７８９",
        "123\u200b45\u200b6789",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "A12345678",
        "1234567",
        "1 2 3 4 5 6 7 8 9",
    ],
)
def test_a_number_nobody_should_text_is_taken_out_whatever_is_around_it(text: str) -> None:
    left, hidden = without_private_numbers(f"it is {text}, ok?")
    assert hidden
    assert HIDDEN in left
    assert not any(sign.isdigit() for sign in left)
    assert left.startswith("it is ")
    assert left.endswith(", ok?")


@pytest.mark.parametrize(
    "text",
    [
        "call 707-555-0134",
        "(800) 799-7233",
        "+17075550134",
        "1-707-555-0134",
        "555-0134",
        "2026-11-26 10am",
        "11-26-2026",
        "11 26 2026 1030",
        "mon 9 10 11 12",
        "10:30-11:45",
        "3/4/2027 2:30",
        "95402-1234",
        "done",
    ],
)
def test_phones_dates_hours_and_places_stay(text: str) -> None:
    assert without_private_numbers(text) == (text, False)


@given(st.text(max_size=60))
def test_what_was_hidden_once_needs_no_second_time(text: str) -> None:
    left, _hidden = without_private_numbers(text)
    assert without_private_numbers(left) == (left, False)


def test_the_client_is_warned_and_a_plain_answer_beside_it_counts() -> None:
    warned = happens(JOINED, Inbound("SM1", "+1", "my ssn is 123 45 6789").said())
    assert told(warned) == ["single/private_number"]
    assert asked_for(warned) == [("private_number_sent", "U3")]

    answered = happens(replace(WITH_PLAN, talk=ASKED_RESULT), Inbound("SM1", "+1", "1 my id is 123456789").said())
    assert told(answered) == ["single/private_number", "goal_check_in/helped"]
    talk = only(answered, SaveTalk).talk
    assert talk is not None
    assert "123456789" not in str(talk.answers)
