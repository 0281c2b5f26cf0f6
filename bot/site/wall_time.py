"""Moments as people read them: the wall clock of one zone, with the machine's form beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time, get_timezone_name
from markupsafe import Markup

from bot.wording import ENGLISH, locale, spoken

NOON = 12


def wall_time(at: datetime, zone: ZoneInfo) -> str:
    """Like "Tue Nov 24, 9:05 am". `at` is aware, in any zone."""
    local = at.astimezone(zone)
    return f"{short_day(local)}, {hour(local)}"


def short_day(day: date) -> str:
    """Like "Tue Nov 24": in English without the comma that stands before the hour."""
    if spoken() == ENGLISH:
        return f"{day:%a %b} {day.day}"
    return format_skeleton("EEEMMMd", day, locale=locale())


def month_name(day: date) -> str:
    """Like "November 2026"."""
    return format_skeleton("yMMMM", day, locale=locale())


def hour(local: datetime) -> str:
    if spoken() == ENGLISH:
        return f"{local.hour % NOON or NOON}:{local:%M} {'am' if local.hour < NOON else 'pm'}"
    return format_time(local, "short", locale=locale())


def time_tag(at: datetime, zone: ZoneInfo) -> Markup:
    stamp = at.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(stamp, wall_time(at, zone))


def zone_name(zone: ZoneInfo) -> str:
    """Like "Pacific Time"."""
    return get_timezone_name(zone, locale=locale())


FILTERS: dict[str, Callable[..., object]] = {
    "wall_time": wall_time,
    "time_tag": time_tag,
    "zone_name": zone_name,
    "month_name": month_name,
}
