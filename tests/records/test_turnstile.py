"""Two processes that write to one file take turns. Here they are threads, each with its own copy of the turnstile."""

import copy
import select
import threading
import time
from datetime import timedelta

from records.turnstile import Turnstile


def test_who_comes_next_is_next_however_soon_the_first_comes_again() -> None:
    first = Turnstile()
    other = copy.copy(first)
    went: list[str] = []

    def come() -> None:
        with other:
            went.append("other")

    for _ in range(50):
        coming = threading.Thread(target=come, daemon=True)
        with first:
            coming.start()
            while nobody_waits(first):
                time.sleep(0)
        with first:
            went.append("first again")
        coming.join(10)
    assert went == ["other", "first again"] * 50


def nobody_waits(turnstile: Turnstile) -> bool:
    ready, _, _ = select.select([turnstile._next._out], [], [], 0)
    return bool(ready)


def test_only_one_is_inside() -> None:
    turnstile = Turnstile()
    inside, most = 0, 0

    def work(mine: Turnstile) -> None:
        nonlocal inside, most
        for _ in range(200):
            with mine:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work, args=(copy.copy(turnstile),), daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most == 1


def test_who_waited_long_enough_goes_in_and_takes_nothing_away() -> None:
    turnstile = Turnstile(timedelta(seconds=0.05))
    other = copy.copy(turnstile)
    with turnstile:
        began = time.monotonic()
        with other:
            assert 0.05 <= time.monotonic() - began < 10
    with other:
        pass
    with turnstile:
        pass
