"""Why a nudge need not go out any more: what it is about is answered, over, or changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from conversations import reminders
from conversations.goals import GoalStatus, StepStatus
from conversations.nudges import OF_SILENCE, Nudge, NudgeKind
from conversations.own_reminders import ReminderStatus
from conversations.situation import MAY_BE_INVITED, SAID_YES, Consent, Situation
from conversations.visits import AHEAD, Visit, VisitStatus
from scheduler import worker_terms
from scheduler.visit_times import day_of, eve, latest_today
from scheduler.windows import A_DAY, local_day

USELESS_AFTER = timedelta(hours=48)

BEFORE_THE_YES = OF_SILENCE | {NudgeKind.PROMISE}
"""To who was invited: the invitation once more (domain guide 3.10), and what becomes of a promise."""

ABOUT = {
    NudgeKind.VISIT_ASK: frozenset({VisitStatus.PLANNED}),
    NudgeKind.VISIT_TOMORROW: AHEAD,
    NudgeKind.VISIT_TODAY: frozenset({VisitStatus.PLANNED}),
    NudgeKind.VISIT_MISSED: frozenset({VisitStatus.MISSED}),
    NudgeKind.VISIT_ENDED: frozenset({VisitStatus.ENDED_BY_OFFICE}),
}
"""How the visit must stand for a text about it to be of use."""

DAYS_BEFORE = {NudgeKind.VISIT_TOMORROW: A_DAY, NudgeKind.VISIT_TODAY: timedelta(0)}
"""What says in its words which day it is."""


def useless(nudge: Nudge, situation: Situation, now: datetime) -> str:
    """Why a nudge need not go out any more; empty while it is of use. Words of a breath are always taken as said."""
    if nudge.kind is NudgeKind.BREATH:
        return ""
    return _unwelcome(nudge, situation) or OVERTAKEN[nudge.kind](nudge, situation, now)


def too_late(nudge: Nudge, situation: Situation, at: datetime) -> bool:
    """Whether a nudge that is of use now would be of none at `at`, because its day or hour is past."""
    match nudge.kind:
        case NudgeKind.STEP_REMINDER:
            return _after_step(at, situation)
        case NudgeKind.VISIT_ASK | NudgeKind.VISIT_TOMORROW | NudgeKind.VISIT_TODAY:
            visit = visit_of(nudge, situation)
            return visit is None or _after_visit(nudge, visit, situation, at)
        case NudgeKind.WORKER_NUDGE:
            return worker_terms.over(nudge.terms, situation, at)
        case _:
            return False


def visit_of(nudge: Nudge, situation: Situation) -> Visit | None:
    """The visit that a nudge is about; None when it is long over."""
    return next((visit for visit in situation.visits if str(visit.number) == nudge.subject), None)


def _unwelcome(nudge: Nudge, situation: Situation) -> str:
    """Before the yes, only the invite itself may be repeated (domain guide 3.10): its question is the only open one.

    A promise is looked after whatever became of the consent: people hear of it when it was not kept.
    """
    consent = situation.client.consent
    if nudge.kind is NudgeKind.PROMISE:
        return ""
    if nudge.kind is NudgeKind.INVITE:
        return "" if consent in MAY_BE_INVITED else "already_answered"
    may_text = consent in SAID_YES or (consent is Consent.INVITED and nudge.kind in BEFORE_THE_YES)
    return "" if may_text else "no_consent"


def _nothing(_nudge: Nudge, _situation: Situation, _now: datetime) -> str:
    return ""


def _answered(timer: Nudge, situation: Situation, _now: datetime) -> str:
    talk = situation.talk
    is_open = talk is not None and not talk.over and talk.asked_at == datetime.fromisoformat(timer.subject)
    return "" if is_open else "answered"


def _heard_since(watch: Nudge, situation: Situation, _now: datetime) -> str:
    heard = situation.last_heard_at
    return "answered" if heard and heard > datetime.fromisoformat(watch.subject) else ""


def _kept(promise: Nudge, situation: Situation, _now: datetime) -> str:
    waits = any(item.trigger == promise.subject and item.contacted_at is None for item in situation.open_items)
    return "" if waits else "kept"


def _expired(nudge: Nudge, _situation: Situation, now: datetime) -> str:
    return "expired" if now - nudge.due_at > USELESS_AFTER else ""


def _not_wanted(nudge: Nudge, situation: Situation, now: datetime) -> str:
    return worker_terms.needless(nudge.terms, situation, now) or _expired(nudge, situation, now)


def _rest_over(_nudge: Nudge, situation: Situation, _now: datetime) -> str:
    return "" if situation.client.resting_until else "rest_over"


def _reminder_over(reminder: Nudge, situation: Situation, _now: datetime) -> str:
    ours = (own for own in situation.own_reminders if str(own.number) == reminder.subject)
    return "" if any(own.status is ReminderStatus.SET for own in ours) else "reminder_over"


def _step_gone(nudge: Nudge, situation: Situation, _now: datetime) -> str:
    goal_number, step_number = (int(number) for number in nudge.subject.split("."))
    goal = situation.goal
    if goal is None or goal.number != goal_number:
        return "goal_closed"
    if goal.status is not GoalStatus.ACTIVE:
        return f"goal_{goal.status}"
    if goal.step is None or goal.step.number != step_number:
        return "step_changed"
    return "" if goal.step.status is StepStatus.PLANNED else "step_over"


def _step_past(nudge: Nudge, situation: Situation, now: datetime) -> str:
    return _step_gone(nudge, situation, now) or ("too_late" if too_late(nudge, situation, now) else "")


def _after_step(at: datetime, situation: Situation) -> bool:
    """Whether the step is under way by then, so that a reminder of it is of no use."""
    step = situation.goal and situation.goal.step
    starts = step and reminders.starts_at(step, situation.client.zone, situation.county.legal_hours)
    return not starts or at >= starts


def _visit_changed(nudge: Nudge, situation: Situation, now: datetime) -> str:
    visit = visit_of(nudge, situation)
    if visit is None:
        return "visit_over"
    if visit.status not in ABOUT[nudge.kind]:
        return f"visit_{visit.status}"
    days_before = DAYS_BEFORE.get(nudge.kind)
    if days_before is not None and local_day(now, situation.client) + days_before < day_of(visit, situation):
        return "visit_moved"
    return "too_late" if too_late(nudge, situation, now) else ""


def _after_visit(nudge: Nudge, visit: Visit, situation: Situation, at: datetime) -> bool:
    """A question put before the day before gives way to that day's reminder."""
    day, day_before = local_day(at, situation.client), eve(visit, situation)
    match nudge.kind:
        case NudgeKind.VISIT_TODAY:
            return at > latest_today(visit)
        case NudgeKind.VISIT_TOMORROW:
            return day > day_before
        case _:
            asked_early = local_day(nudge.wanted_at, situation.client) < day_before
            return day >= day_before if asked_early else at >= visit.starts_at


OVERTAKEN: Mapping[NudgeKind, Callable[[Nudge, Situation, datetime], str]] = {
    NudgeKind.INVITE: _nothing,
    NudgeKind.RENEWAL: _nothing,
    NudgeKind.STEP_REMINDER: _step_past,
    NudgeKind.OWN_REMINDER: _reminder_over,
    NudgeKind.VISIT_ASK: _visit_changed,
    NudgeKind.VISIT_TOMORROW: _visit_changed,
    NudgeKind.VISIT_TODAY: _visit_changed,
    NudgeKind.VISIT_MISSED: _visit_changed,
    NudgeKind.VISIT_ENDED: _visit_changed,
    NudgeKind.CHECK_IN: _step_gone,
    NudgeKind.WORKER_NUDGE: _not_wanted,
    NudgeKind.LATER: _answered,
    NudgeKind.SILENCE: _answered,
    NudgeKind.QUIET: _answered,
    NudgeKind.STILL_QUIET: _heard_since,
    NudgeKind.END_OF_REST: _rest_over,
    NudgeKind.PROMISE: _kept,
}
"""How each kind is overtaken by what has happened since it was planned; in a word, empty if it was not."""
