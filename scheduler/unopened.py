"""When a text that nobody opened in the web chat goes by SMS instead. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from conversations.county import County, Hours
from conversations.effects import Purpose
from conversations.wall_clock import at_wall
from records.channels import Unopened
from scheduler.windows import A_DAY

CRISIS_WAITS = timedelta(minutes=10)
"""What is said to words of danger goes at any hour."""


def by_sms_at(found: Unopened, county: County, now: datetime) -> datetime | None:
    """The moment (UTC), not before `now`; None where it stays in the chat.

    After the county's time or half of the text's useful life, whichever is sooner, and at once where the chat was left;
    but inside the sending hours, on the client's clock. What would come too late to be of use does not go.
    """
    if found.stays:
        return None
    is_crisis = found.purpose is Purpose.CRISIS
    waits = min(CRISIS_WAITS if is_crisis else county.chat_unopened_for, (found.expires_at - found.shown_at) / 2)
    at = max(min(found.shown_at + waits, found.chat_until or now), now).astimezone(UTC)
    if not is_crisis:
        at = _inside(county.send_hours, found.zone, at)
    return at if at < found.expires_at else None


def _inside(hours: Hours, zone: ZoneInfo, at: datetime) -> datetime:
    """The earliest moment (UTC) inside these hours, of any day: it answers them, or may come on this day."""
    today = at.astimezone(zone).date()
    opens, closes = (at_wall(today, hour, zone).astimezone(UTC) for hour in (hours.opens, hours.closes))
    if at < closes:
        return max(opens, at)
    return at_wall(today + A_DAY, hours.opens, zone).astimezone(UTC)
