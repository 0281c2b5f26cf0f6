"""When a text that nobody opened in the web chat goes by SMS instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.county import County
from conversations.effects import Purpose
from records.channels import Unopened
from scheduler.unopened import by_sms_at

ZONE = ZoneInfo("America/Los_Angeles")
COUNTY = County("Alder", "Goals", "555-0100", ZONE)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """In March 2026, on the client's clock; the 2nd is a Monday, on the 8th the clocks go forward."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


def unopened(shown_at: datetime, useful_for: float = 12, purpose: Purpose = Purpose.REPLY) -> Unopened:
    expires_at = shown_at + timedelta(hours=useful_for)
    return Unopened("m", "a", purpose, shown_at, expires_at, ZONE, expires_at + timedelta(days=1), stays=False)


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        (unopened(at(10)), at(12)),
        (unopened(at(10), 1), at(10, 30)),
        (unopened(at(17, 59)), at(19, 59)),
        (unopened(at(18)), None),
        (unopened(at(18), 16, Purpose.HUMAN), at(9, day=3)),
        (unopened(at(23)), at(9, day=3)),
        (unopened(at(6)), at(9)),
        (unopened(at(20), 1, Purpose.REMINDER), None),
        (unopened(at(23, day=7)), at(9, day=8)),
        (unopened(at(23), 12, Purpose.CRISIS), at(23, 10)),
        (unopened(at(23), 0.1, Purpose.CRISIS), at(23, 3)),
    ],
)
def test_it_waits_to_be_opened_and_for_the_sending_hours(text: Unopened, goes: datetime | None) -> None:
    assert by_sms_at(text, COUNTY, text.shown_at) == goes


@pytest.mark.parametrize("left_at", [None, at(10, 5)])
def test_where_the_chat_was_left_it_goes_at_once_inside_the_hours(left_at: datetime | None) -> None:
    text = replace(unopened(at(10)), chat_until=left_at)
    assert by_sms_at(text, COUNTY, at(10, 6)) == at(10, 6)
    assert by_sms_at(replace(unopened(at(22)), chat_until=left_at), COUNTY, at(23)) == at(9, day=3)


def test_a_chat_that_ends_before_is_not_waited_for() -> None:
    assert by_sms_at(replace(unopened(at(10)), chat_until=at(11)), COUNTY, at(10)) == at(11)


def test_it_never_goes_in_the_past_nor_where_texts_are_switched_off() -> None:
    text = unopened(at(10))
    assert by_sms_at(text, COUNTY, at(15)) == at(15)
    assert by_sms_at(replace(text, stays=True), COUNTY, at(15)) is None
    assert by_sms_at(text, COUNTY, at(22)) is None
    assert by_sms_at(text, replace(COUNTY, chat_unopened_for=timedelta(minutes=20)), at(10)) == at(10, 20)
