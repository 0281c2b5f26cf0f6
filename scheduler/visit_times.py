"""When a visit is asked about and reminded of, and what others keep room for (domain guide 3.11). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from conversations.nudges import NudgeKind
from conversations.situation import Situation
from conversations.visits import AHEAD, Visit, VisitStatus
from scheduler.windows import A_DAY, hour_inside, local_day, next_allowed

DAYS_AHEAD = 4
"""How many days before the visit its question comes."""

OF_USE_UNTIL = timedelta(hours=2)
"""The text of the day itself leaves so much time to answer it and to get there."""

IN_TIME = timedelta(minutes=10)
"""So much sooner it is planned, as a clock may wake late."""

AFTER_MISSED = timedelta(hours=2)

Times = Iterator[tuple[NudgeKind, datetime]]


def times(visit: Visit, situation: Situation, now: datetime) -> Times:
    """The texts of a visit that are still ahead, and their moments (UTC).

    The question comes four days before, the reminder the day before, at the client's hour. A visit that was entered
    later is asked about at the next allowed hour, and what is past is left out; so is the reminder of a day on which
    the question is put. The text of the day itself is for a visit that is not confirmed.
    """
    match visit.status:
        case VisitStatus.PLANNED:
            yield from _ahead(visit, situation, now)
        case VisitStatus.CONFIRMED:
            yield from _day_before(visit, situation, now)
        case VisitStatus.MISSED:
            yield NudgeKind.VISIT_MISSED, now.astimezone(UTC) + AFTER_MISSED
        case VisitStatus.ENDED_BY_OFFICE:
            yield NudgeKind.VISIT_ENDED, now.astimezone(UTC)
        case _:
            pass


def keep_room_for(visit: Visit, situation: Situation, now: datetime) -> Iterator[datetime]:
    """The moments (UTC) of the texts about a visit ahead that were surely not sent yet."""
    if visit.status not in AHEAD:
        return
    yield from (at for _kind, at in _day_before(visit, situation, now))
    if visit.status is VisitStatus.PLANNED:
        yield from (at for _kind, at in _same_day(visit, situation, now))
        if _asked_from(visit, situation) > now:
            yield _question(visit, situation, now)


def day_of(visit: Visit, situation: Situation) -> date:
    """The visit's day on the client's calendar."""
    return local_day(visit.starts_at, situation.client)


def eve(visit: Visit, situation: Situation) -> date:
    """The day before."""
    return day_of(visit, situation) - A_DAY


def latest_today(visit: Visit) -> datetime:
    """Until when the text of the day itself is of use (UTC)."""
    return visit.starts_at.astimezone(UTC) - OF_USE_UNTIL


def _ahead(visit: Visit, situation: Situation, now: datetime) -> Times:
    asks_at = _question(visit, situation, now)
    asked_on = None
    if asks_at < visit.starts_at:
        yield NudgeKind.VISIT_ASK, asks_at
        asked_on = local_day(asks_at, situation.client)
    if asked_on is None or asked_on < eve(visit, situation):
        yield from _day_before(visit, situation, now)
    if asked_on is None or asked_on <= eve(visit, situation):
        yield from _same_day(visit, situation, now)


def _asked_from(visit: Visit, situation: Situation) -> datetime:
    return hour_inside(day_of(visit, situation) - DAYS_AHEAD * A_DAY, situation)


def _question(visit: Visit, situation: Situation, now: datetime) -> datetime:
    wanted = _asked_from(visit, situation)
    if wanted <= now:
        return next_allowed(NudgeKind.VISIT_ASK, now, situation, now).at
    opens = next_allowed(NudgeKind.VISIT_ASK, wanted, situation, now).at
    return hour_inside(local_day(opens, situation.client), situation)


def _day_before(visit: Visit, situation: Situation, now: datetime) -> Times:
    at = hour_inside(eve(visit, situation), situation)
    if at > now:
        yield NudgeKind.VISIT_TOMORROW, at


def _same_day(visit: Visit, situation: Situation, now: datetime) -> Times:
    at = min(hour_inside(day_of(visit, situation), situation), latest_today(visit) - IN_TIME)
    if at > now and next_allowed(NudgeKind.VISIT_TODAY, at, situation, now).at == at:
        yield NudgeKind.VISIT_TODAY, at
