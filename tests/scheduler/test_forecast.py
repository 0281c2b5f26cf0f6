"""When the last text has left, and which moment's wait the longest."""

from datetime import UTC, datetime, timedelta

from scheduler.forecast import Forecast, Wave, forecast

NOW = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_where_nothing_waits_nothing_is_left_to_leave() -> None:
    assert forecast([], 1.0, NOW) == Forecast(NOW, timedelta(0), NOW)


def test_a_queue_takes_its_segments_at_the_pace() -> None:
    assert forecast([Wave(NOW - HOUR, 600)], 1.0, NOW) == Forecast(NOW + HOUR / 6, HOUR / 6, NOW)
    assert forecast([Wave(NOW, 600)], 10.0, NOW).clears_at == NOW + HOUR / 60


def test_a_wave_waits_for_what_is_left_of_those_before() -> None:
    found = forecast([Wave(NOW + HOUR, 1800), Wave(NOW, 5400)], 1.0, NOW)
    assert found.clears_at == NOW + 2 * HOUR
    assert (found.longest, found.worst_at) == (1.5 * HOUR, NOW)
    found = forecast([Wave(NOW, 3600), Wave(NOW + HOUR / 2, 3600)], 1.0, NOW)
    assert (found.longest, found.worst_at) == (1.5 * HOUR, NOW + HOUR / 2)


def test_a_wave_that_comes_when_all_before_has_left_waits_for_itself_alone() -> None:
    assert forecast([Wave(NOW, 60), Wave(NOW + HOUR, 120)], 1.0, NOW).clears_at == NOW + HOUR + timedelta(minutes=2)
