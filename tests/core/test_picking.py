"""Which of the times on offer a text means. NOW is a Tuesday, March 2, 10:00."""

from datetime import datetime

import pytest

from conversations import picking, understand
from conversations.events import Answered, NotUnderstood
from conversations.notation import OTHER_TIME, PICKED, Ask, Reads, Reply
from tests.core.people import LANGUAGES, NOW, ZONE

LOCAL_NOW = NOW.astimezone(ZONE)
TIMES = {
    "wed": datetime(2027, 3, 3, 9, 0, tzinfo=ZONE),
    "thu": datetime(2027, 3, 4, 14, 0, tzinfo=ZONE),
    "next thu": datetime(2027, 3, 11, 12, 0, tzinfo=ZONE),
}
NONE_OF_THESE = Reply("none_of_these", "none of these")
ASK = Ask(
    "Which works?",
    reads=Reads.TIME,
    offers=lambda _known: tuple(TIMES.values()),
    when={PICKED: "a", OTHER_TIME: "b", NONE_OF_THESE: "c"},
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("thursday", ["thu", "next thu"]),
        ("thurs 2pm", ["thu"]),
        ("thursday at 2", ["thu"]),
        ("thursday the 11th", ["next thu"]),
        ("march 11", ["next thu"]),
        ("3/11", ["next thu"]),
        ("tomorrow", ["wed"]),
        ("tomorrow at 9", ["wed"]),
        ("at 9", ["wed"]),
        ("9pm", []),
        ("2:30", []),
        ("morning", ["wed"]),
        ("thursday afternoon", ["thu", "next thu"]),
        ("wednesday at 8 in the morning", []),
        ("today", []),
        ("february 30", []),
        ("whatever is best", []),
    ],
)
def test_a_day_and_an_hour_narrow_down_what_is_on_offer(text: str, names: list[str]) -> None:
    found = picking.meant(text, LANGUAGES["en"].times, LOCAL_NOW, tuple(TIMES.values()))
    assert found == tuple(TIMES[name] for name in names)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("el miércoles", ["wed"]),
        ("mié 9am", ["wed"]),
        ("miér a las 9", ["wed"]),
        ("mañana", ["wed"]),
        ("en la mañana", ["wed"]),
        ("jue 2pm", ["thu"]),
        ("jueves en la tarde", ["thu", "next thu"]),
        ("11 de marzo", ["next thu"]),
        ("mediodía del jueves", ["thu", "next thu"]),
    ],
)
def test_in_spanish_too(text: str, names: list[str]) -> None:
    found = picking.meant(text, LANGUAGES["es"].times, LOCAL_NOW, tuple(TIMES.values()))
    assert found == tuple(TIMES[name] for name in names)


def test_a_time_is_picked_by_its_number_unless_the_words_behind_it_name_another() -> None:
    def read(text: str) -> Answered | NotUnderstood:
        return understand.answer(ASK, text, LANGUAGES["en"], tuple(TIMES.values()), LOCAL_NOW)

    thursday = Answered(PICKED.name, "2027-03-04T14:00-08:00")
    assert read("2") == thursday
    assert read("2 thu 2pm") == thursday
    assert read("2 sounds good") == Answered(PICKED.name, thursday.value, "sounds good")
    assert read("1 thu 2pm") == NotUnderstood()
    assert read("3 tomorrow") == NotUnderstood()
    assert read("4") == Answered(NONE_OF_THESE.name)
    assert read("friday 1pm") == Answered(OTHER_TIME.name, "2027-03-05T13:00-08:00")
    assert read("friday") == Answered(OTHER_TIME.name, "2027-03-05")
    assert read("not tomorrow") == NotUnderstood()
    assert read("next week") == NotUnderstood()
