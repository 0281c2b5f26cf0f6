"""Texts to several go one after the other."""

from datetime import timedelta

import pytest

from scheduler.spread import AT_MOST_APART, spread

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("how_many", "left", "a_second", "apart"),
    [
        (10, 600 * MINUTE, 1.0, AT_MOST_APART),
        (300, 600 * MINUTE, 1.0, 2 * MINUTE),
        (300, 2 * MINUTE, 1.0, timedelta(seconds=2)),
        (300, timedelta(0), 4.0, timedelta(seconds=0.5)),
    ],
)
def test_they_share_the_hours_that_are_left_but_go_no_quicker_than_the_sender_may(
    how_many: int, left: timedelta, a_second: float, apart: timedelta
) -> None:
    found = spread(how_many, left, 2, a_second)
    assert found[:3] == [timedelta(0), apart, 2 * apart]
    assert len(found) == how_many


def test_where_nobody_gets_it_nothing_is_spread() -> None:
    assert spread(0, 60 * MINUTE, 1, 1.0) == ()
