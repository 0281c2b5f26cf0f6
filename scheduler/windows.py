"""When a client may be texted unprompted: in their own zone, inside the hours, on the days, under the caps. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from conversations.county import County, Hours
from conversations.nudges import OF_A_VISIT, UNHEARD, NudgeKind
from conversations.situation import Client, PartOfDay, Situation
from conversations.visits import AHEAD
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
MARGIN = timedelta(minutes=30)
"""So long before the hours end something still goes that would come too late in them."""

AT_ITS_MOMENT = UNHEARD | {NudgeKind.OWN_REMINDER}
"""What keeps its moment at any hour: nobody is texted, or the client named the hour and confirmed it."""

HOUR_WAS_TOLD = frozenset({NudgeKind.STEP_REMINDER, NudgeKind.PROMISE})
"""What the client was told the hour of: it goes on any day inside the legal hours."""

NOT_RESTED_FROM = AT_ITS_MOMENT | OF_A_VISIT | {NudgeKind.PROMISE}
"""A rest is one from texts about goals."""


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
    read back. What is about visits goes on any day next to a visit, so that a visit on Monday is spoken of on Sunday.
    A client's own reminder keeps its hour, whatever it is. Raises NoMomentError where the county's settings leave no
    moment in a year.
    """
    zone, rest = situation.client.zone, situation.client.resting_until
    earliest, reason = max(wanted.astimezone(UTC), now.astimezone(UTC)), ""
    if kind in AT_ITS_MOMENT:
        return Allowed(earliest)
    if rest and earliest < rest and kind not in NOT_RESTED_FROM:
        earliest, reason = rest.astimezone(UTC), RESTING
    hours = _hours(kind, situation.county)
    today = earliest.astimezone(zone).date()
    for day in (today + A_DAY * ahead for ahead in range(FARTHEST)):
        if closed := _closed(kind, day, situation):
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

    What the client was told the hour of does not: it comes as near as it can to that hour.
    """
    allowed = next_allowed(kind, wanted, situation, now)
    if not allowed.reason or kind in HOUR_WAS_TOLD:
        return allowed
    day = local_day(allowed.at, situation.client)
    later = max(allowed.at, at_clients_hour(day, situation.client).astimezone(UTC))
    again = next_allowed(kind, later, situation, now)
    return Allowed(later, allowed.reason) if again.at == later else allowed


def room(kind: NudgeKind, situation: Situation, now: datetime) -> Allowed:
    """May one more unprompted text go now (domain guide 3.8)? If not, when to try again, and which cap is full.

    A step reminder counts like every other; but the day before a visit it does not give way to the visit's text. The
    moment to try again is the next day, at the client's hour.
    """
    sent, caps = situation.sent, situation.county.caps
    tomorrow = local_day(now, situation.client) + A_DAY
    beside = kind is NudgeKind.STEP_REMINDER and tomorrow in _days_of_visits(situation)
    for full, reason in (
        (sent.today - beside >= caps.a_day, "cap_day"),
        (sent.in_7_days - beside >= caps.a_week, "cap_week"),
        (sent.in_30_days - beside >= caps.a_month, "cap_month"),
    ):
        if full:
            return Allowed(next_day(kind, situation, now), reason)
    return Allowed(now.astimezone(UTC))


def takes_place_of(promised: Iterable[datetime], situation: Situation, now: datetime) -> bool:
    """Whether a text now would take a place under a cap that texts promised for these moments will need."""
    sent, caps = situation.sent, situation.county.caps
    today = local_day(now, situation.client)
    for nth, later in enumerate(sorted(promised), 1):
        same_day = local_day(later, situation.client) == today
        if (
            (same_day and sent.today + nth >= caps.a_day)
            or (later < now + A_WEEK and sent.in_7_days + nth >= caps.a_week)
            or (later < now + A_MONTH and sent.in_30_days + nth >= caps.a_month)
        ):
            return True
    return False


def next_day(kind: NudgeKind, situation: Situation, now: datetime) -> datetime:
    """The first allowed moment (UTC) from the client's hour of the next day on."""
    tomorrow = local_day(now, situation.client) + A_DAY
    return good_moment(kind, at_clients_hour(tomorrow, situation.client), situation, now).at


def at_clients_hour(day: date, client: Client) -> datetime:
    """The hour of the client's part of the day, 10:00 without a choice (domain guide 3.6); aware, in their zone."""
    hour = HOUR_OF_DAY[client.part_of_day] if client.part_of_day else ANY_HOUR
    return at_wall(day, hour, client.zone)


def hour_inside(day: date, situation: Situation) -> datetime:
    """The client's hour on that day, or the moment of that day's sending hours that lies nearest (UTC)."""
    client, hours = situation.client, situation.county.send_hours
    opens, closes = (at_wall(day, at, client.zone).astimezone(UTC) for at in (hours.opens, hours.closes))
    return max(opens, min(at_clients_hour(day, client).astimezone(UTC), closes - MARGIN))


def local_day(at: datetime, client: Client) -> date:
    """The date on the client's calendar."""
    return at.astimezone(client.zone).date()


def _hours(kind: NudgeKind, county: County) -> Hours:
    return county.legal_hours if kind in HOUR_WAS_TOLD else county.send_hours


def _closed(kind: NudgeKind, day: date, situation: Situation) -> str:
    """Why nothing of this kind goes on this day; empty if it may."""
    county = situation.county
    if kind in HOUR_WAS_TOLD or (kind in OF_A_VISIT and _days_of_visits(situation) & {day, day + A_DAY}):
        return ""
    if day in county.holidays:
        return HOLIDAY
    return "" if day.weekday() in county.send_days else QUIET_DAY


def _days_of_visits(situation: Situation) -> frozenset[date]:
    """The days on the client's calendar on which a visit is ahead."""
    ahead = (visit for visit in situation.visits if visit.status in AHEAD)
    return frozenset(local_day(visit.starts_at, situation.client) for visit in ahead)
