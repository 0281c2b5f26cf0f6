"""Moments as people read them: the wall clock of one zone, with the machine's form beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from markupsafe import Markup

NOON = 12


def wall_time(at: datetime, zone: ZoneInfo) -> str:
    """Like "Tue Nov 24, 9:05 am". `at` is aware, in any zone."""
    local = at.astimezone(zone)
    return f"{local:%a %b} {local.day}, {hour(local)}"


def hour(local: datetime) -> str:
    return f"{local.hour % NOON or NOON}:{local:%M} {'am' if local.hour < NOON else 'pm'}"


def time_tag(at: datetime, zone: ZoneInfo) -> Markup:
    stamp = at.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(stamp, wall_time(at, zone))


def zone_name(zone: ZoneInfo) -> str:
    """Like "Pacific Time"."""
    return get_timezone_name(zone, locale="en")


FILTERS: dict[str, Callable[..., object]] = {"wall_time": wall_time, "time_tag": time_tag, "zone_name": zone_name}
