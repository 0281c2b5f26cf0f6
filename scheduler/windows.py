"""When a client may be texted unprompted: in their own zone, inside the hours, on the days, under the caps. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from conversations.county import County, Hours
from conversations.nudges import NudgeKind
from conversations.situation import Client, PartOfDay, Situation
from conversations.wall_clock import at_wall

QUIET_HOURS = "quiet_hours"
QUIET_DAY = "quiet_day"
HOLIDAY = "holiday"
RESTING = "resting"

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
A_MONTH = timedelta(days=30)
FARTHEST = 366
"""How many days ahead a moment is looked for."""

HOUR_OF_DAY = {PartOfDay.MORNING: time(9), PartOfDay.MIDDAY: time(12), PartOfDay.EVENING: time(18)}
ANY_HOUR = time(10)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A moment (UTC) at which a text may go, and in one word why it is not the one asked for; empty if it is."""

    at: datetime
    reason: str = ""


class NoMomentError(ValueError):
    """The county's hours, days and holidays leave no moment for a text."""


def next_allowed(kind: NudgeKind, wanted: datetime, situation: Situation, now: datetime) -> Allowed:
    """The earliest moment, not before `wanted` or `now`, that lies inside the sending hours of this kind.

    The hours are those of the client's own zone, on an allowed day, on no county holiday, not while the client rests
    (domain guide 6.6). A step reminder goes on any day inside the legal hours: the client chose it and had the hour
    read back. Raises NoMomentError where the county's settings leave no moment in a year.
    """
    zone, rest = situation.client.zone, situation.client.resting_until
    earliest, reason = max(wanted.astimezone(UTC), now.astimezone(UTC)), ""
    if rest and earliest < rest:
        earliest, reason = rest.astimezone(UTC), RESTING
    hours = _hours(kind, situation.county)
    today = earliest.astimezone(zone).date()
    for day in (today + A_DAY * ahead for ahead in range(FARTHEST)):
        if closed := _closed(kind, day, situation.county):
            reason = reason or closed
            continue
        opens, closes = (at_wall(day, at, zone).astimezone(UTC) for at in (hours.opens, hours.closes))
        if opens <= earliest < closes:
            return Allowed(earliest, reason)
        if earliest < opens < closes:
            return Allowed(opens, reason or QUIET_HOURS)
        reason = reason or QUIET_HOURS
    raise NoMomentError(f"no moment for a {kind} in {FARTHEST} days")


def good_moment(kind: NudgeKind, wanted: datetime, situation: Situation, now: datetime) -> Allowed:
    """As `next_allowed`; but what has to move anyway moves to the client's own hour, where that day allows it.

    A step reminder does not: it comes as near as it can to the hour that the client was told.
    """
    allowed = next_allowed(kind, wanted, situation, now)
    if not allowed.reason or kind is NudgeKind.STEP_REMINDER:
        return allowed
    day = local_day(allowed.at, situation.client)
    later = max(allowed.at, at_clients_hour(day, situation.client).astimezone(UTC))
    again = next_allowed(kind, later, situation, now)
    return Allowed(later, allowed.reason) if again.at == later else allowed


def room(kind: NudgeKind, situation: Situation, now: datetime) -> Allowed:
    """May one more unprompted text go now (domain guide 3.8)? If not, when to try again, and which cap is full.

    A step reminder counts like every other. The moment to try again is the next day, at the client's hour.
    """
    sent, caps = situation.sent, situation.county.caps
    for full, reason in (
        (sent.today >= caps.a_day, "cap_day"),
        (sent.in_7_days >= caps.a_week, "cap_week"),
        (sent.in_30_days >= caps.a_month, "cap_month"),
    ):
        if full:
            return Allowed(next_day(kind, situation, now), reason)
    return Allowed(now.astimezone(UTC))


def last_before(later: datetime, situation: Situation, now: datetime) -> bool:
    """Whether a text now would take the last place under a cap that a text at `later` would need."""
    sent, caps = situation.sent, situation.county.caps
    same_day = local_day(later, situation.client) == local_day(now, situation.client)
    return (
        (same_day and sent.today + 1 >= caps.a_day)
        or (later < now + A_WEEK and sent.in_7_days + 1 >= caps.a_week)
        or (later < now + A_MONTH and sent.in_30_days + 1 >= caps.a_month)
    )


def next_day(kind: NudgeKind, situation: Situation, now: datetime) -> datetime:
    """The first allowed moment (UTC) from the client's hour of the next day on."""
    tomorrow = local_day(now, situation.client) + A_DAY
    return good_moment(kind, at_clients_hour(tomorrow, situation.client), situation, now).at


def at_clients_hour(day: date, client: Client) -> datetime:
    """The hour of the client's part of the day, 10:00 without a choice (domain guide 3.6); aware, in their zone."""
    hour = HOUR_OF_DAY[client.part_of_day] if client.part_of_day else ANY_HOUR
    return at_wall(day, hour, client.zone)


def local_day(at: datetime, client: Client) -> date:
    """The date on the client's calendar."""
    return at.astimezone(client.zone).date()


def _hours(kind: NudgeKind, county: County) -> Hours:
    return county.legal_hours if kind is NudgeKind.STEP_REMINDER else county.send_hours


def _closed(kind: NudgeKind, day: date, county: County) -> str:
    """Why nothing of this kind goes on this day; empty if it may."""
    if kind is NudgeKind.STEP_REMINDER:
        return ""
    if day in county.holidays:
        return HOLIDAY
    return "" if day.weekday() in county.send_days else QUIET_DAY
