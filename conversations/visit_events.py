"""What comes to a visit from outside its talk: staff change it, its day comes near, the client asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from conversations import open_talk
from conversations.effects import CancelNudges, Effect, PlanNudge, Purpose, RemindOfVisit, SaveTalk, SaveVisit
from conversations.escalations import Level, Trigger
from conversations.events import FellDue, VisitChanged
from conversations.nudges import NudgeKind
from conversations.situation import SAID_YES, Mode, Situation
from conversations.telling import tell
from conversations.visit_acts import VISIT, is_ahead, next_visit, numbered
from conversations.visits import Visit, VisitEvent, VisitStatus

Effects = tuple[Effect, ...]

AGAIN_WITHIN = timedelta(days=60)
"""A second missed visit in this time needs a person sooner (domain guide 7.2)."""

ASKED_BEFORE = timedelta(days=4)
"""A visit nearer than this is asked about at once (domain guide 3.11); one text that it moved is enough."""

OVER = frozenset({VisitEvent.ATTENDED, VisitEvent.MISSED, VisitEvent.ENDED_BY_CLIENT, VisitEvent.ENDED_BY_OFFICE})


def changed(situation: Situation, event: VisitChanged, now: datetime) -> Effects:
    """Staff entered a visit or changed one. The wish to remind of it also takes back what was planned before."""
    visit = event.visit
    kept: Effects = (SaveVisit(visit, event.what), RemindOfVisit(visit))
    if event.what is VisitEvent.MOVED:
        return (*kept, *_say_it_moved(situation, visit, now))
    if event.what in OVER:
        return (*kept, *_missed(situation, event, now), *_no_longer_asked(situation, visit))
    return kept


def fall_due(situation: Situation, due: FellDue, now: datetime) -> Effects:
    """What the client hears of a visit when its nudge falls due; nothing where that is of no use any more."""
    visit = numbered(situation, due.subject)
    at = entry(due.kind, visit, situation, now) if visit else None
    return _begin(situation, due.subject, at, now) if at else ()


def show(situation: Situation, now: datetime) -> Effects:
    """The VISIT command: the next visit with its choices, or that there is none."""
    visit = next_visit(situation, now)
    return open_talk.begin(situation, now, "visit", answers={VISIT: str(visit.number)} if visit else None)


def entry(kind: NudgeKind, visit: Visit, situation: Situation, now: datetime) -> str | None:
    """The step of the flow at which a nudge begins; None where there is nothing to say any more.

    Who has said that they come is not asked again. A text that was held until the day itself speaks of today.
    """
    zone = situation.client.zone
    unconfirmed = is_ahead(visit, now) and visit.status is VisitStatus.PLANNED
    is_today = visit.starts_at.astimezone(zone).date() == now.astimezone(zone).date()
    none_ahead = not next_visit(situation, now)
    wanted = {
        NudgeKind.VISIT_ASK: ("next_visit", unconfirmed),
        NudgeKind.VISIT_TOMORROW: ("today" if is_today else "tomorrow", is_ahead(visit, now)),
        NudgeKind.VISIT_TODAY: ("today", unconfirmed),
        NudgeKind.VISIT_MISSED: ("missed", none_ahead and visit.status is VisitStatus.MISSED),
        NudgeKind.VISIT_ENDED: ("ended_by_office", none_ahead and visit.status is VisitStatus.ENDED_BY_OFFICE),
    }
    step, is_of_use = wanted[kind]
    return step if is_of_use else None


def _begin(situation: Situation, number: str, at: str, now: datetime) -> Effects:
    return open_talk.begin(situation, now, "visit", at=at, answers={VISIT: number}, purpose=Purpose.VISIT)


def _say_it_moved(situation: Situation, visit: Visit, now: datetime) -> Effects:
    """At once, as the client may be on their way; outside the hours, with the first question about the new time."""
    client = situation.client
    if client.consent not in SAID_YES or client.mode is not Mode.BOT or not is_ahead(visit, now):
        return ()
    number = str(visit.number)
    soon = visit.starts_at - now <= ASKED_BEFORE
    instead: Effects = (CancelNudges(frozenset({NudgeKind.VISIT_ASK}), "said_moved", number),) if soon else ()
    if not situation.county.legal_hours.holds(now.astimezone(client.zone).time()):
        key = f"visit_moved:{number}:{visit.starts_at.isoformat()}"
        return (*instead, PlanNudge(NudgeKind.VISIT_ASK, key, now, number))
    others = tuple(other for other in situation.visits if other.number != visit.number)
    return (*instead, *_begin(replace(situation, visits=(visit, *others)), number, "moved_by_office", now))


def _missed(situation: Situation, event: VisitChanged, now: datetime) -> Effects:
    if event.what is not VisitEvent.MISSED:
        return ()
    others = (visit for visit in situation.visits if visit.number != event.visit.number)
    again = any(visit.status is VisitStatus.MISSED and now - visit.starts_at <= AGAIN_WITHIN for visit in others)
    return (tell(situation, Trigger.VISIT_MISSED, Level.U2 if again else Level.U3, now),)


def _no_longer_asked(situation: Situation, visit: Visit) -> Effects:
    """A question about a visit that is over is closed."""
    talk = situation.talk
    is_about_it = talk is not None and talk.flow == "visit" and talk.answers.get(VISIT) == str(visit.number)
    return (SaveTalk(None, situation.parked),) if is_about_it else ()
