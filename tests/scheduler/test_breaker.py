from itertools import pairwise

import pytest

from scheduler.breaker import LONGEST_PAUSE, OPENS_AFTER, Breaker, BreakerState, pause, told_pause

SURE = 1.0
"""The chance that makes every pause its full length."""


def failing(breaker: Breaker, times: int, now: float) -> Breaker:
    for _ in range(times):
        breaker = breaker.failed(now, SURE)
    return breaker


def opened(now: float) -> Breaker:
    return failing(Breaker(), OPENS_AFTER, now)


def test_it_opens_after_three_failures_in_a_row_and_not_before() -> None:
    breaker = failing(Breaker(), OPENS_AFTER - 1, 100.0)
    assert (breaker.state(100.0), breaker.wait(100.0)) == (BreakerState.CLOSED, 0.0)
    breaker = breaker.failed(100.0, SURE)
    assert (breaker.state(100.0), breaker.wait(100.0)) == (BreakerState.OPEN, 2.0)


def test_one_that_works_in_between_makes_it_count_afresh() -> None:
    breaker = failing(failing(Breaker(), 2, 100.0).worked(), 2, 100.0)
    assert breaker.state(100.0) is BreakerState.CLOSED


def test_after_its_pause_one_try_decides() -> None:
    breaker = opened(100.0)
    assert breaker.state(101.9) is BreakerState.OPEN
    assert breaker.state(102.0) is BreakerState.HALF_OPEN
    assert breaker.worked().state(102.0) is BreakerState.CLOSED
    again = breaker.failed(103.0, SURE)
    assert (again.state(103.0), again.wait(103.0)) == (BreakerState.OPEN, 4.0)


def test_its_pauses_double_up_to_five_minutes() -> None:
    breaker, now, pauses = opened(0.0), 0.0, []
    for _ in range(12):
        pauses.append(breaker.wait(now))
        now += pauses[-1]
        breaker = breaker.failed(now, SURE)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]


def test_what_began_before_it_opened_and_fails_later_does_not_make_the_pause_longer() -> None:
    breaker = opened(100.0)
    assert failing(breaker, 20, 101.0) == breaker


def test_once_closed_the_next_pause_is_a_short_one_again() -> None:
    long_ago = failing(opened(0.0), 1, 50.0)
    assert opened(100.0) == failing(long_ago.worked(), OPENS_AFTER, 100.0)


def test_what_the_provider_asks_for_is_obeyed_and_is_no_failure() -> None:
    breaker = failing(Breaker(), 2, 100.0).told_to_wait(100.0, 10.0, 0.0)
    assert (breaker.state(109.9), breaker.state(110.0)) == (BreakerState.OPEN, BreakerState.CLOSED)
    assert breaker.failures == 2


def test_one_that_works_does_not_take_back_what_the_provider_asked_for() -> None:
    breaker = opened(100.0).told_to_wait(100.0, 60.0, 0.0).worked()
    assert breaker.wait(100.0) == 60.0
    assert breaker.told_to_wait(100.0, 5.0, 0.0).wait(100.0) == 60.0


@pytest.mark.parametrize("times", [1, 2, 8, 9, 100, 10_000])
def test_chance_spreads_a_pause_and_keeps_it_within_bounds(times: int) -> None:
    spread = [pause(times, chance / 10) for chance in range(11)]
    assert all(earlier < later for earlier, later in pairwise(spread))
    assert spread[-1] <= LONGEST_PAUSE
    assert spread[0] == spread[-1] / 2


def test_a_pause_that_we_were_told_is_never_made_shorter() -> None:
    assert [told_pause(10.0, chance) for chance in (0.0, 1.0)] == [10.0, 15.0]
