"""What the visit flow records and decides by (domain guide 3.11): pure functions over what is known.

The outcomes of a `Branch` are said as an analyst reads them, as in `acts`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from conversations.dates import say_hour
from conversations.effects import Effect, HoldTimes, RemindOfVisit, SaveVisit, TakeTime
from conversations.escalations import Level, Trigger
from conversations.goals import Moment
from conversations.notation import Known
from conversations.situation import Situation
from conversations.telling import tell
from conversations.visits import AHEAD, FreeTime, Visit, VisitEvent, VisitStatus
from conversations.wall_clock import at_wall

Effects = tuple[Effect, ...]

VISIT = "visit"
"""The answer that says which visit a talk is about, by its number."""

MOST_OFFERED = 3
HELD_FOR = timedelta(minutes=30)
HELP_WITHIN = timedelta(days=2)
"""Who needs help to get to a visit so near hears from a person today (domain guide 7.2)."""

DAYS_TO_REMIND = 2
"""From so many days ahead the text of the day before is still to come."""


def next_visit(situation: Situation, now: datetime) -> Visit | None:
    """The soonest visit that is still ahead."""
    return next((visit for visit in situation.visits if is_ahead(visit, now)), None)


def is_ahead(visit: Visit, now: datetime) -> bool:
    return visit.status in AHEAD and visit.starts_at > now


def numbered(situation: Situation, number: str) -> Visit | None:
    return next((visit for visit in situation.visits if str(visit.number) == number), None)


def visit_of(known: Known) -> Visit | None:
    """The visit that the talk is about; the next one where it names none."""
    said = known.talk.answers.get(VISIT)
    return numbered(known.situation, said) if said else next_visit(known.situation, known.now)


class NextVisit(Enum):
    IN_PERSON = "there is a visit ahead"
    BY_PHONE = "there is a visit by phone ahead"
    NONE = "there is no visit ahead"


def visit_ahead(known: Known) -> NextVisit:
    visit = visit_of(known)
    if visit is None or not is_ahead(visit, known.now):
        return NextVisit.NONE
    return NextVisit.BY_PHONE if visit.by_phone else NextVisit.IN_PERSON


class Meeting(Enum):
    IN_PERSON = "they meet in person"
    BY_PHONE = "it is a visit by phone"


def meeting(known: Known) -> Meeting:
    visit = visit_of(known)
    return Meeting.BY_PHONE if visit and visit.by_phone else Meeting.IN_PERSON


class Preparing(Enum):
    ALL = "there is something to bring, and they said when they leave"
    BRING = "there is something to bring"
    LEAVE = "they said when they leave"
    NOTHING = "there is nothing to bring, and they did not say when they leave"
    BY_PHONE = "it is a visit by phone"


def preparing(known: Known) -> Preparing:
    visit = visit_of(known)
    if visit is None or visit.by_phone:
        return Preparing.BY_PHONE if visit else Preparing.NOTHING
    if visit.bring:
        return Preparing.ALL if visit.leaves_at else Preparing.BRING
    return Preparing.LEAVE if visit.leaves_at else Preparing.NOTHING


class Reminding(Enum):
    YES = "the text of the day before is still to come"
    NO = "the visit is today or tomorrow"


def reminding(known: Known) -> Reminding:
    visit = visit_of(known)
    return Reminding.YES if visit and _is_days_off(visit, known) else Reminding.NO


class TimesFree(Enum):
    SOME = "the worker has free times"
    NONE = "the worker has no free time"


def times_free(known: Known) -> TimesFree:
    return TimesFree.SOME if _free_times(known) else TimesFree.NONE


def times_to_offer(known: Known) -> tuple[datetime, ...]:
    return tuple(time.starts_at for time in _offered(known))


class TimePicked(Enum):
    FREE = "it is still free"
    TAKEN = "it has gone, and others are free"
    NONE_LEFT = "it has gone, and no other is free"


def time_picked(known: Known) -> TimePicked:
    if _time_said(known):
        return TimePicked.FREE
    return TimePicked.TAKEN if _free_times(known) else TimePicked.NONE_LEFT


class OtherTime(Enum):
    FREE = "the worker is free then"
    NOT_FREE = "the worker is not free then"


def other_time(known: Known) -> OtherTime:
    return OtherTime.FREE if _time_said(known) else OtherTime.NOT_FREE


class Moved(Enum):
    WITH_REMINDER = "they meet in two days or later"
    SOON = "they meet today or tomorrow"
    BY_PHONE = "it is a visit by phone"


def moved(known: Known) -> Moved:
    """How the visit stands once it has the time that was said."""
    visit, time = visit_of(known), _time_said(known)
    if _by_phone(known, visit):
        return Moved.BY_PHONE
    return Moved.WITH_REMINDER if time and _is_days_off(time, known) else Moved.SOON


def confirm(known: Known) -> Effects:
    visit = visit_of(known)
    return (SaveVisit(replace(visit, status=VisitStatus.CONFIRMED), VisitEvent.CONFIRMED),) if visit else ()


def keep_leave_time(known: Known) -> Effects:
    """The hour at which they leave, if it is one before the visit. The visit was confirmed a turn ago."""
    visit, said = visit_of(known), Moment.read(known.talk.answers.get("leave", "")).at
    if visit is None or not isinstance(said, datetime):
        return ()
    zone = known.situation.client.zone
    leaves = at_wall(visit.starts_at.astimezone(zone).date(), said.astimezone(zone).time(), zone)
    if leaves >= visit.starts_at:
        return ()
    return (SaveVisit(replace(visit, leaves_at=say_hour(leaves)), VisitEvent.LEAVE_PLANNED),)


def hold_times(known: Known) -> Effects:
    return (HoldTimes(tuple(time.id for time in _offered(known)), known.now + HELD_FOR),)


def move_visit(known: Known) -> Effects:
    """The time becomes the visit's. The client chose it: it is as good as confirmed.

    What was missed, or ended by the office, stays as it was; the new time is a new visit.
    """
    time, old = _time_said(known), visit_of(known)
    if time is None or old is None:
        return ()
    is_new = old.status not in AHEAD
    visit = Visit(
        number=known.situation.visits_so_far + 1 if is_new else old.number,
        starts_at=time.starts_at,
        worker=known.situation.client.worker,
        place=old.place,
        bring=old.bring,
        by_phone=_by_phone(known, old),
        status=VisitStatus.CONFIRMED,
    )
    saved = SaveVisit(visit, VisitEvent.ENTERED if is_new else VisitEvent.MOVED, _reason(known))
    return (saved, TakeTime(time.id, visit.number), RemindOfVisit(visit))


def make_it_a_call(known: Known) -> Effects:
    """The same visit at the same hour, by phone."""
    visit = visit_of(known)
    if visit is None:
        return ()
    call = replace(visit, by_phone=True, status=VisitStatus.CONFIRMED, leaves_at="")
    return (SaveVisit(call, VisitEvent.MOVED, _reason(known)), RemindOfVisit(call))


def end_visit(known: Known) -> Effects:
    visit = visit_of(known)
    if visit is None:
        return ()
    ended = replace(visit, status=VisitStatus.ENDED_BY_CLIENT)
    return (SaveVisit(ended, VisitEvent.ENDED_BY_CLIENT, _reason(known)), RemindOfVisit(ended))


def ask_for_help(known: Known) -> Effects:
    """Help getting there: today if the visit is near."""
    visit = visit_of(known)
    is_near = visit is not None and visit.starts_at - known.now <= HELP_WITHIN
    level = Level.U1 if is_near else Level.U2
    about = known.talk.answers.get("help", "")
    return (tell(known.situation, Trigger.HELP_GETTING_THERE, level, known.now, about=about),)


def tell_of_delay(known: Known) -> Effects:
    """The worker waits: they are told at once."""
    return (tell(known.situation, Trigger.RUNNING_LATE, Level.U1, known.now),)


def _reason(known: Known) -> str:
    return known.talk.answers.get("comment", "")


def _by_phone(known: Known, visit: Visit | None) -> bool:
    wants_it = known.talk.answers.get("next") == "phone_visit"
    return wants_it or (visit is not None and visit.by_phone)


def _is_days_off(what: Visit | FreeTime, known: Known) -> bool:
    zone = known.situation.client.zone
    days = what.starts_at.astimezone(zone).date() - known.now.astimezone(zone).date()
    return days.days >= DAYS_TO_REMIND


def _free_times(known: Known) -> tuple[FreeTime, ...]:
    """Those ahead, but for the hour that the visit has."""
    visit = visit_of(known)
    own = visit.starts_at if visit else None
    return tuple(time for time in known.situation.free_times if time.starts_at > known.now and time.starts_at != own)


def _offered(known: Known) -> tuple[FreeTime, ...]:
    return _free_times(known)[:MOST_OFFERED]


def _time_said(known: Known) -> FreeTime | None:
    """The free time at the moment that the client picked or wrote."""
    said = Moment.read(known.talk.answers.get("time", "")).at
    return next((time for time in _free_times(known) if time.starts_at == said), None)
