from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import DemoClock, FileClock, SystemClock


def test_the_demo_clock_goes_forward_only() -> None:
    clock = DemoClock()
    assert clock.forward(timedelta(days=7)) - SystemClock().now() > timedelta(days=6)
    assert clock.now().tzinfo is UTC
    with pytest.raises(ValueError, match="forward"):
        clock.forward(timedelta(seconds=-1))


def test_the_file_clock_stands_at_the_moment_in_its_file(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text("2026-03-02T09:00-08:00\n")
    clock = FileClock(file)
    assert clock.now() == datetime(2026, 3, 2, 17, tzinfo=UTC)
    file.write_text("2026-03-03T09:00-08:00")
    assert clock.now() == datetime(2026, 3, 3, 17, tzinfo=UTC)
    file.write_text("")
    assert clock.now() == datetime(2026, 3, 3, 17, tzinfo=UTC)


def test_a_file_clock_needs_a_moment_with_an_offset(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text("2026-03-02T09:00")
    with pytest.raises(ValueError, match="offset"):
        FileClock(file)
