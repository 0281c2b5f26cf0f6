"""What a worker leaves open is put in as data, and never read again."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from conversations import merge_fields
from conversations.merge_fields import known, merged, missing
from conversations.visits import Visit
from tests.core.people import JOINED, NOW

VALUES = {"first_name": "{worker}", "worker": "Ana"}


def test_what_is_put_in_is_not_read_again() -> None:
    assert merged("Hi {first_name}, { worker } here. {x!r} {0} {", VALUES) == "Hi {worker}, Ana here. {x!r} {0} {"


@given(st.text())
def test_whatever_is_typed_is_words(typed: str) -> None:
    assert missing(merged(typed, {}), {}) == missing(typed, {})
    assert merged(typed, {}) == typed


def test_what_is_not_known_is_named_once() -> None:
    assert missing("{visit_day} {visit_day} {first_name} {worker.__class__}", VALUES) == [
        "visit_day",
        "worker.__class__",
    ]


def test_a_visit_is_put_in_only_where_one_is_to_come() -> None:
    assert set(known(JOINED, "es", NOW)) == {"first_name", "worker", "phone"}
    visit = Visit(1, NOW + timedelta(days=7), "Ana", "our office")
    ahead = known(replace(JOINED, visits=(visit,)), "es", NOW)
    assert set(ahead) == set(merge_fields.FIELDS)
    assert ahead["visit_day"].startswith("martes")
