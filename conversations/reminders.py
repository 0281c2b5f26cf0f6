"""When to remind of a step. One place, so that what the client is told is what happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from conversations.county import Hours
from conversations.goals import Reminder, Step
from conversations.situation import Situation
from conversations.visits import AHEAD
from conversations.wall_clock import at_wall

MORNING = time(8)
EVENING = time(19)
BEFORE = timedelta(hours=1)
A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
A_MONTH = timedelta(days=30)
LONG_BEFORE = timedelta(days=3)
MARGIN = timedelta(minutes=30)
"""A reminder that would come after the legal hours comes this long before they close."""

IN_TURN = {
    Reminder.NIGHT_BEFORE: (Reminder.NIGHT_BEFORE, Reminder.THAT_MORNING, Reminder.HOUR_BEFORE),
    Reminder.THAT_MORNING: (Reminder.THAT_MORNING, Reminder.HOUR_BEFORE, Reminder.NIGHT_BEFORE),
    Reminder.HOUR_BEFORE: (Reminder.HOUR_BEFORE, Reminder.NIGHT_BEFORE),
    Reminder.NONE: (),
}
"""What the client chose, and what comes nearest to it when that moment is past or outside the legal hours."""


def moment_for(situation: Situation, step: Step, now: datetime) -> datetime | None:
    """When this client is reminded of a step, in their zone; None when no moment is left.

    There is none in a rest, and none that would come when the texts of that day, week or month have gone out already
    (domain guide 3.8): we promise only what we will do.
    """
    zone, rest = situation.client.zone, situation.client.resting_until
    for at in _in_turn(step, zone, situation.county.legal_hours):
        if at > now and not (rest and at < rest) and _has_room(at, situation, now):
            return at.astimezone(zone)
    return None


def moment(step: Step, zone: ZoneInfo, legal: Hours, now: datetime) -> datetime | None:
    """The moment of a step's reminder, in `zone`: after `now`, before the step, inside the legal hours; or None.

    That morning is 8:00 on the step's day, or an hour before a step before 9:00; the night before is 19:00. Where the
    chosen moment cannot be, the nearest to it of `IN_TURN` is taken. A step with a day alone has no hour before it; it
    may be done until that day's legal hours end. A step in words alone ("soon") has no moment.
    """
    return next((at.astimezone(zone) for at in _in_turn(step, zone, legal) if at > now), None)


def first_choice(step: Step, zone: ZoneInfo, legal: Hours) -> datetime | None:
    """The moment of a step's reminder (in `zone`) if it was planned in good time; None without a reminder or a day."""
    end = starts_at(step, zone, legal)
    return moment(step, zone, legal, end - LONG_BEFORE) if end else None


def starts_at(step: Step, zone: ZoneInfo, legal: Hours) -> datetime | None:
    """From when a reminder is of no use (UTC): the step's hour, or the end of the legal hours on its day."""
    at = step.when.at
    if at is None:
        return None
    if isinstance(at, datetime):
        return at.astimezone(UTC)
    return at_wall(at, legal.closes, zone).astimezone(UTC)


def _has_room(at: datetime, situation: Situation, now: datetime) -> bool:
    """Whether the caps leave room at that moment, if nothing goes out until then; the planner sees to it.

    A visit ahead takes a place of its week and month with its text of the day before. On that day itself there is room
    for both.
    """
    zone, sent, caps = situation.client.zone, situation.sent.moments, situation.county.caps
    eves = [visit.starts_at - A_DAY for visit in situation.visits if visit.status in AHEAD]
    day = at.astimezone(zone).date()
    ahead = [eve for eve in eves if now < eve <= at and eve.astimezone(zone).date() != day]
    today = sum(each.astimezone(zone).date() == day for each in sent)
    week, month = (sum(each > at - span for each in (*sent, *ahead)) for span in (A_WEEK, A_MONTH))
    return today < caps.a_day and week < caps.a_week and month < caps.a_month


def _in_turn(step: Step, zone: ZoneInfo, legal: Hours) -> Iterator[datetime]:
    """The moments that can be (UTC), the one nearest to the client's choice first."""
    end = starts_at(step, zone, legal)
    if end is None:
        return
    for wanted in _moments(step, end, zone):
        at = _inside(wanted, legal, zone)
        if at < end:
            yield at


def _moments(step: Step, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments to try (UTC), the client's choice first."""
    day = end.astimezone(zone).date()
    an_hour_before = end - BEFORE
    morning = at_wall(day, MORNING, zone).astimezone(UTC)
    for choice in IN_TURN[step.reminder]:
        match choice:
            case Reminder.NIGHT_BEFORE:
                yield at_wall(day - A_DAY, EVENING, zone).astimezone(UTC)
            case Reminder.HOUR_BEFORE if step.when.has_hour:
                yield an_hour_before
            case _:
                yield min(morning, an_hour_before)


def _inside(wanted: datetime, legal: Hours, zone: ZoneInfo) -> datetime:
    """The moment of that day's legal hours that lies nearest (UTC)."""
    day = wanted.astimezone(zone).date()
    opens = at_wall(day, legal.opens, zone).astimezone(UTC)
    last = at_wall(day, legal.closes, zone).astimezone(UTC) - MARGIN
    return min(max(wanted, opens), last)
