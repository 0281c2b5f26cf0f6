"""What somebody filled in: days, hours, words as they were meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.wording import _
from conversations.wall_clock import at_wall


async def filled_in(request: web.Request, *names: str) -> Mapping[str, str]:
    """The fields of these names, "" for those that are missing."""
    form = await request.post()
    return {name: str(form.get(name, "")).replace("\r\n", "\n").strip() for name in names}


def day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def hour(written: str) -> time | None:
    try:
        return time.fromisoformat(written).replace(tzinfo=None)
    except ValueError:
        return None


def moment(on: str, at: str, zone: ZoneInfo, problems: dict[str, str]) -> datetime | None:
    """The wall-clock moment, aware, in this zone; None with what is amiss noted beside "date" or "time"."""
    on_day, at_hour = day(on), hour(at)
    if on_day is None:
        problems["date"] = _("Choose a day.")
    if at_hour is None:
        problems["time"] = _("Choose a time.")
    return at_wall(on_day, at_hour, zone) if on_day and at_hour is not None else None
