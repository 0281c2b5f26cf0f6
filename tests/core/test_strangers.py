from datetime import datetime, timedelta

import pytest

from conversations.arrival import Arrival
from conversations.effects import Send
from conversations.events import Said
from conversations.situation import Client, Situation
from conversations.strangers import answer
from tests.core.people import COUNTY, LANGUAGES, NOW, ZONE

NOBODY = Situation(Client("", "", "en", ZONE), COUNTY)


def hears(text: str, answered_at: datetime | None = None) -> list[str]:
    effects = answer(Arrival(Said(text), NOBODY, LANGUAGES, NOW), answered_at)
    return [effect.says.context for effect in effects if isinstance(effect, Send)]


def test_a_number_that_nobody_has_hears_help_once_a_day() -> None:
    assert hears("hello") == ["single/help"]
    assert hears("hello", NOW - timedelta(hours=23)) == []
    assert hears("hello", NOW - timedelta(hours=24)) == ["single/help"]


@pytest.mark.parametrize("text", ["STOP", "please dont text me", "I'm driving right now - Sent from My Car"])
def test_a_stop_and_a_machine_hear_nothing(text: str) -> None:
    assert hears(text) == []


@pytest.mark.parametrize("text", ["i want to die", "i cant breathe", "no tenemos comida"])
def test_in_danger_the_lines_that_help_anybody_are_named_at_most_once_an_hour(text: str) -> None:
    assert hears(text, NOW - timedelta(hours=2)) == ["danger/stranger"]
    assert hears(text, NOW - timedelta(minutes=59)) == []
